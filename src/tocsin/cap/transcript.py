"""One alert copied from XML into the model, with a note wherever the two could not be the same.

CAP 1.1 and 1.0 become the model of 1.2: a pair written as ``name=value`` is split, "Very Likely" is Likely, a password
stays behind. What cannot be read takes the value that promises least (Unknown, Private, no time), and the document has
a finding for it in ``structure``. Which findings keep a message from the public is known in ``outcomes``.
"""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from lxml import etree

from tocsin.cap import datatypes, lists, times
from tocsin.cap.elements import Elements
from tocsin.cap.errors import Finding, excerpt
from tocsin.cap.limits import REFERENCES_CHARACTERS_MAX
from tocsin.cap.model import DEFAULT_LANGUAGE, Alert, Area, Info, Pair, Reference, Resource
from tocsin.cap.structure import line_of, text_of
from tocsin.cap.values import (
    VERSION,
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

Word = TypeVar("Word", bound=StrEnum)

_STAND_IN = "unknown"
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)

_WORDS: dict[type[StrEnum], dict[str, StrEnum]] = {
    words: {word.value: word for word in words}
    for words in (Status, MsgType, Scope, Category, ResponseType, Urgency, Severity, Certainty)
}


def _word(words: type[Word], text: str) -> Word | None:
    found = _WORDS[words].get(text) or _WORDS[words].get(text.strip())
    return found if isinstance(found, words) else None


class Transcript:
    """Copies one document of *version*; afterwards ``notes`` and ``dates`` are filled."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.is_whole = False
        self.notes: list[Finding] = []
        self.dates: dict[str, str] = {}

    def alert(self, root: etree._Element) -> Alert:
        """Return the alert. Unless ``is_whole``, its head holds stand-ins and it must not leave the judgement."""
        parts = Elements(root)
        sent = self._instant(parts, "sent", "alert")
        status, msg_type = _word(Status, parts.text("status")), _word(MsgType, parts.text("msgType"))
        identifier, sender = parts.text("identifier"), parts.text("sender")
        self.is_whole = None not in (sent, status, msg_type) and bool(identifier.strip() and sender.strip())
        if self.version != VERSION:
            self._older(root, parts)
        return Alert(
            identifier=identifier or _STAND_IN,
            sender=sender or _STAND_IN,
            sent=sent or _LONG_AGO,
            sent_text=parts.token("sent"),
            status=status or Status.DRAFT,
            msg_type=msg_type or MsgType.ERROR,
            source=parts.text("source"),
            scope=self._scope(parts),
            restriction=parts.text("restriction"),
            addresses=lists.items(parts.text("addresses")),
            codes=parts.texts("code"),
            note=parts.text("note"),
            references=self._references(parts),
            incidents=lists.items(parts.text("incidents")),
            infos=tuple([self._info(node, f"alert/info[{i}]") for i, node in enumerate(parts.all("info"), 1)]),
        )

    def _older(self, root: etree._Element, parts: Elements) -> None:
        rule = f"This is CAP {self.version}; today's version is {VERSION}."
        self._note("older-version", "alert", root, rule, f"Send CAP {VERSION}; a namespace alone is no conversion.")
        for node in parts.all("password"):
            rule = "A password is not for readers; CAP dropped it in 1.1."
            self._note("password-dropped", "alert/password", node, rule, "Leave it out.")

    def _scope(self, parts: Elements) -> Scope:
        scope = _word(Scope, parts.text("scope"))
        if scope is None and self.version == "1.0" and not parts.has("scope"):
            self._note("scope-assumed", "alert/scope", None, "Without a scope it is read as Public.", "Give a scope.")
            return Scope.PUBLIC
        return scope or Scope.PRIVATE

    def _references(self, parts: Elements) -> tuple[Reference, ...]:
        nodes, text = parts.all("references"), parts.text("references")
        if nodes and not text.strip():
            rule = "An empty list of references is the same as none."
            self._note("references-empty", "alert/references", nodes[0], rule, "Leave the element out.")
        if len(text) > REFERENCES_CHARACTERS_MAX:
            rule = f"References have at most {REFERENCES_CHARACTERS_MAX} characters; none of these is read."
            remedy = "Name the messages that have not expired."
            self._note("references-malformed", "alert/references", nodes[0], rule, remedy, text)
            return ()
        if self.version == "1.0":
            found = lists.older_references(text)
            if found:
                rule = "CAP 1.0 refers by identifier and sender, so that any message of that name is meant."
                self._note("references-without-time", "alert/references", nodes[0], rule, "Send CAP 1.2.")
            return found
        for word in lists.broken_references(text):
            rule = "A reference is sender,identifier,sent; several are separated by blanks."
            remedy = "Write each one as the earlier message has these three."
            self._note("references-malformed", "alert/references", nodes[0], rule, remedy, word)
        return lists.references(text)

    def _info(self, node: etree._Element, path: str) -> Info:
        parts = Elements(node)
        categories = (_word(Category, text) for text in parts.texts("category"))
        response_types = (_word(ResponseType, text) for text in parts.texts("responseType"))
        return Info(
            language=parts.token("language") or DEFAULT_LANGUAGE,
            categories=tuple([one for one in categories if one is not None]),
            event=parts.text("event"),
            response_types=tuple([one for one in response_types if one is not None]),
            urgency=_word(Urgency, parts.text("urgency")) or Urgency.UNKNOWN,
            severity=_word(Severity, parts.text("severity")) or Severity.UNKNOWN,
            certainty=self._certainty(parts, path),
            audience=parts.text("audience"),
            event_codes=self._pairs(parts, "eventCode", path),
            effective=self._instant(parts, "effective", path),
            onset=self._instant(parts, "onset", path),
            expires=self._instant(parts, "expires", path),
            sender_name=parts.text("senderName"),
            headline=parts.text("headline"),
            description=parts.text("description"),
            instruction=parts.text("instruction"),
            web=parts.token("web"),
            contact=parts.text("contact"),
            parameters=self._pairs(parts, "parameter", path),
            resources=tuple([_resource(child) for child in parts.all("resource")]),
            areas=tuple([self._area(child, f"{path}/area[{i}]") for i, child in enumerate(parts.all("area"), 1)]),
        )

    def _certainty(self, parts: Elements, path: str) -> Certainty:
        text = parts.text("certainty")
        if text.strip() != VERY_LIKELY:
            return _word(Certainty, text) or Certainty.UNKNOWN
        rule = "Very Likely is a word of CAP 1.0; it is read as Likely."
        node = parts.all("certainty")[0]
        self._note("certainty-very-likely", f"{path}/certainty", node, rule, "Write Observed or Likely.", text)
        return Certainty.LIKELY

    def _area(self, node: etree._Element, path: str) -> Area:
        parts = Elements(node)
        return Area(
            area_desc=parts.text("areaDesc"),
            polygons=parts.texts("polygon"),
            circles=parts.texts("circle"),
            geocodes=self._pairs(parts, "geocode", path),
            altitude=self._height(parts, "altitude", path),
            ceiling=self._height(parts, "ceiling", path),
        )

    def _pairs(self, parts: Elements, name: str, path: str) -> tuple[Pair, ...]:
        nodes = parts.all(name)
        if self.version == "1.0":
            return tuple([self._older_pair(node, f"{path}/{name}[{i}]") for i, node in enumerate(nodes, 1)])
        return tuple([_pair(node) for node in nodes])

    def _older_pair(self, node: etree._Element, path: str) -> Pair:
        name, equals, value = text_of(node).partition("=")
        if not equals:
            rule = "CAP 1.0 writes a pair as name=value."
            self._note("pair-without-name", path, node, rule, "Send CAP 1.2.", name)
            return Pair("", name)
        return Pair(name.strip(), value.strip())

    def _height(self, parts: Elements, name: str, path: str) -> Decimal | None:
        digits = parts.token(name)
        if not digits:
            return None
        if datatypes.decimal.fault(digits) is None:
            return Decimal(digits)
        if self.version != VERSION:
            rule = "A height is a decimal number of feet; this one is left out."
            node = parts.all(name)[0]
            self._note("height-unreadable", f"{path}/{name}", node, rule, "Write digits only.", digits)
        return None

    def _instant(self, parts: Elements, name: str, path: str) -> datetime | None:
        nodes = parts.all(name)
        if not nodes:
            return None
        text = text_of(nodes[0])
        place = f"{path}/{name}"
        self.dates[place] = text.strip(times.XML_BLANKS)
        instant = times.parsed(text)
        if instant is not None:
            return instant
        if self.version != VERSION and times.is_older_form(text):
            rule = "CAP 1.2 has whole seconds and a numeric offset."
            remedy = "Write it like 2026-03-01T04:05:06+02:00, UTC as -00:00."
            self._note(times.fault(text) + "-older", place, nodes[0], rule, remedy, text)
        # Warned a day too long harms less than a warning that ends too early.
        return times.loosely_parsed(text) or (times.latest_parsed(text) if name == "expires" else None)

    def _note(self, code: str, path: str, node: etree._Element | None, rule: str, remedy: str, found: str = "") -> None:
        line = line_of(node) if node is not None else None
        self.notes.append(Finding(code=code, path=path, line=line, rule=rule, remedy=remedy, found=excerpt(found)))


def _pair(node: etree._Element) -> Pair:
    parts = Elements(node)
    return Pair(parts.text("valueName"), parts.text("value"))


def _resource(node: etree._Element) -> Resource:
    parts = Elements(node)
    size = parts.token("size")
    return Resource(
        resource_desc=parts.text("resourceDesc"),
        mime_type=parts.text("mimeType"),
        size=int(size) if size and datatypes.integer.fault(size) is None else None,
        uri=parts.token("uri"),
        deref_uri=parts.text("derefUri"),
        digest=parts.text("digest"),
    )
