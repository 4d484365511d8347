"""The lines of ``tocsin watch --plain``: what is told, for which places, and that silence is told as well."""

import pytest

from tests.client.authority import TRUST, board_of, heartbeat, notice, snapshot
from tocsin.areas import load_ukraine
from tocsin.cli.board_view import Sight
from tocsin.cli.watch import print_events
from tocsin.client import (
    ActualNotice,
    Disconnected,
    Event,
    ExerciseNotice,
    Follower,
    NotBelieved,
    NotLive,
    Silence,
)
from tocsin.notice import DEMO, Reason, Status

KYIV, LVIV = "UA80000000000093317", "UA46000000000026241"


def heard() -> list[Event]:
    follower = Follower(TRUST, 0.0)
    follower.connected("abc", 0.0)
    return list(follower.receive(snapshot([], 5) + heartbeat(board_of([]), 5, "abc"), 0.0))[-1:]


def lines(
    capsys: pytest.CaptureFixture[str], *events: Event, places: tuple[str, ...] = (), demo: bool = True
) -> list[str]:
    print_events(events, Sight(load_ukraine(), places, demo))
    return capsys.readouterr().out.splitlines()


def test_live_is_said_once_and_again_after_a_silence(capsys: pytest.CaptureFixture[str]) -> None:
    silence = NotLive(Silence.SILENT, "nothing was heard for 15 s")
    said = lines(capsys, *heard(), *heard(), silence, *heard())
    assert said == ["DEMO  live", "DEMO  NOT LIVE: nothing was heard for 15 s", "DEMO  live"]


def test_notices_say_demo_and_exercise_first(capsys: pytest.CaptureFixture[str]) -> None:
    real = ActualNotice(notice("a", authority=DEMO, regions=(KYIV,)))
    drill = ExerciseNotice(notice("b", authority=DEMO, status=Status.EXERCISE, regions=(KYIV,)))
    first, second = lines(capsys, real, drill)
    assert first.startswith("DEMO  2026-09-21 14:13:20 UTC  alert  air_raid  red level  Kyiv  ")
    assert second.startswith("DEMO EXERCISE  ")


def test_only_the_places_named_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    here, there = (ActualNotice(notice(word, regions=(code,))) for word, code in (("a", KYIV), ("b", LVIV)))
    (line,) = lines(capsys, here, there, places=(LVIV,))
    assert "Lviv Oblast" in line


def test_what_is_not_believed_is_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    print_events(
        [NotBelieved("notice", Reason.SIGNATURE, "it is wrong"), Disconnected("slow", 2.0)],
        Sight(load_ukraine(), (), True),
    )
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "not believed: notice: signature: it is wrong", "disconnected: slow; again in 2.0 s",
    ]  # fmt: skip
