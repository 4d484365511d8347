"""Everybody hears every frame once and in order, while others come, go, fall behind or read slowly."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from tests.live.porch import StillFeed, open_porch
from tests.live.wire import Wire, eventually
from tocsin.live import Hub, door, hub, rooms

FILLING = "x" * 4_000


def _frame(number: int) -> bytes:
    return b'event: test\ndata: {"number":%d,"filling":"%b"}\nid: 00-%d\n\n' % (number, FILLING.encode(), number)


class Paper:
    """A reader that keeps what is written to it, and may do something at a write."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.gone = False
        self.at_write: Callable[[], None] = lambda: None

    def write(self, frame: bytes) -> None:
        # As uvloop has it: a transport that is closed for good takes nothing.
        assert not self.gone, "written to after it was gone"
        self.frames.append(frame)
        self.at_write()


def _audience(size: int) -> tuple[Hub, list[Paper]]:
    hub, papers = Hub(), [Paper() for _ in range(size)]
    for paper in papers:
        hub.add(paper)  # type: ignore[arg-type]
    return hub, papers


async def _settled() -> None:
    for _ in range(200):
        await asyncio.sleep(0)


@pytest.mark.parametrize("readers", [0, 1, 499, 500, 501, 1_700])
def test_every_reader_hears_every_frame_once_and_in_order(readers: int) -> None:
    async def told() -> None:
        hub, papers = _audience(readers)
        numbers = [b"%d" % number for number in range(20)]
        for number in numbers:
            hub.publish(number)
            if number in (b"7", b"12"):
                await asyncio.sleep(0)
        await _settled()
        assert all(paper.frames == numbers for paper in papers)

    asyncio.run(told())


def test_who_goes_while_a_frame_is_written_keeps_nobody_from_hearing_it() -> None:
    async def told() -> None:
        hub, papers = _audience(1_700)

        def leave() -> None:
            for paper in papers[::3]:
                hub.discard(paper)  # type: ignore[arg-type]
                paper.gone = True

        papers[-1].at_write = leave
        hub.publish(b"a")
        papers[-1].at_write = lambda: None
        hub.publish(b"b")
        await _settled()
        assert all(paper.frames == [b"a", b"b"] for paper in papers if not paper.gone)

    asyncio.run(told())


def test_who_comes_while_a_frame_is_written_does_not_hear_it_again() -> None:
    async def told() -> None:
        hub, papers = _audience(1_700)
        hub.publish(b"a")
        late = Paper()
        hub.add(late)  # type: ignore[arg-type]
        hub.publish(b"b")
        await _settled()
        assert late.frames == [b"b"]
        assert all(paper.frames == [b"a", b"b"] for paper in papers)

    asyncio.run(told())


def test_a_heartbeat_overtakes_no_notice_that_it_stands_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "HEARTBEAT_SPREAD_S", 0)

    async def told() -> None:
        hub, papers = _audience(1_700)
        hub.publish(b"notice")
        await hub.spread(lambda: b"heartbeat")
        await _settled()
        assert all(paper.frames == [b"notice", b"heartbeat"] for paper in papers)

    asyncio.run(told())


def test_a_heartbeat_reaches_everybody_once_however_many_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "HEARTBEAT_SPREAD_S", 0)

    async def told() -> None:
        hub, papers = _audience(1_700)

        def leave() -> None:
            hub.discard(papers[5])  # type: ignore[arg-type]
            papers[5].gone = not papers[5].frames

        for paper in papers:
            paper.at_write = leave
        await hub.spread(lambda: b"heartbeat")
        assert all(paper.frames == [b"heartbeat"] for paper in papers if not paper.gone)

    asyncio.run(told())


def test_a_reader_that_stops_reading_is_let_go_with_a_reason_and_nobody_waits_for_it() -> None:
    with open_porch() as porch, Wire(porch.url, receive_bytes=4096) as slow, Wire(porch.url) as quick:
        slow.follow().joined()
        quick.follow().joined()
        sent = 0
        while porch.call(len, porch.hub) == 2:
            sent += 1
            porch.call(porch.hub.publish, _frame(sent))
            assert quick.event().sequence == sent
            assert sent < 5_000
        *heard, last = list(slow.events())
        assert [event.sequence for event in heard] == list(range(1, len(heard) + 1))
        assert len(heard) <= sent
        assert (last.name, last.data["reason"], last.id) == ("end", "slow", "")
        assert "come back" in last.data["message"]
        porch.call(porch.hub.publish, _frame(sent + 1))
        assert quick.event().sequence == sent + 1


def test_a_reader_that_never_reads_again_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "FAREWELL_S", 0.05)
    gone = threading.Event()
    monkeypatch.setattr(door.Stream, "connection_lost", lambda *_: gone.set())
    with open_porch() as porch, Wire(porch.url, receive_bytes=4096) as slow:
        slow.follow().joined()
        (transport,) = porch.call(porch.hub.readers)
        number = 0
        while porch.call(len, porch.hub):
            number += 1
            porch.call(porch.hub.publish, _frame(number))
        assert porch.call(transport.get_write_buffer_size) <= rooms.BEHIND_BYTES_MAX + len(_frame(number)) + 200
        assert gone.wait(10)
        assert "end" not in [event.name for event in slow.events()]


class LongFeed(StillFeed):
    """Much to tell on joining."""

    told = StillFeed.told + b'event: test\ndata: {"filling":"%b"}\nid: 00-1\n\n' % (b"x" * 6_000_000)


def test_much_may_be_told_on_joining() -> None:
    with open_porch(LongFeed()) as porch, Wire(porch.url, receive_bytes=65_536) as reader:
        reader.follow()
        porch.call(porch.hub.publish, _frame(2))
        assert [event.name for event in reader.joined()] == ["", "snapshot", "test", "heartbeat"]
        assert reader.event().sequence == 2


def test_who_does_not_take_what_it_is_told_on_joining_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "SWEEP_EVERY_S", 0.01)
    monkeypatch.setattr(door, "JOINING_S", 0.1)
    monkeypatch.setattr(door, "FAREWELL_S", 0.05)
    with open_porch(LongFeed()) as porch, Wire(porch.url, receive_bytes=4096) as reader:
        reader.send(reader.request("GET", "/v1/stream"))
        eventually(lambda: porch.call(len, porch.hub) == 1)
        eventually(lambda: porch.call(len, porch.hub) == 0)


def test_who_has_joined_is_held_to_what_it_may_fall_behind() -> None:
    with open_porch(LongFeed()) as porch, Wire(porch.url, receive_bytes=65_536) as reader:
        reader.follow().joined()
        (transport,) = porch.call(porch.hub.readers)
        porch.call(transport.get_protocol().overdue)  # type: ignore[attr-defined]  # a Stream's
        number = 0
        while porch.call(len, porch.hub):
            number += 1
            porch.call(porch.hub.publish, _frame(number))
        assert porch.call(transport.get_write_buffer_size) <= rooms.BEHIND_BYTES_MAX + len(_frame(number)) + 200


def test_who_comes_while_the_server_stops_gets_an_answer_and_the_reason() -> None:
    with open_porch() as porch, Wire(porch.url) as wire:
        porch.keeper.stopping = True
        told = list(wire.follow().events())
        assert [event.name for event in told] == ["", "end"]
        assert told[-1].data["reason"] == "stopping"


def test_a_notice_published_while_a_heartbeat_spreads_comes_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "HEARTBEAT_SPREAD_S", 0)

    async def told() -> None:
        hub, papers = _audience(1_700)
        head = 0

        def beat() -> bytes:
            nonlocal head
            if head == 0:
                head = 1
                asyncio.get_running_loop().call_soon(hub.publish, b"notice 2")
                return b"heartbeat at 1"
            return b"heartbeat at 2"

        await hub.spread(beat)
        await _settled()
        for paper in papers:
            assert paper.frames in ([b"heartbeat at 1", b"notice 2"], [b"notice 2", b"heartbeat at 2"])

    asyncio.run(told())
