"""The XML of one Signature: what it claims, before anything is computed (W3C XML Signature, 4).

Only one form is looked at further: over the whole alert, without itself, in a known canonical form. Everything else is
named and left alone; XPath, XSLT, Manifest and outside references are never followed.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass

from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod

from tocsin.cap.signatures.verdicts import Reason
from tocsin.cap.structure import text_of

SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_DS = SIGNATURE.removesuffix("Signature")

_ENVELOPED = SignatureConstructionMethod.enveloped.value
_CANONICAL_FORMS = {method.value for method in CanonicalizationMethod}
_METHODS = {method.value: method for method in SignatureMethod if method.name.startswith(("RSA_", "ECDSA_", "DSA_"))}
_DIGESTS = {digest.value: digest for digest in DigestAlgorithm}

# A chain has a leaf, perhaps two in between and a root; each costs an operation with its key.
CERTIFICATES_MAX = 4

# Four certificates with long keys take half of it. A Signature is looked at as often as there are keys to try.
SIGNATURE_BYTES_MAX = 24_000

_ONCE = (
    "SignedInfo",
    "SignedInfo/CanonicalizationMethod",
    "SignedInfo/SignatureMethod",
    "SignedInfo/Reference",
    "SignedInfo/Reference/DigestMethod",
    "SignedInfo/Reference/DigestValue",
    "SignatureValue",
)


@dataclass(frozen=True, slots=True)
class Form:
    """A Signature whose form can be verified. ``certificates`` are DER; ``has_key_value`` speaks of a bare key."""

    method: SignatureMethod
    digest: DigestAlgorithm
    certificates: tuple[bytes, ...]
    has_key_value: bool


def form_of(signature: etree._Element) -> Form | Reason:
    """Return what *signature* claims, or why it is not looked at further."""
    if len(etree.tostring(signature, encoding="UTF-8", with_tail=False)) > SIGNATURE_BYTES_MAX:
        return Reason.TOO_LARGE
    if any(len(_all(signature, path)) != 1 for path in _ONCE):
        return Reason.INCOMPLETE
    info = _all(signature, "SignedInfo")[0]
    method = _METHODS.get(_algorithm(info, "SignatureMethod"))
    digest = _DIGESTS.get(_algorithm(info, "Reference/DigestMethod"))
    if method is None or digest is None or _algorithm(info, "CanonicalizationMethod") not in _CANONICAL_FORMS:
        return Reason.UNKNOWN_ALGORITHM
    if not _is_over_the_alert(_all(info, "Reference")[0]):
        return Reason.ODD_REFERENCE
    fault = next(filter(None, map(_base64_fault, _base64_values(signature))), None)
    if fault is not None:
        return fault
    certificates = _all(signature, "KeyInfo/X509Data/X509Certificate")[:CERTIFICATES_MAX]
    return Form(
        method,
        digest,
        tuple(b64decode(text_of(each)) for each in certificates),
        # With X509Data beside it, it is never the key that is used.
        bool(_all(signature, "KeyInfo/KeyValue")) and not _all(signature, "KeyInfo/X509Data"),
    )


def _all(node: etree._Element, path: str) -> list[etree._Element]:
    return node.findall("/".join(_DS + name for name in path.split("/")))


def _algorithm(info: etree._Element, path: str) -> str:
    return _all(info, path)[0].get("Algorithm") or ""


def _is_over_the_alert(reference: etree._Element) -> bool:
    transforms = [each.get("Algorithm") for each in _all(reference, "Transforms/Transform")]
    canonical_forms = transforms[1:]
    return (
        reference.get("URI") in (None, "")
        and transforms[:1] == [_ENVELOPED]
        and len(canonical_forms) <= 1
        and set(canonical_forms) <= _CANONICAL_FORMS
    )


def _base64_values(signature: etree._Element) -> list[etree._Element]:
    paths = ("SignatureValue", "SignedInfo/Reference/DigestValue", "KeyInfo/X509Data/X509Certificate")
    key_parts = [
        each for value in _all(signature, "KeyInfo/KeyValue") for each in value.iter(f"{_DS}*") if not len(each)
    ]
    return [each for path in paths for each in _all(signature, path)] + key_parts


def _base64_fault(node: etree._Element) -> Reason | None:
    # The last character may carry bits that decoding drops: only encoding again tells an altered value from the genuine
    # one, and Python's strict mode does not look at them.
    text = "".join(text_of(node).split())
    try:
        again = b64encode(b64decode(text, validate=True)).decode()
    except ValueError:
        is_certificate = node.tag == f"{_DS}X509Certificate"
        return Reason.CERTIFICATE_UNREADABLE if is_certificate else Reason.BASE64_MALFORMED
    return None if again == text else Reason.BASE64_NOT_CANONICAL
