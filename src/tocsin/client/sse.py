"""Server-sent events from bytes, piece by piece (WHATWG HTML, section 9.2.6, "Interpreting an event stream").

It knows no event of Tocsin; which there are is in ``follower``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A snapshot of 5,000 alarms has about 25 MB. What is larger comes from no Tocsin, and would fill the memory of a siren.
EVENT_SIZE_BYTES_MAX = 32 * 1024 * 1024

# What a server may ask for. Less would make a flood of clients; more would let a relay send them away for days.
RETRY_MS_MIN, RETRY_MS_MAX = 1_000, 30_000

_LINE_END = re.compile(rb"\r\n|\n|\r(?=[^\n])")
_DIGITS = re.compile(r"[0-9]{1,9}")


class StreamError(ValueError):
    """The stream is none that a Tocsin sends."""

    code = "stream"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event as it was dispatched; *id* is the last one that the stream has named, or empty."""

    name: str
    data: str
    id: str


class EventParser:
    """Holds what has come of the next event. ``retry_ms`` is what the server last asked for, if it did."""

    def __init__(self) -> None:
        self.retry_ms: int | None = None
        # Joined only when a line ends: a snapshot is one line of many pieces.
        self._pieces: list[bytes] = []
        self._name, self._data, self._id = "", list[str](), ""
        self._size_bytes = 0
        self._first = True

    def feed(self, chunk: bytes) -> Iterator[ServerEvent]:
        """Yield the events that *chunk* completes. Raises ``StreamError`` for an event beyond the limit."""
        self._size_bytes += len(chunk)
        if self._size_bytes > EVENT_SIZE_BYTES_MAX:
            raise StreamError(f"an event is larger than {EVENT_SIZE_BYTES_MAX} bytes")
        waiting = self._pieces and self._pieces[-1].endswith(b"\r")
        self._pieces.append(chunk)
        if not (waiting or b"\n" in chunk or b"\r" in chunk):
            return
        *lines, rest = _LINE_END.split(b"".join(self._pieces))
        self._pieces = [rest]
        for line in lines:
            event = self._line(line.decode(errors="replace"))
            if event is not None:
                yield event

    def _line(self, line: str) -> ServerEvent | None:
        if self._first:
            line, self._first = line.removeprefix("\ufeff"), False
        if not line:
            return self._dispatched()
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match field:
            case "event":
                self._name = value
            case "data":
                self._data.append(value)
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if _DIGITS.fullmatch(value):
                self.retry_ms = min(max(int(value), RETRY_MS_MIN), RETRY_MS_MAX)
        return None

    def _dispatched(self) -> ServerEvent | None:
        name, data = self._name or "message", self._data
        self._name, self._data, self._size_bytes = "", [], sum(map(len, self._pieces))
        return ServerEvent(name, "\n".join(data), self._id) if data else None
