"""A relay that sends slowly or too much: an answer has an end, and nothing waits for it."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Queue
from threading import Event as Flag
from threading import Thread

import pytest

from tests.client.authority import TRUST, board_of, heartbeat, notice, snapshot, told
from tocsin.client import ActualNotice, Heard, Stream, connection
from tocsin.client.connection import Answer, Item, NoAnswer, ask

KYIV, LVIV = notice("one", regions=("XX-30",)), notice("two", regions=("XX-46",))
WITHIN_S = 30  # a test that waits for something that never comes ends in words

Serve = Callable[[socket.socket, str, Flag], None]


@contextmanager
def relay(serve: Serve) -> Iterator[str]:
    """Run a relay that treats each connection with *serve*, until the flag that it is given is set."""
    over, listening = Flag(), socket.create_server(("127.0.0.1", 0))

    def one(client: socket.socket) -> None:
        with client, suppress(OSError):
            serve(client, client.recv(65_536).decode(), over)

    def accept() -> None:
        with suppress(OSError):
            while not over.is_set():
                Thread(target=one, args=(listening.accept()[0],), daemon=True).start()

    Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def drip(client: socket.socket, over: Flag) -> None:
    while not over.wait(0.02):
        client.sendall(b" ")


def drip_body(client: socket.socket, _: str, over: Flag) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    drip(client, over)


def drip_headers(client: socket.socket, _: str, over: Flag) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nX-Slow:")
    drip(client, over)


def flood(client: socket.socket, _: str, over: Flag) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not over.is_set():
        client.sendall(bytes(65_536))


def answer_of(serve: Serve) -> Item:
    answers: Queue[Item] = Queue()
    with relay(serve) as url:
        ask(f"{url}/v1/authority", answers)
        return answers.get(timeout=WITHIN_S)


@pytest.mark.parametrize("serve", [drip_body, drip_headers])
def test_an_answer_that_comes_byte_by_byte_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ANSWERED_WITHIN_S", 0.2)
    assert isinstance(answer_of(serve), NoAnswer)


def test_an_answer_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ANSWER_SIZE_BYTES_MAX", 1_000_000)
    answer = answer_of(flood)
    assert isinstance(answer, NoAnswer)
    assert "more than 1000000 bytes" in answer.why


def test_another_status_is_no_answer() -> None:
    answer = answer_of(lambda client, _, __: client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
    assert isinstance(answer, NoAnswer)
    assert "HTTP 404" in answer.why


def test_an_answer_comes_whole() -> None:
    answer = answer_of(lambda client, _, __: client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
    assert answer == Answer(b"{}")


def test_a_history_that_never_comes_holds_up_no_alert() -> None:
    asked = Flag()

    def serve(client: socket.socket, request: str, over: Flag) -> None:
        if "/v1/stream" not in request:
            asked.set()
            return drip_body(client, request, over)
        nonce = re.findall(r"nonce=([\w-]+)", request)[0]
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        client.sendall(snapshot([KYIV], 5) + heartbeat(board_of([KYIV]), 5, nonce))
        client.sendall(snapshot([], 6) + heartbeat(board_of([]), 6, after_s=1))
        assert asked.wait(WITHIN_S)
        client.sendall(told(LVIV, 7) + heartbeat(board_of([LVIV]), 7, after_s=2))
        over.wait(WITHIN_S)
        return None

    with relay(serve) as url:
        stream = Stream(lambda: url, TRUST)
        events, seen = stream.events(), []
        while not (seen and isinstance(seen[-1], Heard) and ActualNotice(LVIV) in seen):
            seen.append(next(events))
        events.close()
    assert stream.follower.orphans == {KYIV.alarm}
    assert set(stream.follower.board.alarms) == {KYIV.alarm, LVIV.alarm}
