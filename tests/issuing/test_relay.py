"""A stranger's CAP message as an order: what is understood, what is refused, and that nothing is guessed or widened."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.areas.invented import collection, country, imported
from tests.issuing.paper import KYIV, LVIV_OBLAST, NOW, Paper, ukraine
from tocsin import cap
from tocsin.issuing import Draft, Order, Refusal, read_relayed
from tocsin.issuing.drafting import draft
from tocsin.notice import Kind, Level, Status

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "cap"
SENT = datetime.fromtimestamp(NOW, UTC)
WHERE = cap.Area(area_desc="Practice area", geocodes=(cap.Pair("KATOTTG", KYIV),))
ELSEWHERE = cap.Area(area_desc="Practice area", geocodes=(cap.Pair("ISO3166-2", "UA-46"),))
ALL_CLEAR = (cap.ResponseType.ALL_CLEAR,)


def info(**given: Any) -> cap.Info:
    fields = {
        "categories": (cap.Category.MET,),
        "event": "Practice warning",
        "urgency": cap.Urgency.IMMEDIATE,
        "severity": cap.Severity.MODERATE,
        "certainty": cap.Certainty.OBSERVED,
        "language": "en",
        "expires": SENT + timedelta(hours=2),
        "areas": (WHERE,),
    }
    return cap.Info(**(fields | given))


def message(*infos: cap.Info, **given: Any) -> cap.Alert:
    fields = {
        "identifier": "practice-1",
        "sender": "w-nws.webmaster@practice.example",
        "sent": SENT,
        "status": cap.Status.EXERCISE,
        "msg_type": cap.MsgType.ALERT,
        "scope": cap.Scope.PUBLIC,
        "infos": infos or (info(),),
    }
    return cap.Alert(**(fields | given))


def followed(before: cap.Alert, msg_type: cap.MsgType, *infos: cap.Info, **given: Any) -> cap.Alert:
    later = {"identifier": f"{before.identifier}+", "sent": before.sent + timedelta(minutes=5)}
    return message(*infos, **({"msg_type": msg_type, "references": (before.reference,)} | later | given))


def order_of(alert: cap.Alert | bytes) -> Order:
    data = alert if isinstance(alert, bytes) else cap.write(alert)
    order = read_relayed(data, ukraine(), NOW)
    assert isinstance(order, Order), order
    return order


def refusal_of(alert: cap.Alert | bytes, now: int = NOW) -> Refusal:
    data = alert if isinstance(alert, bytes) else cap.write(alert)
    refused = read_relayed(data, ukraine(), now)
    assert isinstance(refused, Refusal), refused
    return refused


def relayed(paper: Paper, alert: cap.Alert) -> Draft | Refusal:
    return draft(order_of(alert), paper.situation())


def issued(paper: Paper, alert: cap.Alert) -> Draft:
    drafted = relayed(paper, alert)
    assert isinstance(drafted, Draft), drafted
    paper.take(drafted)
    return drafted


def test_a_message_becomes_an_order() -> None:
    order = order_of(message())
    assert (order.kind, order.status, order.regions) == (Kind.ALERT, Status.EXERCISE, (KYIV,))
    assert (order.hazard, order.level, order.expires_in_s) == ("other_danger", Level.YELLOW, 7_200)
    assert order.text["en"].headline == "Practice warning"
    assert order.parameters["relayed-from"] == "w-nws.webmaster@practice.example"


def test_the_same_message_has_the_same_id_and_another_has_another() -> None:
    first, again = order_of(message()), order_of(message())
    assert first == again
    assert first.digest() == again.digest()
    others = {"identifier": "practice-2", "sender": "other@practice.example", "sent": SENT + timedelta(seconds=1)}
    assert len({order_of(message(**{name: value})).id for name, value in others.items()} | {first.id}) == 4


def test_hazard_and_level_are_read_from_the_event_and_the_worst_severity() -> None:
    order = order_of(message(info(event="FLOOD "), info(language="uk", severity=cap.Severity.EXTREME)))
    assert (order.hazard, order.level) == ("flood", Level.RED)


def test_the_longest_expiry_counts_up_to_what_the_hazard_allows() -> None:
    for hours, lasts_h in ((5, 5), (24 * 7, 96)):
        long = info(language="uk", expires=SENT + timedelta(hours=hours))
        assert order_of(message(info(), long)).expires_in_s == lasts_h * 3600


class TestStale:
    """A warning that is over is never told."""

    @pytest.mark.parametrize("expires", [SENT - timedelta(seconds=1), SENT])
    def test_what_has_expired_is_refused(self, expires: datetime) -> None:
        alert = message(info(expires=expires), sent=SENT - timedelta(days=700))
        assert refusal_of(alert).code == "cap_expired"

    def test_what_names_no_expiry_lasts_as_its_hazard_does(self) -> None:
        old = message(info(expires=None, event="Earthquake"))
        assert isinstance(read_relayed(cap.write(old), ukraine(), NOW + 7_199), Order)
        assert refusal_of(old, NOW + 7_200).code == "cap_expired"

    def test_an_end_is_told_however_old(self) -> None:
        end = followed(message(), cap.MsgType.UPDATE, info(response_types=ALL_CLEAR))
        assert isinstance(read_relayed(cap.write(end), ukraine(), NOW + 10**7), Order)

    def test_without_a_clock_it_is_not_looked_at(self) -> None:
        assert isinstance(read_relayed(cap.write(message(sent=SENT - timedelta(days=9))), ukraine()), Order)


class TestByReference:
    """An update or an end names its alarm by reference, and is never guessed."""

    @pytest.fixture
    def paper(self) -> Paper:
        paper = Paper()
        issued(paper, message(info(areas=(WHERE, ELSEWHERE))))
        return paper

    def test_an_update_changes_the_alarm(self, paper: Paper) -> None:
        drafted = issued(paper, followed(message(), cap.MsgType.UPDATE))
        assert (drafted.notice.kind, drafted.notice.version) == (Kind.UPDATE, 2)
        assert drafted.regions_ended == (LVIV_OBLAST,)

    def test_a_reference_to_a_later_message_is_enough(self, paper: Paper) -> None:
        update = followed(message(), cap.MsgType.UPDATE)
        alarm = issued(paper, update).notice.alarm
        cancel = followed(update, cap.MsgType.CANCEL)
        assert issued(paper, cancel).notice.alarm == alarm

    @pytest.mark.parametrize("infos", [(), (info(event="Practice warning, cancelled"),)])
    def test_a_cancel_ends_the_alarm_also_without_info(self, paper: Paper, infos: tuple[cap.Info, ...]) -> None:
        alert = followed(message(), cap.MsgType.CANCEL, infos=infos)
        drafted = issued(paper, alert)
        assert drafted.notice.kind is Kind.FALSE_ALARM
        assert set(drafted.regions_ended) == {KYIV, LVIV_OBLAST}

    def test_an_all_clear_ends_the_alarm(self, paper: Paper) -> None:
        end = followed(message(), cap.MsgType.UPDATE, info(response_types=ALL_CLEAR))
        assert issued(paper, end).notice.kind is Kind.ALL_CLEAR

    def test_an_all_clear_for_a_part_ends_that_part_only(self, paper: Paper) -> None:
        both = (info(areas=(WHERE,)), info(areas=(ELSEWHERE,), response_types=ALL_CLEAR))
        drafted = issued(paper, followed(message(), cap.MsgType.UPDATE, *both))
        assert (drafted.notice.kind, drafted.notice.regions) == (Kind.UPDATE, (KYIV,))

    def test_an_unknown_reference_names_no_alarm(self, paper: Paper) -> None:
        stranger = message(identifier="never-seen")
        refused = relayed(paper, followed(stranger, cap.MsgType.CANCEL))
        assert isinstance(refused, Refusal)
        assert refused.code == "alarm_unknown"

    def test_another_sender_does_not_reach_the_alarm(self, paper: Paper) -> None:
        other = message(sender="other@practice.example")
        refused = relayed(paper, followed(other, cap.MsgType.CANCEL))
        assert isinstance(refused, Refusal)
        assert refused.code == "alarm_unknown"

    def test_a_real_cancel_does_not_end_an_exercise(self, paper: Paper) -> None:
        refused = relayed(paper, followed(message(), cap.MsgType.CANCEL, status=cap.Status.ACTUAL))
        assert isinstance(refused, Refusal)
        assert refused.code == "status_differs"

    @pytest.mark.parametrize("msg_type", [b"Update", b"Cancel"])
    def test_without_references_it_is_refused(self, msg_type: bytes) -> None:
        bare = cap.write(message()).replace(b"<msgType>Alert", b"<msgType>" + msg_type)
        refused = refusal_of(bare)
        assert refused.code == "cap_references"
        assert "never guessed" in refused.message

    @pytest.mark.parametrize("sent", [b"yesterday", b"2026-13-99T00:00:00-00:00", b"2026-09-21T10:00:00"])
    def test_a_reference_whose_time_cannot_be_read_is_none(self, sent: bytes) -> None:
        cancel = followed(message(), cap.MsgType.CANCEL)
        data = cap.write(cancel).replace(cancel.references[0].sent.encode(), sent)
        assert refusal_of(data).code.startswith("cap_")

    def test_an_alert_that_says_all_clear_begins_nothing(self) -> None:
        assert refusal_of(message(info(response_types=ALL_CLEAR))).code == "cap_references"


class TestWhere:
    """Areas that this atlas does not know warn nobody: nothing is widened to the whole country."""

    @pytest.mark.parametrize(
        "area",
        [
            cap.Area(area_desc="Ukraine"),
            cap.Area(area_desc="Київ", geocodes=(cap.Pair("SAME", "006109"), cap.Pair("UGC", "UA-30"))),
            cap.Area(area_desc="far off", circles=("-33.8,151.2 10",)),
            cap.Area(area_desc="a name is no code", geocodes=(cap.Pair("KATOTTG", "Київ"), cap.Pair("region", "31"))),
            cap.Area(area_desc="no such code", geocodes=(cap.Pair("ISO3166-2", "UA-99"),)),
        ],
    )
    def test_an_area_that_is_not_ours_is_refused(self, area: cap.Area) -> None:
        refused = refusal_of(message(info(areas=(area,))))
        assert refused.code == "cap_area"
        assert "never widened" in refused.message

    def test_a_shape_means_what_it_touches(self) -> None:
        ring = "50.85,30.3 50.95,30.3 50.95,30.5 50.85,30.5 50.85,30.3"
        order = order_of(message(info(areas=(cap.Area(area_desc="ring", polygons=(ring,)),))))
        assert "UA32100000000065867" in order.regions
        assert "UA" not in order.regions
        assert order.shapes == (f"polygon {ring}",)

    def test_codes_of_a_foreign_atlas_count_there(self) -> None:
        atlas = imported(collection(*country()))
        area = cap.Area(area_desc="West Ward", geocodes=(cap.Pair("region", " XX-1-1 "),))
        order = read_relayed(cap.write(message(info(areas=(area,)))), atlas, NOW)
        assert isinstance(order, Order)
        assert order.regions == ("XX-1-1",)


class TestWords:
    def test_each_language_has_its_own(self) -> None:
        order = order_of(message(info(language="EN"), info(language="uk-UA", headline="Практика")))
        assert {language: text.headline for language, text in order.text.items()} == {
            "en": "Practice warning",
            "uk-UA": "Практика",
        }

    def test_line_ends_and_indents_of_the_document_are_no_text(self) -> None:
        text = info(headline="\n   Practice\n\t warning  ", instruction="First.\n\tSecond.")
        (read,) = order_of(message(text)).text.values()
        assert (read.headline, read.instruction) == ("Practice warning", "First. Second.")

    def test_what_does_not_fit_gives_way_whole(self) -> None:
        (read,) = order_of(message(info(headline="x" * 201, instruction="y" * 1_001))).text.values()
        assert (read.headline, read.instruction) == ("Practice warning", "")

    def test_a_demo_still_says_so_first(self) -> None:
        drafted = relayed(Paper(), message(info(headline="This is not a drill")))
        assert isinstance(drafted, Draft)
        assert drafted.notice.text["en"].headline == "DEMO, EXERCISE: This is not a drill"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"status": cap.Status.SYSTEM}, "cap_status"),
        ({"status": cap.Status.DRAFT}, "cap_status"),
        ({"scope": cap.Scope.PRIVATE, "addresses": ("a@practice.example",)}, "cap_scope"),
        ({"scope": cap.Scope.RESTRICTED, "restriction": "staff"}, "cap_scope"),
        ({"msg_type": cap.MsgType.ACK, "references": (message(sent=SENT - timedelta(1)).reference,)}, "cap_msg_type"),
        ({"msg_type": cap.MsgType.ERROR, "references": (message(sent=SENT - timedelta(1)).reference,)}, "cap_msg_type"),
    ],
)
def test_what_is_not_for_the_public_is_refused(given: dict[str, Any], code: str) -> None:
    assert refusal_of(message(**given)).code == code


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"<alert/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><alert>&b;</alert>", b"\xff"]
)
def test_what_is_no_cap_message_is_refused_with_its_fault(data: bytes) -> None:
    assert refusal_of(data).code.startswith("cap_")


def corpus() -> list[Path]:
    lines = [json.loads(line) for line in (CORPUS / "INDEX.jsonl").read_text(encoding="utf-8").splitlines()]
    found = [CORPUS / str(line.get("path") or line.get("file")) for line in lines]
    return [file for file in found if file.is_file()]


def test_no_real_message_of_elsewhere_warns_anybody_here() -> None:
    files = corpus()
    assert len(files) > 100
    codes: dict[str, int] = {}
    for file in files:
        result = read_relayed(file.read_bytes(), ukraine(), NOW)
        if isinstance(result, Order):  # ends are taken by reference
            result = draft(result, Paper().situation())
        assert isinstance(result, Refusal), file
        codes[result.code] = codes.get(result.code, 0) + 1
    assert codes["cap_area"] > 10  # many are valid; they are refused for where they are


def test_real_messages_moved_to_our_area_are_relayed_with_their_own_words() -> None:
    relayed = 0
    for file in corpus():
        try:
            alert = cap.read(file.read_bytes())
        except cap.CapError:
            continue
        if not alert.infos or alert.msg_type is not cap.MsgType.ALERT or alert.scope is not cap.Scope.PUBLIC:
            continue
        here = b"<area><areaDesc>Practice</areaDesc><circle>50.45,30.5 1</circle></area></info>"
        data = file.read_bytes().replace(b"</info>", here)
        order = read_relayed(data, ukraine())
        if isinstance(order, Order):
            drafted = draft(order, Paper().situation())
            if isinstance(drafted, Draft):
                relayed += 1
                assert KYIV in drafted.notice.regions
                assert all("DEMO" in text.headline or "ДЕМО" in text.headline for text in drafted.notice.text.values())
            else:
                assert drafted.code.startswith(("expires_", "notice_", "cap_", "regions_")), (file, drafted)
    assert relayed > 10
