"""The journal: the durable, append-only, hash-chained record of envelopes and rosters. The only source of truth.

What the second floor must keep (``tocsin.testing.journal`` is its contract): an append that has returned is on disk;
entries have no gaps; an alarm's version rises by one or nothing is written; an id is written once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tocsin.notice import EntryType, Notice, Position, Status


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``hash`` is 32 bytes; ``recorded_ms`` Unix milliseconds."""

    sequence: int
    recorded_ms: int
    type: EntryType
    body: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: its position and its hash."""

    position: Position
    chain: bytes


@dataclass(frozen=True, slots=True)
class Issue:
    """What is appended for one order, in one transaction.

    *order* is the SHA-256 of the order as it was asked for: the same id with another order is no repeat.
    """

    notice: Notice
    envelope: bytes
    cap: bytes
    order: bytes


@dataclass(frozen=True, slots=True)
class Appended:
    """On disk. *head* is the journal's head after the last of them."""

    entries: tuple[Entry, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class AlreadyIssued:
    """This id was issued before; *same_order* tells whether it was this order."""

    entry: Entry
    same_order: bool


@dataclass(frozen=True, slots=True)
class MovedOn:
    """Another notice of the alarm came first; nothing was written."""

    alarm: str
    version: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a start may begin: a signed statement about the entry at *sequence*, and the entries the board stands on.

    *document* is canonical JSON, *signature* 64 bytes of the heartbeat key; who reads it checks it.
    """

    sequence: int
    document: bytes
    key: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """The chain does not hold: the first entry that is wrong, and how."""

    sequence: int
    what: str


class JournalFault(Exception):
    """The journal cannot be used: full disk, unreadable file, another writer. The text says what and what to do."""

    code = "journal_fault"


class Journal(Protocol):
    """One authority's record. Methods block; the caller keeps ``append`` off the event loop."""

    @property
    def head(self) -> Head: ...

    def append_notices(self, issues: Sequence[Issue], recorded_ms: int) -> Appended | AlreadyIssued | MovedOn:
        """Write all of *issues* or none, synced. Raises ``JournalFault``."""
        ...

    def append_roster(self, envelope: bytes, recorded_ms: int) -> Appended: ...

    def append_revocation(self, envelope: bytes, recorded_ms: int) -> Appended: ...

    def entries(self, after: int, most: int) -> list[Entry]:
        """Return up to *most* entries that follow sequence *after*, in order."""
        ...

    def alert(self, id: str) -> tuple[Entry, bytes] | None:
        """Return the entry of the notice *id* and the SHA-256 of its order."""
        ...

    def history(self, alarm: str) -> list[Entry]:
        """Return the entries of an alarm, oldest first; empty if there is none."""
        ...

    def alarms_named(self, prefix: str, most: int) -> list[str]:
        """Return up to *most* alarm ids that begin with *prefix*."""
        ...

    def newest_alarms(self, status: Status, most: int) -> list[Entry]:
        """Return the newest entry of each of the last *most* alarms of *status*, newest first."""
        ...

    def document(self, hash: str) -> bytes | None:
        """Return the CAP document with that hash (base64url)."""
        ...

    def rosters(self) -> Iterator[Entry]:
        """Return all rosters, in the order of the journal."""
        ...

    def revocations(self) -> Iterator[Entry]:
        """Return all revocation lists, in the order of the journal."""
        ...

    def save_checkpoint(self, checkpoint: Checkpoint) -> None: ...

    def newest_checkpoint(self) -> Checkpoint | None: ...

    def verify(self, after: int = 0, through: int | None = None) -> Broken | int:
        """Walk the chain from the entry after *after*; return the first broken entry, or how many are right.

        Documents, indexes and the notice inside each envelope are checked against the entry as well.
        """
        ...

    def copy_to(self, file: Path) -> None:
        """Write a consistent copy while the journal is in use."""
        ...

    def close(self) -> None: ...
