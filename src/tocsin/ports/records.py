"""The office's private records: what people did, drafts that wait for signatures, invitations, passkeys enrolled.

What the second floor must keep (``tocsin.testing.records`` is its contract): what has returned is on disk; the audit
journal only grows, and any byte of it that is changed later is found. Nothing in here issues anything: what is not in
the journal was not issued, whatever the records say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import msgspec

from tocsin.notice import Signature
from tocsin.notice.statement import NOT_AUDITED, Audited

# What the records are called in the data folder, and in a backup of it.
RECORDS_NAME = "office.sqlite"

_TAG = b"tocsin-audit-v1\0"

# What a person or the office did, in a word or three; made of letters, digits and underscores.
WHAT_LENGTH_MAX = 40
# An entry holds names, reasons and ids, never a document; a longer one is a fault of the caller.
DETAIL_SIZE_BYTES_MAX = 16 * 1024


class RecordsFault(Exception):
    """The records cannot be used: full disk, unreadable file. The text says what and what to do."""

    code = "records_fault"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What happened: *what* it was, *who* did it (id of a holder, or empty), *detail* as JSON text.

    ``hash`` is 32 bytes and binds the entry to the one before it.
    """

    sequence: int
    at_ms: int
    what: str
    who: str
    detail: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class AuditBroken:
    """The audit journal does not hold: the first entry that is wrong, and how."""

    sequence: int
    what: str


class SubmittedPart(msgspec.Struct, frozen=True):
    """One notice of a draft: its bytes, its CAP document, and the signatures so far."""

    document: bytes
    cap: bytes
    signatures: tuple[Signature, ...]


class SignedBy(msgspec.Struct, frozen=True):
    """Whose signature a draft has, and since when (Unix ms)."""

    holder: str
    name: str
    at_ms: int


class SubmittedDraft(msgspec.Struct, frozen=True):
    """A draft that waits for people: all its bytes, who signed, and when it lapses (Unix seconds).

    *order* is the order as JSON, *by* the holder who drafted it.
    """

    id: str
    by: str
    order: bytes
    parts: tuple[SubmittedPart, ...]
    signed_by: tuple[SignedBy, ...]
    lapses_at: int
    regions_ended: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time link for one person. The token itself is nowhere: *token_hash* is its SHA-256."""

    token_hash: bytes
    holder: str
    name: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Credential:
    """A passkey that was enrolled: the id that its authenticator gave it, its COSE key in the one form of a roster.

    It may order nothing until a roster lists it.
    """

    id: bytes
    public: bytes
    holder: str
    name: str
    enrolled_ms: int


class Records(Protocol):
    """One authority's private store. Methods block and are synced; all raise ``RecordsFault``."""

    @property
    def audited(self) -> Audited:
        """The head of the audit journal."""
        ...

    def append_audit(self, at_ms: int, what: str, who: str, detail: Mapping[str, Any]) -> AuditEntry: ...

    def audit(self, after: int, most: int) -> list[AuditEntry]:
        """Return up to *most* entries that follow sequence *after*, in order."""
        ...

    def verify_audit(self) -> AuditBroken | int:
        """Walk the audit journal; return the first broken entry, or how many are right."""
        ...

    def save_submitted(self, draft: SubmittedDraft) -> None:
        """Keep *draft* in place of one of the same id."""
        ...

    def submitted(self) -> list[SubmittedDraft]:
        """Return what waits, oldest first."""
        ...

    def remove_submitted(self, id: str) -> None: ...

    def save_invitation(self, invitation: Invitation) -> None: ...

    def invitation(self, token_hash: bytes) -> Invitation | None:
        """Return the invitation if it is there and was not used."""
        ...

    def enrol(self, token_hash: bytes, credential: Credential) -> bool:
        """Use the invitation up and keep *credential*, both or neither; False if it was used meanwhile."""
        ...

    def credential(self, id: bytes) -> Credential | None: ...

    def credentials(self) -> list[Credential]:
        """Return all that are enrolled, oldest first."""
        ...

    def copy_to(self, file: Path) -> None:
        """Write a consistent copy while the records are in use."""
        ...

    def close(self) -> None: ...


def audit_hash(before: bytes, sequence: int, at_ms: int, what: str, who: str, detail: str) -> bytes:
    """Return the hash (32 bytes) of an entry whose predecessor has the hash *before*."""
    said = msgspec.json.encode([what, who, detail])
    return sha256(_TAG + before + sequence.to_bytes(8, "big") + at_ms.to_bytes(8, "big") + said).digest()


def audit_detail(detail: Mapping[str, Any]) -> str:
    """Return *detail* as it is kept: JSON with sorted keys."""
    return msgspec.json.encode(detail, order="sorted").decode()


__all__ = [
    "DETAIL_SIZE_BYTES_MAX",
    "NOT_AUDITED",
    "RECORDS_NAME",
    "WHAT_LENGTH_MAX",
    "AuditBroken",
    "AuditEntry",
    "Audited",
    "Credential",
    "Invitation",
    "Records",
    "RecordsFault",
    "SignedBy",
    "SubmittedDraft",
    "SubmittedPart",
    "audit_detail",
    "audit_hash",
]
