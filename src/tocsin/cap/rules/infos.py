"""What is told, when it holds and what goes with it (CAP 1.2, 3.2.2 and 3.2.3)."""

import re
from collections.abc import Iterator
from datetime import datetime

from tocsin.cap import times
from tocsin.cap.errors import Finding
from tocsin.cap.model import Info, Pair, Resource
from tocsin.cap.rules.words import earlier, filled, found, link

MIME_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(;.*)?")


def content(info: Info, sent: datetime, path: str) -> Iterator[Finding]:
    """Yield what is wrong in one info, its areas apart (``areas``)."""
    yield from filled(info.language, path, "language")
    yield from filled(info.event, path, "event")
    if info.expires is not None:
        yield from _expiry(info, info.expires, sent, path)
    yield from link(info.web, path, "web")
    yield from pairs(info.event_codes, path, "eventCode")
    yield from pairs(info.parameters, path, "parameter")
    for number, resource in enumerate(info.resources, start=1):
        yield from _resource(resource, f"{path}/resource[{number}]")


def pairs(listed: tuple[Pair, ...], path: str, name: str) -> Iterator[Finding]:
    for number, pair in enumerate(listed, start=1):
        if not pair.value_name or pair.value_name.isspace():
            yield from filled(pair.value_name, f"{path}/{name}[{number}]", "valueName")


def _expiry(info: Info, expires: datetime, sent: datetime, path: str) -> Iterator[Finding]:
    for name, begin, when_equal in (
        ("sent", sent, "expires-at-once"),
        ("effective", info.effective, "expires-at-once"),
        ("onset", info.onset, "onset-equals-expires"),
    ):
        if begin is not None and not earlier(begin, expires):
            code = when_equal if begin == expires else f"expires-before-{name}"
            rule = f"An info expires after {name}, {times.written(begin)}."
            yield found(code, f"{path}/expires", rule, "Choose a later expires.", times.written(expires))


def _resource(resource: Resource, path: str) -> Iterator[Finding]:
    yield from filled(resource.resource_desc, path, "resourceDesc")
    yield from link(resource.uri, path, "uri")
    if not MIME_TYPE.fullmatch(resource.mime_type):
        rule = "A media type has the form type/subtype."
        yield found("mime-type", f"{path}/mimeType", rule, "Write it like image/png.", resource.mime_type)
    if not resource.uri and not resource.deref_uri:
        rule = "A resource is somewhere."
        yield found("resource-without-link", path, rule, "Give uri, or derefUri on one-way links.")
    if resource.size is not None and resource.size < 0:
        rule = "A size is not below zero."
        yield found("size-negative", f"{path}/size", rule, "Give the number of bytes.", str(resource.size))
