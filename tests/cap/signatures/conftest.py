"""Senders of the tests, made anew each time: their keys, certificates and alerts. All of it says that it is a test."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from tocsin.cap import signatures

RECEIVED = datetime(2026, 3, 1, 4, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Office:
    """Somebody with a key and a certificate that they made themselves."""

    key: signatures.SigningKey
    certificate: x509.Certificate

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def office(
    name: str,
    key: signatures.SigningKey | None = None,
    begin: datetime = RECEIVED - timedelta(days=30),
    days: int = 365,
) -> Office:
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return Office(key, certificate)


@pytest.fixture(scope="session")
def duty_office() -> Office:
    return office("TEST duty office")


@pytest.fixture(scope="session")
def rsa_office() -> Office:
    return office("TEST office with RSA", rsa.generate_private_key(65537, 2048))


@pytest.fixture
def xmlsec1() -> str:
    program = shutil.which("xmlsec1")
    if program is None:
        pytest.skip("the second opinion, Debian's xmlsec1, is not installed")
    return program


@pytest.fixture
def registered(duty_office: Office) -> signatures.Senders:
    """What a receiver has when it got the duty office's certificate another way."""
    return signatures.Senders({"demo@example.org": (duty_office.certificate,)})


Verify = Callable[[bytes], signatures.Trust]


@pytest.fixture
def verify(registered: signatures.Senders) -> Verify:
    return lambda data: signatures.verify(data, registered, RECEIVED)


@pytest.fixture
def files(tmp_path: Path, duty_office: Office) -> Path:
    """A folder with the key and the certificate of the duty office, for programs."""
    (tmp_path / "key.pem").write_bytes(duty_office.key_pem)
    (tmp_path / "certificate.pem").write_bytes(duty_office.certificate_pem)
    return tmp_path
