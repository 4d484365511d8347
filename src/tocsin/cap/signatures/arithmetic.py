"""Does one Signature fit one key? The arithmetic of XML Signature, done by signxml under settings that leave no choice.

It knows no sender and trusts nobody: it is handed the key, and says which one it was. Two things are mended here, both
measured on real alerts: lxml writes a wrong canonical form of a part in a default namespace, and a reference without
URI means the whole alert.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, NoReturn

from cryptography import x509
from cryptography.exceptions import InvalidSignature as WrongSignature
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.exceptions import InvalidCertificate, InvalidDigest, SignXMLException
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from tocsin.cap.signatures.form import SIGNATURE, Form
from tocsin.cap.signatures.senders import PublicKey


class Misfit(Enum):
    """The key does not fit, or it fits and the alert is another one."""

    SIGNATURE = auto()
    DIGEST = auto()


@dataclass(frozen=True, slots=True)
class Fit:
    """The signature holds: *signed* is the alert in canonical form, *key* the one that made it."""

    signed: bytes
    key: PublicKey


class _Verifier(XMLVerifier):
    """Verifies the Signature with the given number, which stands directly under the alert."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def _get_signature(self, root: etree._Element) -> etree._Element:
        return root.findall(SIGNATURE)[self._number]

    def _c14n(
        self, nodes: Any, algorithm: CanonicalizationMethod, inclusive_ns_prefixes: Sequence[str] | None = None
    ) -> bytes:
        # lxml 5.3 to 6.1 put a wrong xmlns="" on the grandchildren of a part in a default namespace. The canonical form
        # of a whole document is right, so the part becomes one; its namespaces in scope come along.
        data = etree.tostring(nodes, encoding="UTF-8", with_tail=False)
        alone = etree.fromstring(data, etree.XMLParser(resolve_entities=False))
        canonical: bytes = super()._c14n(alone, algorithm=algorithm, inclusive_ns_prefixes=inclusive_ns_prefixes)
        return canonical

    def _resolve_reference(self, doc_root: etree._Element, reference: object, uri_resolver: object = None) -> Any:
        # ``form`` lets only the whole alert pass, said by an empty URI or by none.
        return doc_root

    def _check_cert_validity(self, cert: x509.Certificate, cert_source: str) -> None:
        # Whether it holds at the time of receipt is judged by the caller, with an answer of its own.
        return

    def get_cert_chain_verifier(self, *_: object, **__: object) -> NoReturn:
        raise InvalidCertificate("No authority of this system vouches for a sender.")


def fits(root: etree._Element, number: int, form: Form, certificate: x509.Certificate | None) -> Fit | Misfit:
    """Return the alert as it was signed, or how the Signature *number* of *root* misses it.

    Without a *certificate* the bare key inside the message is taken: good for telling a damaged message from a whole
    one, never for trust.
    """
    config = SignatureConfiguration(
        require_x509=certificate is not None,
        location="./",
        expect_references=1,
        signature_methods=frozenset({form.method}),
        digest_algorithms=frozenset({form.digest}),
        # The key was chosen before; what else the message says about keys is nobody's business.
        ignore_ambiguous_key_info=True,
    )
    try:
        result = _Verifier(number).verify(root, x509_cert=certificate, validate_schema=False, expect_config=config)
        assert isinstance(result, VerifyResult), "one reference gives one result"
        key = load_pem_public_key(result.signature_key)
    except InvalidDigest:
        return Misfit.DIGEST
    except (SignXMLException, WrongSignature, UnsupportedAlgorithm, ValueError, TypeError, KeyError, etree.LxmlError):
        # A key of another kind, a number out of its range: all of it is a signature that this key did not make.
        return Misfit.SIGNATURE
    return Fit(result.signed_data, key)


def shell(root: etree._Element, number: int) -> etree._Element:
    """Return the alert *root* with nothing in it but its Signature *number*.

    Which key made a Signature does not depend on what the alert says, so it is found on this, whatever the size.
    """
    empty = etree.Element(root.tag, nsmap=root.nsmap)  # type: ignore[arg-type]  # its types know no default namespace
    empty.append(deepcopy(root.findall(SIGNATURE)[number]))
    return empty


_SCHEMA = XMLVerifier()


def has_regular_form(signature: etree._Element) -> bool:
    """Tell whether *signature* keeps to the schema of XML Signature."""
    try:
        alone = etree.fromstring(etree.tostring(signature, encoding="UTF-8", with_tail=False))
        _SCHEMA.validate_schema(alone)  # type: ignore[no-untyped-call]  # signxml gives it no types
    except etree.DocumentInvalid:
        return False
    return True
