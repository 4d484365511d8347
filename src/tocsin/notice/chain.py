"""The hash chain of the journal and positions in it (``spec/notice.md``, "Journal chain").

Where entries are kept, and how durably, is the journal's business.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import Self

import msgspec

from .documents import INTEGER_MAX, SignedDocument, require, require_match
from .words import AUTHORITY

GENESIS = bytes(32)
_TAG = b"tocsin-entry-v1\0"
EPOCH = re.compile(r"[0-9a-f]{16}")
_POSITION = re.compile(r"([0-9a-f]{16})-(0|[1-9][0-9]{0,15})")


class EntryType(IntEnum):
    NOTICE = 1
    ROSTER = 2
    EPOCH = 3
    REVOCATION = 4


class Roots(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The two root public keys in base64url."""

    actual: str
    exercise: str


class EpochStart(SignedDocument, frozen=True, forbid_unknown_fields=True):
    """Body of the first entry, and of one after every restore."""

    epoch: str
    authority: str
    roots: Roots

    def __post_init__(self) -> None:
        require_match(EPOCH, self.epoch, "epoch")
        require_match(AUTHORITY, self.authority, "authority")
        require(self.roots.actual != self.roots.exercise, "the roots for actual and for exercise are equal")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the journal: what a client resumes from."""

    epoch: str
    sequence: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``epoch-sequence``. Raises ``DocumentError``."""
        found = _POSITION.fullmatch(text)
        require(found, f"position {text[:60]!r} does not have the form epoch-sequence")
        assert found
        return cls(found[1], int(found[2]))

    def __str__(self) -> str:
        return f"{self.epoch}-{self.sequence}"


def entry_hash(before: bytes, sequence: int, recorded_ms: int, type: EntryType, body: bytes) -> bytes:
    """Return the hash (32 bytes) of an entry whose predecessor has the hash *before*."""
    assert len(before) == len(GENESIS)
    assert 1 <= sequence <= INTEGER_MAX
    head = before + sequence.to_bytes(8, "big") + recorded_ms.to_bytes(8, "big") + bytes([type])
    return sha256(_TAG + head + body).digest()
