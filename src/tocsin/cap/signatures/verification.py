"""Is a message to be trusted? From its bytes, the registered keys and the time of receipt to one verdict.

A certificate inside a message proves nothing about who made it: it only tells a whole message from a damaged one.
Nothing here refuses a message; whether it is well-formed CAP is ``tocsin.cap.reading``'s business, and the verdict may
be worse than its caller hopes, never better.
"""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.utils import CryptographyDeprecationWarning
from lxml import etree

from tocsin.cap import document
from tocsin.cap.limits import LIMITS, Limits
from tocsin.cap.signatures.arithmetic import Fit, Misfit, fits, has_regular_form
from tocsin.cap.signatures.form import SIGNATURE, Form, form_of
from tocsin.cap.signatures.senders import Senders, key_bytes
from tocsin.cap.signatures.verdicts import Reason, Relaxation, SignatureVerdict, Trust, Verdict
from tocsin.cap.structure import text_of

# Agency and aggregator make two; the survey has never seen three.
SIGNATURES_MAX = 3

# What NIST and the BSI still accept for RSA; shorter ones have been factored.
RSA_BITS_MIN = 2048
CURVE_BITS_MIN = 256

NO_RELAXATIONS: frozenset[Relaxation] = frozenset()

# Of several signatures that are not trusted the worst one speaks: a forger may add a good one of his own.
_WORST_FIRST = (Verdict.INVALID, Verdict.UNVERIFIABLE, Verdict.UNTRUSTED)


def verify(
    data: bytes,
    senders: Senders,
    at: datetime,
    *,
    relaxations: frozenset[Relaxation] = NO_RELAXATIONS,
    limits: Limits = LIMITS,
) -> Trust:
    """Return what the signatures of the alert *data* are worth at the time of receipt *at* (aware).

    *relaxations* are those of the source. Read values from ``Trust.document`` only. Raises ``CapError`` if *data* is no
    XML document that can be looked at without harm, or no alert.
    """
    root = document.parsed(data, limits)
    count = len(root.findall(SIGNATURE))
    if count == 0:
        return Trust(Reason.NO_SIGNATURE, data)
    if count > SIGNATURES_MAX:
        return Trust(Reason.TOO_MANY_SIGNATURES, data)
    judged = [_judged(root, number, senders, at, relaxations) for number in range(count)]
    verdicts = tuple(verdict for verdict, _ in judged)
    leading, signed = _leading(judged)
    return Trust(leading.reason, data if signed is None else signed, verdicts, leading.relaxations)


_Judged = tuple[SignatureVerdict, bytes | None]


def _leading(judged: list[_Judged]) -> _Judged:
    for wanted in (Verdict.TRUSTED, *_WORST_FIRST):
        for each in judged:
            if each[0].verdict is wanted:
                return each
    raise AssertionError("a signature has one of these verdicts")


def _judged(
    root: etree._Element, number: int, senders: Senders, at: datetime, relaxations: frozenset[Relaxation]
) -> _Judged:
    signature = root.findall(SIGNATURE)[number]
    form = form_of(signature)
    if isinstance(form, Reason):
        return SignatureVerdict(form), None
    registered = senders.certificates(_sender_of(root))
    attempt = _first_fit(root, number, form, registered)
    if isinstance(attempt, Reason):
        return SignatureVerdict(attempt), None
    fit, certificate, needed, reindented = attempt
    verdict = SignatureVerdict(_reason(form, certificate, registered, senders, at), fit.key)
    if not has_regular_form(signature):
        needed |= {Relaxation.ANY_FORM}
    if reindented:
        return replace(verdict, reason=Reason.REINDENTED), None
    if missing := needed - relaxations:
        left_out = Relaxation.WITHOUT_OTHER_SIGNATURES in missing
        return replace(verdict, reason=Reason.OTHER_SIGNATURES_LEFT_OUT if left_out else Reason.ODD_FORM), None
    return replace(verdict, relaxations=needed), fit.signed


def _sender_of(root: etree._Element) -> str:
    namespace = etree.QName(root).namespace
    named = root.findall(f"{{{namespace}}}sender")
    # An alert with two senders is none; a key must not count for one of them.
    return text_of(named[0]) if len(named) == 1 else ""


def _certificate(der: bytes) -> x509.Certificate:
    with warnings.catch_warnings():
        # A national service signs with a certificate whose serial number is negative. It is only asked for its key.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        certificate = x509.load_der_x509_certificate(der)
        key_bytes(certificate)
    return certificate


_Attempt = tuple[Fit, x509.Certificate | None, frozenset[Relaxation], bool]


def _first_fit(
    root: etree._Element, number: int, form: Form, registered: tuple[x509.Certificate, ...]
) -> _Attempt | Reason:
    """Try the registered keys, then those inside the message, over the alert as it is and as it may have been."""
    try:
        own = [_certificate(each) for each in form.certificates]
    except (ValueError, UnsupportedAlgorithm):
        return Reason.CERTIFICATE_UNREADABLE
    # A certificate that is repeated, or registered as well, is tried once.
    distinct = {key_bytes(each): each for each in (*own, *registered)}
    keys: list[x509.Certificate | None] = [*registered]
    keys += [each for each in distinct.values() if each not in registered]
    if form.has_key_value:
        keys.append(None)
    if not keys:
        return Reason.NO_KEY
    misfits = set()
    for variant, position, needed, reindented in _variants(root, number):
        for key in keys:
            outcome = fits(variant, position, form, key)
            if isinstance(outcome, Fit):
                return outcome, key, needed, reindented
            misfits.add(outcome)
    if Misfit.DIGEST in misfits:
        return Reason.DIGEST_MISMATCH
    return Reason.SIGNATURE_MISMATCH if own or form.has_key_value else Reason.NO_KEY


def _variants(root: etree._Element, number: int) -> Iterator[tuple[etree._Element, int, frozenset[Relaxation], bool]]:
    """Yield the alert as it stands, then forms of it that show why a genuine signature does not hold."""
    several = len(root.findall(SIGNATURE)) > 1
    without_others = frozenset({Relaxation.WITHOUT_OTHER_SIGNATURES})
    yield root, number, NO_RELAXATIONS, False
    if several:
        yield _without_other_signatures(root, number), 0, without_others, False
    unindented = _without_blank_texts(root)
    yield unindented, number, NO_RELAXATIONS, True
    if several:
        yield _without_other_signatures(unindented, number), 0, without_others, True


def _copy(root: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(root, with_tail=False), etree.XMLParser(resolve_entities=False))


def _without_other_signatures(root: etree._Element, number: int) -> etree._Element:
    copy = _copy(root)
    for position, signature in enumerate(copy.findall(SIGNATURE)):
        if position != number:
            before, tail = signature.getprevious(), signature.tail or ""
            if before is None:
                copy.text = (copy.text or "") + tail
            else:
                before.tail = (before.tail or "") + tail
            copy.remove(signature)
    return copy


def _without_blank_texts(root: etree._Element) -> etree._Element:
    copy = _copy(root)
    for node in copy.iter():
        if node.text and not node.text.strip():
            node.text = None
        if node.tail and not node.tail.strip():
            node.tail = None
    return copy


def _reason(
    form: Form,
    certificate: x509.Certificate | None,
    registered: tuple[x509.Certificate, ...],
    senders: Senders,
    at: datetime,
) -> Reason:
    if certificate is None or certificate not in registered:
        known = certificate is not None and senders.knows(certificate)
        return Reason.KEY_OF_ANOTHER_SENDER if known else Reason.KEY_UNKNOWN
    if "SHA1" in form.method.name or "SHA1" in form.digest.name or form.method.name.startswith("DSA_"):
        return Reason.OLD_ALGORITHM
    if _is_weak(certificate):
        return Reason.WEAK_KEY
    # A key whose certificate was renewed is registered with both; the one that holds now speaks for it.
    same_key = [each for each in registered if key_bytes(each) == key_bytes(certificate)]
    if any(each.not_valid_before_utc <= at <= each.not_valid_after_utc for each in same_key):
        return Reason.KEY_REGISTERED
    if at > certificate.not_valid_after_utc:
        return Reason.CERTIFICATE_EXPIRED
    return Reason.CERTIFICATE_NOT_YET_VALID


def _is_weak(certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size < RSA_BITS_MIN
    return not isinstance(key, ec.EllipticCurvePublicKey) or key.key_size < CURVE_BITS_MIN
