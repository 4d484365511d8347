"""The door: every connection comes in here; a stream is taken over at the transport, all else goes to the application.

A protocol in front of uvicorn's on the same port. It looks at every request head, since a browser reuses connections;
hands the application one request at a time; and takes a stream over when the answers before it are out. It has
deadlines for heads and bodies, which the application's server lacks. What a stream says is ``feed``'s business, who
hears it that of ``rooms``.
"""

import asyncio
import secrets
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import structlog
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from tocsin.notice import NONCE
from tocsin.ports.journal import JournalFault

from . import frames
from .heads import BadHead, Head, read_head
from .part import RegionUnknown
from .rooms import Room, Rooms, RoomsFull

log = structlog.get_logger("tocsin")

STREAM_PATH = b"/v1/stream"
# A head arrives in one packet; a phone on a bad network needs seconds.
HEAD_DEADLINE_S = 10
BODY_DEADLINE_S = 30
# An answer that nobody takes. The application has been left waiting, and what it wrote is kept in memory.
UNREAD_DEADLINE_S = 60
# Longer than a proxy keeps its idle connections (nginx: 60 s), so that it is the one to close them.
IDLE_DEADLINE_S = 75
# Requests that arrive before the answer to the one before wait here.
PIPELINED_BYTES_MAX = 64 * 1024
# What a reader is told on joining may be larger; it has this long to take that, over any network that carries a stream.
JOINING_S = 60
# What a reader that is let go has to take its last event; then the connection is cut.
FAREWELL_S = 5
SWEEP_EVERY_S = 1.0
# Descriptors that streams never get: for orders, the journal, and what else the process opens.
RESERVED_DESCRIPTORS = 128


class Doorkeeper:
    """What all doors of a process share: the rooms, and the deadlines that run."""

    def __init__(self, rooms: Rooms, descriptors_max: int) -> None:
        self.rooms = rooms
        self.stopping = False
        self._streams_max = max(1, descriptors_max - RESERVED_DESCRIPTORS)
        self._deadlines: dict[Door | Stream, float] = {}

    @property
    def full(self) -> bool:
        """Whether one more stream would take what orders need."""
        return len(self.rooms) >= self._streams_max

    def wait(self, connection: "Door | Stream", seconds: float) -> None:
        self._deadlines[connection] = asyncio.get_running_loop().time() + seconds

    def release(self, connection: "Door | Stream") -> None:
        self._deadlines.pop(connection, None)

    def retry_ms(self) -> int:
        return frames.RETRY_MS_MIN + secrets.randbelow(frames.RETRY_MS_MAX - frames.RETRY_MS_MIN + 1)

    async def sweep(self) -> None:
        """Tell connections whose deadline has passed, for as long as the process runs."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            now = loop.time()
            for connection in [one for one, deadline in self._deadlines.items() if deadline <= now]:
                self.release(connection)
                connection.overdue()


class _Application(HttpToolsProtocol):
    """uvicorn's protocol for one request at a time; tells its door when the answer is out."""

    door: "Door"

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._unset_keepalive_if_required()
        self.door.answered()

    def shutdown(self) -> None:
        """End an idle connection at once: over TLS the polite end waits for the other side, and the stop with it."""
        if (self.cycle is None or self.cycle.response_complete) and not self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().shutdown()


class Door(asyncio.Protocol):
    """One connection."""

    __slots__ = (
        "_application", "_awaited", "_body_left", "_buffer", "_head_begun", "_keeper", "_make", "_transport", "_unread",
    )  # fmt: skip

    def __init__(self, keeper: Doorkeeper, make: Any) -> None:
        self._keeper, self._make = keeper, make
        self._transport: asyncio.Transport
        self._application: _Application | None = None
        self._buffer = b""
        self._body_left = 0
        self._awaited = False
        self._unread = False
        self._head_begun = False

    @classmethod
    def factory(cls, keeper: Doorkeeper) -> Any:
        """Return what uvicorn takes for its HTTP protocol class."""

        def open(config: Config, server_state: ServerState, app_state: dict[str, Any], _loop: Any = None) -> Door:
            return cls(keeper, lambda: _Application(config, server_state, app_state, _loop))

        return open

    # What the transport tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's does not inherit from it
        self._keeper.wait(self, HEAD_DEADLINE_S)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._advance()
        if len(self._buffer) > PIPELINED_BYTES_MAX and not self._transport.is_closing():
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._keeper.release(self)
        if self._application is not None:
            self._application.connection_lost(exc)
            self._application = None

    def pause_writing(self) -> None:
        self._unread = True
        self._keeper.wait(self, UNREAD_DEADLINE_S)
        if self._application is not None:
            self._application.pause_writing()

    def resume_writing(self) -> None:
        self._unread = False
        if self._application is not None:
            self._application.resume_writing()
        if self._awaited and not self._body_left:
            self._keeper.release(self)
        else:
            self._go_on()

    # What the keeper and the application tell.

    def overdue(self) -> None:
        """End the connection: what was awaited did not come."""
        if self._body_left or self._unread:
            self._transport.abort()
        elif self._buffer:
            self._refuse(BadHead(408, "Request Timeout", f"a request head arrives within {HEAD_DEADLINE_S} s"))
        else:
            self._transport.close()

    def answered(self) -> None:
        """Go on to the next request: the answer to the last one is out."""
        self._awaited = False
        if not self._unread:
            self._go_on()

    # One request after another.

    def _go_on(self) -> None:
        if self._transport.is_closing():
            return
        self._keeper.wait(self, BODY_DEADLINE_S if self._body_left else IDLE_DEADLINE_S)
        self._transport.resume_reading()
        self._advance()

    def _advance(self) -> None:
        while self._buffer and not self._transport.is_closing():
            if self._body_left:
                self._pass_body_on(min(self._body_left, len(self._buffer)))
            elif self._awaited or self._unread or not self._begin():
                return

    def _begin(self) -> bool:
        head = read_head(self._buffer)
        match head:
            case None:
                if not self._head_begun:  # a head that trickles gets no more time with each byte
                    self._head_begun = True
                    self._keeper.wait(self, HEAD_DEADLINE_S)
                return False
            case BadHead():
                self._refuse(head)
                return False
            case Head() if head.method == b"GET" and head.target.partition(b"?")[0] == STREAM_PATH:
                self._take_over(head)
                return False
        self._awaited, self._head_begun = True, False
        self._buffer, self._body_left = self._buffer[head.size :], head.body_size
        if self._body_left:
            self._keeper.wait(self, BODY_DEADLINE_S)
        else:
            self._keeper.release(self)  # from here on the application takes its time
        self._pass_on(head.passed)
        return True

    def _pass_body_on(self, size: int) -> None:
        part, self._buffer = self._buffer[:size], self._buffer[size:]
        self._body_left -= size
        if not self._body_left:
            if self._awaited:
                self._keeper.release(self)
            else:  # the answer was out before the whole body was in
                self._keeper.wait(self, IDLE_DEADLINE_S)
        self._pass_on(part)

    def _pass_on(self, part: bytes) -> None:
        if self._application is None:
            self._application = self._make()
            self._application.door = self
            self._application.connection_made(self._transport)
        self._application.data_received(part)

    def _refuse(self, bad: BadHead) -> None:
        body = f'{{"error":{{"code":"{bad.code}","message":"{bad.why}"}}}}'.encode()
        self._transport.write(
            f"HTTP/1.1 {bad.status} {bad.phrase}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n".encode()
            + body
        )
        self._buffer = b""
        self._transport.close()

    def _take_over(self, head: Head) -> None:
        self._keeper.release(self)
        if self._application is not None:
            self._application.connections.discard(self._application)
            self._application = None
        query = parse_qs(urlsplit(head.target.decode("ascii")).query)
        nonce = query.get("nonce", [""])[0]
        if not NONCE.fullmatch(nonce):
            self._refuse(BadHead(400, "Bad Request", "nonce is not 1 to 64 characters A-Z a-z 0-9 _ -"))
            return
        if self._keeper.full:
            log.warning("a stream was refused: the limit on open files is reached", streams=len(self._keeper.rooms))
            self._refuse(BadHead(503, "Service Unavailable", "as many streams are open as this server may hold"))
            return
        match self._keeper.rooms.room(query.get("region", [])):
            case RegionUnknown(why):
                self._refuse(BadHead(400, "Bad Request", why, "region_unknown"))
            case RoomsFull(why):
                self._refuse(BadHead(503, "Service Unavailable", why, "rooms_full"))
            case room:
                self._join(room, query.get("since", [head.last_event_id.decode("latin-1")])[0], nonce)

    def _join(self, room: Room, since: str, nonce: str) -> None:
        stream = Stream(self._transport, self._keeper, room)
        self._transport.set_protocol(stream)
        self._transport.resume_reading()
        stream.begin(since, nonce)


class Stream(asyncio.Protocol):
    """One open stream: its transport is a reader of a room. What the client still sends is not looked at."""

    __slots__ = ("_finished", "_keeper", "_room", "_transport")

    def __init__(self, transport: asyncio.Transport, keeper: Doorkeeper, room: Room) -> None:
        self._transport, self._keeper, self._room = transport, keeper, room
        self._finished = False

    def begin(self, since: str, nonce: str) -> None:
        """Say what was missed, then a heartbeat, then listen to the room."""
        opening = frames.opening(self._keeper.retry_ms())
        if self._keeper.stopping:
            self._transport.write(opening)
            self.finish("stopping", "the server stops; come back")
            return
        feed = self._room.feed
        try:
            told = feed.since(since) if since else [feed.snapshot()]
        except JournalFault as why:
            self._transport.write(opening)
            self.finish("fault", f"the journal cannot be read: {why}")
            return
        first = [opening, *told, feed.heartbeat(nonce)]
        size = sum(map(len, first))
        self._transport.set_write_buffer_limits(high=size + self._room.behind_bytes_max)
        self._transport.writelines(first)  # as they are: what many are told is in memory once
        self._room.hub.add(self._transport)
        self._keeper.wait(self, JOINING_S)

    def overdue(self) -> None:
        """From now on hold the reader to what it may fall behind."""
        if not self._transport.is_closing():
            self._transport.set_write_buffer_limits(high=self._room.behind_bytes_max)

    def finish(self, reason: str, message: str) -> None:
        """End the stream with its reason."""
        self._room.hub.discard(self._transport)
        self._keeper.release(self)
        if not self._transport.is_closing() and not self._finished:
            self._finished = True  # the last event may itself fill the buffer, and be answered by another end
            self._transport.write(frames.end(reason, message))
            self._transport.close()
            asyncio.get_running_loop().call_later(FAREWELL_S, self._transport.abort)

    def pause_writing(self) -> None:
        self.finish("slow", f"{self._room.behind_bytes_max} bytes behind; come back with your position")

    def resume_writing(self) -> None:
        pass

    def data_received(self, data: bytes) -> None:
        pass

    def connection_lost(self, exc: Exception | None) -> None:
        self._room.hub.discard(self._transport)
        self._keeper.release(self)
