"""A passkey's signature over a document: a WebAuthn assertion whose challenge is the document's hash.

``spec/roster.md``, "A passkey's signature". Nothing is parsed that two parsers could read in two ways: the
client data is compared byte by byte (Web Authentication, level 3, 5.8.1.2), and the key has one form. Enrolment is in
``tocsin.people``.
"""

import json
from collections.abc import Iterable
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from .words import b64

# {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y} in the deterministic encoding of CTAP2.
_BEFORE_X = bytes.fromhex("a5010203262001215820")
_BEFORE_Y = bytes.fromhex("225820")
_COORDINATE_SIZE_BYTES = 32
COSE_KEY_SIZE_BYTES = len(_BEFORE_X) + len(_BEFORE_Y) + 2 * _COORDINATE_SIZE_BYTES
_Y_AT = len(_BEFORE_X) + _COORDINATE_SIZE_BYTES

AUTHENTICATOR_DATA_SIZE_BYTES_MIN = 37
_FLAGS_AT = 32
_USER_PRESENT, _USER_VERIFIED = 0x01, 0x04


def cose_key(x: bytes, y: bytes) -> bytes:
    """Return the COSE key of the P-256 point with the coordinates *x* and *y* (32 bytes each)."""
    return _BEFORE_X + x + _BEFORE_Y + y


def is_cose_key(key: bytes) -> bool:
    """Whether *key* is the one form of an ES256 key, and its point lies on the curve."""
    if len(key) != COSE_KEY_SIZE_BYTES or not key.startswith(_BEFORE_X):
        return False
    if key[_Y_AT : _Y_AT + len(_BEFORE_Y)] != _BEFORE_Y:
        return False
    try:
        _numbers(key).public_key()
    except ValueError:
        return False
    return True


def is_right(fields: tuple[bytes, ...], key: bytes, document: bytes, rp_id: str, origins: Iterable[str]) -> bool:
    """Whether *fields* (authenticatorData, clientDataJSON, signature) are what the COSE *key* made over *document*."""
    data, client, signature = fields
    return (
        _is_of_person(data, rp_id) and _is_about(client, document, origins) and _is_signed(data, client, signature, key)
    )


def _is_of_person(data: bytes, rp_id: str) -> bool:
    if len(data) < AUTHENTICATOR_DATA_SIZE_BYTES_MIN or data[:_FLAGS_AT] != sha256(rp_id.encode()).digest():
        return False
    wanted = _USER_PRESENT | _USER_VERIFIED
    return data[_FLAGS_AT] & wanted == wanted


def _is_about(client: bytes, document: bytes, origins: Iterable[str]) -> bool:
    challenge = b64(sha256(document).digest())
    for origin in origins:
        begin = f'{{"type":"webauthn.get","challenge":"{challenge}","origin":{json.dumps(origin)}'.encode()
        rest = client[len(begin) :]
        if client.startswith(begin) and _ends_well(rest):
            return True
    return False


def _ends_well(rest: bytes) -> bool:
    # A page in a foreign frame writes true here. Newer browsers add members of their own behind it.
    later = rest.removeprefix(b',"crossOrigin":false')
    return rest == b"}" or (later != rest and (later == b"}" or later.startswith(b",")))


def _is_signed(data: bytes, client: bytes, signature: bytes, key: bytes) -> bool:
    try:
        decode_dss_signature(signature)  # refuses every spelling of the two numbers but DER's one
        _numbers(key).public_key().verify(signature, data + sha256(client).digest(), ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _numbers(key: bytes) -> EllipticCurvePublicNumbers:
    x, y = key[len(_BEFORE_X) : _Y_AT], key[-_COORDINATE_SIZE_BYTES:]
    return EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), SECP256R1())
