"""What we sign, others verify: Debian's xmlsec1 gives the second opinion, both ways."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tocsin import cap
from tocsin.cap import signatures
from tocsin.cap.signatures import Reason, Senders, SigningError, Verdict

from .conftest import RECEIVED, Office, Verify, office

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
COMMENTS = f"{INCLUSIVE}#WithComments"
INCLUSIVE_1_1 = "http://www.w3.org/2006/12/xml-c14n11"


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([program, *map(str, arguments)], capture_output=True, check=False)


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_what_we_sign_verifies_with_xmlsec1(
    drill: cap.Alert, duty_office: Office, rsa_office: Office, xmlsec1: str, tmp_path: Path, kind: str
) -> None:
    signer = duty_office if kind == "ecdsa" else rsa_office
    certificate, alert = tmp_path / "certificate.pem", tmp_path / "alert.xml"
    certificate.write_bytes(signer.certificate_pem)
    signed = signatures.sign(drill, signer.key, signer.certificate)
    alert.write_bytes(signed)
    when = RECEIVED.strftime("%Y-%m-%d %H:%M:%S")
    command = ("--verify", "--verification-time", when, "--trusted-pem", certificate, alert)
    good = run(xmlsec1, *command)
    assert good.returncode == 0, good.stderr.decode()
    alert.write_bytes(signed.replace(b"drill-1", b"drill-2"))
    assert run(xmlsec1, *command).returncode != 0


@pytest.mark.parametrize("prefix", ["", "ds"])
@pytest.mark.parametrize("canonical", [EXCLUSIVE, INCLUSIVE, COMMENTS, INCLUSIVE_1_1])
def test_what_xmlsec1_signs_verifies_here(
    drill: cap.Alert, xmlsec1: str, files: Path, verify: Verify, canonical: str, prefix: str
) -> None:
    # Inclusive forms in a default namespace are what a national aggregator sends, and what lxml alone gets wrong.
    name, mark = (f"{prefix}:", f":{prefix}") if prefix else ("", "")
    template = f"""<{name}Signature xmlns{mark}="http://www.w3.org/2000/09/xmldsig#"><{name}SignedInfo>
    <{name}CanonicalizationMethod Algorithm="{canonical}"/>
    <{name}SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/>
    <{name}Reference URI=""><{name}Transforms>
      <{name}Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></{name}Transforms>
      <{name}DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
      <{name}DigestValue/></{name}Reference></{name}SignedInfo>
    <{name}SignatureValue/><{name}KeyInfo><{name}X509Data/></{name}KeyInfo></{name}Signature></alert>"""
    alert, signed = files / "alert.xml", files / "signed.xml"
    alert.write_bytes(cap.write(drill).replace(b"</alert>", template.encode()))
    keys = f"{files / 'key.pem'},{files / 'certificate.pem'}"
    outcome = run(xmlsec1, "--sign", "--privkey-pem", keys, "--output", signed, alert)
    assert outcome.returncode == 0, outcome.stderr.decode()
    trust = verify(signed.read_bytes())
    assert trust.reason is Reason.KEY_REGISTERED
    assert trust.relaxations == frozenset()
    assert cap.read(trust.document) == drill
    assert verify(signed.read_bytes().replace(b"drill-1", b"drill-2")).verdict is Verdict.INVALID


def test_bytes_are_signed_as_they_are(drill: cap.Alert, duty_office: Office, verify: Verify) -> None:
    data = cap.write(drill).replace(b"\n  <sender>", b"\n\n\t <!-- kept --> <sender>")
    signed = signatures.sign(data, duty_office.key, duty_office.certificate)
    assert b"\n\n\t <!-- kept --> <sender>" in signed
    assert verify(signed).verdict is Verdict.TRUSTED


def test_a_signed_alert_is_still_valid_cap(drill: cap.Alert, duty_office: Office) -> None:
    signed = signatures.sign(drill, duty_office.key, duty_office.certificate)
    assert cap.read(signed) == drill


def test_an_alert_that_is_signed_already_is_not_signed_again(drill: cap.Alert, duty_office: Office) -> None:
    signed = signatures.sign(drill, duty_office.key, duty_office.certificate)
    with pytest.raises(SigningError) as refused:
        signatures.sign(signed, duty_office.key, duty_office.certificate)
    assert refused.value.code == "already-signed"


def test_a_message_that_is_no_valid_alert_is_not_signed(drill: cap.Alert, duty_office: Office) -> None:
    with pytest.raises(cap.CapError):
        signatures.sign(b"<alert/>", duty_office.key, duty_office.certificate)
    with pytest.raises(cap.CapError):
        signatures.sign(replace(drill, identifier=""), duty_office.key, duty_office.certificate)


def test_a_key_and_a_certificate_that_do_not_belong_together_sign_nothing(
    drill: cap.Alert, duty_office: Office, rsa_office: Office
) -> None:
    with pytest.raises(SigningError) as refused:
        signatures.sign(drill, duty_office.key, rsa_office.certificate)
    assert refused.value.code == "key-mismatch"


def test_nothing_is_signed_with_a_key_that_others_refuse(drill: cap.Alert) -> None:
    short, odd = (
        office("TEST", rsa.generate_private_key(65537, 1024)),
        office("TEST", ec.generate_private_key(ec.SECP384R1())),
    )
    for each, code in ((short, "weak-key"), (odd, "unknown-curve")):
        with pytest.raises(SigningError) as refused:
            signatures.sign(drill, each.key, each.certificate)
        assert refused.value.code == code


def test_old_algorithms_are_read_and_never_trusted(
    drill: cap.Alert, rsa_office: Office, xmlsec1: str, tmp_path: Path
) -> None:
    template = """<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>
    <CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
    <SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"/>
    <Reference URI=""><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms>
    <DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/><DigestValue/></Reference></SignedInfo>
    <SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature></alert>"""
    (tmp_path / "key.pem").write_bytes(rsa_office.key_pem)
    (tmp_path / "certificate.pem").write_bytes(rsa_office.certificate_pem)
    alert, signed = tmp_path / "alert.xml", tmp_path / "signed.xml"
    alert.write_bytes(cap.write(drill).replace(b"</alert>", template.encode()))
    keys = f"{tmp_path / 'key.pem'},{tmp_path / 'certificate.pem'}"
    outcome = run(xmlsec1, "--sign", "--privkey-pem", keys, "--output", signed, alert)
    assert outcome.returncode == 0, outcome.stderr.decode()
    senders = Senders({drill.sender: (rsa_office.certificate,)})
    trust = signatures.verify(signed.read_bytes(), senders, RECEIVED)
    assert trust.reason is Reason.OLD_ALGORITHM
    assert trust.verdict is Verdict.UNTRUSTED
    assert cap.read(trust.document) == drill


def test_an_alert_without_a_canonical_form_is_not_signed(drill: cap.Alert, duty_office: Office) -> None:
    data = cap.write(drill).replace(b"<alert ", b'<alert xmlns:test="relative" ')
    with pytest.raises(signatures.SigningError) as refusal:
        signatures.sign(data, duty_office.key, duty_office.certificate)
    assert refusal.value.code == "no-canonical-form"
