"""From the bytes of a CAP 1.2 document to an ``Alert``.

A document that breaks the form of the standard is refused with every place that breaks it. A text rule that the form
leaves open (an unclosed polygon, a reference with two parts) refuses nothing here: real warnings have such faults, and
the raw text is in the model. Who is believed is decided elsewhere; a signature is not looked at.
"""

from datetime import datetime
from decimal import Decimal

from lxml import etree

from tocsin.cap import document, lists, structure, times
from tocsin.cap.errors import CapError, Finding
from tocsin.cap.limits import LIMITS, Limits
from tocsin.cap.model import DEFAULT_LANGUAGE, Alert, Area, Info, Pair, Resource
from tocsin.cap.times import XML_BLANKS
from tocsin.cap.values import Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency


def read(data: bytes, limits: Limits = LIMITS) -> Alert:
    """Return the alert that *data* holds, in whatever encoding it declares.

    Raises ``CapError`` with all findings for a document that is no CAP 1.2, breaks its form, has no identifier or
    sender, or is larger than *limits*. The caller keeps *data*: the alert does not.
    """
    root = document.parsed(data, limits)
    findings = structure.findings(root) or _nameless(root)
    if findings:
        raise CapError(*findings)
    return _alert(root)


def _nameless(root: etree._Element) -> list[Finding]:
    parts = _Parts(root)
    return [
        Finding(
            code=f"empty-{name}",
            path=f"alert/{name}",
            line=structure.line_of(parts.all(name)[0]),
            rule="Sender, identifier and sent together name an alert.",
            remedy=f"Fill in the {name}: an alert without one can be neither updated nor cancelled.",
        )
        for name in ("identifier", "sender")
        if not parts.text(name).strip()
    ]


class _Parts:
    """The elements below one node, by name."""

    def __init__(self, node: etree._Element) -> None:
        self._by_name: dict[str, list[etree._Element]] = {}
        for child in structure.children(node):
            self._by_name.setdefault(etree.QName(child).localname, []).append(child)

    def all(self, name: str) -> list[etree._Element]:
        return self._by_name.get(name, [])

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(structure.text_of(node) for node in self.all(name))

    def text(self, name: str) -> str:
        return "".join(self.texts(name))

    def token(self, name: str) -> str:
        return self.text(name).strip(XML_BLANKS)

    def pairs(self, name: str) -> tuple[Pair, ...]:
        parts = (_Parts(node) for node in self.all(name))
        return tuple(Pair(part.text("valueName"), part.text("value")) for part in parts)

    def instant(self, name: str) -> datetime | None:
        return times.parsed(self.text(name))

    def decimal(self, name: str) -> Decimal | None:
        digits = self.token(name)
        return Decimal(digits) if digits else None


def _alert(root: etree._Element) -> Alert:
    parts = _Parts(root)
    sent = parts.instant("sent")
    assert sent is not None, "structure lets only readable dates pass"
    return Alert(
        identifier=parts.text("identifier"),
        sender=parts.text("sender"),
        sent=sent,
        sent_text=parts.token("sent"),
        status=Status(parts.text("status")),
        msg_type=MsgType(parts.text("msgType")),
        source=parts.text("source"),
        scope=Scope(parts.text("scope")),
        restriction=parts.text("restriction"),
        addresses=lists.items(parts.text("addresses")),
        codes=parts.texts("code"),
        note=parts.text("note"),
        references=lists.references(parts.text("references")),
        incidents=lists.items(parts.text("incidents")),
        infos=tuple(_info(node) for node in parts.all("info")),
    )


def _info(node: etree._Element) -> Info:
    parts = _Parts(node)
    return Info(
        language=parts.token("language") or DEFAULT_LANGUAGE,
        categories=tuple(Category(text) for text in parts.texts("category")),
        event=parts.text("event"),
        response_types=tuple(ResponseType(text) for text in parts.texts("responseType")),
        urgency=Urgency(parts.text("urgency")),
        severity=Severity(parts.text("severity")),
        certainty=Certainty(parts.text("certainty")),
        audience=parts.text("audience"),
        event_codes=parts.pairs("eventCode"),
        effective=parts.instant("effective"),
        onset=parts.instant("onset"),
        expires=parts.instant("expires"),
        sender_name=parts.text("senderName"),
        headline=parts.text("headline"),
        description=parts.text("description"),
        instruction=parts.text("instruction"),
        web=parts.token("web"),
        contact=parts.text("contact"),
        parameters=parts.pairs("parameter"),
        resources=tuple(_resource(child) for child in parts.all("resource")),
        areas=tuple(_area(child) for child in parts.all("area")),
    )


def _resource(node: etree._Element) -> Resource:
    parts = _Parts(node)
    size = parts.token("size")
    return Resource(
        resource_desc=parts.text("resourceDesc"),
        mime_type=parts.text("mimeType"),
        size=int(size) if size else None,
        uri=parts.token("uri"),
        deref_uri=parts.text("derefUri"),
        digest=parts.text("digest"),
    )


def _area(node: etree._Element) -> Area:
    parts = _Parts(node)
    return Area(
        area_desc=parts.text("areaDesc"),
        polygons=parts.texts("polygon"),
        circles=parts.texts("circle"),
        geocodes=parts.pairs("geocode"),
        altitude=parts.decimal("altitude"),
        ceiling=parts.decimal("ceiling"),
    )
