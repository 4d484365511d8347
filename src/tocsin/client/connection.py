"""Requests read on threads of their own: silence is noticed by the clock, and no slow answer holds anything up.

What the bytes mean is decided in ``follower``; when to connect and what to ask for, in ``stream``.
"""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Event as Flag
from threading import Lock, Thread, Timer

import httpx

from tocsin.notice import HEARTBEAT_VALID_S

# Chunks read and not yet looked at. More only means that the reader waits, and then the server lets this client go.
CHUNKS_WAITING_MAX = 64

# A good answer takes milliseconds; a phone on a bad line some seconds.
ANSWERED_WITHIN_S = 10.0
# The history of an alarm that was changed some hundred times. More would fill the memory of a siren.
ANSWER_SIZE_BYTES_MAX = 8 * 1024 * 1024

_TIMEOUT = httpx.Timeout(10.0, connect=3.0, read=float(HEARTBEAT_VALID_S))
_HEADERS = {"Cache-Control": "no-store", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection is over, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for came whole."""

    body: bytes


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """What was asked for did not come, came too slowly, or was too large."""

    why: str


Item = bytes | Closed | Answer | NoAnswer


class _Line:
    """The socket of one request. Only cutting it wakes its reader; closing the client does not."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_cut, self._lock = False, Lock()

    def note(self, name: str, info: Mapping[str, object]) -> None:
        """Take note of the socket as soon as there is one: headers can be sent slowly, too."""
        if name in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")  # type: ignore[attr-defined]  # httpcore's own
                self._shut()

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            self._shut()

    def _shut(self) -> None:
        if self._is_cut and self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class Connection:
    """One request for the stream, and what is asked for beside it."""

    def __init__(self, url: str, query: dict[str, str]) -> None:
        self._items: Queue[Item] = Queue(CHUNKS_WAITING_MAX)
        self._stop, self._line = Flag(), _Line()
        Thread(target=self._run, args=(url, query), name="tocsin-stream", daemon=True).start()

    def next(self, wait_s: float) -> Item | None:
        """Return what came next, or None if nothing came within *wait_s* seconds."""
        return next_of(self._items, wait_s)

    def ask(self, url: str) -> None:
        """Ask for *url*; what becomes of it comes by ``next``, once."""
        ask(url, self._items)

    def close(self) -> None:
        self._stop.set()
        self._line.cut()
        with suppress(Empty):
            while True:
                self._items.get_nowait()

    def _run(self, url: str, query: dict[str, str]) -> None:
        try:
            self._items.put(Closed(self._read_all(url, query)))
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as why:
            self._items.put(Closed(str(why) or type(why).__name__))

    def _read_all(self, url: str, query: dict[str, str]) -> str:
        with _opened(url, query, "text/event-stream", self._line) as response:
            if response.status_code != httpx.codes.OK:
                return f"HTTP {response.status_code} instead of a stream"
            for chunk in response.iter_raw():
                if self._stop.is_set():
                    break
                self._items.put(chunk)
        return "the server closed the connection"


def ask(url: str, answers: "Queue[Item]") -> None:
    """Ask for *url* on a thread, which puts an ``Answer`` or ``NoAnswer`` into *answers*."""
    Thread(target=lambda: answers.put(_answer(url)), name="tocsin-ask", daemon=True).start()


def next_of(items: "Queue[Item]", wait_s: float) -> Item | None:
    """Return what came next, or None if nothing came within *wait_s* seconds."""
    try:
        return items.get(timeout=wait_s) if wait_s > 0 else items.get_nowait()
    except Empty:
        return None


def _answer(url: str) -> Answer | NoAnswer:
    line = _Line()
    # The timeouts of the client hold for each byte; this one for all of them.
    timer = Timer(ANSWERED_WITHIN_S, line.cut)
    timer.daemon = True
    timer.start()
    try:
        with _opened(url, {}, "application/json", line) as response:
            if response.status_code != httpx.codes.OK:
                return NoAnswer(f"HTTP {response.status_code} from {url}")
            body = bytearray()
            for chunk in response.iter_raw():
                body += chunk
                if len(body) > ANSWER_SIZE_BYTES_MAX:
                    return NoAnswer(f"{url} answers with more than {ANSWER_SIZE_BYTES_MAX} bytes")
            return Answer(bytes(body))
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as why:
        return NoAnswer(f"no answer from {url}: {why or type(why).__name__}")
    finally:
        timer.cancel()


@contextmanager
def _opened(url: str, query: dict[str, str], accepted: str, line: _Line) -> Iterator[httpx.Response]:
    headers, extensions = _HEADERS | {"Accept": accepted}, {"trace": line.note}
    with (
        httpx.Client(timeout=_TIMEOUT, trust_env=False) as client,
        client.stream("GET", url, params=query, headers=headers, extensions=extensions) as response,
    ):
        yield response
