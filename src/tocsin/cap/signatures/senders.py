"""Whose key is whose: keys that were registered for a sender by hand, received another way than with a message.

No authority vouches for a sender here: a key counts because it is in this list, and for the sender it is listed under
only. A certificate counts while it is valid, a bare public key until it is taken out. Where the list is kept, and who
may change it, is decided by whoever runs the house.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

PublicKey = PublicKeyTypes
Pin = x509.Certificate | PublicKey

_BLOCK = re.compile(rb"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)


class SendersError(ValueError):
    """A registered key cannot be used; the text says whose and what to do."""

    code = "sender-key"


class Senders:
    """The keys of each sender, by the exact text of its ``sender`` element."""

    def __init__(self, pins: Mapping[str, tuple[Pin, ...]]) -> None:
        self._pins = {sender: tuple(pins[sender]) for sender in pins}
        self._known = {key_bytes(each) for listed in self._pins.values() for each in listed}

    @classmethod
    def from_pem(cls, pems: Mapping[str, bytes]) -> Self:
        """Return the registry of PEM texts by sender. Raises ``SendersError``.

        One text may hold several blocks, each a certificate or a public key.
        """
        return cls({sender: _pins(sender, pem) for sender, pem in pems.items()})

    def certificates(self, sender: str) -> tuple[x509.Certificate, ...]:
        return tuple(each for each in self._pins.get(sender, ()) if isinstance(each, x509.Certificate))

    def pins(self, sender: str, key: PublicKey) -> tuple[Pin, ...]:
        """Return what is registered for *sender* with this *key*: certificates, the bare key, or nothing."""
        wanted = key_bytes(key)
        return tuple(each for each in self._pins.get(sender, ()) if key_bytes(each) == wanted)

    def knows(self, key: PublicKey) -> bool:
        """Tell whether *key* is registered for anybody."""
        return key_bytes(key) in self._known


NO_SENDERS = Senders({})


def key_bytes(pin: Pin) -> bytes:
    """Return the public key in DER. Two certificates of one key give the same bytes."""
    key = pin.public_key() if isinstance(pin, x509.Certificate) else pin
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: PublicKey) -> str:
    """Return the SHA-256 of the key's DER in hex, as ``openssl pkey -pubin -outform DER | sha256sum`` prints it."""
    return sha256(key_bytes(key)).hexdigest()


def _pins(sender: str, pem: bytes) -> tuple[Pin, ...]:
    blocks = list(_BLOCK.finditer(pem))
    if not blocks:
        raise SendersError(f"There is no key in PEM for {sender}: export its certificate or public key again.")
    return tuple(_pin(sender, block[1].decode(), block[0]) for block in blocks)


def _pin(sender: str, kind: str, block: bytes) -> Pin:
    try:
        if kind == "CERTIFICATE":
            certificate = x509.load_pem_x509_certificate(block)
            key_bytes(certificate)
            return certificate
        if kind == "PUBLIC KEY":
            return load_pem_public_key(block)
    except (ValueError, UnsupportedAlgorithm) as why:
        raise SendersError(f"The {kind.lower()} of {sender} cannot be read ({why}): export it again.") from why
    raise SendersError(f"A {kind.lower()} is registered for {sender}: give its CERTIFICATE or PUBLIC KEY.")
