"""The walk along the chain: every entry against the one before, and what the file says about it against its envelope.

It trusts the hash of the entry where it begins. Signatures are not its business: whoever loads the board checks them.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import apsw
import msgspec

from tocsin.notice import (
    GENESIS,
    DocumentError,
    EntryType,
    Envelope,
    EpochStart,
    FramingError,
    Magic,
    Revocation,
    Roster,
    b64,
    decode,
    entry_hash,
)
from tocsin.ports.journal import Broken

from .schema import STATEMENTS

# Rows of one read: no read transaction lasts long enough to keep the log from being emptied.
PAGE = 500

_Row = tuple[Any, ...]
_TYPES = frozenset(EntryType)


class _Indexed(msgspec.Struct):
    """What the index repeats of a notice. The chain binds the rest; to read all of it would take five times as long."""

    id: str
    alarm: str
    version: int
    status: str
    cap: str


_indexed = msgspec.json.Decoder(_Indexed)


def walk(connection: apsw.Connection, after: int, through: int | None) -> Broken | int:
    """Return the first broken entry after *after*, or how many are right."""
    head = connection.execute(STATEMENTS["head"]).fetchone()
    if head is None:
        return Broken(1, "the journal is empty; its first entry is missing")
    last = head[0] if through is None else through
    before = _hash_at(connection, after)
    if before is None:
        return Broken(after, "the entry is missing")
    for start_at in range(after, last, PAGE):
        rows = _rows(connection, "walk", start_at, min(start_at + PAGE, last))
        broken = _check_page(rows, start_at, before)
        if broken:
            return broken
        if len(rows) < min(PAGE, last - start_at):
            return Broken(start_at + len(rows) + 1, "the entry is missing")
        before = rows[-1][4]
    for head, known in _rows(connection, "known_beyond_head") if through is None else ():
        return Broken(head + 1, f"the entry is missing: the file knows of entry {known}")
    return max(last - after, 0)


def _hash_at(connection: apsw.Connection, sequence: int) -> bytes | None:
    if sequence == 0:
        return GENESIS
    for *_, hash in _rows(connection, "entry", sequence):
        return bytes(hash)
    return None


def _rows(connection: apsw.Connection, statement: str, *values: int) -> list[_Row]:
    return connection.execute(STATEMENTS[statement], values).fetchall()


def _check_page(rows: list[_Row], after: int, before: bytes) -> Broken | None:
    for expected, row in enumerate(rows, start=after + 1):
        sequence, recorded_ms, type, body, hash, *indexed = row
        if sequence != expected:
            return Broken(expected, "the entry is missing")
        if type not in _TYPES:
            return Broken(expected, f"its type {type} is unknown")
        if entry_hash(before, expected, recorded_ms, EntryType(type), body) != hash:
            return Broken(expected, "its hash is not that of its content and of the entry before")
        if what := _CHECKS[EntryType(type)](body, indexed):
            return Broken(expected, what)
        before = hash
    return None


def _check_notice(body: bytes, indexed: list[Any]) -> str | None:
    try:
        notice = _indexed.decode(Envelope.unpack(body, Magic.NOTICE).document)
    except (FramingError, msgspec.DecodeError) as why:
        return f"its envelope cannot be read: {why}"
    *index, document = indexed
    if index != list(msgspec.structs.astuple(notice)):
        return "the index does not say what its notice says"
    if document is None:
        return f"its CAP document {notice.cap} is missing"
    if b64(sha256(document).digest()) != notice.cap:
        return f"its CAP document {notice.cap} is damaged"
    return None


def _check_roster(body: bytes, indexed: list[Any]) -> str | None:
    try:
        decode(Envelope.unpack(body, Magic.ROSTER).document, Roster)
    except (FramingError, DocumentError) as why:
        return f"its roster cannot be read: {why}"
    return _check_unindexed(indexed)


def _check_revocation(body: bytes, indexed: list[Any]) -> str | None:
    try:
        decode(Envelope.unpack(body, Magic.REVOCATION).document, Revocation)
    except (FramingError, DocumentError) as why:
        return f"its revocation list cannot be read: {why}"
    return _check_unindexed(indexed)


def _check_epoch(body: bytes, indexed: list[Any]) -> str | None:
    try:
        decode(body, EpochStart)
    except DocumentError as why:
        return f"its epoch cannot be read: {why}"
    return _check_unindexed(indexed)


def _check_unindexed(indexed: list[Any]) -> str | None:
    return "the index calls it a notice" if any(value is not None for value in indexed) else None


_CHECKS: dict[EntryType, Callable[[bytes, list[Any]], str | None]] = {
    EntryType.NOTICE: _check_notice,
    EntryType.ROSTER: _check_roster,
    EntryType.EPOCH: _check_epoch,
    EntryType.REVOCATION: _check_revocation,
}
