"""From bytes of a stranger to the XML tree of a feed, under the same bounds as an alert (``tocsin.cap.document``).

A web page is named as one: a source that answers so is out of order, which is not the same as a quiet feed.
"""

import re
from typing import Any

from lxml import etree

from tocsin.cap.errors import excerpt
from tocsin.cap.feeds.model import FeedError
from tocsin.cap.limits import Limits

# The prolog is read in such steps until the first element shows that no declaration came before it.
_STEP_BYTES = 4096

# Where a web page says what it is.
_HEAD_BYTES = 1024

_MARK = b"\xef\xbb\xbf"
_WEB_PAGE = re.compile(rb"<(?:!doctype\s+)?html[\s>]", re.IGNORECASE)


def tree(data: bytes, limits: Limits) -> tuple[etree._Element, bytes]:
    """Return the root of *data*, and *data* without blanks before its declaration. Raises ``FeedError``."""
    if len(data) > limits.size_bytes_max:
        raise _too_large("size", f"{len(data)} bytes", f"at most {limits.size_bytes_max} bytes")
    data = data.removeprefix(_MARK).lstrip()
    if not data:
        raise _error("empty-document", "A feed is an XML document.", "This answer is empty: ask again later.")
    if _WEB_PAGE.search(data[:_HEAD_BYTES]):
        raise _error("web-page", "A feed is Atom, RSS or EDXL-DE.", "This is a web page: an error, or a login.")
    if data.count(b"<") > 2 * limits.elements_max + limits.depth_max:
        raise _too_large("elements", "more tags", f"at most {limits.elements_max} elements")
    try:
        _refuse_document_type(data)
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
            measure = "depth" if "depth" in str(error.msg) else "text"
            raise _too_large(measure, excerpt(error.msg or ""), "bounded depth and bounded texts") from None
        rule, remedy = "A feed is a well-formed XML document.", "Ask its publisher to mend it."
        raise _error("not-well-formed", rule, remedy, excerpt(error.msg or "")) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _document_type()
    _measure(root, limits)
    return root, data


def _parser(target: Any = None) -> etree.XMLParser:
    return etree.XMLParser(target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


class _RootReachedError(Exception):
    """Ends the reading of the prolog."""


class _Prolog:
    """Parser target: stops at a document type declaration, or else at the first element."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise _document_type()

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


def _measure(root: etree._Element, limits: Limits) -> None:
    if root.xpath(f"boolean({'/*' * (limits.depth_max + 1)})"):
        raise _too_large("depth", "deeper elements", f"at most {limits.depth_max} elements inside each other")
    for count, node in enumerate(root.iter(), start=1):
        if count > limits.elements_max:
            raise _too_large("elements", "more elements", f"at most {limits.elements_max} elements")
        for text in (node.text, node.tail):
            if text and len(text) > limits.text_characters_max:
                allowed = f"at most {limits.text_characters_max} characters in one text"
                raise _too_large("text", f"{len(text)} characters", allowed)


def _document_type() -> FeedError:
    return _error("doctype", "A document type declaration is never read.", "Ask the publisher for a feed without one.")


def _too_large(measure: str, found: str, allowed: str) -> FeedError:
    return _error(f"too-large-{measure}", f"A feed has {allowed}.", "Give this source a larger limit.", found)


def _error(code: str, rule: str, remedy: str, found: str = "") -> FeedError:
    return FeedError(code, rule, remedy, found)
