"""Alerts that stand whole inside another document, cut out byte for byte: a signature is over those bytes.

What is cut out is parsed again and compared; where it is not the same alert, it is written anew and marked so.
"""

import re
from collections.abc import Sequence

from lxml import etree

from tocsin.cap.feeds.model import Embedded
from tocsin.cap.structure import line_of

# Well-formed markup without a document type: comment, CDATA and instruction hide what looks like a tag inside them.
_MARKUP = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    rb"|<(?P<end>/)?[^<>\"'!?/](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>",
    re.DOTALL,
)

_UTF8 = {"UTF-8", "UTF8", "US-ASCII", "ASCII"}

# An alert that was pasted into the feed as text.
_ALERT_TEXT = re.compile(r"\s*(?P<declaration><\?xml[^>]*\?>)?(?:\s|<!--.*?-->)*<(?:[\w.-]+:)?alert[\s>]", re.DOTALL)


def cut_out(data: bytes, root: etree._Element, alerts: Sequence[etree._Element]) -> list[Embedded]:
    """Return each of *alerts*, elements of *root* that lie beside each other, as a document of its own."""
    encoding = (root.getroottree().docinfo.encoding or "UTF-8").upper()
    spans = _spans(data, root, alerts)
    return [_embedded(alert, encoding, span, data) for alert, span in zip(alerts, spans, strict=True)]


def from_text(text: str) -> Embedded | None:
    """Return the alert that *text* is, or ``None`` if it is another text."""
    match = _ALERT_TEXT.match(text)
    if match is None:
        return None
    # The declaration speaks of an encoding that the text has left behind.
    return Embedded(
        text[match.end("declaration") :].strip().encode() if match["declaration"] else text.strip().encode(), True
    )


def _spans(data: bytes, root: etree._Element, alerts: Sequence[etree._Element]) -> list[tuple[int, int] | None]:
    wanted = {alert: place for place, alert in enumerate(alerts)}
    places = {number: wanted[node] for number, node in enumerate(root.iter("*")) if node in wanted}
    spans: list[tuple[int, int] | None] = [None] * len(alerts)
    number, depth = -1, 0
    begun: tuple[int, int, int] | None = None
    for match in _MARKUP.finditer(data):
        if data[match.start() + 1 : match.start() + 2] in (b"!", b"?"):
            continue
        if match["end"]:
            depth -= 1
        else:
            number += 1
            if begun is None and number in places:
                begun = (places[number], match.start(), depth)
            if not match[0].endswith(b"/>"):
                depth += 1
        if begun is not None and depth == begun[2]:
            spans[begun[0]] = (begun[1], match.end())
            begun = None
    return spans


def _embedded(alert: etree._Element, encoding: str, span: tuple[int, int] | None, data: bytes) -> Embedded:
    if span is not None:
        declaration = b"" if encoding in _UTF8 else f'<?xml version="1.0" encoding="{encoding}"?>\n'.encode()
        document = declaration + data[span[0] : span[1]]
        again = _same(document, alert)
        if again is not None:
            return Embedded(document, True, (line_of(alert) or 1) - (line_of(again) or 1))
    return Embedded(etree.tostring(alert, encoding="UTF-8", with_tail=False), False)


def _same(document: bytes, alert: etree._Element) -> etree._Element | None:
    """Return the root of *document* if it is the same as *alert*."""
    try:
        again = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
        return again if _canonical(again) == _canonical(alert) else None
    except (etree.XMLSyntaxError, etree.C14NError):
        # A namespace that is a relative address has no canonical form, so there is nothing to compare.
        return None


def _canonical(node: etree._Element) -> bytes:
    return etree.tostring(node, method="c14n", exclusive=True, with_comments=True, with_tail=False)
