"""Server-sent events as bytes (WHATWG HTML, 9.2; ``spec/stream.md``): each made once and written to everybody.

``data`` stands before ``id``, so that whoever has seen the id has the whole event.
"""

import json

import msgspec

from tocsin.notice import EntryType, Position, Status, b64
from tocsin.notice.merkle import RangeProof
from tocsin.ports.journal import Entry

# A reader comes back after a time of its own, so that a restart is no stampede.
RETRY_MS_MIN, RETRY_MS_MAX = 1_000, 4_000

_EVENTS = {Status.ACTUAL: b"notice", Status.EXERCISE: b"exercise", Status.TEST: b"test"}
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store, no-transform\r\n"
    b"X-Accel-Buffering: no\r\nAccess-Control-Allow-Origin: *\r\nX-Content-Type-Options: nosniff\r\n"
    b"Connection: close\r\n\r\n"
)


def opening(retry_ms: int) -> bytes:
    return HEAD + b"retry: %d\n\n" % retry_ms


def told(entry: Entry, status: Status | None, position: Position) -> bytes:
    """Return the event of one entry; *status* is that of its notice, None for a roster or a revocation list."""
    if status is None:
        name = {EntryType.ROSTER: "roster", EntryType.REVOCATION: "revocation"}[entry.type]
        return _event(name.encode(), {"position": str(position), name: b64(entry.body)}, position)
    return _event(_EVENTS[status], {"position": str(position), "envelope": b64(entry.body)}, position)


def snapshot(
    position: Position, rosters: list[bytes], revocations: list[bytes], alarms: dict[Status, list[bytes]]
) -> bytes:
    trust = {"rosters": rosters, "revocations": revocations}
    content = {name: [b64(one) for one in bodies] for name, bodies in (trust | dict(alarms)).items()}
    return _event(b"snapshot", {"position": str(position)} | content, position)


def heartbeat(envelope: bytes) -> bytes:
    return _event(b"heartbeat", {"heartbeat": b64(envelope)}, None)


def proven_heartbeat(envelope: bytes, atlas: str, proof: RangeProof) -> bytes:
    """Return a heartbeat event with the proof of what the board holds for some regions."""
    told = {"heartbeat": b64(envelope), "atlas": atlas, "proof": msgspec.to_builtins(proof)}
    return _event(b"heartbeat", told, None)


def end(reason: str, message: str) -> bytes:
    return _event(b"end", {"reason": reason, "message": message}, None)


def _event(name: bytes, content: object, id: Position | None) -> bytes:
    data = json.dumps(content, separators=(",", ":")).encode()
    return b"event: %b\ndata: %b\n" % (name, data) + (b"id: %b\n\n" % str(id).encode() if id else b"\n")
