"""What is in force does not depend on the order, the number or the gaps in which messages came."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin import cap
from tocsin.cap.chains import Chains, State, key_of, resolved

START = datetime(2026, 3, 1, 4, 0, 0, tzinfo=UTC)
LATER = START + timedelta(hours=1)


def info(**given: object) -> cap.Info:
    fields = {
        "categories": (cap.Category.SAFETY,), "event": "Practice", "urgency": cap.Urgency.IMMEDIATE,
        "severity": cap.Severity.SEVERE, "certainty": cap.Certainty.LIKELY, "expires": START + timedelta(hours=6),
    }  # fmt: skip
    return cap.Info(**(fields | given))


def message(name: str, minute: int, *about: cap.Message, kind: str = "Alert", **given: object) -> cap.Message:
    fields = {
        "identifier": name, "sender": "practice@example.org", "sent": START + timedelta(minutes=minute),
        "status": cap.Status.EXERCISE, "msg_type": cap.MsgType(kind), "scope": cap.Scope.PUBLIC,
        "references": tuple(one.alert.reference for one in about), "infos": (info(),),
    }  # fmt: skip
    alert = cap.Alert(**(fields | given))
    return cap.Message(data=repr(alert).encode(), version="1.2", alert=alert)


FIRST = message("first", 0)
UPDATE = message("update", 5, FIRST, kind="Update")
CANCEL = message("cancel", 9, UPDATE, kind="Cancel", infos=())


def in_force(*messages: cap.Message) -> list[str]:
    return [one.message.alert.identifier for one in resolved(messages).in_force(LATER)]


def test_an_update_takes_the_place_of_what_it_refers_to() -> None:
    assert in_force(FIRST, UPDATE) == ["update"]
    assert in_force(UPDATE, FIRST) == ["update"]


def test_a_cancel_ends_what_it_refers_to_and_nothing_comes_back() -> None:
    assert in_force(FIRST, UPDATE, CANCEL) == []
    states = {one.message.alert.identifier: one.state for one in resolved([FIRST, UPDATE, CANCEL]).standings(LATER)}
    assert states == {"first": State.REPLACED, "update": State.CANCELLED, "cancel": State.TELLS_NOTHING}


def test_a_message_that_never_came_is_named_and_ends_nothing() -> None:
    chains = resolved([FIRST, CANCEL])
    assert chains.missing == (UPDATE.alert.reference,)
    assert in_force(FIRST, CANCEL) == ["first"]


def test_every_standing_says_why() -> None:
    (first, update) = resolved([FIRST, UPDATE]).standings(LATER)
    assert first.why == "replaced by update, sent 2026-03-01T04:05:00-00:00"
    assert first.by == UPDATE.alert.reference
    assert update.why == "holds until 2026-03-01T10:00:00+00:00"


HARMLESS = {
    "another sender": replace(CANCEL.alert, sender="stranger@example.org", references=(FIRST.alert.reference,)),
    "another status": replace(CANCEL.alert, status=cap.Status.TEST, references=(FIRST.alert.reference,)),
    "an earlier time": replace(CANCEL.alert, sent=START - timedelta(1), references=(FIRST.alert.reference,)),
    "an update that tells nothing": replace(UPDATE.alert, infos=()),
    "an acknowledgement": replace(UPDATE.alert, msg_type=cap.MsgType.ACK),
}


@pytest.mark.parametrize("alert", HARMLESS.values(), ids=HARMLESS.keys())
def test_who_may_not_end_a_warning_does_not(alert: cap.Alert) -> None:
    assert "first" in in_force(FIRST, cap.Message(data=b"x", version="1.2", alert=alert))


def test_two_contents_under_one_key_are_both_kept_and_both_warn() -> None:
    forged = message("first", 0, infos=(info(event="Something else"),))
    chains = resolved([FIRST, forged])
    assert set(chains.disputed[key_of(FIRST.alert)]) == {FIRST, forged}
    assert [one.is_disputed for one in chains.in_force(LATER)] == [True, True]


def test_a_disputed_cancel_ends_nothing() -> None:
    forged = message("cancel", 9, UPDATE, kind="Cancel", infos=(), note="other words")
    assert in_force(FIRST, UPDATE, CANCEL, forged) == ["update"]


def test_the_same_content_in_other_bytes_is_no_dispute() -> None:
    again = replace(FIRST, data=FIRST.data + b" ")
    assert resolved([FIRST, again]).disputed == {}
    assert in_force(FIRST, again) == ["first"]


def test_after_expires_the_state_is_not_clear() -> None:
    (one,) = resolved([FIRST]).standings(START + timedelta(days=1))
    assert one.state is State.EXPIRED
    assert "nobody said that it is over" in one.why


def test_an_all_clear_ends_what_it_refers_to() -> None:
    clear = message("clear", 7, FIRST, kind="Update", infos=(info(response_types=(cap.ResponseType.ALL_CLEAR,)),))
    (ended, first) = resolved([clear, FIRST]).standings(LATER)
    assert (ended.state, first.state) == (State.TELLS_NOTHING, State.ALL_CLEAR)


@st.composite
def histories(draw: st.DrawFn) -> list[cap.Message]:
    made: list[cap.Message] = []
    for number in range(draw(st.integers(1, 7))):
        about = draw(st.lists(st.sampled_from(made), max_size=3)) if made else []
        made.append(
            message(
                draw(st.sampled_from("abcd")),
                draw(st.integers(0, 20)),
                *about,
                kind=draw(st.sampled_from(["Alert", "Update", "Update", "Cancel"])),
                sender=draw(st.sampled_from(["one@example.org", "two@example.org"])),
                infos=draw(st.sampled_from([(), (info(),), (info(event=str(number)),)])),
            )
        )
    return made


@settings(max_examples=200, deadline=None, database=None)
@given(histories(), st.data())
def test_any_order_of_arrival_with_repeats_gives_the_same_result(made: list[cap.Message], data: st.DataObject) -> None:
    arrived = data.draw(st.permutations(made + data.draw(st.lists(st.sampled_from(made), max_size=3))))
    one_by_one = Chains()
    for one in arrived:
        one_by_one = one_by_one.add(one)
    assert one_by_one.standings(LATER) == resolved(made).standings(LATER)
    assert one_by_one.disputed == resolved(made).disputed
    assert one_by_one.missing == resolved(made).missing


@settings(max_examples=100, deadline=None, database=None)
@given(histories())
def test_what_is_out_of_force_was_ended_by_somebody_who_may(made: list[cap.Message]) -> None:
    for one in resolved(made).standings(LATER):
        if one.by is not None:
            assert one.by.sender == one.message.alert.sender
            assert one.by.sent > one.message.alert.sent_text
