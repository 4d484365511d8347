"""The board in a terminal: what is current is said, and silence is never shown as safety."""

from collections.abc import Callable

import pytest
from rich.console import Console

from tests.client.authority import NOW, TRUST, board_of, heartbeat, notice, snapshot, told
from tocsin.areas import load_ukraine
from tocsin.cli.board_view import Sight, board_view, notice_line, plain_lines
from tocsin.client import Follower
from tocsin.notice import DEMO, Kind, Level, Notice, Status

View = Callable[[Follower, Sight, float], str]

KYIV_OBLAST, VYSHHOROD, LVIV = "UA32000000000030281", "UA32100000000065867", "UA46000000000026241"


def follower_of(*notices: Notice) -> Follower:
    """Return a follower that is live at 100.0 and holds *notices*."""
    follower = Follower(TRUST, 100.0)
    follower.connected("abc", 100.0)
    pieces = snapshot(notices, 5) + heartbeat(board_of(notices), 5, "abc")
    assert list(follower.receive(pieces, 100.0))
    assert follower.is_live(100.0)
    return follower


def sight(*places: str, demo: bool = False) -> Sight:
    return Sight(load_ukraine(), places, demo)


def screen(follower: Follower, seen: Sight, now: float) -> str:
    console = Console(width=160, force_terminal=False)
    with console.capture() as captured:
        console.print(board_view(follower, seen, now))
    return captured.get()


@pytest.fixture(params=["screen", "plain"])
def view(request: pytest.FixtureRequest) -> View:
    """The screen of a terminal and the lines for a pipe: both say the same."""
    if request.param == "screen":
        return screen
    return lambda follower, seen, now: "\n".join(plain_lines(follower, seen, now))


def test_what_holds_is_shown_with_region_level_since_and_state(view: View) -> None:
    shown = view(follower_of(notice("a", regions=(VYSHHOROD,), level=Level.YELLOW)), sight(), 103.0)
    for expected in ("live, last heard 3 s ago", "Vyshhorodskyi raion, Kyiv Oblast", "air_raid", "yellow level",
                     "2026-09-21 14:13:20 UTC", "in force"):  # fmt: skip
        assert expected in shown


def test_nothing_in_force_is_said_only_while_live(view: View) -> None:
    follower = follower_of()
    assert "Nothing is in force." in view(follower, sight(), 101.0)
    shown = view(follower, sight(), 116.0)
    assert "Nothing is in force." not in shown
    assert "NOT LIVE: last heard 16 s ago; what is shown may be over, or more may be in force" in shown


def test_before_anything_was_heard_nothing_is_claimed(view: View) -> None:
    shown = view(Follower(TRUST, 100.0), sight(LVIV), 101.0)
    assert "NOT LIVE: nothing was heard yet" in shown
    assert "clear" not in shown


def test_a_place_that_is_not_live_is_not_called_clear(view: View) -> None:
    follower = follower_of()
    assert "Lviv Oblast: " in view(follower, sight(LVIV), 101.0)
    assert "clear" in view(follower, sight(LVIV), 101.0)
    assert "clear" not in view(follower, sight(LVIV), 116.0)


def test_what_was_in_force_stays_when_nothing_is_heard(view: View) -> None:
    follower = follower_of(notice("a", regions=(LVIV,)))
    shown = view(follower, sight(), 116.0)
    assert "NOT LIVE" in shown
    assert "Lviv Oblast" in shown


def test_an_expired_alarm_is_not_called_clear(view: View) -> None:
    alarm = notice("a", regions=(LVIV,), expires=NOW + 60)
    follower = follower_of(alarm)
    assert "in force" in view(follower, sight(), 101.0)
    list(follower.receive(heartbeat(board_of([alarm]), 5, after_s=60), 160.0))
    shown = view(follower, sight(LVIV), 100.0 + 61)
    assert shown.count("expired, not confirmed clear") == 2


def test_a_disputed_alarm_stays_in_force(view: View) -> None:
    alert, dispute = notice("a", regions=(LVIV,)), notice("a", 2, kind=Kind.DISPUTED, regions=(LVIV,))
    follower = follower_of(alert)
    list(follower.receive(told(dispute, 6), 101.0))
    shown = view(follower, sight(), 101.0)
    assert "disputed, stays in force" in shown


def test_places_are_alarmed_by_what_is_above_and_partial_by_what_is_below(view: View) -> None:
    above = view(follower_of(notice("a", regions=(KYIV_OBLAST,))), sight(VYSHHOROD), 101.0)
    assert "ALARM" in above
    below = view(follower_of(notice("a", regions=(VYSHHOROD,))), sight(KYIV_OBLAST), 101.0)
    assert "part of the area" in below
    beside = view(follower_of(notice("a", regions=(LVIV,))), sight(KYIV_OBLAST), 101.0)
    assert "clear" in beside
    assert "Lviv" not in beside


def test_exercises_stand_apart_and_alarm_no_place(view: View) -> None:
    shown = view(follower_of(notice("a", status=Status.EXERCISE, regions=(LVIV,))), sight(LVIV), 101.0)
    assert "EXERCISE" in shown
    assert "ALARM" not in shown


def test_a_code_of_another_atlas_is_shown_as_it_is(view: View) -> None:
    assert "XX-1" in view(follower_of(notice("a")), sight(), 101.0)


def test_a_demo_says_so_before_anything_else() -> None:
    assert next(plain_lines(follower_of(), sight(demo=True), 101.0)).startswith("DEMO")
    assert screen(follower_of(), sight(demo=True), 101.0).startswith("DEMO")
    demo = notice("a", authority=DEMO, regions=(LVIV,))
    assert notice_line(demo, sight()).startswith("DEMO  ")
    drill = notice("a", authority=DEMO, status=Status.EXERCISE, regions=(LVIV,))
    assert notice_line(drill, sight()).startswith("DEMO EXERCISE  ")
    assert notice_line(notice("a", regions=(LVIV,)), sight()).startswith("ACTUAL  ")
