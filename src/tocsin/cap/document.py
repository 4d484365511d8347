"""From bytes of a stranger to an XML tree that can be looked at without harm.

Every document type declaration is refused before anything in it is read, nothing is fetched, and size, depth, number
of elements and length of texts are bounded by ``limits``. Comments and blanks are kept, a signature needs them.
What the tree says is not looked at here (``structure``).
"""

import re
from functools import cache
from typing import Any

from lxml import etree

from tocsin.cap.errors import CapError, Finding, excerpt
from tocsin.cap.grammar import GRAMMARS, Grammar
from tocsin.cap.limits import Limits
from tocsin.cap.structure import line_of
from tocsin.cap.values import NAMESPACE

# The prolog is read in such steps until the first element shows that no declaration came before it.
_STEP_BYTES = 4096

_UTF8_MARK = b"\xef\xbb\xbf"

# An encoding in which every byte below 128 is the character of ASCII, so that a prolog can be read in bytes.
_ASCII_COMPATIBLE = rb"(?:utf-8|us-ascii|iso-8859-[0-9]{1,2}|windows-125[0-8])"
_PLAIN_PROLOG = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*[\"'][0-9.]{1,5}[\"']"
    rb"(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*[\"']" + _ASCII_COMPATIBLE + rb"[\"'])?"
    rb"(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*[\"'](?:yes|no)[\"'])?[ \t\r\n]*\?>)?"
    rb"(?:[ \t\r\n]|<\?xml-stylesheet [^?<>]*\?>|<!--(?:[^-]|-[^-])*+-->)*+<[A-Za-z]",
    re.IGNORECASE,
)

_GRAMMARS_BY_TAG: dict[object, Grammar] = {f"{{{name}}}alert": grammar for name, grammar in GRAMMARS.items()}

_OTHER_DOCUMENTS = {
    "html": "This is a web page: the source answered with an error or a login instead of an alert.",
    "feed": "This is an Atom feed: read the alerts that it links to.",
    "rss": "This is an RSS feed: read the alerts that it links to.",
    "EDXLDistribution": "This is an EDXL-DE envelope: read the alert inside it.",
}


def parsed(data: bytes, limits: Limits) -> etree._Element:
    """Return the root ``alert`` of the CAP document *data*, of whatever version. Raises ``CapError``."""
    root = _safely_parsed(data, limits)
    # Before it is measured: what is no alert at all is told so, however large it is.
    _refuse_other_documents(root)
    _measure(root, data, limits)
    return root


def tree(data: bytes, limits: Limits) -> etree._Element:
    """Return the root of the XML document *data*, whatever it is, under the same bounds. Raises ``CapError``."""
    root = _safely_parsed(data, limits)
    _measure(root, data, limits)
    return root


def grammar_of(root: etree._Element) -> Grammar:
    """Return the form that the version of the alert *root* asks for."""
    return _GRAMMARS_BY_TAG[root.tag]


def blanks_before_declaration(data: bytes) -> list[Finding]:
    """Return a finding if *data* begins with white space that only ``parsed`` forgives."""
    if _declaration_first(data) is data:
        return []
    rule = "The XML declaration is the very beginning of a document."
    return [_finding("blanks-before-declaration", rule, "Remove the white space before it.", line=1)]


def _safely_parsed(data: bytes, limits: Limits) -> etree._Element:
    if len(data) > limits.size_bytes_max:
        raise _too_large("size", f"{len(data)} bytes", f"at most {limits.size_bytes_max} bytes")
    data = _declaration_first(data)
    if not data.strip():
        raise CapError(_finding("empty-document", "An alert is an XML document.", "Send the document."))
    # One byte in each start and end tag, whatever the encoding of the document; counted before memory is spent.
    if _may_exceed(data, 2 * limits.elements_max + limits.depth_max):
        raise _too_large("elements", "more tags", f"at most {limits.elements_max} elements")
    try:
        # Where plain bytes show that the root comes first, no declaration can come before it.
        is_plain = _PLAIN_PROLOG.match(data) is not None
        if not is_plain:
            _refuse_document_type(data)
        root = etree.fromstring(data, _plain_parser())
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(error) from None
    if not is_plain and root.getroottree().docinfo.internalDTD is not None:
        raise _document_type("")
    return root


@cache
def _plain_parser() -> etree.XMLParser:
    # Making one costs a third of reading an alert. It keeps nothing of a document but the errors of the last one.
    return _parser()


def _parser(target: Any = None) -> etree.XMLParser:
    return etree.XMLParser(
        target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=False
    )


def _declaration_first(data: bytes) -> bytes:
    # Two services of the survey put a line break before the XML declaration, which no parser takes. It goes behind the
    # declaration, so that the lines in findings stay those of the document.
    mark = _UTF8_MARK if data.startswith(_UTF8_MARK) else b""
    bare = data[len(mark) :].lstrip()
    blanks = data[len(mark) : len(data) - len(bare)]
    if not blanks or not bare.startswith(b"<?xml"):
        return data
    declaration, end, rest = bare.partition(b"?>")
    return mark + declaration + end + blanks + rest


class _RootReachedError(Exception):
    """Ends the reading of the prolog."""


class _Prolog:
    """Parser target: stops at a document type declaration, or else at the first element."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise _document_type(name)

    def start(self, tag: str, attributes: object) -> None:
        raise _RootReachedError

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...

    def close(self) -> None: ...


def _refuse_document_type(data: bytes) -> None:
    parser = _parser(_Prolog())
    try:
        for begin in range(0, len(data), _STEP_BYTES):
            parser.feed(data[begin : begin + _STEP_BYTES])
        parser.close()
    except _RootReachedError:
        return


def _refuse_other_documents(root: etree._Element) -> None:
    if root.tag in _GRAMMARS_BY_TAG:
        return
    name = etree.QName(root)
    found = f"{excerpt(name.localname)} in namespace {excerpt(name.namespace or 'none')}"
    remedy = _OTHER_DOCUMENTS.get(name.localname, f'Send <alert xmlns="{NAMESPACE}">.')
    rule = "The root of an alert is the element alert of CAP 1.2, 1.1 or 1.0."
    code = "unknown-namespace" if name.localname == "alert" else "unknown-root"
    raise CapError(_finding(code, rule, remedy, found=found, path=excerpt(name.localname), line=line_of(root)))


_has_more_elements = etree.XPath("count(//*) > $most", regexp=False, smart_strings=False)


@cache
def _is_deeper(depth: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * (depth + 1)})", regexp=False, smart_strings=False)


def _may_exceed(data: bytes, tags_max: int) -> bool:
    """Tell whether *data* may hold more than so many tags. A short one needs no counting."""
    return len(data) > tags_max and data.count(b"<") > tags_max


def _measure(root: etree._Element, data: bytes, limits: Limits) -> None:
    if _is_deeper(limits.depth_max)(root):
        raise _too_large("depth", "deeper elements", f"at most {limits.depth_max} elements inside each other")
    if _may_exceed(data, limits.elements_max) and _has_more_elements(root, most=limits.elements_max):
        raise _too_large("elements", "more elements", f"at most {limits.elements_max} elements")
    # No encoding puts two characters into a byte.
    if len(data) > limits.text_characters_max:
        _measure_texts(root, limits)


def _measure_texts(root: etree._Element, limits: Limits) -> None:
    for node in root.iter():
        for text in (node.text, node.tail):
            if text and len(text) > limits.text_characters_max:
                allowed = f"at most {limits.text_characters_max} characters in one text"
                raise _too_large("text", f"{len(text)} characters", allowed, line_of(node))


def _not_well_formed(error: etree.XMLSyntaxError) -> CapError:
    line = error.position[0] if error.position else None
    if getattr(error, "code", None) == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        measure = "depth" if "depth" in str(error.msg) else "text"
        return _too_large(measure, excerpt(error.msg or ""), "bounded depth and bounded texts", line)
    return CapError(
        _finding(
            "not-well-formed",
            "An alert is a well-formed XML document.",
            "Send the document whole, in the encoding that it declares.",
            found=excerpt(error.msg or ""),
            line=line,
        )
    )


def _document_type(name: str) -> CapError:
    remedy = _OTHER_DOCUMENTS.get(name.lower(), "Remove the declaration; CAP needs none.")
    return CapError(_finding("doctype", "A document type declaration is never read.", remedy, found=excerpt(name)))


def _too_large(measure: str, found: str, allowed: str, line: int | None = None) -> CapError:
    remedy = "Send less, or give this source a larger limit."
    return CapError(_finding(f"too-large-{measure}", f"A document has {allowed}.", remedy, found=found, line=line))


def _finding(
    code: str, rule: str, remedy: str, *, found: str = "", path: str = "document", line: int | None = None
) -> Finding:
    return Finding(code=code, path=path, line=line, found=found, rule=rule, remedy=remedy)
