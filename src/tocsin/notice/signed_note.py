"""Signed notes: a text with signature lines under it, and the cosignatures of witnesses.

The forms are C2SP signed-note (``https://c2sp.org/signed-note``) with Ed25519, and the Ed25519 form of
C2SP tlog-cosignature. What a text says is ``statement``'s business, whose key is whose the roster's.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from enum import IntEnum
from hashlib import sha256
from typing import Self

from .keys import SigningKey, is_signed_by

# A checkpoint has some 400 bytes and a cosignature 150: room for the signatures below, and for nothing else.
NOTE_SIZE_BYTES_MAX = 8 * 1024
# The form asks readers to take at least 16; a roster lists eight witnesses.
NOTE_SIGNATURES_MAX = 16
KEY_HASH_SIZE_BYTES = 4
TIMESTAMP_SIZE_BYTES = 8
TIMESTAMP_S_MAX = 2**63 - 1

_NAME = re.compile(r"[^\s+]+")
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class SignatureType(IntEnum):
    """The byte that goes into the hash of a key, so that one key has another id for each kind of signature."""

    NOTE = 0x01
    COSIGNATURE = 0x04


class NoteError(ValueError):
    """The text is no signed note; the message says which rule it breaks."""

    code = "note"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line: the name of the key, the first four bytes of its hash, and what it signed with."""

    name: str
    key_hash: bytes
    signature: bytes

    def line(self) -> str:
        return f"— {self.name} {b64encode(self.key_hash + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text that ends in a line feed, and its signatures."""

    text: str
    signatures: tuple[NoteSignature, ...] = ()

    def write(self) -> str:
        """Return the note as it travels. Raises ``NoteError`` over a limit."""
        if not self.text.endswith("\n"):
            raise NoteError("the text of a note ends in a line feed")
        data = self.text + "\n" + "".join(one.line() for one in self.signatures)
        _require_form(data, len(self.signatures))
        return data

    @classmethod
    def read(cls, data: str) -> Self:
        """Read a note to its last line. Raises ``NoteError``; whether a signature is right is asked apart."""
        text, blank, under = data.rpartition("\n\n")
        lines = under.split("\n")
        _require_form(data, len(lines) - 1)
        if not blank or lines[-1]:
            raise NoteError("a note is a text, an empty line, and signature lines that end in line feeds")
        return cls(text + "\n", tuple(map(_read_line, lines[:-1])))

    def with_signature(self, signature: NoteSignature) -> Self:
        return replace(self, signatures=(*self.signatures, signature))


def key_hash(name: str, type: SignatureType, public: bytes) -> bytes:
    """Return the four bytes by which a signature line tells its key (C2SP signed-note, "Signatures")."""
    return sha256(name.encode() + b"\n" + bytes([type]) + public).digest()[:KEY_HASH_SIZE_BYTES]


def sign_note(text: str, name: str, key: SigningKey) -> SignedNote:
    """Return *text* as a note with the signature of *key*, called *name*. Raises ``NoteError``."""
    _require_name(name)
    signature = key.sign(b"", text.encode())
    note = SignedNote(text, (NoteSignature(name, key_hash(name, SignatureType.NOTE, key.public), signature),))
    note.write()
    return note


def cosign(note: SignedNote, name: str, key: SigningKey, at_s: int) -> SignedNote:
    """Return *note* with one signature more: that *key* saw it at *at_s* (Unix seconds)."""
    _require_name(name)
    signature = at_s.to_bytes(TIMESTAMP_SIZE_BYTES, "big") + key.sign(b"", _cosigned(note.text, at_s))
    return note.with_signature(NoteSignature(name, key_hash(name, SignatureType.COSIGNATURE, key.public), signature))


def is_note_signed(note: SignedNote, name: str, public: bytes) -> bool:
    """Whether the key *public*, called *name*, signed *note*, and every signature in its name is right."""
    ours = _signatures(note, name, SignatureType.NOTE, public)
    return bool(ours) and all(is_signed_by(public, b"", note.text.encode(), one) for one in ours)


def cosigned_at(note: SignedNote, name: str, public: bytes) -> int | None:
    """Return when the witness *name* last cosigned *note* (Unix seconds); None if it did not, or one is wrong."""
    times = []
    for one in _signatures(note, name, SignatureType.COSIGNATURE, public):
        at_s = int.from_bytes(one[:TIMESTAMP_SIZE_BYTES], "big")
        right = is_signed_by(public, b"", _cosigned(note.text, at_s), one[TIMESTAMP_SIZE_BYTES:])
        if not right or at_s > TIMESTAMP_S_MAX:
            return None
        times.append(at_s)
    return max(times, default=None)


def _signatures(note: SignedNote, name: str, type: SignatureType, public: bytes) -> list[bytes]:
    wanted = key_hash(name, type, public)
    return [one.signature for one in note.signatures if one.name == name and one.key_hash == wanted]


def _cosigned(text: str, at_s: int) -> bytes:
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()


def _read_line(line: str) -> NoteSignature:
    found = _LINE.fullmatch(line)
    if found is None:
        raise NoteError(f"{line[:60]!r} is no signature line")
    try:
        data = b64decode(found[2], validate=True)
    except ValueError as why:
        raise NoteError(f"the signature of {found[1]} is no base64: {why}") from None
    if b64encode(data).decode() != found[2] or len(data) <= KEY_HASH_SIZE_BYTES:
        raise NoteError(f"the signature of {found[1]} is not base64 of a key hash and a signature")
    return NoteSignature(found[1], data[:KEY_HASH_SIZE_BYTES], data[KEY_HASH_SIZE_BYTES:])


def _require_form(data: str, signatures: int) -> None:
    try:
        size_bytes = len(data.encode())
    except UnicodeEncodeError:
        raise NoteError("the note is not UTF-8") from None
    if size_bytes > NOTE_SIZE_BYTES_MAX:
        raise NoteError(f"the note has {size_bytes} bytes; {NOTE_SIZE_BYTES_MAX} fit")
    if not 1 <= signatures <= NOTE_SIGNATURES_MAX:
        raise NoteError(f"the note has {signatures} signatures; 1 to {NOTE_SIGNATURES_MAX} fit")
    if _CONTROL.search(data):
        raise NoteError("the note holds a control character; only line feeds are allowed")


def _require_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise NoteError(f"{name!r} cannot name a key: it is empty, or holds a space or a plus")
