"""The live stream over HTTP: connects, reads, comes back with its position, and says so when nothing is heard.

What the bytes mean is decided in ``follower``. Reading is done on a thread of its own, so that 15 s of silence are
noticed by the clock and not by the next byte.
"""

import socket
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, Queue
from random import uniform
from secrets import token_urlsafe
from threading import Event as Flag
from threading import Thread

import httpx
import msgspec

from tocsin.notice import HEARTBEAT_VALID_S, Position, Trust

from .events import Disconnected, Event, Snapshot
from .failures import ClientError
from .folder import Address
from .follower import Follower
from .operator import Clock
from .orders import read_answer
from .requests import send
from .sse import StreamError

# Until the server says how long: somewhere in the range that it would choose from.
RETRY_MS = (1_000, 4_000)
NONCE_SIZE_BYTES = 16

# Chunks read and not yet looked at. More only means that the reader waits, and then the server lets this client go.
CHUNKS_WAITING_MAX = 64

_TIMEOUT = httpx.Timeout(10.0, connect=3.0, read=float(HEARTBEAT_VALID_S))
# Shorter than a silence: asking for one thing must not hide that nothing else is heard.
_ASK_TIMEOUT = httpx.Timeout(3.0)


class _AuthorityAnswer(msgspec.Struct, frozen=True):
    rosters: dict[str, str]


class _HistoryEntry(msgspec.Struct, frozen=True):
    envelope: str


class _AlarmAnswer(msgspec.Struct, frozen=True):
    history: tuple[_HistoryEntry, ...]


def follow(address: Address, trust: Trust, since: Position | None = None) -> Iterator[Event]:
    """Yield what happens at *address*, for ever, beginning after *since* or with a snapshot."""
    return Stream(address, trust, since).events()


@dataclass(frozen=True, slots=True)
class _Closed:
    """The connection is over, and why."""

    why: str


class Stream:
    """One follower and its connections; ``follower`` may be looked at while ``events`` runs."""

    def __init__(
        self, address: Address, trust: Trust, since: Position | None = None, clock: Clock | None = None
    ) -> None:
        self._address, self._clock = address, clock or Clock()
        self.follower = Follower(trust, self._clock.monotonic_s(), since)

    def events(self) -> Iterator[Event]:
        """Yield what happens, for ever. A connection that ends is followed by another one after a jittered pause."""
        while True:
            why = yield from self._one_connection()
            retry_ms = self.follower.retry_ms or uniform(*RETRY_MS)  # noqa: S311, spreads clients out
            pause_s = retry_ms / 1000 * uniform(0.75, 1.25)  # noqa: S311
            yield Disconnected(self.follower.end or why, pause_s)
            yield from self._pause(pause_s)

    def _one_connection(self) -> Generator[Event, None, str]:
        """Yield what one connection brings, and return why it ended."""
        follower, nonce = self.follower, token_urlsafe(NONCE_SIZE_BYTES)
        try:
            address = self._address()
            yield from self._ask_for_rosters(address)
        except ClientError as why:
            return str(why)
        follower.connected(nonce, self._now())
        since = {"since": str(follower.position)} if follower.position else {}
        connection = _Connection(f"{address}/v1/stream", {"nonce": nonce} | since)
        try:
            return (yield from self._read(connection, address))
        except StreamError as why:
            return str(why)
        finally:
            connection.close()

    def _read(self, connection: "_Connection", address: str) -> Generator[Event, None, str]:
        follower, asked = self.follower, set[str]()
        while not follower.broken:
            waiting = sorted(follower.orphans - asked)
            item = connection.next(0.0 if waiting else self._patience_s())
            if isinstance(item, _Closed):
                return item.why
            for event in follower.receive(item, self._now()) if item else ():
                if isinstance(event, Snapshot):
                    asked.clear()
                yield event
            yield from follower.check(self._now())
            if waiting:
                asked.add(waiting[0])
                yield from self._ask_for_history(address, waiting[0])
        return "what came is not confirmed"

    def _ask_for_rosters(self, address: str) -> Iterator[Event]:
        if self.follower.position and not self.follower.trust.rosters:
            answer = _get(f"{address}/v1/authority")
            yield from self.follower.learn_rosters(read_answer(answer, _AuthorityAnswer).rosters.values())

    def _ask_for_history(self, address: str, alarm: str) -> Iterator[Event]:
        try:
            answer = read_answer(_get(f"{address}/v1/alarms/{alarm}"), _AlarmAnswer)
        except ClientError:
            return  # it stays: only a verified end lets an alarm go
        yield from self.follower.learn_history(one.envelope for one in answer.history)

    def _pause(self, pause_s: float) -> Iterator[Event]:
        until = self._now() + pause_s
        while (left_s := until - self._now()) > 0:
            self._clock.sleep_s(min(left_s, max(self._patience_s(), 0.0)))
            yield from self.follower.check(self._now())

    def _patience_s(self) -> float:
        """How long nothing has to be looked at unless something comes."""
        due = self.follower.silent_from
        return HEARTBEAT_VALID_S if due is None else max(due - self._now(), 0.0)

    def _now(self) -> float:
        return self._clock.monotonic_s()


class _Connection:
    """One request for the stream, read on a thread."""

    def __init__(self, url: str, query: dict[str, str]) -> None:
        self._items: Queue[bytes | _Closed] = Queue(CHUNKS_WAITING_MAX)
        self._stop = Flag()
        self._socket: socket.socket | None = None
        self._thread = Thread(target=self._run, args=(url, query), name="tocsin-stream", daemon=True)
        self._thread.start()

    def next(self, wait_s: float) -> bytes | _Closed | None:
        """Return what came next, or None if nothing came within *wait_s* seconds."""
        try:
            return self._items.get(timeout=wait_s) if wait_s > 0 else self._items.get_nowait()
        except Empty:
            return None

    def close(self) -> None:
        self._stop.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        with suppress(Empty):
            while True:
                self._items.get_nowait()

    def _run(self, url: str, query: dict[str, str]) -> None:
        try:
            self._items.put(_Closed(self._read_all(url, query)))
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as why:
            self._items.put(_Closed(str(why) or type(why).__name__))

    def _read_all(self, url: str, query: dict[str, str]) -> str:
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store", "Accept-Encoding": "identity"}
        with (
            httpx.Client(timeout=_TIMEOUT, trust_env=False) as client,
            client.stream("GET", url, params=query, headers=headers) as response,
        ):
            if response.status_code != httpx.codes.OK:
                return f"HTTP {response.status_code} instead of a stream"
            self._socket = response.extensions["network_stream"].get_extra_info("socket")
            for chunk in response.iter_raw():
                if self._stop.is_set():
                    break
                self._items.put(chunk)
        return "the server closed the connection"


def _get(url: str) -> bytes:
    with httpx.Client(timeout=_ASK_TIMEOUT, trust_env=False) as client:
        return send(client, client.build_request("GET", url)).content
