"""Puts the signature of its sender on an alert: enveloped, SHA-256, exclusive canonical form (CAP 1.2, 3.3.4.1).

The bytes that come out are final: printing them anew breaks the signature. Keys are handed in; where they are kept is
decided by whoever runs the house.
"""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

from tocsin.cap import document
from tocsin.cap.limits import LIMITS
from tocsin.cap.model import Alert
from tocsin.cap.reading import read
from tocsin.cap.signatures.form import SIGNATURE
from tocsin.cap.signatures.verification import RSA_BITS_MIN
from tocsin.cap.writing import write

SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class SigningError(ValueError):
    """Nothing was signed; ``code`` is stable, the text says why and what to do. Never publish unsigned instead."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def sign(message: Alert | bytes, key: SigningKey, certificate: x509.Certificate) -> bytes:
    """Return *message* as a signed CAP 1.2 document, with *certificate* inside for whoever looks for it.

    Bytes are signed as they are, down to the last blank. Raises ``CapError`` for a message that is no valid CAP 1.2,
    and ``SigningError`` for one that is signed already, and for a key of another certificate or of a weak kind.
    """
    data = write(message) if isinstance(message, Alert) else message
    read(data)
    method = _method(key)
    if key.public_key() != certificate.public_key():
        raise SigningError("key-mismatch", "This certificate belongs to another key: give two that belong together.")
    root = document.parsed(data, LIMITS)
    if root.find(SIGNATURE) is not None:
        raise SigningError(
            "already-signed", "The alert is signed, and a second signature would break the first. Sign the original."
        )
    signer = XMLSigner(
        signature_algorithm=method,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    try:
        signed = signer.sign(root, key=key, cert=[certificate])
    except etree.C14NError:
        raise SigningError(
            "no-canonical-form", "A namespace of the alert is a relative address: give it a whole one, or take it out."
        ) from None
    return etree.tostring(signed, encoding="UTF-8", xml_declaration=True) + b"\n"


def _method(key: SigningKey) -> SignatureMethod:
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size < RSA_BITS_MIN:
            raise SigningError("weak-key", f"An RSA key has at least {RSA_BITS_MIN} bits: make a longer one.")
        return SignatureMethod.RSA_SHA256
    if not isinstance(key.curve, ec.SECP256R1):
        raise SigningError("unknown-curve", "Sign with a key on the curve P-256: every receiver knows it.")
    return SignatureMethod.ECDSA_SHA256
