"""What can be done to a signed alert without its key. Nothing of it may change what a receiver is shown as signed."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from lxml import etree

from tocsin import cap
from tocsin.cap import signatures
from tocsin.cap.signatures import Reason, Relaxation, Senders, Verdict

from .conftest import RECEIVED, Office, Verify, office

HEADLINE = "НАВЧАННЯ. Це не справжня тривога"
SIGNATURE = re.compile(rb"<ds:Signature.*</ds:Signature>", re.DOTALL)


@pytest.fixture
def signed(drill: cap.Alert, duty_office: Office) -> bytes:
    return signatures.sign(drill, duty_office.key, duty_office.certificate)


def edited(data: bytes, old: str, new: str) -> bytes:
    assert old.encode() in data
    return data.replace(old.encode(), new.encode(), 1)


EDITS: dict[str, Callable[[bytes], bytes]] = {
    "a word": lambda data: edited(data, HEADLINE, "НАВЧАННЯ скасовано"),
    "the status": lambda data: edited(data, "<status>Exercise<", "<status>Test<"),
    "the sender": lambda data: edited(data, "<sender>demo@", "<sender>other@"),
    "a blank": lambda data: edited(data, "Це не", "Це  не"),
    "an instruction inside a text": lambda data: edited(data, "Це не", "Це<?cut here?> не"),
    "an info behind the signature": lambda data: edited(data, "</alert>", "<info><event>TEST</event></info></alert>"),
    "an info before the signature": lambda data: edited(data, "<ds:Signature", "<info/><ds:Signature"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_a_changed_alert_is_invalid(signed: bytes, verify: Verify, edit: Callable[[bytes], bytes]) -> None:
    trust = verify(edit(signed))
    assert trust.reason is Reason.DIGEST_MISMATCH
    assert trust.verdict is Verdict.INVALID


def test_a_comment_cannot_shorten_what_is_shown(signed: bytes, verify: Verify) -> None:
    trust = verify(edited(signed, "Це не справжня", "Це<!-- --> не справжня"))
    assert trust.verdict is Verdict.TRUSTED
    assert b"<!--" not in trust.document
    assert cap.read(trust.document).infos[0].headline == HEADLINE


def test_an_instruction_before_the_alert_is_not_shown_as_signed(signed: bytes, verify: Verify) -> None:
    trust = verify(edited(signed, "<alert", '<?xml-stylesheet href="file:///etc/passwd"?><alert'))
    assert trust.verdict is Verdict.TRUSTED
    assert b"stylesheet" not in trust.document


def test_a_forged_alert_around_the_signed_one_is_not_signed(signed: bytes, verify: Verify) -> None:
    inner = signed.partition(b"?>")[2]
    forged = b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><note>TEST forgery</note>' + inner + b"</alert>"
    assert verify(forged).verdict is Verdict.NONE


def test_a_signature_moved_into_an_info_signs_nothing(signed: bytes, verify: Verify) -> None:
    found = SIGNATURE.search(signed)
    assert found is not None
    forged = edited(SIGNATURE.sub(b"", signed).decode().encode(), HEADLINE, "НАВЧАННЯ, TEST forgery")
    forged = forged.replace(b"</info>", found[0] + b"</info>")
    assert verify(forged).verdict is Verdict.NONE


def test_a_second_signature_breaks_the_first(signed: bytes, verify: Verify, drill: cap.Alert) -> None:
    forger = office("TEST forger")
    other = SIGNATURE.search(signatures.sign(drill, forger.key, forger.certificate))
    assert other is not None
    trust = verify(signed.replace(b"</alert>", other[0] + b"</alert>"))
    assert trust.verdict is not Verdict.TRUSTED


def test_more_signatures_than_anybody_makes_are_not_looked_at(signed: bytes, verify: Verify) -> None:
    found = SIGNATURE.search(signed)
    assert found is not None
    trust = verify(signed.replace(b"</alert>", found[0] * 100 + b"</alert>"))
    assert trust.reason is Reason.TOO_MANY_SIGNATURES


# Each would keep a verifier busy for a second; none of it comes from a service that warns.
COSTLY: dict[str, tuple[str, str]] = {
    "a megabyte of certificates": (
        "<ds:X509Data>",
        "<ds:X509Data>" + "<ds:X509SubjectName>TEST</ds:X509SubjectName>" * 999,
    ),
    "elements": ("<info>", "<code>TEST</code>" * 14_000 + "<info>"),
    "attributes": ("<code", "<code " + " ".join(f'a{number}=""' for number in range(3000))),
    "namespaces": ("<info>", "<info " + " ".join(f'xmlns:a{number}="TEST"' for number in range(100)) + ">"),
}


@pytest.mark.parametrize("kind", COSTLY)
def test_what_costs_too_much_is_not_verified_and_not_trusted(signed: bytes, verify: Verify, kind: str) -> None:
    old, new = COSTLY[kind]
    trust = verify(edited(edited(signed, "<info>", "<code/><info>"), old, new))
    assert (trust.reason, trust.verdict) == (Reason.TOO_LARGE, Verdict.UNVERIFIABLE)


def test_a_hostile_message_with_all_the_work_that_is_allowed_is_answered(signed: bytes, verify: Verify) -> None:
    genuine = SIGNATURE.search(signed)
    assert genuine is not None
    text = edited(signed, "<note>", "<note>" + "TEST " * 190_000)
    assert verify(text).reason is Reason.DIGEST_MISMATCH
    assert verify(text.replace(b"</alert>", genuine[0] + b"</alert>")).verdict is Verdict.INVALID


@pytest.mark.parametrize("name", ["note", "ds:KeyInfo"])
def test_a_name_with_letters_of_another_alphabet_breaks_no_verifier(signed: bytes, verify: Verify, name: str) -> None:
    """Found by fuzzing: the names were written in ASCII, which has no way to write them."""
    odd = signed.decode().replace(f"<{name}", f"<{name}є").replace(f"</{name}>", f"</{name}є>")
    assert verify(odd.encode()).verdict is not Verdict.TRUSTED


def test_the_signature_of_another_alert_is_invalid(
    signed: bytes, verify: Verify, drill: cap.Alert, duty_office: Office
) -> None:
    other = signatures.sign(replace(drill, identifier="drill-2"), duty_office.key, duty_office.certificate)
    theirs = SIGNATURE.search(other)
    assert theirs is not None
    assert verify(SIGNATURE.sub(lambda _: theirs[0], signed)).verdict is Verdict.INVALID


def test_an_indented_copy_is_told_from_a_forgery(drill: cap.Alert, duty_office: Office, verify: Verify) -> None:
    bare = etree.fromstring(cap.write(drill), etree.XMLParser(remove_blank_text=True))
    root = etree.fromstring(signatures.sign(etree.tostring(bare), duty_office.key, duty_office.certificate))
    etree.indent(root, space="\t")
    copy = etree.tostring(root, encoding="UTF-8")
    trust = verify(copy)
    assert trust.reason is Reason.REINDENTED
    assert trust.verdict is Verdict.UNVERIFIABLE
    assert trust.document == copy
    assert verify(edited(copy, HEADLINE, "НАВЧАННЯ скасовано")).verdict is Verdict.INVALID


@pytest.mark.parametrize("value", ["SignatureValue", "DigestValue", "X509Certificate"])
def test_bits_that_base64_does_not_use_are_looked_at(drill: cap.Alert, value: str) -> None:
    # A text that ends in one or two = has such bits; a key is made anew until its certificate ends so.
    for _ in range(100):
        maker = office("TEST office")
        signed = signatures.sign(drill, maker.key, maker.certificate).decode()
        match = re.search(rf"<ds:{value}>([^<]*?)([A-Za-z0-9+/])(=+)\s*</ds:{value}>", signed)
        if match is not None:
            break
    assert match is not None
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    altered = alphabet[alphabet.index(match[2]) + 1]
    position = match.start(2)
    trust = signatures.verify(
        (signed[:position] + altered + signed[position + 1 :]).encode(),
        Senders({drill.sender: (maker.certificate,)}),
        RECEIVED,
    )
    assert trust.reason is Reason.BASE64_NOT_CANONICAL
    assert trust.verdict is Verdict.INVALID


UNVERIFIABLE: dict[str, tuple[str, str, Reason]] = {
    "a shared secret": (
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        Reason.UNKNOWN_ALGORITHM,
    ),
    "MD5": (
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#md5",
        Reason.UNKNOWN_ALGORITHM,
    ),
    "a part of the alert": ('URI=""', 'URI="#part"', Reason.ODD_REFERENCE),
    "a file": ('URI=""', 'URI="file:///etc/hostname"', Reason.ODD_REFERENCE),
    "another server": ('URI=""', 'URI="http://127.0.0.1:9/"', Reason.ODD_REFERENCE),
    "XPath": (
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        Reason.ODD_REFERENCE,
    ),
    "XSLT": (
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        Reason.ODD_REFERENCE,
    ),
    "no value": ("ds:SignatureValue", "ds:Value", Reason.INCOMPLETE),
    "two references": (
        "</ds:SignedInfo>",
        '<ds:Reference xmlns:ds="http://www.w3.org/2000/09/xmldsig#" URI=""/></ds:SignedInfo>',
        Reason.INCOMPLETE,
    ),
    "a certificate that is none": ("<ds:X509Certificate>", "<ds:X509Certificate>AAAA", Reason.CERTIFICATE_UNREADABLE),
    "a certificate that is no base64": ("<ds:X509Certificate>", "<ds:X509Certificate>?", Reason.CERTIFICATE_UNREADABLE),
}


@pytest.mark.parametrize(("old", "new", "reason"), UNVERIFIABLE.values(), ids=UNVERIFIABLE.keys())
def test_what_is_not_understood_is_unverifiable(
    signed: bytes, verify: Verify, old: str, new: str, reason: Reason
) -> None:
    assert old.encode() in signed
    trust = verify(signed.replace(old.encode(), new.encode()))
    assert trust.reason is reason
    assert trust.verdict is Verdict.UNVERIFIABLE
    assert trust.document == signed.replace(old.encode(), new.encode())


def test_a_signature_value_that_is_no_base64_is_invalid(signed: bytes, verify: Verify) -> None:
    assert verify(edited(signed, "<ds:SignatureValue>", "<ds:SignatureValue>?")).reason is Reason.BASE64_MALFORMED


def test_a_message_that_hides_its_key_is_verified_with_the_registered_one(
    signed: bytes, verify: Verify, duty_office: Office
) -> None:
    hidden = re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", b"", signed, flags=re.DOTALL)
    assert verify(hidden).verdict is Verdict.TRUSTED
    assert signatures.verify(hidden, signatures.NO_SENDERS, RECEIVED).reason is Reason.NO_KEY


def test_a_message_that_names_its_certificate_only_asks_no_store(signed: bytes) -> None:
    named = re.sub(
        rb"<ds:X509Certificate>.*</ds:X509Certificate>",
        b"<ds:X509SubjectName>CN=TEST</ds:X509SubjectName>",
        signed,
        flags=re.DOTALL,
    )
    assert signatures.verify(named, signatures.NO_SENDERS, RECEIVED).reason is Reason.NO_KEY


def test_relaxations_are_overlooked_for_a_source_and_recorded(signed: bytes, registered: Senders) -> None:
    odd = edited(signed, "<ds:Signature ", '<ds:Signature Id="TEST Signature" ')
    strict = signatures.verify(odd, registered, RECEIVED)
    assert strict.reason is Reason.ODD_FORM
    allowed = signatures.verify(odd, registered, RECEIVED, relaxations=frozenset(Relaxation))
    assert allowed.verdict is Verdict.TRUSTED
    assert allowed.relaxations == {Relaxation.ANY_FORM}
    plain = signatures.verify(signed, registered, RECEIVED, relaxations=frozenset(Relaxation))
    assert plain.relaxations == frozenset()
