"""Is an alert fit to be written? The rules that the form of CAP 1.2 leaves open, as strict as a sender has to be.

A reader is milder: it meets faults of others, and dropping a warning for an odd polygon would harm people. The form
itself is in ``structure``; who may send what is no question of CAP.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from tocsin.cap import shapes, times
from tocsin.cap.errors import Finding, excerpt
from tocsin.cap.model import Alert, Area, Info, Pair, Reference, Resource
from tocsin.cap.values import MsgType, Scope

# CAP 1.2, 3.2.1: these would break the list in references.
_NOT_IN_NAMES = re.compile(r"[\s,<&]")
_MIME_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(;.*)?")
_BLANK = re.compile(r"\s")

_NEEDS_REFERENCES = (MsgType.UPDATE, MsgType.CANCEL, MsgType.ACK, MsgType.ERROR)
_NEEDS_INFO = (MsgType.ALERT, MsgType.UPDATE)


def findings(alert: Alert) -> list[Finding]:
    """Return every rule that *alert* breaks, in the order of the standard."""
    return [*_head(alert), *_references(alert), *_infos(alert)]


def _head(alert: Alert) -> Iterator[Finding]:
    yield from _name("identifier", alert.identifier, "alert/identifier")
    yield from _name("sender", alert.sender, "alert/sender")
    yield from _audience(alert)
    for name, items in (("addresses", alert.addresses), ("incidents", alert.incidents)):
        for item in items:
            if not item.strip() or '"' in item:
                rule = "An item of this list has a text, without double quotes."
                yield _finding("list-item", f"alert/{name}", rule, "Remove the item or its quotes.", item)


def _audience(alert: Alert) -> Iterator[Finding]:
    if alert.scope is Scope.RESTRICTED and not alert.restriction.strip():
        rule = "Scope Restricted needs a restriction."
        yield _finding("restriction-missing", "alert/restriction", rule, "Say to whom it is restricted.")
    if alert.scope is not Scope.RESTRICTED and alert.restriction:
        rule = "A restriction goes with scope Restricted only."
        yield _finding("restriction-unexpected", "alert/restriction", rule, "Remove it.", alert.restriction)
    if alert.scope is Scope.PRIVATE and not alert.addresses:
        rule = "Scope Private needs addresses."
        yield _finding("addresses-missing", "alert/addresses", rule, "Name the receivers.")


def _references(alert: Alert) -> Iterator[Finding]:
    path = "alert/references"
    if alert.msg_type in _NEEDS_REFERENCES and not alert.references:
        rule = f"{alert.msg_type} speaks about earlier messages and names them."
        yield _finding("references-missing", path, rule, "Give the references of the messages that it is about.")
    for reference in alert.references:
        yield from _reference(reference, alert, path)


def _reference(reference: Reference, alert: Alert, path: str) -> Iterator[Finding]:
    text = f"{reference.sender},{reference.identifier},{reference.sent}"
    named = [reference.sender, reference.identifier, reference.sent]
    sent = times.parsed(reference.sent)
    if sent is None or any(not part or _NOT_IN_NAMES.search(part) for part in named):
        rule = "A reference is sender,identifier,sent as the earlier message has them."
        yield _finding("references-malformed", path, rule, "Take Alert.reference of that message.", text)
    elif reference.names(alert):
        rule = "A message does not refer to itself."
        yield _finding("references-self", path, rule, "Remove this reference.", text)
    elif _earlier(alert.sent, sent):
        rule = "A message refers to earlier ones only."
        yield _finding("references-later", path, rule, "Remove this reference, or mend sent.", text)


def _infos(alert: Alert) -> Iterator[Finding]:
    if alert.msg_type in _NEEDS_INFO and not alert.infos:
        rule = f"{alert.msg_type} has something to tell."
        yield _finding("info-missing", "alert/info", rule, "Add an info.")
    for number, info in enumerate(alert.infos, start=1):
        yield from _info(info, alert.sent, f"alert/info[{number}]")


def _info(info: Info, sent: datetime, path: str) -> Iterator[Finding]:
    yield from _filled(info.language, f"{path}/language")
    yield from _filled(info.event, f"{path}/event")
    yield from _times(info, sent, path)
    yield from _link(info.web, f"{path}/web")
    yield from _pairs(info.event_codes, f"{path}/eventCode")
    yield from _pairs(info.parameters, f"{path}/parameter")
    for number, resource in enumerate(info.resources, start=1):
        yield from _resource(resource, f"{path}/resource[{number}]")
    for number, area in enumerate(info.areas, start=1):
        yield from _area(area, f"{path}/area[{number}]")


def _times(info: Info, sent: datetime, path: str) -> Iterator[Finding]:
    if info.expires is None:
        return
    for name, begin, code in (
        ("sent", sent, "expires-before-sent"),
        ("effective", info.effective, "expires-before-effective"),
        ("onset", info.onset, "expires-before-onset"),
    ):
        if begin is not None and not _earlier(begin, info.expires):
            rule = f"An info expires after {name}, {times.written(begin)}."
            yield _finding(code, f"{path}/expires", rule, "Choose a later expires.", times.written(info.expires))


def _resource(resource: Resource, path: str) -> Iterator[Finding]:
    yield from _filled(resource.resource_desc, f"{path}/resourceDesc")
    yield from _link(resource.uri, f"{path}/uri")
    if not _MIME_TYPE.fullmatch(resource.mime_type):
        rule = "A media type has the form type/subtype."
        yield _finding("mime-type", f"{path}/mimeType", rule, "Write it like image/png.", resource.mime_type)
    if not resource.uri and not resource.deref_uri:
        rule = "A resource is somewhere."
        yield _finding("resource-without-link", path, rule, "Give uri, or derefUri on one-way links.")
    if resource.size is not None and resource.size < 0:
        rule = "A size is not below zero."
        yield _finding("size-negative", f"{path}/size", rule, "Give the number of bytes.", str(resource.size))


def _area(area: Area, path: str) -> Iterator[Finding]:
    yield from _filled(area.area_desc, f"{path}/areaDesc", "area-desc-empty")
    yield from _pairs(area.geocodes, f"{path}/geocode")
    for number, text in enumerate(area.polygons, start=1):
        try:
            shapes.polygon_points(text)
        except shapes.ShapeError as error:
            yield _finding(error.code, f"{path}/polygon[{number}]", str(error), "Mend the polygon.", text)
    for number, text in enumerate(area.circles, start=1):
        try:
            shapes.circle(text)
        except shapes.ShapeError as error:
            yield _finding(error.code, f"{path}/circle[{number}]", str(error), "Mend the circle.", text)
    if area.ceiling is None:
        return
    if area.altitude is None:
        rule = "A ceiling goes with an altitude."
        yield _finding("ceiling-without-altitude", f"{path}/ceiling", rule, "Give the altitude.", str(area.ceiling))
    elif area.ceiling.is_finite() and area.altitude.is_finite() and area.ceiling < area.altitude:
        rule = "A ceiling is not below its altitude."
        yield _finding("ceiling-below-altitude", f"{path}/ceiling", rule, "Exchange the two.", str(area.ceiling))


def _pairs(pairs: tuple[Pair, ...], path: str) -> Iterator[Finding]:
    for number, pair in enumerate(pairs, start=1):
        yield from _filled(pair.value_name, f"{path}[{number}]/valueName")


def _name(name: str, text: str, path: str) -> Iterator[Finding]:
    stray = _NOT_IN_NAMES.search(text)
    if not text:
        rule = "Sender, identifier and sent together name an alert."
        yield _finding(f"empty-{name}", path, rule, f"Fill in the {name}.")
    elif stray is not None:
        rule = f"The {name} holds no white space, comma, < or &; it has {stray[0]!r}."
        yield _finding(f"{name}-chars", path, rule, "Put a hyphen in its place.", text)


def _filled(text: str, path: str, code: str = "empty-text") -> Iterator[Finding]:
    if not text.strip():
        yield _finding(code, path, "This text is required.", "Fill it in.")


def _link(uri: str, path: str) -> Iterator[Finding]:
    if _BLANK.search(uri):
        yield _finding("link-blank", path, "A link holds no white space.", "Write a blank as %20.", uri)


def _earlier(first: datetime, second: datetime) -> bool:
    # A date without an offset has its own finding and cannot be compared.
    return first.tzinfo is None or second.tzinfo is None or first < second


def _finding(code: str, path: str, rule: str, remedy: str, found: str = "") -> Finding:
    return Finding(code=code, path=path, rule=rule, remedy=remedy, found=excerpt(found))
