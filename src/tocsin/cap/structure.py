"""Does a document have the form of its version of CAP? Every place that has not is named.

The form itself is the table in ``grammar``, and ``compiled`` says a quick yes to a document in order. Rules beyond the
form are in ``rules``.
"""

from collections.abc import Iterator
from itertools import islice
from typing import cast

from lxml import etree

from tocsin.cap import compiled
from tocsin.cap.datatypes import Datatype
from tocsin.cap.errors import FINDINGS_MAX, Finding, excerpt
from tocsin.cap.grammar import GRAMMAR, Grammar, Group
from tocsin.cap.times import XML_BLANKS
from tocsin.cap.values import NAMESPACES

_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"

# These two say where a schema lies; nobody follows them.
_LOCATION_ATTRIBUTES = (f"{_INSTANCE}schemaLocation", f"{_INSTANCE}noNamespaceSchemaLocation")
_NIL_ATTRIBUTES = (f"{_INSTANCE}nil", "nil")
# Alerts of more elements are held against the table here before libxml2 is asked.
ELEMENTS_QUICK_MAX = 1_000
_is_large = etree.XPath("count(//*) > $most", regexp=False, smart_strings=False)

_HARMLESS_ATTRIBUTES = {*_LOCATION_ATTRIBUTES, *_NIL_ATTRIBUTES}


def findings(root: etree._Element, grammar: Grammar = GRAMMAR) -> list[Finding]:
    """Return every place where the alert *root* breaks the form of *grammar*, in document order.

    One more than a report holds is enough: a hostile document is not judged to its end.
    """
    asked = _group(root, grammar.alert, "alert")
    # libxml2 goes on to the last fault and takes 40 us for each; where there can be thousands, they are sought first.
    found = list(islice(asked, FINDINGS_MAX + 1)) if _is_large(root, most=ELEMENTS_QUICK_MAX) else []
    if len(found) > FINDINGS_MAX:
        return found
    doubt = compiled.doubt(root, grammar)
    if doubt is None:
        return []
    return found or list(islice(asked, FINDINGS_MAX + 1)) or [_unexplained(doubt)]


def children(node: etree._Element) -> Iterator[etree._Element]:
    """Yield the elements below *node*; comments and instructions are none, and one marked nil says it is missing."""
    for child in node:
        if isinstance(child.tag, str) and not _is_nil(child):
            yield child


def text_of(node: etree._Element) -> str:
    """Return the whole text of *node*, read across comments: ``go<!--x-->od`` is one word."""
    return "".join(str(piece) for piece in node.itertext()) if len(node) else node.text or ""


def line_of(node: etree._Element) -> int | None:
    return cast("int | None", node.sourceline)


def _is_nil(node: etree._Element) -> bool:
    return bool(node.attrib) and any(node.get(name) in ("true", "1") for name in _NIL_ATTRIBUTES)


def _group(node: etree._Element, group: Group, path: str) -> Iterator[Finding]:
    yield from _attributes(node, path)
    yield from _text_between(node, path)
    counts = [0] * len(group.rows)
    # Only a step back is reported: one element out of place is one finding. A signature ends all rows.
    previous = 0
    for child in node.iterchildren("*"):
        index = group.index.get(str(child.tag))
        if _is_nil(child):
            yield _nil(child, f"{path}/{excerpt(etree.QName(child).localname)}")
            continue
        if index is None and path == "alert" and str(child.tag).startswith(_SIGNATURE):
            previous = len(counts)
            yield from _signature(child, group)
        elif index is None:
            yield _unknown(child, path, group)
        else:
            counts[index] += 1
            part = group.rows[index]
            place = f"{path}/{part.name}" if part.most == 1 else f"{path}/{part.name}[{counts[index]}]"
            if index < previous:
                earlier = group.rows[previous].name if previous < len(counts) else "Signature"
                yield _out_of_order(child, place, earlier)
            if part.most is not None and counts[index] > part.most:
                yield _repeated(child, place)
            previous = index
            yield from _content(child, part.content, group.groups.get(part.name), place)
    for count, part in zip(counts, group.rows, strict=True):
        if count < part.least:
            yield _missing(node, f"{path}/{part.name}")


def _content(node: etree._Element, content: object, group: Group | None, path: str) -> Iterator[Finding]:
    if group is not None:
        yield from _group(node, group, path)
    elif isinstance(content, Datatype):
        yield from _value(node, content, path)


def _value(node: etree._Element, content: Datatype, path: str) -> Iterator[Finding]:
    yield from _attributes(node, path)
    markup = next((child for child in node if isinstance(child.tag, str)), None)
    if markup is not None:
        yield Finding(
            code="markup-in-text",
            path=path,
            line=line_of(markup),
            found=f"<{etree.QName(markup).localname}>",
            rule="This element holds text only.",
            remedy="Remove the markup, or write < as &lt;.",
        )
        return
    text = text_of(node)
    fault = content.fault(text)
    if fault is not None:
        yield Finding(
            code=fault.code, path=path, line=line_of(node), found=excerpt(text), rule=fault.rule, remedy=fault.remedy
        )


def _attributes(node: etree._Element, path: str) -> Iterator[Finding]:
    if not node.attrib:
        return
    if any(name in _NIL_ATTRIBUTES for name in node.attrib):
        yield _nil(node, path)
    stray = next((name for name in node.attrib if name not in _HARMLESS_ATTRIBUTES), None)
    if stray is not None:
        yield Finding(
            code="attribute-not-allowed",
            path=path,
            line=line_of(node),
            found=excerpt(str(stray)),
            rule="CAP elements have no attributes.",
            remedy="Remove it, and any other attribute here.",
        )


def _text_between(node: etree._Element, path: str) -> Iterator[Finding]:
    pieces = [node.text, *(child.tail for child in node)]
    stray = next((piece for piece in pieces if piece and piece.strip(XML_BLANKS)), None)
    if stray is not None:
        yield Finding(
            code="text-not-allowed",
            path=path,
            line=line_of(node),
            found=excerpt(stray),
            rule="Between elements stands white space only.",
            remedy="Put the text into an element, or remove it.",
        )


def _unknown(node: etree._Element, path: str, group: Group) -> Finding:
    name = etree.QName(node)
    foreign = name.namespace not in NAMESPACES.values()
    return Finding(
        code="foreign-element" if foreign else "unknown-element",
        path=f"{path}/{excerpt(name.localname)}",
        line=line_of(node),
        found=excerpt(f"namespace {name.namespace or 'none'}") if foreign else "",
        rule=f"Below {path.rpartition('/')[2]} stand only: {', '.join(part.name for part in group.rows)}.",
        remedy="Remove the element, or move what it says into a parameter of an info.",
    )


def _out_of_order(node: etree._Element, path: str, earlier: str) -> Finding:
    return Finding(
        code="wrong-order",
        path=path,
        line=line_of(node),
        found=f"after {earlier}",
        rule="The order of the elements is fixed (CAP 1.2, 3.4).",
        remedy=f"Move it before {earlier}.",
    )


def _repeated(node: etree._Element, path: str) -> Finding:
    return Finding(
        code="repeated-element",
        path=path,
        line=line_of(node),
        rule="This element stands here once at most.",
        remedy="Keep one of them.",
    )


def _missing(node: etree._Element, path: str) -> Finding:
    return Finding(
        code="missing-element",
        path=path,
        line=line_of(node),
        rule="This element is required.",
        remedy=f"Add <{path.rpartition('/')[2]}> in its place.",
    )


def _nil(node: etree._Element, path: str) -> Finding:
    return Finding(
        code="nil-attribute",
        path=path,
        line=line_of(node),
        rule="CAP has no nil: what is not there is left out.",
        remedy="Remove the element, or the attribute if the element says something.",
    )


def _signature(node: etree._Element, group: Group) -> Iterator[Finding]:
    if group is GRAMMAR.alert:
        return
    yield Finding(
        code="signature-not-in-version",
        path="alert/Signature",
        line=line_of(node),
        rule="Only CAP 1.2 has a place for a signature.",
        remedy="Send the alert as CAP 1.2.",
    )


def _unexplained(words: str) -> Finding:
    return Finding(
        code="schema",
        path="alert",
        found=excerpt(words),
        rule="The document has the form of CAP.",
        remedy="Compare the document with the standard.",
    )
