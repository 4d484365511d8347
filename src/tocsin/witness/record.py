"""The record: what a witness has verified of one log, entry by entry from the first.

It folds entries and says which of them are not what they should be; it refuses to know where they came from and what
anybody signed about them: that is ``watch``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256

import msgspec

from tocsin.alarms import Board, fold
from tocsin.alarms.board import BoardError
from tocsin.notice import (
    GENESIS,
    Believed,
    DocumentError,
    EntryType,
    EpochStart,
    Notice,
    Position,
    Refused,
    Trust,
    b64,
    decode,
    entry_hash,
    from_b64,
)

from .findings import Finding, Verdict

# What is compared with statements about the past: some days of a busy country.
REMEMBERED_ENTRIES = 4_096
# Boards of the past, for heartbeats that a notice overtakes; each is a map of what is in force.
REMEMBERED_BOARDS = 64


class LogEntry(msgspec.Struct, frozen=True):
    """An entry as the log serves it (``spec/witness.md``, "Entries")."""

    sequence: int
    recorded_ms: int
    type: int
    body: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is kept of an entry: its hash, the hash of its body, its type, and when it was learned (monotonic s)."""

    chain: bytes
    body: bytes
    type: EntryType
    at: float


@dataclass(slots=True)
class Record:
    """A verified log. *pinned* are the roots that its first entry must name; *trust* is where its rosters lead.

    ``faults`` are the entries that are not as they should be; the chain goes on behind them.
    """

    where: str
    pinned: Trust
    trust: Trust
    epoch: str = ""
    sequence: int = 0
    chain: bytes = GENESIS
    board: Board = field(default_factory=Board)
    entries: dict[int, Remembered] = field(default_factory=dict)
    boards: dict[int, Board] = field(default_factory=dict)
    faults: list[Finding] = field(default_factory=list)

    @classmethod
    def of(cls, where: str, pinned: Trust) -> "Record":
        """Return the record of a log of which nothing is known but who signs."""
        return cls(where, pinned, pinned)

    def copy(self) -> "Record":
        return replace(
            self,
            entries=dict(self.entries),
            boards=dict(self.boards),
            faults=list(self.faults),
        )

    @property
    def position(self) -> Position:
        return Position(self.epoch or "0" * 16, self.sequence)

    def chain_at(self, sequence: int) -> bytes | None:
        """Return the hash of an entry; None if it is not known, or no longer."""
        known = self.entries.get(sequence)
        return GENESIS if sequence == 0 else known.chain if known else None

    def board_at(self, sequence: int) -> Board | None:
        return self.boards.get(sequence)

    def take_all(self, entries: Iterable[LogEntry], at: float) -> bool:
        """Take *entries* in order; False if one is not the next entry, or no entry at all."""
        return all(self.take(entry, at) for entry in entries)

    def take(self, entry: LogEntry, at: float) -> bool:
        try:
            body, type = from_b64(entry.body), EntryType(entry.type)
        except ValueError:
            return False
        if entry.sequence != self.sequence + 1 or entry.recorded_ms < 0:
            return False
        self.chain = entry_hash(self.chain, entry.sequence, entry.recorded_ms, type, body)
        self.sequence = entry.sequence
        self._fold(type, body)
        self.entries[self.sequence] = Remembered(self.chain, sha256(body).digest(), type, at)
        self.boards[self.sequence] = self.board
        self.entries.pop(self.sequence - REMEMBERED_ENTRIES, None)
        self.boards.pop(self.sequence - REMEMBERED_BOARDS, None)
        return True

    def _fold(self, type: EntryType, body: bytes) -> None:
        match type:
            case EntryType.EPOCH:
                self._begin(body)
            case EntryType.ROSTER:
                self._trust("roster", self.trust.learn(body))
            case EntryType.REVOCATION:
                self._trust("revocation list", self.trust.revoke(body))
            case EntryType.NOTICE:
                self._tell(body)
        if self.sequence == 1 and type is not EntryType.EPOCH:
            self._fault("the first entry does not begin an epoch")

    def _begin(self, body: bytes) -> None:
        try:
            start = decode(body, EpochStart)
        except DocumentError as why:
            self._fault(f"it begins no epoch: {why}")
            return
        roots = {domain: b64(root) for domain, root in self.pinned.roots.items()}
        if start.authority != self.pinned.authority or msgspec.to_builtins(start.roots) != roots:
            self._fault("it names another authority or other roots than the pinned ones")
        self.epoch = start.epoch

    def _trust(self, what: str, trust: Trust | Refused) -> None:
        if isinstance(trust, Refused):
            self._refuse(what, trust)
        else:
            self.trust = trust

    def _tell(self, body: bytes) -> None:
        believed = replace(self.trust, held=self._held).verify_signed(body)
        match believed:
            case Refused():
                self._refuse("notice", believed)
            case Believed(notice, _):
                try:
                    self.board = fold(self.board, self.sequence, notice)
                except BoardError as why:
                    self._fault(str(why))

    def _held(self, notice: Notice) -> Notice | None:
        standing = self.board.find(notice.alarm)
        return standing.notice if standing else None

    def _refuse(self, what: str, refused: Refused) -> None:
        self._fault(f"the {what} is not to be believed ({refused.reason}): {refused.message}")

    def _fault(self, message: str) -> None:
        self.faults.append(Finding(Verdict.FORGED, self.where, f"entry {self.sequence}: {message}", self.sequence))
