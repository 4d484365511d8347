"""Following a real server: what happens comes once, through kills and restarts."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Server
from tocsin.areas import load_ukraine
from tocsin.client import (
    ActualNotice,
    Disconnected,
    Event,
    ExerciseNotice,
    Heard,
    NotBelieved,
    Operator,
    Signer,
    Snapshot,
    Stream,
    open_folder,
)
from tocsin.client.operator import new_id
from tocsin.founding import found_demo
from tocsin.issuing import Order
from tocsin.notice import Domain, Kind, Level, Position, Status

EVENTS_MAX = 200  # a test that waits for something that never comes ends in words


@pytest.fixture
def duty(server: Server) -> Iterator[Operator]:
    folder = open_folder(server.data)
    keys = {domain: folder.keys(domain) for domain in Domain}
    with Operator(folder.address, keys, Signer(folder.authority, load_ukraine()), give_up_s=30) as one:
        yield one


def alert(status: Status = Status.ACTUAL, region: str = "UA-30") -> Order:
    return Order(
        id=new_id(), kind=Kind.ALERT, status=status, hazard="air_raid", level=Level.RED, regions=(region,)
    )  # fmt: skip


def until(events: Iterator[Event], found: Callable[[Event], bool]) -> list[Event]:
    """Return the events up to the first that is *found*."""
    seen: list[Event] = []
    for event in events:
        seen.append(event)
        if found(event):
            return seen
        assert len(seen) < EVENTS_MAX, seen
    raise AssertionError("the stream never ends")


def is_heard(event: Event) -> bool:
    return isinstance(event, Heard)


def test_orders_come_as_they_happen_and_a_kill_loses_and_doubles_nothing(server: Server, duty: Operator) -> None:
    folder = open_folder(server.data)
    first = duty.order(alert())
    stream = Stream(folder.address, folder.trust)
    events = stream.events()
    seen = until(events, is_heard)
    assert isinstance(seen[0], Snapshot)
    assert stream.follower.is_live(time.monotonic())

    drill = duty.order(alert(Status.EXERCISE))
    seen += until(events, lambda event: isinstance(event, ExerciseNotice))

    server.kill()
    seen += until(events, lambda event: isinstance(event, Disconnected))
    server.start()
    second = duty.order(alert(region="UA-46"))
    end = duty.order(Order(id=new_id(), kind=Kind.ALL_CLEAR, status=Status.ACTUAL, alarm=first.alarm))
    seen += until(events, lambda event: isinstance(event, ActualNotice) and event.notice.id == end.id)
    seen += until(events, is_heard)
    events.close()

    told = [event.notice.id for event in seen if isinstance(event, ActualNotice | ExerciseNotice)]
    assert told == [first.id, drill.id, second.id, end.id]
    assert not [event for event in seen if isinstance(event, NotBelieved)]
    assert set(stream.follower.board.alarms) == {drill.alarm, second.alarm}


def test_a_script_that_resumes_from_its_position_hears_what_it_missed_and_then_what_is_in_force(
    server: Server, duty: Operator
) -> None:
    folder = open_folder(server.data)
    first, second = duty.order(alert()), duty.order(alert(region="UA-46"))
    stream = Stream(folder.address, folder.trust, Position.parse(first.position))
    events = stream.events()
    seen = until(events, is_heard)
    events.close()
    assert [event.notice.id for event in seen if isinstance(event, ActualNotice)] == [second.id, first.id]


def test_a_follower_with_other_roots_believes_nothing(server: Server, duty: Operator, tmp_path: Path) -> None:
    found_demo(tmp_path / "other", time.time_ns() // 1_000_000)
    duty.order(alert())
    events = Stream(open_folder(server.data).address, open_folder(tmp_path / "other").trust).events()
    seen = until(events, lambda event: isinstance(event, NotBelieved) and event.event == "heartbeat")
    events.close()
    assert not [event for event in seen if isinstance(event, ActualNotice | Heard)]
