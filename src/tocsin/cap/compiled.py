"""The table of ``grammar`` as an XML Schema, which libxml2 runs in microseconds: a quick yes for documents in order.

It never explains a no: ``structure`` looks at the document again and names every place. The schema is made from our own
rows when it is first needed, so the two cannot drift apart.
"""

from functools import cache

from lxml import etree

from tocsin.cap.datatypes import Datatype
from tocsin.cap.grammar import Grammar, Part, Rows

_SCHEMA = "http://www.w3.org/2001/XMLSchema"
# libxml2 lets elements pass that follow a signature; the standard does not.
_behind_signature = etree.XPath(
    "boolean(*[namespace-uri() = $ds]/following-sibling::*[namespace-uri() != $ds])".replace(
        "$ds", "'http://www.w3.org/2000/09/xmldsig#'"
    ),
    regexp=False,
    smart_strings=False,
)
_SIGNATURES = (
    '<xs:any namespace="http://www.w3.org/2000/09/xmldsig#" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>'
)


def doubt(root: etree._Element, grammar: Grammar) -> str | None:
    """Return ``None`` if the alert *root* has the form of *grammar*, else the words of libxml2 about it."""
    try:
        _schema(grammar).assertValid(root)
    except etree.DocumentInvalid as why:
        return str(why)
    return "An element stands behind the signature." if _behind_signature(root) else None


@cache
def _schema(grammar: Grammar) -> etree.XMLSchema:
    alert = _group(grammar.rows, _SIGNATURES if grammar.is_signable else "")
    text = (
        f'<xs:schema xmlns:xs="{_SCHEMA}" targetNamespace="{grammar.namespace}" elementFormDefault="qualified">'
        f'<xs:element name="alert">{alert}</xs:element></xs:schema>'
    )
    return etree.XMLSchema(etree.XML(text))


def _group(rows: Rows, end: str = "") -> str:
    return f"<xs:complexType><xs:sequence>{''.join(map(_element, rows))}{end}</xs:sequence></xs:complexType>"


def _element(part: Part) -> str:
    if isinstance(part.content, Datatype):
        content = f"<xs:simpleType>{part.content.schema}</xs:simpleType>"
    else:
        content = _group(part.content)
    # A language that is there and empty is the default of the standard.
    default = ' default="en-US"' if part.name == "language" else ""
    most = "unbounded" if part.most is None else part.most
    return f'<xs:element name="{part.name}" minOccurs="{part.least}" maxOccurs="{most}"{default}>{content}</xs:element>'
