"""The form of CAP 1.2 as a table: which element stands where, how often, in which order, of which form (CAP 1.2, 3.4).

Rows only; ``structure`` holds a document against them.
"""

from dataclasses import dataclass

from tocsin.cap import datatypes
from tocsin.cap.datatypes import Datatype, one_of
from tocsin.cap.values import (
    NAMESPACE,
    Category,
    Certainty,
    MsgType,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the table: *content* is the form of a text, or the rows of a group."""

    name: str
    content: "Datatype | Group"
    least: int = 0
    most: int | None = 1


class Group:
    """Rows in their order, and the index of each by the tag that a document has."""

    def __init__(self, *rows: Part) -> None:
        self.rows = rows
        self.index = {f"{{{NAMESPACE}}}{row.name}": index for index, row in enumerate(rows)}


def _once(name: str, content: Datatype) -> Part:
    return Part(name, content, least=1)


def _maybe(name: str, content: Datatype = datatypes.any_text) -> Part:
    return Part(name, content)


def _any(name: str, content: Datatype | Group = datatypes.any_text) -> Part:
    return Part(name, content, most=None)


PAIR = Group(_once("valueName", datatypes.any_text), _once("value", datatypes.any_text))

RESOURCE = Group(
    _once("resourceDesc", datatypes.any_text),
    _once("mimeType", datatypes.any_text),
    _maybe("size", datatypes.integer),
    _maybe("uri", datatypes.uri),
    _maybe("derefUri"),
    _maybe("digest"),
)

AREA = Group(
    _once("areaDesc", datatypes.any_text),
    _any("polygon"),
    _any("circle"),
    _any("geocode", PAIR),
    _maybe("altitude", datatypes.decimal),
    _maybe("ceiling", datatypes.decimal),
)

INFO = Group(
    _maybe("language", datatypes.language),
    Part("category", one_of(Category), least=1, most=None),
    _once("event", datatypes.any_text),
    _any("responseType", one_of(ResponseType)),
    _once("urgency", one_of(Urgency)),
    _once("severity", one_of(Severity)),
    _once("certainty", one_of(Certainty)),
    _maybe("audience"),
    _any("eventCode", PAIR),
    _maybe("effective", datatypes.date_time),
    _maybe("onset", datatypes.date_time),
    _maybe("expires", datatypes.date_time),
    _maybe("senderName"),
    _maybe("headline"),
    _maybe("description"),
    _maybe("instruction"),
    _maybe("web", datatypes.uri),
    _maybe("contact"),
    _any("parameter", PAIR),
    _any("resource", RESOURCE),
    _any("area", AREA),
)

ALERT = Group(
    _once("identifier", datatypes.any_text),
    _once("sender", datatypes.any_text),
    _once("sent", datatypes.date_time),
    _once("status", one_of(Status)),
    _once("msgType", one_of(MsgType)),
    _maybe("source"),
    _once("scope", one_of(Scope)),
    _maybe("restriction"),
    _maybe("addresses"),
    _any("code"),
    _maybe("note"),
    _maybe("references"),
    _maybe("incidents"),
    _any("info", INFO),
)
