"""Is a message to be trusted? From its bytes, the registered keys and the time of receipt to one verdict.

A certificate inside a message proves nothing about who made it: it only tells a whole message from a damaged one.
Nothing here refuses a message; whether it is well-formed CAP is ``tocsin.cap.reading``'s business, and the verdict may
be worse than its caller hopes, never better.
"""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.utils import CryptographyDeprecationWarning
from lxml import etree

from tocsin.cap import document
from tocsin.cap.errors import CapError
from tocsin.cap.limits import LIMITS, Limits
from tocsin.cap.signatures.arithmetic import Fit, Misfit, fits, has_regular_form, shell
from tocsin.cap.signatures.form import SIGNATURE, Form, form_of
from tocsin.cap.signatures.senders import PublicKey, Senders, fingerprint, key_bytes
from tocsin.cap.signatures.verdicts import Reason, Relaxation, SignatureVerdict, Trust, Verdict
from tocsin.cap.structure import text_of

# Agency and aggregator make two; the survey has never seen three.
SIGNATURES_MAX = 2

# All verifications of one message take 40 ms of a core at most. The largest signed alert of the survey has 0.9 MB of
# audio and 40 elements; it is verified twice, as it stands and without the blanks that somebody has put in.
WORK_BYTES_MAX = 2_000_000
# Verifying an element takes as long as verifying so many bytes.
ELEMENT_WORK_BYTES = 300
# CAP has no attributes, a signed alert two or three namespaces. A canonical form compares each with each.
ATTRIBUTES_MAX = 32
NAMESPACES_MAX = 32

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
    attempts_max = WORK_BYTES_MAX // count // _work_bytes(root, data)
    if attempts_max == 0 or _is_crowded(root):
        return Trust(Reason.TOO_LARGE, data)
    judged = [_judged(root, number, senders, at, relaxations, attempts_max) for number in range(count)]
    verdicts = tuple(verdict for verdict, _ in judged)
    leading, signed = _leading(judged)
    return Trust(leading.reason, data if signed is None else signed, verdicts, leading.relaxations)


def signature_count(data: bytes, limits: Limits = LIMITS) -> int:
    """Return how many signatures the alert *data* carries, whatever they are worth; 0 for what is no alert."""
    try:
        return len(document.parsed(data, limits).findall(SIGNATURE))
    except CapError:
        return 0


def _work_bytes(root: etree._Element, data: bytes) -> int:
    """Return what one verification of the whole alert costs, as a number of bytes."""
    return len(data) + ELEMENT_WORK_BYTES * sum(1 for _ in root.iter())


def _is_crowded(root: etree._Element) -> bool:
    if any(len(node.attrib) > ATTRIBUTES_MAX for node in root.iter("*")):
        return True
    return sum(1 for _ in etree.iterwalk(root, events=("start-ns",))) > NAMESPACES_MAX


_Judged = tuple[SignatureVerdict, bytes | None]


def _leading(judged: list[_Judged]) -> _Judged:
    for wanted in (Verdict.TRUSTED, *_WORST_FIRST):
        for each in judged:
            if each[0].verdict is wanted:
                return each
    raise AssertionError("a signature has one of these verdicts")


def _judged(
    root: etree._Element,
    number: int,
    senders: Senders,
    at: datetime,
    relaxations: frozenset[Relaxation],
    attempts_max: int,
) -> _Judged:
    signature = root.findall(SIGNATURE)[number]
    form = form_of(signature)
    if isinstance(form, Reason):
        return SignatureVerdict(form), None
    sender = _sender_of(root)
    attempt = _first_fit(root, number, form, senders.certificates(sender), attempts_max)
    if isinstance(attempt, Reason):
        return SignatureVerdict(attempt), None
    fit, needed, reindented = attempt
    verdict = SignatureVerdict(_reason(form, fit.key, sender, senders, at), fingerprint(fit.key))
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


_Attempt = tuple[Fit, frozenset[Relaxation], bool]
_Key = x509.Certificate | None


def _first_fit(
    root: etree._Element, number: int, form: Form, registered: tuple[x509.Certificate, ...], attempts_max: int
) -> _Attempt | Reason:
    """Find the key that made the Signature, then try it over the alert as it is and as it may have been."""
    try:
        own = [_certificate(each) for each in form.certificates]
    except (ValueError, UnsupportedAlgorithm):
        return Reason.CERTIFICATE_UNREADABLE
    # Certificates of one key are tried once.
    keys: list[_Key] = list({key_bytes(each): each for each in (*own, *registered)}.values())
    if form.has_key_value:
        keys.append(None)
    if not keys:
        return Reason.NO_KEY
    alone = shell(root, number)
    # The Signature has blanks of its own, so printing an alert anew may change what was signed in it.
    makers = [_makers(alone, form, keys), _makers(_without_blank_texts(alone), form, keys)]
    if not any(makers):
        return Reason.SIGNATURE_MISMATCH if own or form.has_key_value else Reason.NO_KEY
    for variant, position, needed, reindented in islice(_variants(root, number), attempts_max):
        for key in makers[reindented]:
            outcome = fits(variant, position, form, key)
            if isinstance(outcome, Fit):
                return outcome, needed, reindented
    return Reason.DIGEST_MISMATCH


def _makers(alone: etree._Element, form: Form, keys: list[_Key]) -> list[_Key]:
    """Return the key that made the only Signature of *alone*, if it is among *keys*."""
    return [key for key in keys if fits(alone, 0, form, key) is not Misfit.SIGNATURE][:1]


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
    # In ASCII a name with other letters would be written as something that is no name.
    data = etree.tostring(root, encoding="UTF-8", with_tail=False)
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False))


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


def _reason(form: Form, key: PublicKey, sender: str, senders: Senders, at: datetime) -> Reason:
    pins = senders.pins(sender, key)
    if not pins:
        return Reason.KEY_OF_ANOTHER_SENDER if senders.knows(key) else Reason.KEY_UNKNOWN
    if "SHA1" in form.method.name or "SHA1" in form.digest.name or form.method.name.startswith("DSA_"):
        return Reason.OLD_ALGORITHM
    if _is_weak(key):
        return Reason.WEAK_KEY
    certificates = [each for each in pins if isinstance(each, x509.Certificate)]
    # A bare key is registered until it is taken out. Of several certificates of one key, the one that holds now speaks.
    if len(certificates) < len(pins) or any(_holds(each, at) for each in certificates):
        return Reason.KEY_REGISTERED
    if all(at > each.not_valid_after_utc for each in certificates):
        return Reason.CERTIFICATE_EXPIRED
    return Reason.CERTIFICATE_NOT_YET_VALID


def _holds(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _is_weak(key: PublicKey) -> bool:
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size < RSA_BITS_MIN
    return not isinstance(key, ec.EllipticCurvePublicKey) or key.key_size < CURVE_BITS_MIN
