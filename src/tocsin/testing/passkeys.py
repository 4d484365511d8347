"""A passkey in software, for tests: it signs as an authenticator and a browser together would.

A real passkey never leaves its authenticator; what is made here protects nothing.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256

from tocsin.notice import WEBAUTHN, Signature, b64, cose_key, key_id

USER_PRESENT, USER_VERIFIED, KEY_ATTACHED = 0x01, 0x04, 0x40


@dataclass(frozen=True)
class SoftPasskey:
    """An ES256 key and the place where it is used."""

    _private: EllipticCurvePrivateKey
    rp_id: str
    origin: str

    @classmethod
    def from_words(cls, words: str, rp_id: str, origin: str) -> "SoftPasskey":
        """Return the passkey that *words* always give."""
        number = int.from_bytes(sha256(words.encode()).digest(), "big") % 2**255 + 1
        return cls(derive_private_key(number, SECP256R1()), rp_id, origin)

    @property
    def public(self) -> bytes:
        """The COSE key in the one form that a roster lists."""
        numbers = self._private.public_key().public_numbers()
        return cose_key(numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big"))

    @property
    def id(self) -> bytes:
        return key_id(self.public)

    def client_data(self, challenge: bytes, kind: str = "webauthn.get", more: str = ',"crossOrigin":false') -> bytes:
        """Return what a browser writes about the ceremony; *more* is what follows the origin."""
        return f'{{"type":"{kind}","challenge":"{b64(challenge)}","origin":{json.dumps(self.origin)}{more}}}'.encode()

    def authenticator_data(self, flags: int = USER_PRESENT | USER_VERIFIED, counter: int = 1) -> bytes:
        return sha256(self.rp_id.encode()).digest() + bytes([flags]) + counter.to_bytes(4, "big")

    def sign_raw(self, data: bytes, client: bytes) -> bytes:
        """Return the DER signature over authenticator data and client data, the same each time (RFC 6979)."""
        return self._private.sign(data + sha256(client).digest(), ECDSA(SHA256(), deterministic_signing=True))

    def sign(self, document: bytes) -> Signature:
        """Return the signature of an envelope over *document*."""
        return self.sign_as(self.authenticator_data(), self.client_data(sha256(document).digest()))

    def sign_as(self, data: bytes, client: bytes) -> Signature:
        """Return the signature over what is given, right or wrong for a document."""
        return Signature(WEBAUTHN, self.id, (data, client, self.sign_raw(data, client)))

    @property
    def credential(self) -> bytes:
        """The credential id that the authenticator gave the key."""
        return sha256(b"credential " + self.public).digest()

    def registration(
        self, challenge: bytes, public: bytes | None = None, flags: int = USER_PRESENT | USER_VERIFIED
    ) -> dict[str, Any]:
        """Return ``RegistrationResponseJSON`` for *challenge*; *public* is a COSE key to send instead of its own."""
        data = self.authenticator_data(flags | KEY_ATTACHED, counter=0)
        data += bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + (public or self.public)
        # {"fmt": "none", "attStmt": {}, "authData": data} in CBOR.
        attestation = bytes.fromhex("a363666d74646e6f6e656761747453746d74a0686175746844617461")
        attestation += b"\x59" + len(data).to_bytes(2, "big") + data
        client = self.client_data(challenge, "webauthn.create")
        return self._credential({"clientDataJSON": b64(client), "attestationObject": b64(attestation)})

    def sign_in(self, challenge: bytes, flags: int = USER_PRESENT | USER_VERIFIED) -> dict[str, Any]:
        """Return ``AuthenticationResponseJSON`` for *challenge*."""
        data, client = self.authenticator_data(flags), self.client_data(challenge)
        answer = {"authenticatorData": data, "clientDataJSON": client, "signature": self.sign_raw(data, client)}
        return self._credential({name: b64(value) for name, value in answer.items()})

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        id = b64(self.credential)
        return {"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}}
