"""Giving the orders of a replay in time, and holding the board against the file."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.client.authority import DUTY, NAME, NOW
from tests.client.desk import Desk
from tocsin.areas import load_ukraine
from tocsin.cli.history import Row
from tocsin.cli.playback import Playback, differences
from tocsin.cli.timeline import Window, alarms_of, open_at_the_end, steps
from tocsin.client import AlarmView, Clock, Operator, Signer, Unreachable
from tocsin.notice import Level, Status

NOON = datetime(2023, 3, 28, 12, tzinfo=UTC)
WINDOW = Window(NOON, NOON + timedelta(hours=2), 60)
KYIV, LVIV = "UA80000000000093317", "UA46000000000026241"


class FakeTime:
    def __init__(self) -> None:
        self.now = 0.0
        self.clock = Clock(lambda: float(NOW), lambda: self.now, self.wait)

    def wait(self, seconds: float) -> None:
        self.now += seconds


def row(number: int, start_min: int, end_min: int) -> Row:
    return Row(number, "", "", "", NOON + timedelta(minutes=start_min), NOON + timedelta(minutes=end_min))


PLACED = [(row(2, 10, 60), KYIV), (row(3, 20, 90), KYIV), (row(4, 30, 240), LVIV)]


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def desk() -> Desk:
    return Desk(load_ukraine())


@pytest.fixture
def playback(desk: Desk, time: FakeTime) -> Playback:
    signer = Signer(NAME, load_ukraine())
    duty = Operator(lambda: "http://desk.example", DUTY, signer, 60, time.clock, desk.client())
    return Playback(duty, "run", WINDOW)


def test_orders_are_given_when_they_are_due(playback: Playback, time: FakeTime) -> None:
    told: list[float] = []
    late_s = playback.play(steps(PLACED, WINDOW), 0, lambda _: told.append(time.now))
    assert told == [10, 20, 30, 60, 90]
    assert late_s == 0


def test_a_replay_that_goes_on_keeps_the_distances(playback: Playback, time: FakeTime) -> None:
    told: list[float] = []
    first, left = steps(PLACED, WINDOW)[:2], steps(PLACED, WINDOW)[2:]
    playback.play(first, 0, lambda _: None)
    time.now = 1_000.0
    playback.play(left, left[0].after_s, lambda _: told.append(time.now))
    assert told == [1_000, 1_030, 1_060]


def test_a_server_that_was_away_makes_the_replay_late_and_loses_nothing(
    playback: Playback, desk: Desk, time: FakeTime
) -> None:
    desk.away = set(range(2, 12))
    late_s = playback.play(steps(PLACED, WINDOW), 0, lambda _: None)
    assert late_s > 5
    assert len(desk.issued) == 5
    assert {one.notice.alarm for one in desk.board.alarms.values()} == set(open_at_the_end(PLACED, WINDOW, "run"))


def test_a_server_that_does_not_come_back_ends_the_replay(playback: Playback, desk: Desk) -> None:
    desk.away = set(range(2, 9_999))
    with pytest.raises(Unreachable):
        playback.play(steps(PLACED, WINDOW), 0, lambda _: None)
    assert len(desk.issued) == 1


def test_a_replay_that_is_given_again_issues_nothing_twice(playback: Playback, desk: Desk) -> None:
    every = steps(PLACED, WINDOW)
    playback.play(every, 0, lambda _: None)
    playback.play(every, 0, lambda _: None)
    assert len(desk.issued) == len(every)


def on_board(alarm: str, *regions: str) -> AlarmView:
    return AlarmView(alarm, 1, Status.ACTUAL, "in_force", "air_raid", Level.RED, NOW, regions)


def found(*board: AlarmView) -> list[str]:
    expected, ours = open_at_the_end(PLACED, WINDOW, "run"), alarms_of(PLACED, WINDOW, "run")
    return differences(expected, ours, board, {KYIV: "Kyiv", LVIV: "Lviv"}.__getitem__)


def test_a_board_like_the_file_has_no_differences_whatever_else_is_on_it() -> None:
    (alarm,) = open_at_the_end(PLACED, WINDOW, "run")
    assert found(on_board(alarm, LVIV), on_board("somebody else's", KYIV)) == []


def test_what_is_missing_left_over_or_elsewhere_is_named() -> None:
    (alarm,) = open_at_the_end(PLACED, WINDOW, "run")
    over = min(alarms_of(PLACED, WINDOW, "run") - {alarm})
    assert found() == ["Lviv is not on the board"]
    assert found(on_board(alarm, LVIV), on_board(over, KYIV)) == ["Kyiv is still on the board"]
    assert found(on_board(alarm, KYIV)) == ["Lviv is on the board as Kyiv"]
