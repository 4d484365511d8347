"""The form of CAP as a table: which element stands where, how often, in which order, of which form (CAP 1.2, 3.4).

CAP 1.1 and 1.0 are the same table with the rows that differ. Rows only; ``structure`` holds a document against them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tocsin.cap import datatypes
from tocsin.cap.datatypes import Datatype, one_of
from tocsin.cap.values import (
    NAMESPACES,
    VERY_LIKELY,
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
    content: "Datatype | Rows"
    least: int = 0
    most: int | None = 1


Rows = tuple[Part, ...]


def _once(name: str, content: "Datatype | Rows" = datatypes.any_text) -> Part:
    return Part(name, content, least=1)


def _maybe(name: str, content: Datatype = datatypes.any_text) -> Part:
    return Part(name, content)


def _any(name: str, content: "Datatype | Rows" = datatypes.any_text) -> Part:
    return Part(name, content, most=None)


_PAIR = (_once("valueName"), _once("value"))

_RESOURCE = (
    _once("resourceDesc"),
    _once("mimeType"),
    _maybe("size", datatypes.integer),
    _maybe("uri", datatypes.uri),
    _maybe("derefUri"),
    _maybe("digest"),
)

_AREA = (
    _once("areaDesc"),
    _any("polygon"),
    _any("circle"),
    _any("geocode", _PAIR),
    _maybe("altitude", datatypes.decimal),
    _maybe("ceiling", datatypes.decimal),
)

_INFO = (
    _maybe("language", datatypes.language),
    Part("category", one_of(Category), least=1, most=None),
    _once("event"),
    _any("responseType", one_of(ResponseType)),
    _once("urgency", one_of(Urgency)),
    _once("severity", one_of(Severity)),
    _once("certainty", one_of(Certainty)),
    _maybe("audience"),
    _any("eventCode", _PAIR),
    _maybe("effective", datatypes.date_time),
    _maybe("onset", datatypes.date_time),
    _maybe("expires", datatypes.date_time),
    _maybe("senderName"),
    _maybe("headline"),
    _maybe("description"),
    _maybe("instruction"),
    _maybe("web", datatypes.uri),
    _maybe("contact"),
    _any("parameter", _PAIR),
    _any("resource", _RESOURCE),
    _any("area", _AREA),
)

_ALERT = (
    _once("identifier"),
    _once("sender"),
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
    _any("info", _INFO),
)


def _changed(rows: Rows, *parts: Part) -> Rows:
    """Return *rows* with those of the same names as *parts* put in their place."""
    by_name = {part.name: part for part in parts}
    return tuple(by_name.get(row.name, row) for row in rows)


def _without(rows: Rows, *names: str) -> Rows:
    return tuple(row for row in rows if row.name not in names)


def _but(words: Iterable[str], *left_out: str) -> Datatype:
    return one_of(word for word in words if word not in left_out)


_TEXT_HEIGHTS = (_maybe("altitude"), _maybe("ceiling"))
_AREA_1_1 = _changed(_AREA, *_TEXT_HEIGHTS)
_RESOURCE_1_1 = _changed(_RESOURCE, _maybe("mimeType"))
_INFO_1_1 = _changed(
    _INFO,
    _any("responseType", _but(ResponseType, ResponseType.AVOID, ResponseType.ALL_CLEAR)),
    *(_maybe(name, datatypes.older_date_time) for name in ("effective", "onset", "expires")),
    _any("resource", _RESOURCE_1_1),
    _any("area", _AREA_1_1),
)
_ALERT_1_1 = _changed(_ALERT, _once("sent", datatypes.older_date_time), _any("info", _INFO_1_1))

_INFO_1_0 = _changed(
    _without(_INFO_1_1, "responseType"),
    _any("category", _but(Category, Category.CBRNE)),
    _once("certainty", one_of((VERY_LIKELY, *(word for word in Certainty if word is not Certainty.OBSERVED)))),
    _any("eventCode"),
    _any("parameter"),
    _any("resource", _without(_RESOURCE_1_1, "derefUri")),
    _any("area", _changed(_AREA_1_1, _any("geocode"))),
)
_PASSWORD_PLACE = 5
_ALERT_1_0 = _changed(
    (*_ALERT_1_1[:_PASSWORD_PLACE], _maybe("password"), *_ALERT_1_1[_PASSWORD_PLACE:]),
    _once("status", _but(Status, Status.DRAFT)),
    _maybe("scope", one_of(Scope)),
    _any("info", _INFO_1_0),
)


class Group:
    """Rows in their order, and the index of each by the tag that a document of one version has."""

    def __init__(self, namespace: str, rows: Rows) -> None:
        self.rows = rows
        self.index = {f"{{{namespace}}}{row.name}": index for index, row in enumerate(rows)}
        self.groups = {row.name: Group(namespace, row.content) for row in rows if isinstance(row.content, tuple)}


@dataclass(frozen=True, eq=False)
class Grammar:
    """The form of one version of CAP; there is one of each. Only 1.2 has a place for a signature."""

    version: str
    namespace: str
    rows: Rows

    @cached_property
    def alert(self) -> Group:
        return Group(self.namespace, self.rows)

    @property
    def is_signable(self) -> bool:
        return self.version == "1.2"


_ROWS = {"1.2": _ALERT, "1.1": _ALERT_1_1, "1.0": _ALERT_1_0}
GRAMMARS = {namespace: Grammar(version, namespace, _ROWS[version]) for version, namespace in NAMESPACES.items()}
GRAMMAR = GRAMMARS[NAMESPACES["1.2"]]
