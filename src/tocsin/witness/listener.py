"""The listener: what one open stream tells, held against the log.

Every event of the stream is an entry of the log, byte for byte, and every entry comes on the stream; heartbeats come
every few seconds and are signed now. It opens nothing: ``following`` does. Moments are seconds of a clock that only
rises.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from tocsin.client.freshness import Freshness
from tocsin.client.sse import EventParser, ServerEvent
from tocsin.notice import (
    HEARTBEAT_VALID_S,
    DocumentError,
    EntryType,
    Envelope,
    FramingError,
    Magic,
    Position,
    Reason,
    Refused,
    encode_notice,
    from_b64,
)

from .claims import GRACE_S, Claim
from .findings import Finding, Standing, Verdict
from .record import REMEMBERED_ENTRIES, Record

# Events of the stream that are entries of the log, and the field that holds the body.
_ENTRIES = {
    "notice": "envelope", "exercise": "envelope", "test": "envelope", "roster": "roster", "revocation": "revocation",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Whole:
    """A snapshot: where it stands, the hashes of the notices in it, and when it came."""

    position: Position
    documents: frozenset[bytes]


class Listener:
    """One way to the stream, named *where*; it lives through many connections.

    ``broken`` asks for another connection.
    """

    def __init__(self, where: str, standing: Standing, now: float) -> None:
        self.where, self.broken = where, False
        self._standing = standing
        self._freshness = Freshness(now)
        self._heard_at = now
        self._parser, self._nonce = EventParser(), ""
        self._joined: Position | None = None
        self._bodies: dict[int, bytes] = {}
        self._whole: _Whole | None = None

    def connected(self, nonce: str, now: float) -> None:
        """Begin a new connection; its first heartbeat must carry *nonce*, which is sent not before *now*."""
        self._freshness.ask(now)
        self._parser, self._nonce, self.broken = EventParser(), nonce, False
        self._joined, self._bodies, self._whole = None, {}, None

    def receive(self, chunk: bytes, record: Record, now: float) -> Iterator[Claim]:
        """Take bytes of the stream and yield what their heartbeats claim. Raises ``StreamError``."""
        for event in self._parser.feed(chunk):
            try:
                data = msgspec.json.decode(event.data, type=dict[str, object])
                claim = self._event(event, data, record, now)
            except (ValueError, KeyError, TypeError) as why:
                self._alter(0, f"an event {event.name} cannot be read: {str(why)[:200]}")
                continue
            if claim is not None:
                yield claim

    def check(self, record: Record, now: float) -> None:
        """Hold what came, and what did not, against *record*."""
        if now - self._heard_at >= HEARTBEAT_VALID_S:
            message = f"no heartbeat was believed for {HEARTBEAT_VALID_S} s"
            self._standing.found(Finding(Verdict.SILENCE, self.where, message))
        self.broken = self.broken or self._freshness.is_overdue(now)
        if self._joined is None or self._joined.epoch != record.epoch:
            return
        self._compare_snapshot(record)
        for sequence in range(
            max(self._joined.sequence, record.sequence - REMEMBERED_ENTRIES) + 1, record.sequence + 1
        ):
            self._compare_entry(sequence, record, now)

    def _event(self, event: ServerEvent, data: dict[str, object], record: Record, now: float) -> Claim | None:
        if event.name == "heartbeat":
            return self._heartbeat(str(data["heartbeat"]), record, now)
        if event.name == "snapshot":
            self._snapshot(data)
        elif event.name in _ENTRIES:
            position = Position.parse(str(data["position"]))
            self._bodies[position.sequence] = sha256(from_b64(str(data[_ENTRIES[event.name]]))).digest()
            self._bodies.pop(position.sequence - REMEMBERED_ENTRIES, None)
        return None

    def _snapshot(self, data: dict[str, object]) -> None:
        envelopes = [one for status in ("actual", "exercise", "test") for one in _texts(data[status])]
        self._joined = Position.parse(str(data["position"]))
        self._bodies = {}
        self._whole = _Whole(self._joined, frozenset(map(_document_hash, envelopes)))

    def _heartbeat(self, envelope: str, record: Record, now: float) -> Claim | None:
        nonce = self._nonce or None
        newest_ms = 0 if nonce else self._freshness.newest_ms
        beat = record.trust.verify_heartbeat(from_b64(envelope), newest_ms, nonce)
        if isinstance(beat, Refused):
            # Without its nonce this connection may be a recording for ever.
            self.broken = self.broken or beat.reason is Reason.NONCE
            return None
        if self._freshness.is_overdue(now):
            self.broken = True
            return None
        self._nonce = ""
        self._freshness.hear(beat, now)
        if self._freshness.is_stale(beat, now):
            self.broken = True
            return None
        self._heard_at = now
        self._standing.over(Verdict.SILENCE, self.where)
        position = Position.parse(beat.position)
        self._compare_age(position, record, now)
        return Claim(self.where, position, from_b64(beat.chain), from_b64(beat.board), envelope, now)

    def _compare_age(self, position: Position, record: Record, now: float) -> None:
        """A heartbeat of now that does not know what the log has shown for long tells this stream less."""
        behind = record.entries.get(position.sequence + 1) if position.epoch == record.epoch else None
        if behind is not None and now - behind.at > GRACE_S:
            message = f"the stream is at {position}, and the log has been at {record.position}"
            self._standing.found(Finding(Verdict.WITHHELD, self.where, message))
        elif behind is None:
            self._standing.over(Verdict.WITHHELD, self.where, (0,))

    def _compare_snapshot(self, record: Record) -> None:
        whole = self._whole
        if whole is None or whole.position.sequence > record.sequence:
            return
        self._whole = None
        board = record.board_at(whole.position.sequence)
        for alarm in board.alarms.values() if board else ():
            if sha256(encode_notice(alarm.notice)).digest() not in whole.documents:
                message = f"the snapshot at {whole.position} leaves out what is in force since entry {alarm.sequence}"
                self._standing.found(Finding(Verdict.WITHHELD, self.where, message, alarm.sequence))

    def _compare_entry(self, sequence: int, record: Record, now: float) -> None:
        entry, body = record.entries[sequence], self._bodies.get(sequence)
        if body is not None and body != entry.body:
            self._alter(sequence, f"what came at {sequence} is not the entry of the log")
        elif body is not None:
            self._standing.over(Verdict.WITHHELD, self.where, (sequence,))
        elif entry.type is not EntryType.EPOCH and now - entry.at > GRACE_S:
            message = f"entry {sequence} of the log did not come on the stream"
            self._standing.found(Finding(Verdict.WITHHELD, self.where, message, sequence))

    def _alter(self, sequence: int, message: str) -> None:
        self._standing.found(Finding(Verdict.ALTERED, self.where, message, sequence))


def _texts(value: object) -> list[str]:
    if not isinstance(value, list):
        raise TypeError("a list of envelopes is expected")
    return [str(one) for one in value]


def _document_hash(envelope: str) -> bytes:
    try:
        return sha256(Envelope.unpack(from_b64(envelope), Magic.NOTICE).document).digest()
    except (FramingError, DocumentError):
        return b""
