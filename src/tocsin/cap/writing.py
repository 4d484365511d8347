"""From an ``Alert`` to the bytes of a valid CAP 1.2 document, the same bytes each time.

UTF-8, in the order of the standard, indented so that a person can read it. Nothing is mended and nothing goes out that
has a finding, neither against the form (``structure``) nor against the rules beyond it (``rules``).
"""

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from lxml import etree

from tocsin.cap import lists, rules, structure, times
from tocsin.cap.errors import CapError, Finding
from tocsin.cap.model import Alert, Area, Info, Pair, Resource
from tocsin.cap.values import NAMESPACE

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(alert: Alert) -> bytes:
    """Return *alert* as a CAP 1.2 document. Raises ``CapError`` with everything that would make it invalid."""
    root = etree.XML(f'<alert xmlns="{NAMESPACE}"/>')
    findings: list[Finding] = []
    _alert(_Writer(root, "alert", findings), alert)
    findings += structure.findings(root)
    findings += rules.of_a_sender(alert)
    if findings:
        # The tree was made here: it has no lines that the caller could look at.
        raise CapError(*(replace(finding, line=None) for finding in findings))
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


class _Writer:
    """Puts elements below one node, and notes each text that XML cannot carry."""

    def __init__(self, node: etree._Element, path: str, findings: list[Finding]) -> None:
        self._node = node
        self._path = path
        self._findings = findings

    def required(self, name: str, text: str) -> None:
        self._put(name, text, f"{self._path}/{name}")

    def optional(self, name: str, text: str) -> None:
        if text:
            self.required(name, text)

    def repeated(self, name: str, texts: tuple[str, ...]) -> None:
        for number, text in enumerate(texts, start=1):
            self._put(name, text, f"{self._path}/{name}[{number}]")

    def instant(self, name: str, instant: datetime | None) -> None:
        if instant is not None:
            self.required(name, times.written(instant))

    def number(self, name: str, number: int | Decimal | None) -> None:
        if number is not None:
            self.required(name, format(number, "f") if isinstance(number, Decimal) else str(number))

    def pairs(self, name: str, pairs: tuple[Pair, ...]) -> None:
        for number, pair in enumerate(pairs, start=1):
            group = self.group(name, number)
            group.required("valueName", pair.value_name)
            group.required("value", pair.value)

    def group(self, name: str, number: int) -> "_Writer":
        child = etree.SubElement(self._node, f"{{{NAMESPACE}}}{name}")
        return _Writer(child, f"{self._path}/{name}[{number}]", self._findings)

    def _put(self, name: str, text: str, path: str) -> None:
        child = etree.SubElement(self._node, f"{{{NAMESPACE}}}{name}")
        stray = _NOT_XML.search(text)
        if stray is None:
            child.text = text or None
            return
        child.text = _NOT_XML.sub("", text)
        self._findings.append(
            Finding(
                code="control-characters",
                path=path,
                found=f"U+{ord(stray[0]):04X} at character {stray.start() + 1}",
                rule="XML cannot carry this character.",
                remedy="Remove it; it is no part of a readable text.",
            )
        )


def _alert(writer: _Writer, alert: Alert) -> None:
    writer.required("identifier", alert.identifier)
    writer.required("sender", alert.sender)
    writer.instant("sent", alert.sent)
    writer.required("status", alert.status)
    writer.required("msgType", alert.msg_type)
    writer.optional("source", alert.source)
    writer.required("scope", alert.scope)
    writer.optional("restriction", alert.restriction)
    writer.optional("addresses", lists.items_text(alert.addresses))
    writer.repeated("code", alert.codes)
    writer.optional("note", alert.note)
    writer.optional("references", lists.references_text(alert.references))
    writer.optional("incidents", lists.items_text(alert.incidents))
    for number, info in enumerate(alert.infos, start=1):
        _info(writer.group("info", number), info)


def _info(writer: _Writer, info: Info) -> None:
    writer.required("language", info.language)
    writer.repeated("category", info.categories)
    writer.required("event", info.event)
    writer.repeated("responseType", info.response_types)
    writer.required("urgency", info.urgency)
    writer.required("severity", info.severity)
    writer.required("certainty", info.certainty)
    writer.optional("audience", info.audience)
    writer.pairs("eventCode", info.event_codes)
    writer.instant("effective", info.effective)
    writer.instant("onset", info.onset)
    writer.instant("expires", info.expires)
    writer.optional("senderName", info.sender_name)
    writer.optional("headline", info.headline)
    writer.optional("description", info.description)
    writer.optional("instruction", info.instruction)
    writer.optional("web", info.web)
    writer.optional("contact", info.contact)
    writer.pairs("parameter", info.parameters)
    for number, resource in enumerate(info.resources, start=1):
        _resource(writer.group("resource", number), resource)
    for number, area in enumerate(info.areas, start=1):
        _area(writer.group("area", number), area)


def _resource(writer: _Writer, resource: Resource) -> None:
    writer.required("resourceDesc", resource.resource_desc)
    writer.required("mimeType", resource.mime_type)
    writer.number("size", resource.size)
    writer.optional("uri", resource.uri)
    writer.optional("derefUri", resource.deref_uri)
    writer.optional("digest", resource.digest)


def _area(writer: _Writer, area: Area) -> None:
    writer.required("areaDesc", area.area_desc)
    writer.repeated("polygon", area.polygons)
    writer.repeated("circle", area.circles)
    writer.pairs("geocode", area.geocodes)
    writer.number("altitude", area.altitude)
    writer.number("ceiling", area.ceiling)
