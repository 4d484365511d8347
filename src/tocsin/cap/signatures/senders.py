"""Whose key is whose: certificates that were registered for a sender by hand, received another way than with a message.

No authority vouches for a sender here: a certificate counts because it is in this list, and for the sender it is listed
under only. Where the list is kept, and who may change it, is decided by whoever runs the house.
"""

from collections.abc import Mapping
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class SendersError(ValueError):
    """A registered certificate cannot be used; the text says whose and what to do."""

    code = "sender-certificate"


class Senders:
    """The certificates of each sender, by the exact text of its ``sender`` element."""

    def __init__(self, certificates: Mapping[str, tuple[x509.Certificate, ...]]) -> None:
        self._certificates = {sender: tuple(certificates[sender]) for sender in certificates}
        self._keys = {key_bytes(each) for listed in self._certificates.values() for each in listed}

    @classmethod
    def from_pem(cls, pems: Mapping[str, bytes]) -> Self:
        """Return the registry of PEM texts by sender; one may hold several certificates. Raises ``SendersError``."""
        certificates = {}
        for sender, pem in pems.items():
            try:
                certificates[sender] = tuple(x509.load_pem_x509_certificates(pem))
            except ValueError as why:
                raise SendersError(
                    f"The certificate of {sender} is no PEM certificate ({why}): export it again."
                ) from why
        return cls(certificates)

    def certificates(self, sender: str) -> tuple[x509.Certificate, ...]:
        return self._certificates.get(sender, ())

    def knows(self, certificate: x509.Certificate) -> bool:
        """Tell whether the key of *certificate* is registered for anybody."""
        return key_bytes(certificate) in self._keys


NO_SENDERS = Senders({})


def key_bytes(certificate: x509.Certificate) -> bytes:
    """Return the public key in DER. Two certificates of one key give the same bytes."""
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
