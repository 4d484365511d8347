"""The head of an HTTP/1.1 request: where it ends, what is asked for, how long the body is (RFC 9112).

Strict where two readers could disagree on where a request ends: what is ambiguous is refused, never guessed.
Everything else about a request is the business of the application behind.
"""

import re
from dataclasses import dataclass

# A browser's head has some 800 bytes; cookies are not ours.
HEAD_SIZE_BYTES_MAX = 16 * 1024
HEADERS_MAX = 100
# The largest thing anybody sends is a CAP document.
BODY_SIZE_BYTES_MAX = 2 * 1024 * 1024

_REQUEST_LINE = re.compile(rb"([A-Z]{1,16}) ([\x21-\x7e]{1,8000}) HTTP/1\.([01])")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*")
_LENGTH = re.compile(rb"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Head:
    """One request's head. ``size`` counts its bytes with the blank line; ``body_size`` those that follow."""

    method: bytes
    target: bytes
    size: int
    body_size: int
    last_event_id: bytes


@dataclass(frozen=True, slots=True)
class BadHead:
    """Not a request that can be answered safely; the connection is closed after the answer."""

    status: int
    phrase: str
    why: str


def read_head(data: bytes) -> Head | BadHead | None:
    """Return the head at the beginning of *data*, or None if it is not complete yet."""
    end = data.find(b"\r\n\r\n", 0, HEAD_SIZE_BYTES_MAX)
    if end < 0:
        if len(data) >= HEAD_SIZE_BYTES_MAX:
            return BadHead(431, "Request Header Fields Too Large", f"a head has at most {HEAD_SIZE_BYTES_MAX} bytes")
        return None
    line, *fields = data[:end].split(b"\r\n")
    request = _REQUEST_LINE.fullmatch(line)
    if request is None:
        return BadHead(400, "Bad Request", "the request line is not METHOD TARGET HTTP/1.1")
    if len(fields) > HEADERS_MAX:
        return BadHead(431, "Request Header Fields Too Large", f"a head has at most {HEADERS_MAX} fields")
    lengths, last_event_id = set(), b""
    for field in fields:
        header = _HEADER.fullmatch(field)
        if header is None:
            return BadHead(400, "Bad Request", "a header field is not NAME: VALUE on one line")
        name = header[1].lower()
        if name == b"content-length":
            lengths.add(header[2])
        elif name == b"transfer-encoding":
            return BadHead(411, "Length Required", "send the body with Content-Length; transfer codings are not read")
        elif name == b"last-event-id":
            last_event_id = header[2]
    return _measured(request, end + 4, lengths, last_event_id)


def _measured(request: "re.Match[bytes]", size: int, lengths: set[bytes], last_event_id: bytes) -> Head | BadHead:
    if len(lengths) > 1 or any(not _LENGTH.fullmatch(length) for length in lengths):
        return BadHead(400, "Bad Request", "Content-Length is not one number")
    body_size = int(lengths.pop()) if lengths else 0
    if body_size > BODY_SIZE_BYTES_MAX:
        return BadHead(413, "Content Too Large", f"a body has at most {BODY_SIZE_BYTES_MAX} bytes")
    return Head(request[1], request[2], size, body_size, last_event_id)
