"""Where are the alerts of a feed? Every shape that the survey has seen, from the bytes of Atom, RSS and EDXL-DE.

An entry with CAP elements of its own is a summary and stays one: filling in what it lacks would make an alert that
nobody has issued. General feed readers lose the structure of foreign elements, so this one stands on the XML itself.
"""

from collections.abc import Iterator

from lxml import etree

from tocsin.cap.errors import excerpt
from tocsin.cap.feeds import embedded
from tocsin.cap.feeds.model import Embedded, Entry, Feed, FeedError, FeedKind, Key, Link
from tocsin.cap.feeds.tree import tree
from tocsin.cap.limits import Limits
from tocsin.cap.structure import text_of
from tocsin.cap.values import NAMESPACES

# The largest feed of the survey has 1.8 MB and 232 entries with summaries; a feed of embedded alerts may have more.
FEED_LIMITS = Limits(size_bytes_max=8 * 1024 * 1024, elements_max=160_000, depth_max=40)

# Seven are the most that the survey has seen. Each alert that is cut out takes all of them along.
NAMESPACES_MAX = 64

# Twenty times the largest feed of the survey; reading so many takes a tenth of a second.
ENTRIES_MAX = 5_000

CAP_NAMESPACES = frozenset(NAMESPACES.values())
CAP_TYPES = frozenset({"application/cap+xml", "application/common-alerting-protocol+xml"})

_XML_TYPES = frozenset({"", "application/xml", "text/xml"})
_ALERT_RELATIONS = frozenset({"", "alternate", "enclosure", "related", "via"})
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_KINDS = {"feed": FeedKind.ATOM, "rss": FeedKind.RSS, "RDF": FeedKind.RSS, "EDXLDistribution": FeedKind.EDXL_DE}
_ENTRIES = {"entry", "item", "contentObject"}
_TEXTS = {"content", "summary", "description", "encoded", "embeddedXMLContent"}


def read(data: bytes, limits: Limits = FEED_LIMITS) -> Feed:
    """Return what the feed *data* holds; a document that is an alert itself counts as a feed of one.

    Raises ``FeedError`` for anything else, with code ``web-page`` for the error page of a server, ``not-a-feed`` for
    another document, and the codes of ``tocsin.cap.document`` for a hostile one.
    """
    root, data = tree(data, limits)
    if len({declared for _, declared in etree.iterwalk(root, events=("start-ns",))}) > NAMESPACES_MAX:
        rule = f"A feed has at most {NAMESPACES_MAX} namespaces."
        raise FeedError("too-large-namespaces", rule, "Ask its publisher to declare those that it uses.")
    alerts = list(_alerts(root))
    nodes = list(_entry_nodes(root))
    if max(len(alerts), len(nodes)) > ENTRIES_MAX:
        rule = f"A feed has at most {ENTRIES_MAX} entries."
        raise FeedError("too-large-entries", rule, "Ask its publisher for one that holds what is in force.")
    documents = dict(zip(alerts, embedded.cut_out(data, root, alerts), strict=True)) if alerts else {}
    kind = _KINDS.get(_name(root))
    if kind is None:
        if not alerts:
            raise _no_feed(root)
        return Feed(kind=FeedKind.ALERTS, entries=tuple(Entry(alerts=(each,)) for each in documents.values()))
    places = _places(documents, nodes)
    entries = [_entry(node, places.get(node, [])) for node in nodes]
    # What stands directly under the feed, no entry names.
    entries += [Entry(alerts=(document,)) for document in places.get(None, ())]
    heading = next((node for node in root if _name(node) == "channel"), root)
    return Feed(
        kind=kind,
        id=_text(heading, "id", "distributionID"),
        title=_text(heading, "title"),
        updated=_text(heading, "updated", "lastBuildDate", "pubDate", "dateTimeSent"),
        entries=tuple(entries),
        next_page=next((_link(node) for node in _nodes(heading, "link") if node.get("rel") == "next"), None),
    )


def _name(node: etree._Element) -> str:
    # Not by QName: a hostile feed asks a million times.
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _namespace(node: etree._Element) -> str:
    return node.tag[1:].rpartition("}")[0] if isinstance(node.tag, str) else ""


def _nodes(node: etree._Element, *names: str) -> Iterator[etree._Element]:
    found = node.iterchildren(*(f"{{*}}{name}" for name in names))
    return (child for child in found if _namespace(child) not in CAP_NAMESPACES)


def _text(node: etree._Element, *names: str) -> str:
    return next((text for child in _nodes(node, *names) if (text := text_of(child).strip())), "")


def _alerts(root: etree._Element) -> Iterator[etree._Element]:
    tags = tuple(f"{{{namespace}}}alert" for namespace in CAP_NAMESPACES)
    for node in root.iter(*tags):
        if not any(ancestor.tag in tags for ancestor in node.iterancestors()):
            yield node


def _entry_nodes(root: etree._Element) -> Iterator[etree._Element]:
    for node in root:
        if _name(node) in _ENTRIES:
            yield node
        elif _name(node) == "channel":
            yield from (child for child in node if _name(child) in _ENTRIES)


def _places(
    documents: dict[etree._Element, Embedded], nodes: list[etree._Element]
) -> dict[etree._Element | None, list[Embedded]]:
    entries = set(nodes)
    places: dict[etree._Element | None, list[Embedded]] = {}
    for alert, document in documents.items():
        home = next((node for node in alert.iterancestors() if node in entries), None)
        places.setdefault(home, []).append(document)
    return places


def _entry(node: etree._Element, inside: list[Embedded]) -> Entry:
    alerts = inside or _pasted(node)
    cap = node.iterchildren(*(f"{{{namespace}}}*" for namespace in CAP_NAMESPACES))
    summary = {_name(child): text_of(child).strip() for child in cap}
    named = Key(*(summary.get(name, "") for name in ("sender", "identifier", "sent")))
    return Entry(
        id=_text(node, "id", "guid"),
        title=_text(node, "title", "contentDescription"),
        updated=_text(node, "updated", "pubDate", "published", "date"),
        links=tuple(dict.fromkeys(_links(node))),
        alerts=tuple(alerts),
        key=named if named.sender and named.identifier and named.sent else None,
        is_summary=bool(summary.keys() - {"alert"}) and not alerts,
    )


def _pasted(node: etree._Element) -> list[Embedded]:
    texts = (text_of(each) for each in node.iter(*(f"{{*}}{name}" for name in _TEXTS)) if not len(each))
    return [alert for text in texts if (alert := embedded.from_text(text)) is not None]


def _links(node: etree._Element) -> Iterator[Link]:
    """Yield where the alert may be; if one is said to be CAP, no other."""
    links = list(_nodes(node, "link", "enclosure"))
    typed = [each for each in links if _type(each) in CAP_TYPES]
    if typed:
        yield from map(_link, typed)
        return
    # One global feed has an element of its own for the address.
    yield from (_link(each) for each in _nodes(node, "cap") if _is_address(text_of(each)))
    for each in links:
        if _type(each) in _XML_TYPES and each.get("rel", "") in _ALERT_RELATIONS and _link(each).href:
            yield _link(each)
    for each in _nodes(node, "id", "guid"):
        if _is_address(text_of(each)) and each.get("isPermaLink") != "false":
            yield _link(each)


def _type(node: etree._Element) -> str:
    return node.get("type", "").partition(";")[0].strip().lower()


def _link(node: etree._Element) -> Link:
    href = node.get("href") or node.get("url") or text_of(node)
    bases = (each.get(_BASE) for each in (node, *node.iterancestors()))
    return Link(href.strip(), next(filter(None, bases), ""))


def _is_address(text: str) -> bool:
    return text.strip().lower().startswith(("http://", "https://"))


def _no_feed(root: etree._Element) -> FeedError:
    name = etree.QName(root)
    return FeedError(
        "not-a-feed",
        "A feed is Atom, RSS or EDXL-DE, or holds alerts of CAP 1.0 to 1.2.",
        "Look at the address in a browser: it has moved, or it never was one.",
        excerpt(f"{name.localname} in namespace {name.namespace or 'none'}"),
    )
