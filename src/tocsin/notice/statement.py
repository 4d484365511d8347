"""The public checkpoint of a journal: what its head is, signed as a note that anybody can keep and compare.

``spec/witness.md``, "Checkpoint", after C2SP tlog-checkpoint; the root line is the hash of the chain, not of a tree.
Who compares checkpoints, and what is said about it, is the business of ``tocsin.witness``.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Self

from .chain import GENESIS, Position
from .documents import INTEGER_MAX
from .keys import SigningKey
from .roster import Role, RosterKey
from .signed_note import NoteError, SignedNote, is_note_signed, sign_note
from .verification import Reason, Refused, Trust
from .words import AUTHORITY, Domain

_NUMBER = r"(0|[1-9][0-9]{0,15})"
_HASH = r"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)"  # the last character spells two bits that are not there
_TEXT = re.compile(
    rf"({AUTHORITY.pattern})/tocsin/([0-9a-f]{{16}})\n{_NUMBER}\n{_HASH}\naudit {_NUMBER} {_HASH}\nboard {_HASH}\n"
    rf"time {_NUMBER}\n"
)


@dataclass(frozen=True, slots=True)
class Audited:
    """The head of the private audit journal: how many entries it has, and the hash of the last (32 bytes)."""

    entries: int
    hash: bytes


NOT_AUDITED = Audited(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Statement:
    """The head of a journal at *time_ms* (Unix milliseconds). Hashes are 32 bytes."""

    authority: str
    position: Position
    chain: bytes
    audited: Audited
    board: bytes
    time_ms: int

    @property
    def origin(self) -> str:
        """The name of the log: another one for each authority and each epoch of its journal."""
        return f"{self.authority}/tocsin/{self.position.epoch}"

    def write(self) -> str:
        return (
            f"{self.origin}\n{self.position.sequence}\n{_text(self.chain)}\n"
            f"audit {self.audited.entries} {_text(self.audited.hash)}\nboard {_text(self.board)}\ntime {self.time_ms}\n"
        )

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the text of a checkpoint. Raises ``NoteError``."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise NoteError(
                "the note is no checkpoint of a Tocsin: its lines are origin, size, hash, audit, board, time"
            )
        authority, epoch, sequence, chain, entries, audit, board, time_ms = found.groups()
        if max(map(int, (sequence, entries, time_ms))) > INTEGER_MAX:
            raise NoteError(f"a number in the checkpoint is larger than {INTEGER_MAX}")
        position, audited = Position(epoch, int(sequence)), Audited(int(entries), b64decode(audit))
        return cls(authority, position, b64decode(chain), audited, b64decode(board), int(time_ms))

    def signed(self, key: SigningKey) -> SignedNote:
        """Return the checkpoint as a note signed by the heartbeat *key*."""
        return sign_note(self.write(), self.origin, key)


def verify_statement(note: SignedNote, trust: Trust) -> Statement | Refused:
    """Return what *note* says if a key that may sign heartbeats signed it; the rules are those of a heartbeat."""
    try:
        statement = Statement.read(note.text)
    except NoteError as why:
        return Refused(Reason.DOCUMENT, str(why))
    if statement.authority != trust.authority:
        return Refused(Reason.AUTHORITY, f"it is of authority {statement.authority!r}, not {trust.authority!r}")
    roster, at = trust.rosters.get(Domain.ACTUAL), statement.time_ms // 1000
    if roster is None or not roster.issued <= at < roster.expires:
        return Refused(Reason.ROSTER, f"no roster for {Domain.ACTUAL} is in force at {at}")
    servers = [key for key in roster.keys if Role.HEARTBEAT in roster.holder_of(key).roles]
    signed = [key for key in servers if is_note_signed(note, statement.origin, key.raw)]
    if not signed:
        return Refused(Reason.KEY, "no key with the role heartbeat in the roster rightly signed it")
    if all(_is_revoked(trust, key) for key in signed):
        return Refused(Reason.REVOKED, "the key that signed the checkpoint is revoked")
    return statement


def _is_revoked(trust: Trust, key: RosterKey) -> bool:
    revocation = trust.revocations.get(Domain.ACTUAL)
    return revocation is not None and revocation.revokes(key.id)


def _text(hash: bytes) -> str:
    return b64encode(hash).decode()
