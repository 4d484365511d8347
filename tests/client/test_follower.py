"""What a follower of the stream believes, tells once, and when it says that it is not live."""

import pytest

from tests.client.authority import (
    EPOCH,
    NOW,
    ROSTERS,
    STRANGER,
    TRUST,
    at,
    board_of,
    frame_of,
    heartbeat,
    id_of,
    notice,
    roster,
    signed,
    snapshot,
    told,
)
from tocsin.alarms import State, in_force
from tocsin.client import (
    ActualNotice,
    Event,
    ExerciseNotice,
    Follower,
    Heard,
    NotBelieved,
    NotLive,
    RosterLearned,
    Silence,
    Snapshot,
    TestNotice,
)
from tocsin.live import frames
from tocsin.notice import Domain, Kind, Position, Reason, Status, b64

KYIV = notice("one", regions=("XX-30",))
LVIV = notice("two", regions=("XX-46",))
DRILL = notice("drill", status=Status.EXERCISE)


def connected(nonce: str = "abc") -> Follower:
    follower = Follower(TRUST, 100.0)
    follower.connected(nonce, 100.0)
    return follower


def feed(follower: Follower, *pieces: bytes, now: float = 100.0) -> list[Event]:
    return [event for piece in pieces for event in follower.receive(piece, now)]


def live(*notices: object) -> Follower:
    """Return a follower that holds *notices*, at position 5, and is live."""
    follower = connected()
    held = [one for one in notices if one is not None]
    feed(follower, snapshot(held, 5), heartbeat(board_of(held), 5, "abc"))  # type: ignore[arg-type]
    assert follower.is_live(100.0)
    return follower


def test_a_first_contact_tells_what_is_in_force_and_is_live_after_its_own_nonce() -> None:
    follower = connected("n1")
    events = feed(follower, frames.opening(2500), snapshot([KYIV, DRILL], 5))
    assert [type(event) for event in events] == [Snapshot, RosterLearned, RosterLearned]
    assert not follower.is_live(100.0)
    confirmed = feed(follower, heartbeat(board_of([KYIV, DRILL]), 5, "n1"))
    assert [type(event) for event in confirmed] == [ActualNotice, ExerciseNotice, Heard]
    assert follower.is_live(100.0)
    assert follower.retry_ms == 2500
    assert follower.signed_now(102.5) == NOW + 2


def test_a_notice_is_told_once_however_often_it_comes() -> None:
    follower = live(KYIV)
    assert feed(follower, told(KYIV, 6), snapshot([KYIV], 6))[0] == Snapshot(at(6))
    assert not [event for event in feed(follower, told(KYIV, 7)) if isinstance(event, ActualNotice)]


def test_what_was_missed_comes_with_the_snapshot_and_is_told() -> None:
    follower = live(KYIV)
    raised = notice("one", 2, regions=("XX-30", "XX-32"))
    events = feed(follower, snapshot([raised, LVIV], 9))
    assert [event.notice for event in events if isinstance(event, ActualNotice)] == [raised, LVIV]


def test_an_older_version_never_replaces_a_newer_one() -> None:
    end = notice("one", 3, kind=Kind.ALL_CLEAR)
    follower = live(KYIV)
    feed(follower, told(end, 6))
    assert feed(follower, told(notice("one", 2), 7)) == []
    assert follower.board.alarms == {}


def test_an_alert_that_ended_before_the_snapshot_is_not_told_again() -> None:
    follower = live(KYIV)
    feed(follower, told(notice("one", 2, kind=Kind.ALL_CLEAR), 6), snapshot([], 40))
    assert feed(follower, told(KYIV, 40)) == []
    (heard,) = feed(follower, heartbeat(board_of([]), 40, after_s=5))
    assert isinstance(heard, Heard)


def test_what_a_restored_server_proves_to_be_in_force_is_shown_though_it_had_ended() -> None:
    follower = live(KYIV)
    end = notice("one", 2, kind=Kind.ALL_CLEAR, regions=("XX-30",))
    feed(follower, told(end, 6), heartbeat(board_of([]), 6, after_s=1), snapshot([KYIV], 5))
    assert follower.board.alarms == {}, "a notice that is played again proves nothing"
    alert, heard = feed(follower, heartbeat(board_of([KYIV]), 5, after_s=5))
    assert (alert, type(heard)) == (ActualNotice(KYIV), Heard)
    (again,) = feed(follower, heartbeat(board_of([KYIV]), 5, after_s=10))
    assert isinstance(again, Heard)


def test_a_restored_server_ends_an_alarm_that_is_held_in_a_later_version() -> None:
    follower = live(notice("one", 3, regions=("XX-30",)))
    feed(follower, snapshot([KYIV], 6), heartbeat(board_of([KYIV]), 6, after_s=5))
    end = notice("one", 2, kind=Kind.ALL_CLEAR, regions=("XX-30",), sent=NOW + 60, id=id_of("another end"))
    told_end, heard = feed(follower, told(end, 7), heartbeat(board_of([]), 7, after_s=6))
    assert (told_end, type(heard)) == (ActualNotice(end), Heard)
    assert follower.board.alarms == {}


def test_an_answer_to_the_nonce_sets_the_time_back_too() -> None:
    follower = live()
    feed(follower, heartbeat(board_of([]), 5, after_s=3_600), now=105.0)
    follower.connected("n2", 106.0)
    (heard,) = feed(follower, heartbeat(board_of([]), 5, "n2", after_s=6), now=106.0)
    assert isinstance(heard, Heard)
    assert follower.signed_now(106.0) == NOW + 6


def test_what_has_expired_is_held_and_not_told() -> None:
    follower = live()
    assert feed(follower, told(KYIV, 6), now=100.0 + 7_200) == []
    assert list(follower.board.alarms) == [KYIV.alarm]


def test_a_late_end_is_told_to_whoever_holds_the_alarm_and_to_nobody_else() -> None:
    follower, end = live(KYIV), notice("one", 2, kind=Kind.ALL_CLEAR, expires=NOW + 1_800)
    assert feed(follower, told(end, 6), now=100.0 + 3_600) == [ActualNotice(end)]
    assert feed(live(), told(end, 6), now=100.0 + 3_600) == []


@pytest.mark.parametrize(
    ("status", "kind"), [(Status.ACTUAL, ActualNotice), (Status.EXERCISE, ExerciseNotice), (Status.TEST, TestNotice)]
)
def test_real_alerts_exercises_and_tests_are_different_types(status: Status, kind: type) -> None:
    (event,) = feed(live(), told(notice("new", status=status), 6))
    assert type(event) is kind


@pytest.mark.parametrize("sent_as", [Status.EXERCISE, Status.TEST])
def test_a_real_alert_under_another_event_is_refused(sent_as: Status) -> None:
    follower = live()
    (event,) = feed(follower, told(KYIV, 6, sent_as))
    assert isinstance(event, NotBelieved)
    assert event.reason is Reason.STATUS
    assert follower.board.alarms == {}


def test_an_exercise_under_the_event_of_real_alerts_is_refused() -> None:
    (event,) = feed(live(), told(DRILL, 6, Status.ACTUAL))
    assert isinstance(event, NotBelieved)
    assert event.reason is Reason.STATUS


@pytest.mark.parametrize("place", [4, 40, 300, -1])
def test_one_changed_byte_is_not_believed_and_is_missed_at_the_next_heartbeat(place: int) -> None:
    follower = live()
    envelope = bytearray(signed(KYIV))
    envelope[place] ^= 1
    (refused,) = feed(follower, frame_of(bytes(envelope), Status.ACTUAL, 6))
    assert isinstance(refused, NotBelieved)
    (event,) = feed(follower, heartbeat(board_of([KYIV]), 6, after_s=5))
    assert isinstance(event, NotLive)
    assert event.reason is Silence.DIFFERS
    assert follower.broken
    assert follower.position is None, "the next connection asks for everything"


def test_a_stranger_raises_no_alarm_and_ends_none() -> None:
    follower = live(KYIV)
    end = notice("one", 2, kind=Kind.ALL_CLEAR)
    (event,) = feed(follower, frame_of(signed(end, STRANGER), Status.ACTUAL, 6))
    assert isinstance(event, NotBelieved)
    assert event.reason is Reason.KEY
    assert list(follower.board.alarms) == [id_of("one")]


def test_a_heartbeat_without_this_connections_nonce_may_be_a_recording() -> None:
    follower = connected("mine")
    feed(follower, snapshot([], 5))
    (event,) = feed(follower, heartbeat(board_of([]), 5, "another"))
    assert isinstance(event, NotBelieved)
    assert event.reason is Reason.NONCE
    assert follower.broken
    assert not follower.is_live(100.0)


def test_an_old_heartbeat_is_not_believed() -> None:
    follower = live(KYIV)
    feed(follower, heartbeat(board_of([KYIV]), 5, after_s=10), now=110.0)
    (event,) = feed(follower, heartbeat(board_of([KYIV]), 5, after_s=5), now=111.0)
    assert isinstance(event, NotBelieved)
    assert event.reason is Reason.OLD
    assert follower.heard_ago_s(112.0) == 2.0


def test_a_heartbeat_by_the_key_that_issues_is_not_believed() -> None:
    (event,) = feed(live(KYIV), heartbeat(board_of([KYIV]), 5, after_s=5, by=STRANGER))
    assert isinstance(event, NotBelieved)
    assert event.reason is Reason.KEY


def test_a_notice_that_is_held_back_is_noticed_by_the_second_heartbeat_ahead() -> None:
    follower = live()
    assert feed(follower, heartbeat(board_of([KYIV]), 6, after_s=5)) == [], "it may have crossed the notice"
    (event,) = feed(follower, heartbeat(board_of([KYIV, LVIV]), 7, after_s=10))
    assert isinstance(event, NotLive)
    assert event.reason is Silence.WITHHELD
    assert follower.broken
    assert follower.position == at(5)


def test_a_heartbeat_that_crosses_a_notice_confirms_nothing_and_breaks_nothing() -> None:
    follower = live()
    assert feed(follower, heartbeat(board_of([KYIV]), 6, after_s=5)) == []
    feed(follower, told(KYIV, 6), told(LVIV, 7))
    assert feed(follower, heartbeat(board_of([KYIV]), 6, after_s=10)) == []
    (heard,) = feed(follower, heartbeat(board_of([KYIV, LVIV]), 7, after_s=15))
    assert isinstance(heard, Heard)
    assert follower.position == at(7)
    assert not follower.broken


def test_a_position_that_nobody_signed_hides_no_alert() -> None:
    follower = live()
    lie = f'event: roster\ndata: {{"position":"{at(999_999)}","roster":"{b64(ROSTERS[0])}"}}\n\n'.encode()
    assert feed(follower, lie) == []
    assert feed(follower, heartbeat(board_of([KYIV]), 6, after_s=5)) == [], "the alert of position 6 was held back"
    (event,) = feed(follower, heartbeat(board_of([KYIV]), 6, after_s=10))
    assert isinstance(event, NotLive)
    assert (follower.broken, follower.position) == (True, None)


def test_a_connection_goes_on_from_the_position_that_a_heartbeat_confirmed() -> None:
    follower = live()
    feed(follower, told(KYIV, 6))
    assert follower.position == at(5)
    feed(follower, heartbeat(board_of([KYIV]), 6, after_s=5))
    assert follower.position == at(6)


def test_a_roster_that_is_held_back_is_noticed() -> None:
    follower = live()
    (event,) = feed(follower, heartbeat(board_of([]), 5, after_s=5, rosters=2))
    assert isinstance(event, NotLive)
    assert event.reason is Silence.ROSTERS
    assert (follower.broken, follower.position) == (True, None)


def test_a_server_that_was_restored_from_a_backup_is_held_against_its_own_words() -> None:
    raised = notice("one", 2, regions=("XX-30", "XX-32"))
    follower = live(raised)
    feed(follower, snapshot([KYIV], 9))
    assert follower.board.alarms[KYIV.alarm].notice == raised, "a version never falls"
    (heard,) = feed(follower, heartbeat(board_of([KYIV]), 9, after_s=5))
    assert isinstance(heard, Heard)


def test_a_heartbeat_before_anything_else_makes_nobody_live() -> None:
    follower = connected()
    (learned, *_) = follower.learn_trust(map(b64, ROSTERS))
    assert isinstance(learned, RosterLearned)
    (event,) = feed(follower, heartbeat(board_of([]), 5, "abc"))
    assert isinstance(event, NotLive)


def test_silence_is_said_after_fifteen_seconds_and_once() -> None:
    follower = live(KYIV)
    assert list(follower.check(114.9)) == []
    (event,) = follower.check(115.0)
    assert isinstance(event, NotLive)
    assert event.reason is Silence.SILENT
    assert list(follower.check(130.0)) == []
    assert not follower.is_live(100.0)
    assert list(follower.board.alarms) == [id_of("one")], "silence never clears"


def test_whether_it_is_live_is_asked_of_the_moment() -> None:
    follower = live()
    assert follower.is_live(114.9)
    assert not follower.is_live(115.0)


def test_a_recording_that_is_played_slowly_keeps_nobody_live() -> None:
    follower, now = live(), 100.0
    seen: list[Event] = []
    for beat in range(1, 4):
        now += 14.0
        seen += feed(follower, heartbeat(board_of([]), 5, after_s=5 * beat), now=now)
        seen += follower.check(now)
    assert [type(event) for event in seen] == [Heard, NotBelieved, NotLive, NotBelieved]
    assert not follower.is_live(now)
    assert follower.broken, "another nonce tells whether it was held back"
    assert follower.signed_now(now) == NOW + 42


def test_a_late_heartbeat_holds_only_as_long_as_it_was_signed_for() -> None:
    follower = live()
    (heard,) = feed(follower, heartbeat(board_of([]), 5, after_s=5), now=117.0)
    assert isinstance(heard, Heard)
    assert follower.heard_ago_s(117.0) == 12.0
    assert [type(event) for event in follower.check(120.0)] == [NotLive]


def test_a_heartbeat_that_confirms_nothing_does_not_keep_a_follower_live() -> None:
    follower = live()
    feed(follower, told(KYIV, 6), heartbeat(board_of([]), 5, after_s=10), now=110.0)
    assert [type(event) for event in follower.check(115.0)] == [NotLive]


@pytest.mark.parametrize(("answered_after_s", "believed"), [(9.9, True), (10.1, False)])
def test_the_nonce_is_answered_soon_or_not_at_all(answered_after_s: float, believed: bool) -> None:
    follower = connected("n1")
    now = 100.0 + answered_after_s
    *_, answer = feed(follower, snapshot([], 5), heartbeat(board_of([]), 5, "n1"), now=now)
    assert isinstance(answer, Heard if believed else NotBelieved)
    assert (follower.is_live(now), follower.broken) == (believed, not believed)
    assert follower.signed_now(now) == (NOW + 9 if believed else 0), "it was signed after the nonce was sent"


def test_a_connection_whose_nonce_is_never_answered_is_given_up() -> None:
    follower = connected()
    list(follower.check(110.0))
    assert not follower.broken
    list(follower.check(110.1))
    assert follower.broken


def test_a_new_connection_sets_the_time_anew_after_the_clocks_drifted_apart() -> None:
    follower = live()
    feed(follower, heartbeat(board_of([]), 5, after_s=970), now=1_100.0)
    assert not follower.is_live(1_100.0)
    follower.connected("n2", 1_100.0)
    (heard,) = feed(follower, heartbeat(board_of([]), 5, "n2", after_s=971), now=1_101.0)
    assert isinstance(heard, Heard)
    assert follower.is_live(1_101.0)


def test_bytes_that_are_no_heartbeat_do_not_keep_a_follower_live() -> None:
    follower = live()
    feed(follower, b": still here\n\n", told(LVIV, 6), now=114.0)
    assert [type(event) for event in follower.check(115.0)] == [NotLive]


def test_a_heartbeat_after_silence_makes_it_live_again() -> None:
    follower = live(KYIV)
    assert list(follower.check(115.0))
    assert isinstance(feed(follower, heartbeat(board_of([KYIV]), 5, after_s=20), now=120.0)[0], Heard)
    assert follower.is_live(100.0)


def test_an_alarm_that_a_snapshot_leaves_out_stays_until_a_verified_end_is_seen() -> None:
    follower = live(KYIV, LVIV)
    feed(follower, snapshot([LVIV], 9))
    assert follower.orphans == {id_of("one")}
    assert set(follower.board.alarms) == {id_of("one"), id_of("two")}

    (heard,) = feed(follower, heartbeat(board_of([LVIV]), 9, after_s=5))
    assert isinstance(heard, Heard), "the server is not contradicted for what it has forgotten"

    forged = signed(notice("one", 2, kind=Kind.ALL_CLEAR), STRANGER)
    assert [type(event) for event in follower.learn_history([b64(forged)], 105.0)] == [NotBelieved]
    assert id_of("one") in follower.board.alarms

    end = notice("one", 2, kind=Kind.ALL_CLEAR)
    assert list(follower.learn_history([b64(signed(KYIV)), b64(signed(end))], 105.0)) == [ActualNotice(end)]
    assert follower.orphans == frozenset()
    assert list(follower.board.alarms) == [id_of("two")]


def test_an_orphan_that_is_named_again_is_one_no_longer() -> None:
    follower = live(KYIV)
    feed(follower, snapshot([], 9), snapshot([KYIV], 10))
    assert follower.orphans == frozenset()
    (heard,) = feed(follower, heartbeat(board_of([KYIV]), 10, after_s=5))
    assert isinstance(heard, Heard)


def test_one_who_resumes_hears_what_it_missed_and_is_live_after_a_snapshot() -> None:
    follower = Follower(TRUST, 100.0, Position(EPOCH, 5))
    follower.connected("abc", 100.0)
    list(follower.learn_trust(map(b64, ROSTERS)))
    events = feed(follower, told(LVIV, 6), heartbeat(board_of([KYIV, LVIV]), 6, "abc"))
    assert events == [], "KYIV may have been held back, and LVIV may be a recording: nothing here can tell"
    assert (follower.broken, follower.position, follower.is_live(100.0)) == (True, None, False)
    follower.connected("def", 100.0)
    _, *alerts, heard = feed(follower, snapshot([KYIV, LVIV], 6), heartbeat(board_of([KYIV, LVIV]), 6, "def", 1))
    assert alerts == [ActualNotice(LVIV), ActualNotice(KYIV)]
    assert isinstance(heard, Heard)


def test_another_epoch_in_the_heartbeat_asks_for_a_new_connection() -> None:
    follower = live()
    other = Position("ffffffffffffffff", 5)
    feed(follower, told(KYIV, 5).replace(str(at(5)).encode(), str(other).encode()))
    assert [type(event) for event in feed(follower, heartbeat(board_of([]), 5, after_s=5))] == [NotLive]
    assert follower.broken


def test_a_newer_roster_is_learned_and_an_older_one_is_not() -> None:
    follower = live()
    newer, older = roster(Domain.ACTUAL, 2), roster(Domain.ACTUAL, 1)
    frame = '{{"position":"{}","roster":"{}"}}'
    first, second = frame.format(at(6), b64(newer)), frame.format(at(7), b64(older))
    events = feed(follower, f"event: roster\ndata: {first}\n\nevent: roster\ndata: {second}\n\n".encode())
    assert events[0] == RosterLearned(Domain.ACTUAL, 2)
    assert isinstance(events[1], NotBelieved)
    assert events[1].reason is Reason.OLD


def test_an_event_of_a_later_release_is_passed_over() -> None:
    assert feed(live(), b"event: tomorrow\ndata: {}\n\n") == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("notice", "{"),
        ("notice", "{}"),
        ("notice", '{"position":"nowhere","envelope":""}'),
        ("notice", '{"position":"00112233445566ff-6","envelope":"***"}'),
        ("notice", '{"position":"00112233445566ff-6","envelope":""}'),
        ("snapshot", "[]"),
        ("snapshot", '{"position":"00112233445566ff-6"}'),
        ("heartbeat", '{"heartbeat":"AAAA"}'),
        ("heartbeat", '{"heartbeat":7}'),
        ("roster", '{"position":"00112233445566ff-6","roster":"AAAA"}'),
        ("end", '{"reason":1}'),
    ],
)
def test_what_cannot_be_read_is_reported_and_changes_nothing(name: str, data: str) -> None:
    follower = live(KYIV)
    (event,) = feed(follower, f"event: {name}\ndata: {data}\n\n".encode())
    assert isinstance(event, NotBelieved)
    assert event.event == name
    assert list(follower.board.alarms) == [id_of("one")]


def test_the_reason_that_the_server_gives_for_the_end_is_kept() -> None:
    follower = live()
    assert feed(follower, frames.end("slow", "64 KiB behind")) == []
    assert follower.end == "slow: 64 KiB behind"


def test_what_a_follower_holds_can_be_asked_like_any_board() -> None:
    follower = live(KYIV)
    feed(follower, told(notice("one", 2, kind=Kind.DISPUTED, regions=("XX-30",)), 6))
    (holding,) = in_force(follower.board, NOW + 60)
    assert (holding.region, holding.state) == ("XX-30", State.DISPUTED)
    (later,) = in_force(follower.board, NOW + 7_200)
    assert later.state is State.EXPIRED
