"""Nobody holds a connection by sending slowly, by sending nothing, or by not reading an answer."""

import threading
from collections.abc import Iterator

import pytest

from tests.live.porch import Porch, open_porch
from tests.live.wire import Wire, eventually
from tocsin.live import door

FAR_S = 1_000


@pytest.fixture
def porch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Porch]:
    """A door whose deadlines are all far away; each test brings its own near."""
    monkeypatch.setattr(door, "SWEEP_EVERY_S", 0.01)
    for name in ("HEAD", "BODY", "IDLE", "UNREAD"):
        monkeypatch.setattr(door, f"{name}_DEADLINE_S", FAR_S)
    with open_porch() as porch:
        yield porch


def _trickle(wire: Wire, data: bytes) -> None:
    """Send *data* byte by byte, each after a look for an answer, until one comes."""
    wire.socket.settimeout(0.02)
    for byte in data:
        try:
            wire.send(bytes([byte]))
            if not wire.more() or wire.buffer:
                break
        except TimeoutError:
            continue
        except ConnectionError:
            break
    wire.socket.settimeout(10)


def test_a_head_that_trickles_gets_no_more_time_with_each_byte(porch: Porch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "HEAD_DEADLINE_S", 0.2)
    with Wire(porch.url) as wire:
        _trickle(wire, b"GET /healthz HTTP/1.1\r\nA: " + b"a" * 10_000)
        answer = wire.answer()
        assert answer.status == 408
        assert "request head" in answer.error["message"]
        assert wire.ended()


def test_a_second_head_that_trickles_gets_no_more_time_either(porch: Porch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "HEAD_DEADLINE_S", 0.2)
    with Wire(porch.url) as wire:
        assert wire.ask("GET", "/size").status == 200
        _trickle(wire, b"GET /healthz HTTP/1.1\r\nA: " + b"a" * 10_000)
        assert wire.answer().status == 408


def test_who_connects_and_says_nothing_is_let_go(porch: Porch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "HEAD_DEADLINE_S", 0.05)
    with Wire(porch.url) as wire:
        assert wire.ended()


def test_a_body_that_stalls_is_cut(porch: Porch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BODY_DEADLINE_S", 0.05)
    with Wire(porch.url) as wire:
        wire.send(b"POST /size HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
        assert wire.ended()


def test_a_body_that_trickles_gets_no_more_time_with_each_byte(porch: Porch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BODY_DEADLINE_S", 0.2)
    with Wire(porch.url) as wire:
        wire.send(b"POST /size HTTP/1.1\r\nContent-Length: 100000\r\n\r\n")
        _trickle(wire, b"a" * 10_000)
        assert wire.ended()


def test_a_body_that_stalls_after_an_early_answer_is_cut(porch: Porch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BODY_DEADLINE_S", 0.05)
    with Wire(porch.url) as wire:
        wire.send(b"POST /deaf HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
        assert wire.answer().status == 200
        assert wire.ended()


def test_an_idle_connection_is_closed(porch: Porch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "IDLE_DEADLINE_S", 0.05)
    with Wire(porch.url) as wire:
        assert wire.ask("GET", "/size").status == 200
        assert wire.ended()


def test_a_connection_is_idle_too_when_its_answer_came_before_its_body(
    porch: Porch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "IDLE_DEADLINE_S", 0.05)
    with Wire(porch.url) as wire:
        wire.send(b"POST /deaf HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
        assert wire.answer().status == 200
        wire.send(b"defghij")
        assert wire.ended()


def test_an_answer_that_nobody_takes_is_cut(porch: Porch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "UNREAD_DEADLINE_S", 0.05)
    cut = threading.Event()
    overdue = door.Door.overdue

    def tell(one: door.Door) -> None:
        overdue(one)
        cut.set()

    monkeypatch.setattr(door.Door, "overdue", tell)
    with Wire(porch.url, receive_bytes=4096) as wire:
        wire.send(wire.request("GET", "/large"))
        assert cut.wait(20)
        size = 0
        while wire.more():
            size, wire.buffer = size + len(wire.buffer), b""
        assert size < 8_000_000


def test_an_answer_that_is_taken_slowly_is_whole_and_the_next_request_waits_for_it(porch: Porch) -> None:
    with Wire(porch.url, receive_bytes=4096) as wire:
        wire.send(wire.request("GET", "/large") + wire.request("GET", "/size") + wire.request("GET", "/v1/stream"))
        assert len(wire.answer().body) == 8_000_000
        assert wire.answer().body == b'{"size": 0}'
        wire.streaming().joined()


def test_a_body_larger_than_what_may_wait_is_not_held_back(porch: Porch) -> None:
    for size in (65_536, 65_537, 100_000, 200_000, 1_000_000, 2 * 1024 * 1024):
        with Wire(porch.url) as wire:
            head, _, body = wire.request("POST", "/size", b"a" * size, Expect="100-continue").partition(b"\r\n\r\n")
            wire.send(head + b"\r\n\r\n")
            assert wire.answer().status == 100
            assert wire.send(body).answer().body == b'{"size": %d}' % size


def test_requests_that_are_piled_up_are_all_answered(porch: Porch) -> None:
    with Wire(porch.url) as wire:
        count = 3_000
        wire.send(wire.request("GET", "/size", X="x" * 100) * count)
        assert all(wire.answer().status == 200 for _ in range(count))
        assert wire.ask("GET", "/size").status == 200


def test_a_stream_has_no_deadline(porch: Porch, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEAD", "BODY", "IDLE"):
        monkeypatch.setattr(door, f"{name}_DEADLINE_S", 0.05)
    monkeypatch.setattr(door, "JOINING_S", 0.05)
    with Wire(porch.url) as idle, Wire(porch.url) as stream:
        stream.follow().joined()
        assert idle.ended()
        eventually(lambda: porch.call(lambda: not porch.keeper._deadlines))
        porch.call(porch.hub.publish, b'event: test\ndata: {"still":"here"}\n\n')
        assert stream.event().name == "test"


def test_nothing_is_remembered_of_connections_that_are_gone(porch: Porch) -> None:
    for _ in range(20):
        with Wire(porch.url) as stream:
            stream.follow().joined()
        with Wire(porch.url) as wire:
            assert wire.ask("GET", "/size").status == 200
    eventually(lambda: porch.call(lambda: len(porch.hub) == 0 and not porch.keeper._deadlines))
