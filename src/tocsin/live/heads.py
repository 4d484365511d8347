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

# Others have rules of their own (CONNECT) or no meaning here; the application's parser would only say "invalid".
METHODS = (b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS")

_REQUEST_LINE = re.compile(
    rb"([A-Z]{1,16}) (?:(?i:https?)://[A-Za-z0-9._~:\[\]-]+)?(/[\x21\x22\x24-\x7e]{0,8000}) HTTP/1\.[01]"
)
# The blanks around a value are taken off afterwards: here they would cost the cube of their number.
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)")
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Head:
    """One request's head. ``size`` counts its bytes with the blank line; ``body_size`` those that follow.

    ``target`` begins with a slash. ``passed`` is the head as the application is to see it: no protocol but this one is
    spoken here, so offers of another are left out (RFC 9110, 7.8).
    """

    method: bytes
    target: bytes
    size: int
    body_size: int
    last_event_id: bytes
    passed: bytes


@dataclass(frozen=True, slots=True)
class BadHead:
    """Not a request that can be answered safely; the connection is closed after the answer."""

    status: int
    phrase: str
    why: str
    code: str = "bad_request"


def read_head(data: bytes) -> Head | BadHead | None:
    """Return the head at the beginning of *data*, or None if it is not complete yet."""
    end = data.find(_END, 0, HEAD_SIZE_BYTES_MAX)
    if end < 0:
        if len(data) >= HEAD_SIZE_BYTES_MAX:
            return BadHead(431, "Request Header Fields Too Large", f"a head has at most {HEAD_SIZE_BYTES_MAX} bytes")
        return None
    line, *fields = data[:end].split(b"\r\n")
    request = _REQUEST_LINE.fullmatch(line)
    if request is None:
        return BadHead(400, "Bad Request", "the request line is not METHOD /TARGET HTTP/1.1")
    if request[1] not in METHODS:
        return BadHead(501, "Not Implemented", f"the method is none of {b' '.join(METHODS).decode()}")
    if len(fields) > HEADERS_MAX:
        return BadHead(431, "Request Header Fields Too Large", f"a head has at most {HEADERS_MAX} fields")
    return _read_fields(request, fields, end + len(_END))


def _read_fields(request: "re.Match[bytes]", fields: list[bytes], size: int) -> Head | BadHead:
    lengths, last_event_id, kept = [], b"", [request[0]]
    for field in fields:
        header = _HEADER.fullmatch(field)
        if header is None:
            return BadHead(400, "Bad Request", "a header field is not NAME: VALUE on one line")
        name, value = header[1].lower(), header[2].strip(b" \t")
        if name == b"transfer-encoding":
            return BadHead(411, "Length Required", "send the body with Content-Length; transfer codings are not read")
        if name == b"content-length":
            lengths.append(value)
        elif name == b"last-event-id":
            last_event_id = value
        if name != b"upgrade":
            kept.append(field)
    if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        return BadHead(400, "Bad Request", "Content-Length is not one number")
    body_size = int(lengths[0]) if lengths else 0
    if body_size > BODY_SIZE_BYTES_MAX:
        return BadHead(413, "Content Too Large", f"a body has at most {BODY_SIZE_BYTES_MAX} bytes")
    passed = b"\r\n".join([*kept, b"", b""])
    return Head(request[1], request[2], size, body_size, last_event_id, passed)
