"""Who is believed: only a key that was registered for the sender by hand, and only while it may be used."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

from tocsin import cap
from tocsin.cap import signatures
from tocsin.cap.signatures import Reason, Senders, Verdict

from .conftest import RECEIVED, Office, Verify, office


def test_an_alert_of_a_registered_sender_is_trusted(drill: cap.Alert, duty_office: Office, verify: Verify) -> None:
    trust = verify(signatures.sign(drill, duty_office.key, duty_office.certificate))
    assert trust.reason is Reason.KEY_REGISTERED
    assert trust.verdict is Verdict.TRUSTED
    assert cap.read(trust.document) == drill


def test_a_sender_with_an_rsa_key_is_trusted_as_well(drill: cap.Alert, rsa_office: Office) -> None:
    signed = signatures.sign(drill, rsa_office.key, rsa_office.certificate)
    senders = Senders({drill.sender: (rsa_office.certificate,)})
    assert signatures.verify(signed, senders, RECEIVED).verdict is Verdict.TRUSTED


def test_a_forged_air_raid_with_its_own_certificate_is_untrusted(drill: cap.Alert, verify: Verify) -> None:
    text = "TEST, EXERCISE: air raid alert, forged by the test suite"
    info = replace(drill.infos[0], language="en", event=text, headline=text)
    forger = office("TEST duty office")
    trust = verify(signatures.sign(replace(drill, infos=(info,)), forger.key, forger.certificate))
    assert trust.verdict is Verdict.UNTRUSTED
    assert trust.reason is Reason.KEY_UNKNOWN
    assert "Anybody can make such a message" in trust.words


def test_without_a_registry_nobody_is_trusted(drill: cap.Alert, duty_office: Office) -> None:
    signed = signatures.sign(drill, duty_office.key, duty_office.certificate)
    assert signatures.verify(signed, signatures.NO_SENDERS, RECEIVED).reason is Reason.KEY_UNKNOWN


def test_a_key_counts_for_its_own_sender_only(drill: cap.Alert, duty_office: Office, verify: Verify) -> None:
    elsewhere = replace(drill, sender="other@example.org")
    trust = verify(signatures.sign(elsewhere, duty_office.key, duty_office.certificate))
    assert trust.reason is Reason.KEY_OF_ANOTHER_SENDER
    assert trust.verdict is Verdict.UNTRUSTED


def test_a_certificate_is_judged_at_the_time_of_receipt(drill: cap.Alert, duty_office: Office) -> None:
    signed = signatures.sign(drill, duty_office.key, duty_office.certificate)
    senders = Senders({drill.sender: (duty_office.certificate,)})
    late = signatures.verify(signed, senders, RECEIVED + timedelta(days=400))
    early = signatures.verify(signed, senders, RECEIVED - timedelta(days=31))
    assert (late.reason, early.reason) == (Reason.CERTIFICATE_EXPIRED, Reason.CERTIFICATE_NOT_YET_VALID)
    assert late.verdict is early.verdict is Verdict.UNTRUSTED
    assert cap.read(late.document) == drill


def test_a_new_certificate_is_trusted_beside_the_old_one(drill: cap.Alert, duty_office: Office) -> None:
    successor = office("TEST duty office, next year")
    senders = Senders({drill.sender: (duty_office.certificate, successor.certificate)})
    for each in (duty_office, successor):
        signed = signatures.sign(drill, each.key, each.certificate)
        assert signatures.verify(signed, senders, RECEIVED).verdict is Verdict.TRUSTED


def test_a_renewed_certificate_of_the_same_key_is_trusted_whichever_the_message_brings(drill: cap.Alert) -> None:
    old = office("TEST office", begin=RECEIVED - timedelta(days=800))
    new = office("TEST office", old.key)
    senders = Senders({drill.sender: (old.certificate, new.certificate)})
    for each in (old, new):
        signed = signatures.sign(drill, each.key, each.certificate)
        assert signatures.verify(signed, senders, RECEIVED).verdict is Verdict.TRUSTED
        only_old = Senders({drill.sender: (old.certificate,)})
        assert signatures.verify(signed, only_old, RECEIVED).reason is Reason.CERTIFICATE_EXPIRED


@pytest.mark.parametrize("kind", ["short RSA", "small curve"])
def test_a_registered_key_that_is_too_short_is_not_trusted(drill: cap.Alert, kind: str) -> None:
    key: signatures.SigningKey
    if kind == "short RSA":
        key, method = rsa.generate_private_key(65537, 1024), SignatureMethod.RSA_SHA256
    else:
        key, method = ec.generate_private_key(ec.SECP224R1()), SignatureMethod.ECDSA_SHA256
    weak = office("TEST weak office", key)
    signed = XMLSigner(signature_algorithm=method).sign(
        etree.fromstring(cap.write(drill)), key=key, cert=[weak.certificate]
    )
    trust = signatures.verify(etree.tostring(signed), Senders({drill.sender: (weak.certificate,)}), RECEIVED)
    assert trust.reason is Reason.WEAK_KEY
    assert trust.verdict is Verdict.UNTRUSTED


class Archivist(XMLSigner):
    """Signs as senders did ten years ago."""

    def check_deprecated_methods(self) -> None:
        return


OLD = {
    "DSA": (lambda: dsa.generate_private_key(2048), SignatureMethod.DSA_SHA256, DigestAlgorithm.SHA256),
    "DSA with SHA-1": (lambda: dsa.generate_private_key(1024), SignatureMethod.DSA_SHA1, DigestAlgorithm.SHA1),
    "RSA with SHA-1": (
        lambda: rsa.generate_private_key(65537, 2048), SignatureMethod.RSA_SHA1, DigestAlgorithm.SHA256,
    ),
    "a SHA-1 digest": (
        lambda: rsa.generate_private_key(65537, 2048), SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", OLD)
def test_an_old_algorithm_is_read_and_not_trusted_even_from_a_registered_sender(drill: cap.Alert, kind: str) -> None:
    make, method, digest = OLD[kind]
    archive = office("TEST archive", make())
    signer = Archivist(signature_algorithm=method, digest_algorithm=digest)
    signed = signer.sign(etree.fromstring(cap.write(drill)), key=archive.key, cert=[archive.certificate])
    trust = signatures.verify(
        etree.tostring(signed), Senders({drill.sender: (archive.certificate, archive.key.public_key())}), RECEIVED
    )
    assert (trust.reason, trust.verdict) == (Reason.OLD_ALGORITHM, Verdict.UNTRUSTED)
    assert cap.read(trust.document) == drill


def test_a_bare_public_key_is_registered_as_well(drill: cap.Alert, duty_office: Office) -> None:
    senders = Senders.from_pem({drill.sender: duty_office.public_pem})
    signed = signatures.sign(drill, duty_office.key, duty_office.certificate)
    assert signatures.verify(signed, senders, RECEIVED + timedelta(days=9999)).reason is Reason.KEY_REGISTERED
    forger = office("TEST duty office")
    forged = signatures.sign(drill, forger.key, forger.certificate)
    assert signatures.verify(forged, senders, RECEIVED).reason is Reason.KEY_UNKNOWN
    elsewhere = signatures.sign(replace(drill, sender="other@example.org"), duty_office.key, duty_office.certificate)
    assert signatures.verify(elsewhere, senders, RECEIVED).reason is Reason.KEY_OF_ANOTHER_SENDER


def test_a_message_that_brings_a_bare_key_is_measured_against_the_registered_one(
    drill: cap.Alert, rsa_office: Office
) -> None:
    signed = XMLSigner(signature_algorithm=SignatureMethod.RSA_SHA256).sign(
        etree.fromstring(cap.write(drill)), key=rsa_office.key
    )
    data = etree.tostring(signed)
    assert b"KeyValue" in data
    assert signatures.verify(data, signatures.NO_SENDERS, RECEIVED).reason is Reason.KEY_UNKNOWN
    for pem in (rsa_office.public_pem, rsa_office.certificate_pem):
        senders = Senders.from_pem({drill.sender: pem})
        assert signatures.verify(data, senders, RECEIVED).reason is Reason.KEY_REGISTERED


def test_an_unsigned_alert_is_neither_good_nor_bad(drill: cap.Alert, verify: Verify) -> None:
    data = cap.write(drill)
    trust = verify(data)
    assert (trust.verdict, trust.signatures, trust.document) == (Verdict.NONE, (), data)


def test_every_reason_has_a_code_and_a_sentence() -> None:
    for reason in Reason:
        assert reason.words.endswith(".")
        assert str(reason) == reason.value
        assert isinstance(reason.verdict, Verdict)


def test_a_registry_says_whose_certificate_is_broken(duty_office: Office) -> None:
    good = Senders.from_pem({"demo@example.org": duty_office.certificate_pem})
    assert good.certificates("demo@example.org") == (duty_office.certificate,)
    with pytest.raises(signatures.SendersError, match=r"demo@example\.org"):
        Senders.from_pem({"demo@example.org": b"no certificate"})


def test_one_text_may_hold_several_keys(duty_office: Office, rsa_office: Office) -> None:
    senders = Senders.from_pem({"demo@example.org": duty_office.certificate_pem + b"\n" + rsa_office.public_pem})
    assert senders.certificates("demo@example.org") == (duty_office.certificate,)
    assert senders.knows(rsa_office.key.public_key())


def test_a_private_key_is_not_taken_for_a_public_one(duty_office: Office) -> None:
    with pytest.raises(signatures.SendersError, match="private key is registered"):
        Senders.from_pem({"demo@example.org": duty_office.key_pem})
