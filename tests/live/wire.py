"""A client that is all bytes: one socket, what is written to it, and answers and events read off it."""

import json
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PATIENCE_S = 10


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes = b""

    @property
    def error(self) -> dict[str, Any]:
        return dict(json.loads(self.body)["error"])


@dataclass(frozen=True)
class Event:
    """One event as it stood on the wire; *fields* are the names of its lines, in order."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    id: str = ""
    fields: tuple[str, ...] = ()

    @property
    def sequence(self) -> int:
        return int(self.id.rpartition("-")[2])


def read_event(block: bytes) -> Event:
    lines = [line.partition(": ") for line in block.decode().split("\n")]
    values = {name: value for name, _, value in lines}
    assert len(values) == len(lines), block
    data = json.loads(values["data"]) if "data" in values else {"retry": int(values["retry"])}
    return Event(values.get("event", ""), data, values.get("id", ""), tuple(values))


class Wire:
    """One connection. Reading waits a few seconds at most."""

    def __init__(self, url: str, trusted: str | None = None, receive_bytes: int = 0) -> None:
        place = urlsplit(url)
        assert place.hostname
        assert place.port
        family = socket.AF_INET6 if ":" in place.hostname else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(PATIENCE_S)
        try:
            self.socket.connect((place.hostname, place.port))
        except OSError:
            self.socket.close()
            raise
        if place.scheme == "https":
            context = ssl.create_default_context(cafile=trusted)
            self.socket = context.wrap_socket(self.socket, server_hostname=place.hostname)
        self.host = place.netloc
        self.buffer = b""
        self._raw: bytes | None = None  # not None: a stream in chunks, and what of it is not decoded yet

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> "Wire":
        self.socket.sendall(data)
        return self

    def request(self, method: str, target: str, body: bytes = b"", **headers: str) -> bytes:
        """Return the bytes of a request; ``_`` in the names of *headers* stands for ``-``."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}"] if body else []
        return "\r\n".join([*lines, "", ""]).encode() + body

    def ask(self, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        self.send(self.request(method, target, body, **headers))
        return self.answer(method)

    def follow(self, query: str = "", **headers: str) -> "Wire":
        """Ask for the stream and read its head."""
        self.send(self.request("GET", f"/v1/stream{query}", **headers))
        return self.streaming()

    def streaming(self) -> "Wire":
        head = self.head()
        assert head.status == 200, head
        assert head.headers["content-type"].startswith("text/event-stream")
        if head.headers.get("transfer-encoding") == "chunked":
            self._raw, self.buffer = self.buffer, b""
            self._decode()
        return self

    def more(self) -> bool:
        """Read what is there or comes; False at the end of the connection."""
        try:
            part = self.socket.recv(65536)
        except (ConnectionError, ssl.SSLEOFError):
            return False
        if self._raw is None:
            self.buffer += part
        else:
            self._raw += part
            self._decode()
        return bool(part)

    def _decode(self) -> None:
        """Take whole chunks out of what came; those of a proxy begin and end where they like."""
        assert self._raw is not None
        while b"\r\n" in self._raw:
            size, _, rest = self._raw.partition(b"\r\n")
            if len(rest) < int(size, 16) + 2:
                break
            self.buffer += rest[: int(size, 16)]
            self._raw = rest[int(size, 16) + 2 :]

    def until(self, mark: bytes) -> bytes:
        while mark not in self.buffer:
            assert self.more(), f"the connection ended after {self.buffer[-300:]!r}"
        found, _, self.buffer = self.buffer.partition(mark)
        return found

    def exactly(self, size: int) -> bytes:
        while len(self.buffer) < size:
            assert self.more(), f"the connection ended after {self.buffer[-300:]!r}"
        found, self.buffer = self.buffer[:size], self.buffer[size:]
        return found

    def head(self) -> Answer:
        line, *fields = self.until(b"\r\n\r\n").decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in fields)}
        return Answer(int(line.split(" ")[1]), headers)

    def answer(self, method: str = "GET") -> Answer:
        head = self.head()
        if method == "HEAD" or head.status in (100, 204, 304):
            return head
        if head.headers.get("transfer-encoding") == "chunked":
            body = b"".join(iter(self._chunk, b""))
        else:
            body = self.exactly(int(head.headers["content-length"]))
        return Answer(head.status, head.headers, body)

    def _chunk(self) -> bytes:
        size = int(self.until(b"\r\n"), 16)
        return self.exactly(size + 2)[:-2]

    def event(self) -> Event:
        return read_event(self.until(b"\n\n"))

    def events(self) -> Iterator[Event]:
        """Yield events until the connection ends."""
        while b"\n\n" in self.buffer or self.more():
            if b"\n\n" in self.buffer:
                yield self.event()

    def joined(self) -> list[Event]:
        """Return what is told on joining: ``retry``, a snapshot or what was missed, a heartbeat."""
        told = [self.event()]
        while told[-1].name != "heartbeat":
            told.append(self.event())
        return told

    def named(self, name: str) -> Event:
        """Return the next event of that name."""
        return next(event for event in self.events() if event.name == name)

    def ended(self) -> bool:
        """Whether the other side has closed the connection, without another byte."""
        return not self.buffer and not self.more()


def eventually(what: Any, within_s: float = PATIENCE_S) -> None:
    """Ask *what* until it is true."""
    give_up = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < give_up, "it did not come about"
        time.sleep(0.005)
