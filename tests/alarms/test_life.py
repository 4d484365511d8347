"""The life of an alarm: the table, the fold, what holds where and when."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tocsin.alarms import (
    ENDED,
    LIFE,
    Alarm,
    Board,
    BoardError,
    Forbidden,
    Holding,
    State,
    draw,
    fold,
    in_force,
    place_state,
    regions_left,
    state_after,
)
from tocsin.notice import ENDINGS, EVERY_CHANNEL, Kind, Level, Notice, Status, Text, b64, geometry_hash, id_from

ROOT = Path(__file__).parents[2]
NOW = 1_790_000_000
HASH = b64(bytes(32))


def notice(number: int, of: Notice | None = None, **changes: Any) -> Notice:
    """An alert of its own, or with *of* the next notice of that alarm."""
    id = id_from(number.to_bytes(16, "big"))
    fields: dict[str, Any] = {
        "notice": 1,
        "id": id,
        "alarm": of.alarm if of else id,
        "version": of.version + 1 if of else 1,
        "kind": Kind.UPDATE if of else Kind.ALERT,
        "status": of.status if of else Status.ACTUAL,
        "authority": "test.example",
        "hazard": "flood",
        "level": Level.RED,
        "since": of.since if of else NOW,
        "sent": NOW,
        "effective": NOW,
        "expires": NOW + 3600,
        "atlas": HASH,
        "regions": of.regions if of else ("A",),
        "shapes": (),
        "geometry": geometry_hash(()),
        "text": {"en": Text("TEST: flood", "")},
        "issuer": "test",
        "roster": 1,
        "channels": EVERY_CHANNEL,
        "cap": HASH,
    }
    return Notice(**(fields | changes))


def board_of(*notices: Notice) -> Board:
    board = Board()
    for sequence, one in enumerate(notices, 1):
        board = fold(board, sequence, one)
    return board


def test_the_page_on_the_life_of_an_alarm_is_drawn_from_the_table() -> None:
    assert (ROOT / "docs/lifecycle.md").read_text(encoding="utf-8") == draw()


def test_the_table_answers_every_kind_in_every_state() -> None:
    assert set(LIFE) == set(State)
    assert all(set(steps) == set(Kind) for steps in LIFE.values())


def test_an_ended_alarm_takes_no_further_notice() -> None:
    first = notice(1)
    end = notice(2, first, kind=Kind.ALL_CLEAR)
    board = board_of(first, end)
    for kind in Kind:
        if kind is not Kind.ALERT:
            refusal = state_after(board, notice(3, end, kind=kind))
            assert isinstance(refusal, Forbidden)
            assert refusal.code == "alarm_ended"


def test_ending_one_alarm_ends_no_other_in_the_same_region() -> None:
    raion, oblast = notice(1, regions=("A1",)), notice(2, regions=("A", "A1"))
    board = board_of(raion, oblast, notice(3, oblast, kind=Kind.ALL_CLEAR))
    assert [(one.region, one.alarm.notice.alarm) for one in in_force(board, NOW)] == [("A1", raion.alarm)]


def test_an_update_with_a_smaller_set_ends_the_alarm_where_it_left() -> None:
    first = notice(1, regions=("A", "B"))
    smaller = notice(2, first, regions=("B",))
    assert regions_left(first, smaller) == ("A",)
    assert [one.region for one in in_force(board_of(first, smaller), NOW)] == ["B"]


def test_after_expires_the_state_is_expired_and_not_clear() -> None:
    board = board_of(notice(1, expires=NOW + 10))
    assert [one.state for one in in_force(board, NOW + 9)] == [State.IN_FORCE]
    assert [one.state for one in in_force(board, NOW + 10)] == [State.EXPIRED]


def test_an_expired_alarm_never_comes_back_but_can_be_confirmed_clear() -> None:
    first = notice(1, expires=NOW + 10)
    late = {"sent": NOW + 20, "effective": NOW + 20, "expires": NOW + 99}
    refusal = state_after(board_of(first), notice(2, first, **late))
    assert isinstance(refusal, Forbidden)
    assert refusal.code == "alarm_expired"
    assert state_after(board_of(first), notice(2, first, kind=Kind.ALL_CLEAR, **late)) is State.ENDED_CLEAR


def test_a_disputed_alarm_stays_in_force_and_its_version_rises() -> None:
    first = notice(1)
    board = board_of(first, notice(2, first, kind=Kind.DISPUTED))
    (holding,) = in_force(board, NOW)
    assert (holding.state, holding.alarm.notice.version) == (State.DISPUTED, 2)


def test_a_notice_that_skips_a_version_is_told_that_the_alarm_moved_on() -> None:
    first = notice(1)
    refusal = state_after(board_of(first), notice(3, first, version=3))
    assert isinstance(refusal, Forbidden)
    assert refusal.code == "alarm_moved_on"


def test_a_fold_of_an_impossible_journal_says_so() -> None:
    with pytest.raises(BoardError, match="cannot follow"):
        fold(Board(), 1, notice(2, notice(1)))


def test_exercises_never_hold_among_actual_alarms() -> None:
    board = board_of(notice(1, status=Status.EXERCISE), notice(2, status=Status.TEST))
    assert not list(in_force(board, NOW))
    assert len(list(in_force(board, NOW, Status.EXERCISE))) == 1


def test_the_board_hash_changes_with_every_region_version_and_status() -> None:
    first = notice(1, regions=("A", "B"))
    boards = [
        Board(),
        board_of(first),
        board_of(notice(1, regions=("A",))),
        board_of(notice(1, regions=("A", "B"), status=Status.EXERCISE)),
        board_of(first, notice(2, first)),
    ]
    assert len({board.root() for board in boards}) == len(boards)
    assert board_of(first, notice(2, first, kind=Kind.ALL_CLEAR)).root() == Board().root()


def _place_cases() -> Iterable[Any]:
    content = json.loads((ROOT / "vectors/places.json").read_text(encoding="utf-8"))
    for case in content["cases"]:
        yield pytest.param(case, content["parents"], id=case["name"])


@pytest.mark.parametrize(("case", "parents"), list(_place_cases()))
def test_a_place_experiences_what_the_vector_says(case: dict[str, Any], parents: dict[str, str | None]) -> None:
    def covers(region: str, place: str) -> bool:
        above: str | None = place
        while above is not None and above != region:
            above = parents[above]
        return above == region

    holdings = []
    for number, one in enumerate(case["alarms"], 1):
        began = {"since": NOW - 60, "sent": NOW - 60, "effective": NOW - 60}
        alarm = Alarm(notice(number, regions=one["regions"], expires=one["expires"], **began), number, State.IN_FORCE)
        holdings += [Holding(region, alarm, alarm.state_at(case["now"])) for region in one["regions"]]
    state, _ = place_state(case["place"], holdings, covers)
    assert state == case["expect"]


@given(st.lists(st.sampled_from(list(Kind)), max_size=12))
def test_no_sequence_of_kinds_leaves_an_ended_alarm_on_the_board(kinds: list[Kind]) -> None:
    first = notice(1)
    board, newest = board_of(first), first
    for number, kind in enumerate(kinds, 2):
        if kind is Kind.ALERT:
            continue
        following = notice(number, newest, kind=kind)
        if isinstance(state_after(board, following), State):
            board, newest = fold(board, number, following), following
    assert (first.alarm in board.alarms) == (newest.kind not in ENDINGS)


class AlarmsLive(RuleBasedStateMachine):
    """Many alarms at once, in any order: the board agrees with a plain record of what was told."""

    def __init__(self) -> None:
        super().__init__()
        self.board, self.told, self.sequence = Board(), {}, 0
        self.newest: dict[str, Notice] = {}

    def _tell(self, one: Notice) -> None:
        if isinstance(state_after(self.board, one), State):
            self.board = fold(self.board, self.sequence, one)
            self.newest[one.alarm] = one

    @rule(regions=st.sets(st.sampled_from("ABCDE"), min_size=1))
    def begin(self, regions: set[str]) -> None:
        self.sequence += 1
        self._tell(notice(self.sequence, regions=tuple(sorted(regions))))

    @rule(data=st.data(), kind=st.sampled_from([kind for kind in Kind if kind is not Kind.ALERT]))
    def follow(self, data: st.DataObject, kind: Kind) -> None:
        if not self.newest:
            return
        of = self.newest[data.draw(st.sampled_from(sorted(self.newest)))]
        regions = tuple(sorted(data.draw(st.sets(st.sampled_from("ABCDE"), min_size=1))))
        self.sequence += 1
        self._tell(notice(self.sequence, of, kind=kind, regions=of.regions if kind is not Kind.UPDATE else regions))

    @invariant()
    def the_board_holds_exactly_what_was_not_ended(self) -> None:
        expected = {
            (one.alarm, region) for one in self.newest.values() if one.kind not in ENDINGS for region in one.regions
        }
        assert {(one.alarm.notice.alarm, one.region) for one in in_force(self.board, NOW)} == expected
        assert not any(alarm.state in ENDED for alarm in self.board.alarms.values())


TestAlarmsLive = AlarmsLive.TestCase
