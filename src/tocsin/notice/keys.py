"""Ed25519 keys: their ids, signing a document into an envelope, checking one signature.

The primitives are ``cryptography``'s. Which key may do what stands in a roster; where private keys lie is the edge's
business.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .documents import SignedDocument, encode
from .envelope import ED25519, KEY_ID_SIZE_BYTES, Envelope, Magic, Signature

REQUEST_TAG = b"tocsin-request-v1\0"


def key_id(public: bytes) -> bytes:
    """Return the id of a key: the first 8 bytes of SHA-256 over the raw public key."""
    return sha256(public).digest()[:KEY_ID_SIZE_BYTES]


@dataclass(frozen=True)
class SigningKey:
    """A private Ed25519 key. Its ``repr`` shows the id only."""

    _private: Ed25519PrivateKey

    @classmethod
    def from_seed(cls, seed: bytes) -> "SigningKey":
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def seed(self) -> bytes:
        return self._private.private_bytes_raw()

    @property
    def public(self) -> bytes:
        return self._private.public_key().public_bytes_raw()

    @cached_property
    def id(self) -> bytes:
        return key_id(self.public)

    def sign(self, tag: bytes, data: bytes) -> bytes:
        return self._private.sign(tag + data)

    def __repr__(self) -> str:
        return f"SigningKey({self.id.hex()})"


def sign_document(key: SigningKey, magic: Magic, document: bytes) -> Signature:
    return Signature(ED25519, key.id, (key.sign(magic.tag, document),))


def seal(key: SigningKey, magic: Magic, document: SignedDocument) -> Envelope:
    """Return *document* in an envelope with the one signature of *key*."""
    data = encode(document)
    return Envelope(magic, data, (sign_document(key, magic, data),))


def is_signed_by(public: bytes, tag: bytes, data: bytes, signature: bytes) -> bool:
    """Whether *signature* is the one that the raw *public* key made over *tag* and *data*."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, tag + data)
    except InvalidSignature:
        return False
    return True
