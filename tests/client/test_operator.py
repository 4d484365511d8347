"""Orders: nobody signs blindly, lost answers are asked for again, and an order goes out once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import httpx
import msgspec
import pytest

from tests.client.authority import DUTY, NAME, NOW, ROSTERS, STRANGER, TRUST, id_of, notice, signed
from tests.client.desk import Desk
from tocsin.areas import Atlas, UnknownRegion, load_ukraine
from tocsin.client import (
    AnswerUnreadable,
    Clock,
    Declined,
    Draft,
    NotAsOrdered,
    Operator,
    OrderRefused,
    Signer,
    Unreachable,
)
from tocsin.client.proof import proven, trust_in_own, with_lists
from tocsin.issuing import Order, read_relayed
from tocsin.notice import Domain, Kind, Level, Notice, Status, Text, b64, geometry_hash

KYIV = "UA80000000000093317"


@dataclass
class FakeTime:
    """A clock that moves when somebody waits."""

    now: float = 0.0

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def clock(self) -> Clock:
        return Clock(lambda: NOW + self.now, lambda: self.now, self.wait)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_ukraine()


@pytest.fixture
def desk(atlas: Atlas) -> Desk:
    return Desk(atlas)


@pytest.fixture
def duty(desk: Desk, atlas: Atlas) -> Operator:
    return Operator(
        lambda: "http://desk.example",
        DUTY,
        Signer(NAME, atlas, TRUST),
        clock=FakeTime().clock(),
        client=desk.client(),
    )


def alert(word: str = "order", **changes: Any) -> Order:
    fields: dict[str, Any] = {
        "id": id_of(word), "kind": Kind.ALERT, "status": Status.ACTUAL, "hazard": "air_raid", "level": Level.RED,
        "regions": ("UA-30",),
    }  # fmt: skip
    return Order(**(fields | changes))


def refuse_to_confirm(_: Draft) -> bool:
    return False


def test_an_order_is_frozen_shown_signed_and_issued(desk: Desk, duty: Operator) -> None:
    shown: list[Notice] = []
    issued = duty.order(alert(), lambda draft: not shown.append(draft.notice))
    assert (issued.id, issued.alarm, issued.version) == (id_of("order"), id_of("order"), 1)
    assert [one.regions for one in shown] == [(KYIV,)]
    assert list(desk.board.alarms) == [id_of("order")]


def test_an_exercise_is_signed_with_the_key_of_exercises(desk: Desk, duty: Operator) -> None:
    only_actual = Operator(
        duty.address, {Domain.ACTUAL: DUTY[Domain.ACTUAL]}, duty.signer, clock=duty.clock, client=duty.client
    )
    drill = alert(status=Status.EXERCISE)
    with pytest.raises(KeyError):
        only_actual.order(drill)
    assert duty.order(drill).version == 1
    (notice, _, _) = desk.issued[drill.id]
    assert notice.status is Status.EXERCISE


@pytest.mark.parametrize("lost", [{0}, {1}, {0, 2}, {1, 2, 3}, {0, 1, 2, 3, 4}])
def test_an_order_goes_out_once_however_many_answers_are_lost(desk: Desk, duty: Operator, lost: set[int]) -> None:
    desk.lose = lost
    assert duty.order(alert()).version == 1
    assert len(desk.issued) == 1


def test_a_server_that_starts_again_between_draft_and_signature_asks_nobody_twice(desk: Desk, duty: Operator) -> None:
    desk.restart_before = {1}
    asked: list[Draft] = []
    duty.order(alert(), lambda draft: not asked.append(draft))
    assert len(asked) == 1
    assert len(desk.issued) == 1


def test_an_issued_order_whose_answer_was_lost_with_the_server_is_found_again(desk: Desk, duty: Operator) -> None:
    desk.lose, desk.restart_before = {1}, {2}
    assert duty.order(alert()).version == 1
    assert len(desk.issued) == 1


def test_a_server_that_loses_every_draft_is_given_up(desk: Desk, duty: Operator) -> None:
    desk.restart_before = set(range(99))
    with pytest.raises(Unreachable, match="lost 5 drafts"):
        duty.order(alert())
    assert not desk.issued


def test_a_server_that_is_away_is_waited_for_as_long_as_was_said(desk: Desk, duty: Operator) -> None:
    desk.away = set(range(9_999))
    duty.give_up_s = 60
    with pytest.raises(Unreachable, match=r"no answer from http://desk\.example"):
        duty.order(alert())
    assert 50 < duty.clock.monotonic_s() <= 60
    desk.away = set()
    assert duty.order(alert()).version == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_that_says_later_is_asked_again(desk: Desk, duty: Operator, status: int) -> None:
    desk.answer = httpx.Response(status, json={"error": {"code": "journal_fault", "message": "the disk is full"}})
    with pytest.raises(Unreachable, match="the disk is full"):
        duty.order(alert())
    assert len(desk.requests) > 5


def test_who_declines_signs_nothing(desk: Desk, duty: Operator) -> None:
    with pytest.raises(Declined):
        duty.order(alert(), refuse_to_confirm)
    assert desk.requests == ["POST /v1/operator/drafts"]


def test_an_unknown_region_is_named_before_anything_is_sent(desk: Desk, duty: Operator) -> None:
    with pytest.raises(UnknownRegion, match="Vyshgorod"):
        duty.order(alert(regions=("Vyshgorod",)))
    assert desk.requests == []


def test_a_refusal_carries_the_servers_words_and_candidates(desk: Desk, duty: Operator) -> None:
    duty.order(alert())
    with pytest.raises(OrderRefused) as caught:
        duty.order(Order(id=id_of("end"), kind=Kind.ALL_CLEAR, status=Status.ACTUAL, alarm="aaaa"))
    assert caught.value.code == "alarm_unknown"
    (candidate,) = caught.value.candidates
    assert candidate.name == id_of("order")
    assert "air_raid · red · since 2026-" in candidate.description


def changed(**fields: Any) -> Callable[[Notice], Notice]:
    return lambda notice: msgspec.structs.replace(notice, **fields)


LIES: dict[str, Callable[[Notice], Notice]] = {
    "its kind is update, not alert": changed(kind=Kind.UPDATE, version=2, alarm=id_of("other")),
    "its status is exercise, not actual": changed(status=Status.EXERCISE),
    "its hazard is flood, not air_raid": changed(hazard="flood"),
    "its level is yellow, not red": changed(level=Level.YELLOW),
    "its regions are UA46": changed(regions=("UA46000000000026241",)),
    f"its regions are UA46000000000026241, {KYIV}": changed(regions=("UA46000000000026241", KYIV)),
    "its authority is 'other.example'": changed(authority="other.example"),
    "its id is": lambda notice: msgspec.structs.replace(notice, id=id_of("other"), alarm=id_of("other")),
    "chosen in another atlas": changed(atlas=b64(bytes(32))),
    "it is dated +3600 s": changed(since=NOW + 3600, sent=NOW + 3600, effective=NOW + 3600, expires=NOW + 10_800),
    "it lasts 60 s, not 7200 s": changed(expires=NOW + 60),
    "its text in 'en' is not": changed(text={"en": Text("All is well", "")}),
    "its CAP document is not": changed(cap=b64(bytes(32))),
}


@pytest.mark.parametrize("found", LIES)
def test_a_notice_that_does_not_say_what_was_ordered_is_not_signed(desk: Desk, duty: Operator, found: str) -> None:
    desk.lie = LIES[found]
    with pytest.raises(NotAsOrdered) as caught:
        duty.order(alert(expires_in_s=7_200, text={"en": Text("Practice of a test", "None")}))
    assert found in str(caught.value)
    assert desk.requests == ["POST /v1/operator/drafts"], "no signature was handed in"


def test_another_cap_document_than_the_signed_one_is_not_signed(desk: Desk, duty: Operator) -> None:
    desk.lie_about_cap = True
    with pytest.raises(NotAsOrdered, match="CAP document"):
        duty.order(alert())


def test_a_draft_that_holds_no_notice_is_not_signed(desk: Desk, duty: Operator) -> None:
    answer = {"draft": id_of("order"), "notices": [{"bytes": b64(b"{}"), "cap": ""}], "lapses_in_s": 600, "preview": {}}
    desk.answer = httpx.Response(201, json=answer)
    with pytest.raises(NotAsOrdered, match="no notice"):
        duty.order(alert())


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(201, text="<html>"), httpx.Response(201, json={}), httpx.Response(200, json={"issued": 1})],
)
def test_an_answer_that_no_tocsin_gives_is_named(desk: Desk, duty: Operator, answer: httpx.Response) -> None:
    desk.answer = answer
    with pytest.raises(AnswerUnreadable, match="is it a Tocsin"):
        duty.order(alert())


def test_a_refusal_without_words_is_named(desk: Desk, duty: Operator) -> None:
    desk.answer = httpx.Response(403, text="Forbidden by the proxy")
    with pytest.raises(OrderRefused, match="HTTP 403 without a word"):
        duty.order(alert())


def test_a_parent_may_stand_for_all_of_its_children(desk: Desk, duty: Operator, atlas: Atlas) -> None:
    raions = atlas.children(atlas.resolve("UA-32").code)
    desk.lie = changed(regions=(atlas.resolve("UA-32").code,))
    assert duty.order(alert(regions=raions)).version == 1


def test_a_parent_may_not_stand_for_most_of_its_children(desk: Desk, duty: Operator, atlas: Atlas) -> None:
    desk.lie = changed(regions=(atlas.resolve("UA-32").code,))
    with pytest.raises(NotAsOrdered, match="its regions are"):
        duty.order(alert(regions=atlas.children(atlas.resolve("UA-32").code)[1:]))


def test_an_update_on_a_version_that_nobody_looked_at_is_not_signed(desk: Desk, duty: Operator) -> None:
    duty.order(alert())
    update = Order(id=id_of("u"), kind=Kind.UPDATE, status=Status.ACTUAL, alarm=id_of("order"), level=Level.YELLOW)
    with pytest.raises(NotAsOrdered, match="the alarm moved on"):
        duty.order(update, version=3)
    assert duty.order(update, version=2).version == 2


def test_the_end_of_another_alarm_is_not_signed(desk: Desk, duty: Operator) -> None:
    duty.order(alert())
    duty.order(alert("second", regions=("UA-46",)))
    end = Order(id=id_of("end"), kind=Kind.ALL_CLEAR, status=Status.ACTUAL, alarm=id_of("order"))
    desk.lie = changed(alarm=id_of("second"), regions=("UA46000000000026241",))
    with pytest.raises(NotAsOrdered, match="its alarm is"):
        duty.order(end)


def test_an_end_by_hazard_and_region_ends_that_alarm(desk: Desk, duty: Operator) -> None:
    duty.order(alert())
    end = Order(
        id=id_of("end"), kind=Kind.ALL_CLEAR, status=Status.ACTUAL, hazard="air_raid", regions=("Київ",)
    )  # fmt: skip
    assert duty.order(end).alarm == id_of("order")
    assert desk.board.alarms == {}


DRILL = f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
 <identifier>client-test-1</identifier><sender>client-tests.example</sender>
 <sent>2026-09-21T14:13:20-00:00</sent><status>Exercise</status><msgType>Alert</msgType><scope>Public</scope>
 <info><language>en</language><category>Security</category><event>Air raid alert</event>
  <urgency>Immediate</urgency><severity>Extreme</severity><certainty>Observed</certainty>
  <expires>2026-09-21T16:13:20-00:00</expires><headline>TEST DATA, no alert</headline>
  <area><areaDesc>TEST DATA</areaDesc><geocode><valueName>KATOTTG</valueName><value>{KYIV}</value></geocode></area>
 </info>
</alert>""".encode()


def test_a_relayed_message_is_read_on_both_sides(desk: Desk, duty: Operator, atlas: Atlas) -> None:
    document = DRILL
    order = read_relayed(document, atlas)
    assert isinstance(order, Order)
    assert duty.relay(document, order) == duty.relay(document, order)
    assert len(desk.issued) == 1
    (notice, _, _) = desk.issued[order.id]
    assert (notice.status, notice.regions) == (Status.EXERCISE, (KYIV,))


def test_a_relayed_exercise_that_comes_back_as_real_is_not_signed(desk: Desk, duty: Operator, atlas: Atlas) -> None:
    document = DRILL
    order = read_relayed(document, atlas)
    assert isinstance(order, Order)
    desk.lie = changed(status=Status.ACTUAL)
    with pytest.raises(NotAsOrdered, match="its status is actual, not exercise"):
        duty.relay(document, order)


def test_shapes_add_the_regions_that_they_touch_and_no_others(desk: Desk, duty: Operator) -> None:
    circled = alert(shapes=("circle 50.45,30.52 30",))
    desk.lie = changed(regions=("UA46000000000026241",))
    with pytest.raises(NotAsOrdered, match="its regions are"):
        duty.order(circled)
    desk.lie = lambda notice: msgspec.structs.replace(notice, regions=tuple(sorted((LVIV, *notice.regions))))
    with pytest.raises(NotAsOrdered, match="its regions are"):
        duty.order(circled)
    desk.lie = changed(shapes=("circle 50.0,30.0 1",), geometry=geometry_hash(("circle 50.0,30.0 1",)))
    with pytest.raises(NotAsOrdered, match="its shapes are"):
        duty.order(circled)
    desk.lie = changed(shapes=())
    assert duty.order(circled).version == 1


LVIV = "UA46000000000026241"
UNORDERED: dict[str, Callable[[Notice], Notice]] = {
    f"its regions are {KYIV}, not": changed(regions=(KYIV,)),
    "its shapes are neither": changed(shapes=("circle 50,30 1",), geometry=geometry_hash(("circle 50,30 1",))),
    "it lasts 61 s, not 7200 s": changed(expires=NOW + 61),
    "its text in 'en' is not": changed(text={"en": Text("TEST DATA: no danger", "Leave the shelter.")}),
    "it holds since": changed(since=NOW - 9),
    "it takes effect -5 s": changed(effective=NOW - 5),
    "its hazard is flood, and the alarm's is air_raid": changed(hazard="flood"),
    "the newest that is proven is 1": changed(version=7),
}


@pytest.mark.parametrize("kind", [Kind.UPDATE, Kind.DISPUTED])
@pytest.mark.parametrize("found", UNORDERED)
def test_what_nobody_ordered_of_an_alarm_is_not_signed(desk: Desk, duty: Operator, found: str, kind: Kind) -> None:
    duty.order(alert(regions=("UA-30", "UA-46"), expires_in_s=7_200, level=Level.YELLOW))
    desk.lie = UNORDERED[found]
    level = Level.RED if kind is Kind.UPDATE else None
    with pytest.raises(NotAsOrdered) as caught:
        duty.order(Order(id=id_of("u"), kind=kind, status=Status.ACTUAL, alarm=id_of("order"), level=level))
    assert found in str(caught.value)
    assert len(desk.issued) == 1


ALERTED: dict[str, Callable[[Notice], Notice]] = {
    "it lasts 60 s, not": changed(expires=NOW + 60),
    "its text in 'uk' is not": changed(text={"en": Text("TEST DATA: no danger", "")}),
    "its shapes are neither": changed(shapes=("circle 50,30 1",), geometry=geometry_hash(("circle 50,30 1",))),
}


@pytest.mark.parametrize("found", ALERTED)
def test_what_nobody_ordered_of_an_alert_is_not_signed(desk: Desk, duty: Operator, found: str) -> None:
    desk.lie = ALERTED[found]
    with pytest.raises(NotAsOrdered) as caught:
        duty.order(alert())
    assert found in str(caught.value)


def test_an_end_in_other_words_is_not_signed(desk: Desk, duty: Operator) -> None:
    duty.order(alert())
    end = Order(id=id_of("end"), kind=Kind.ALL_CLEAR, status=Status.ACTUAL, alarm=id_of("order"))
    desk.lie = changed(text={"en": Text("TEST DATA: stay where you are", "")})
    with pytest.raises(NotAsOrdered, match="its text in 'en' is not"):
        duty.order(end)


def test_words_and_shapes_of_its_own_stay_through_the_life_of_an_alarm(desk: Desk, duty: Operator) -> None:
    words = {"en": Text("TEST DATA of the suite", "Do nothing")}
    duty.order(alert(text=words, shapes=("circle 50.45,30.52 30",), status=Status.EXERCISE))
    steps = [(Kind.UPDATE, {"level": Level.YELLOW}), (Kind.DISPUTED, {}), (Kind.UPDATE, {"expires_in_s": 9_000}),
             (Kind.UPDATE, {"regions": ("UA-46",)}), (Kind.ALL_CLEAR, {})]  # fmt: skip
    for number, (kind, changes) in enumerate(steps):
        fields: dict[str, Any] = {"status": Status.EXERCISE, "alarm": id_of("order"), **changes}
        assert duty.order(Order(id=id_of(f"step {number}"), kind=kind, **fields)).version == number + 2
    (notice, _, _) = desk.issued[id_of("step 3")]
    assert notice.text == {"en": Text("EXERCISE: TEST DATA of the suite", "Do nothing")}
    assert not desk.board.alarms


def test_an_alarm_of_which_nothing_is_proven_is_not_changed(desk: Desk, duty: Operator) -> None:
    duty.order(alert())
    (notice, _, sequence) = desk.issued[id_of("order")]
    desk.issued[id_of("order")] = notice, signed(notice, STRANGER), sequence
    end = Order(id=id_of("end"), kind=Kind.ALL_CLEAR, status=Status.ACTUAL, alarm=id_of("order"))
    with pytest.raises(NotAsOrdered, match="is proven"):
        duty.order(end)


def test_a_history_that_cannot_be_read_is_named(desk: Desk, duty: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    duty.order(alert())
    garbage = httpx.Response(200, json={"history": [{"envelope": "***"}], "rosters": {"actual": ["***"]}})
    monkeypatch.setattr(desk, "_read", lambda _: garbage)
    end = Order(id=id_of("end"), kind=Kind.ALL_CLEAR, status=Status.ACTUAL, alarm=id_of("order"))
    with pytest.raises(AnswerUnreadable, match="cannot be read"):
        duty.order(end)


def test_an_alarm_may_be_named_by_a_later_notice_of_it(desk: Desk, duty: Operator, atlas: Atlas) -> None:
    duty.order(alert())
    duty.order(Order(id=id_of("u"), kind=Kind.DISPUTED, status=Status.ACTUAL, alarm=id_of("order")))
    order = Order(id=id_of("end"), kind=Kind.ALL_CLEAR, status=Status.ACTUAL, alarm=id_of("u"))
    answer = duty.draft(msgspec.structs.replace(order, alarm=id_of("order")))
    assert isinstance(answer, Draft)
    history = tuple(one for one, _, _ in desk.issued.values())
    assert duty.signer.disagreements(replace(answer, history=history), order, NOW) == []
    assert duty.signer.disagreements(replace(answer, history=history[:0]), order, NOW) != []


def test_an_alarm_is_proven_by_the_pinned_roots_or_by_a_key_of_ones_own() -> None:
    first, second, third = notice("one"), notice("one", 2), notice("one", 3)
    envelopes = [b64(signed(one)) for one in (notice("two"), second, first, third)]
    rooted = with_lists(TRUST, [b64(signed(first)), *map(b64, ROSTERS)])
    assert proven(envelopes, third, [rooted]) == (first, second)
    assert proven(envelopes, third, [trust_in_own(NAME, DUTY)]) == (first, second)
    assert proven(envelopes, third, [trust_in_own(NAME, {Domain.ACTUAL: (STRANGER,)}), TRUST]) == ()
    assert proven(envelopes, third, [trust_in_own("other.example", DUTY)]) == ()
