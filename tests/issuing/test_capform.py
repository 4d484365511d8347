"""The CAP 1.2 document bound to a notice: valid, of the right kind, and never more real than its authority."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest

from tests.issuing.paper import CIRCLE, KYIV, LVIV_OBLAST, Paper
from tocsin import cap
from tocsin.issuing import Draft, Order, read_relayed, sender_of
from tocsin.issuing.capform import REFERENCES_MAX
from tocsin.notice import DEMO, Kind, Level, Status, Text, b64

DUTY = "duty.example"
KINDS = {
    Kind.ALERT: cap.MsgType.ALERT,
    Kind.UPDATE: cap.MsgType.UPDATE,
    Kind.DISPUTED: cap.MsgType.UPDATE,
    Kind.ALL_CLEAR: cap.MsgType.UPDATE,
    Kind.FALSE_ALARM: cap.MsgType.CANCEL,
}


def drafts(paper: Paper, status: Status = Status.ACTUAL) -> dict[Kind, Draft]:
    """One draft of each kind, all but the alert about the same alarm."""
    alert = paper.draft(Kind.ALERT, status=status, shapes=(CIRCLE,), parameters={"b": "2", "a": "1"})
    alarm = paper.take(alert).alarm
    return {Kind.ALERT: alert} | {
        kind: paper.draft(kind, alarm=alarm, status=status) for kind in KINDS if kind is not Kind.ALERT
    }


@pytest.mark.parametrize("authority", [DEMO, DUTY])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_valid_document_bound_to_its_notice(kind: Kind, authority: str) -> None:
    drafted = drafts(Paper(authority))[kind]
    alert = cap.read(drafted.cap)
    assert drafted.notice.cap == b64(sha256(drafted.cap).digest())
    assert alert.identifier == drafted.notice.id
    assert alert.msg_type is KINDS[kind]
    assert alert.scope is cap.Scope.PUBLIC
    assert [info.language for info in alert.infos] == ["en", "uk"]
    for info in alert.infos:
        assert (cap.ResponseType.ALL_CLEAR in info.response_types) == (kind in (Kind.ALL_CLEAR, Kind.FALSE_ALARM))
        assert (info.urgency is cap.Urgency.PAST) == (kind in (Kind.ALL_CLEAR, Kind.FALSE_ALARM))
        assert info.headline == drafted.notice.text[info.language].headline
        assert cap.Pair("tocsin:kind", kind) in info.parameters


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("kind", KINDS)
def test_a_demo_never_writes_actual(kind: Kind, status: Status) -> None:
    alert = cap.read(drafts(Paper(DEMO), status)[kind].cap)
    assert alert.status is not cap.Status.ACTUAL
    assert alert.status is (cap.Status.EXERCISE if status is Status.EXERCISE else cap.Status.TEST)
    assert alert.note.startswith("Demo")
    assert alert.sender.endswith(".invalid")
    assert all(info.headline.startswith(("DEMO", "ДЕМО")) for info in alert.infos)


@pytest.mark.parametrize("status", Status)
def test_another_authority_writes_the_status_ordered(status: Status) -> None:
    assert cap.read(drafts(Paper(DUTY), status)[Kind.ALERT].cap).status == status.title()


def test_times_are_those_of_the_notice() -> None:
    paper = Paper()
    began = paper.issue(Kind.ALERT)
    paper.now += 600
    drafted = paper.draft(Kind.UPDATE, alarm=began.alarm)
    alert = cap.read(drafted.cap)
    (info, _) = alert.infos
    assert alert.sent == datetime.fromtimestamp(paper.now, UTC)
    assert info.effective == alert.sent
    assert info.onset == datetime.fromtimestamp(began.since, UTC)
    assert info.expires == datetime.fromtimestamp(drafted.notice.expires, UTC)


def test_a_change_refers_to_the_alerts_before_it_as_they_name_themselves() -> None:
    paper = Paper()
    documents = [paper.draft(Kind.ALERT)]
    alarm = paper.take(documents[0]).alarm
    for kind in (Kind.UPDATE, Kind.DISPUTED, Kind.ALL_CLEAR):
        paper.now += 60
        documents.append(paper.draft(kind, alarm=alarm))
        paper.take(documents[-1])
        *earlier, newest = [cap.read(one.cap) for one in documents]
        assert newest.references == tuple(one.reference for one in earlier)


def test_a_long_chain_refers_to_its_newest_alerts() -> None:
    paper = Paper()
    alarm = paper.issue(Kind.ALERT).alarm
    for _ in range(REFERENCES_MAX + 3):
        paper.issue(Kind.UPDATE, alarm=alarm)
    references = cap.read(paper.draft(Kind.UPDATE, alarm=alarm).cap).references
    assert [one.identifier for one in references] == [one.id for one in paper.notices[-REFERENCES_MAX:]]


def test_the_area_is_named_coded_and_drawn() -> None:
    (english, ukrainian) = cap.read(Paper().draft(Kind.ALERT, shapes=(CIRCLE,)).cap).infos
    (area,) = english.areas
    assert "Kyiv" in area.area_desc
    assert "Київ" in ukrainian.areas[0].area_desc
    assert cap.Pair("KATOTTG", KYIV) in area.geocodes
    assert cap.Pair("ISO3166-2", "UA-30") in area.geocodes
    assert area.circles == (CIRCLE.removeprefix("circle "),)


def test_parameters_go_along_and_cannot_speak_for_the_server() -> None:
    drafted = drafts(Paper())[Kind.ALERT]
    (info, _) = cap.read(drafted.cap).infos
    assert [pair for pair in info.parameters if not pair.value_name.startswith("tocsin:")] == [
        cap.Pair("a", "1"),
        cap.Pair("b", "2"),
    ]
    own = [pair.value_name for pair in info.parameters if pair.value_name.startswith("tocsin:")]
    assert len(own) == len(set(own))


def test_text_is_carried_as_text() -> None:
    ugly = Text('DEMO <b>&amp;"]]></b>', "Рядок\nдругий & <третій>")
    (info,) = cap.read(Paper().draft(Kind.ALERT, text={"uk": ugly}).cap).infos
    assert (info.headline, info.instruction) == (f"ДЕМО: {ugly.headline}", ugly.instruction)


def test_the_sender_of_a_demo_is_nobodys_domain() -> None:
    assert sender_of(DEMO) == "tocsin@demo.invalid"
    assert sender_of(DUTY) == "tocsin@duty.example"


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_of_ours_is_relayed_as_what_it_is(kind: Kind) -> None:
    paper = Paper(DUTY)
    drafted = drafts(paper)[kind]
    order = read_relayed(drafted.cap, paper.atlas, paper.now)
    assert isinstance(order, Order)
    assert (order.kind, order.status, order.hazard) == (kind, Status.ACTUAL, "air_raid")
    assert order.level is Level.RED
    if kind in (Kind.ALERT, Kind.UPDATE):
        assert order.regions == drafted.notice.regions
        assert order.shapes == drafted.notice.shapes
        assert order.expires_in_s == drafted.notice.expires - drafted.notice.sent
    else:
        assert (order.regions, order.shapes, order.expires_in_s) == ((), (), None)


def test_a_smaller_update_says_where_the_alarm_holds_now() -> None:
    paper = Paper()
    alarm = paper.issue(Kind.ALERT, regions=(KYIV, LVIV_OBLAST)).alarm
    (info, _) = cap.read(paper.draft(Kind.UPDATE, alarm=alarm, regions=(KYIV,)).cap).infos
    assert cap.Pair("KATOTTG", LVIV_OBLAST) not in info.areas[0].geocodes
