"""The envelope: a document and its signatures in a small binary framing, the same on every path.

``spec/notice.md``, "The envelope". It reads and writes bytes and knows neither what the document says nor whom to
believe: that is ``verification``.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Self

from .words import b64

ENVELOPE_SIZE_BYTES_MAX = 3_900  # one Web Push message holds 3,993
# Rosters and revocation lists travel on the stream and over HTTP only; a length on the wire has two bytes.
TRUST_SIZE_BYTES_MAX = 60_000
SIGNATURES_MAX = 8  # more people than any threshold asks for
FIELDS_MAX = 8
KEY_ID_SIZE_BYTES = 8

ED25519 = 1
WEBAUTHN = 2
_FIELDS = {ED25519: 1, WEBAUTHN: 3}


class Magic(bytes, Enum):
    """What the document is."""

    NOTICE = b"TCN1"
    HEARTBEAT = b"TCH1"
    ROSTER = b"TCR1"
    REVOCATION = b"TCV1"

    @property
    def size_bytes_max(self) -> int:
        """How large an envelope with such a document may be."""
        return TRUST_SIZE_BYTES_MAX if self in (Magic.ROSTER, Magic.REVOCATION) else ENVELOPE_SIZE_BYTES_MAX

    @property
    def tag(self) -> bytes:
        """What an Ed25519 key signs before the document, so that no signature can be taken for one of another kind."""
        return f"tocsin-{self.name.lower()}-v1".encode() + b"\0"


class FramingError(ValueError):
    """The bytes are no envelope; the text says what was found."""

    code = "framing"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: its type, the id of the key (8 bytes) and its fields."""

    type: int
    key: bytes
    fields: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A document and who signed it."""

    magic: Magic
    document: bytes
    signatures: tuple[Signature, ...]

    def pack(self) -> bytes:
        """Return the bytes that travel. Raises ``FramingError`` over a limit."""
        parts = [self.magic.value, _u16(self.document), self.document, bytes([len(self.signatures)])]
        for signature in self.signatures:
            parts += [bytes([signature.type]), signature.key, bytes([len(signature.fields)])]
            parts += [part for field in signature.fields for part in (_u16(field), field)]
        data = b"".join(parts)
        _require_size(data, self.magic)
        if not 1 <= len(self.signatures) <= SIGNATURES_MAX:
            raise FramingError(f"the envelope has {len(self.signatures)} signatures; 1 to {SIGNATURES_MAX} fit")
        return data

    @classmethod
    def unpack(cls, data: bytes, magic: Magic) -> Self:
        """Read an envelope to its last byte. Raises ``FramingError``."""
        _require_size(data, magic)
        reader = _Reader(data)
        if (found := reader.take(len(magic))) != magic.value:
            raise FramingError(f"the envelope begins with {found!r}, not {magic.value!r}")
        document = reader.sized()
        count = reader.number()
        if not 1 <= count <= SIGNATURES_MAX:
            raise FramingError(f"the envelope has {count} signatures; 1 to {SIGNATURES_MAX} fit")
        signatures = tuple(_read_signature(reader) for _ in range(count))
        if reader.rest:
            raise FramingError(f"{reader.rest} bytes follow the last signature")
        return cls(magic, document, signatures)

    def b64(self) -> str:
        return b64(self.pack())


def _require_size(data: bytes, magic: Magic) -> None:
    if len(data) > magic.size_bytes_max:
        raise FramingError(f"the envelope has {len(data)} bytes; {magic.size_bytes_max} fit")


def _read_signature(reader: "_Reader") -> Signature:
    kind, key, count = reader.number(), reader.take(KEY_ID_SIZE_BYTES), reader.number()
    if count > FIELDS_MAX or count != _FIELDS.get(kind, count):
        raise FramingError(f"a signature of type {kind} has {count} fields")
    return Signature(kind, key, tuple(reader.sized() for _ in range(count)))


def _u16(data: bytes) -> bytes:
    if len(data) > 0xFFFF:
        raise FramingError(f"a field has {len(data)} bytes; {0xFFFF} fit")
    return len(data).to_bytes(2, "big")


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def rest(self) -> int:
        return len(self._data) - self._at

    def take(self, size: int) -> bytes:
        if size > self.rest:
            raise FramingError(f"the envelope ends {size - self.rest} bytes early")
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self) -> int:
        return self.take(1)[0]

    def sized(self) -> bytes:
        return self.take(int.from_bytes(self.take(2), "big"))
