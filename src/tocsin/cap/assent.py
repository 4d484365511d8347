"""A quick yes to the text of an alert of CAP 1.2, for the many documents that break no rule.

It never explains a no: on any doubt the rules themselves are asked, and they alone make findings. A yes is safe because
every rule of ``rules`` and ``profiles`` has its question here: the same function where a text alone is looked at, the
same comparison where several are, and a broader one (is there a ceiling at all, is any profile claimed) where the rule
is asked too seldom to be repeated. The questions go to the texts in one walk, without a model being made of them.

An answer counts only where the form is known to be kept (``compiled``): then words are words of their lists, nothing is
nil, and nothing stands behind a signature. The one finding that is known without the rules is that an info has no
expires: a tenth of all alerts.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from lxml import etree

from tocsin.cap import lists, shapes, times
from tocsin.cap.errors import FINDINGS_MAX
from tocsin.cap.grammar import GRAMMAR, Grammar
from tocsin.cap.limits import REFERENCES_CHARACTERS_MAX
from tocsin.cap.model import DEFAULT_LANGUAGE
from tocsin.cap.profiles import cap_au, cap_cp, ipaws, meteoalarm
from tocsin.cap.rules import calendar, heads, infos, prose, words
from tocsin.cap.rules.rings import Crossings
from tocsin.cap.times import XML_BLANKS
from tocsin.cap.values import NAMESPACE, MsgType, Scope

# What is asked here in vain is asked again by the rules; a document of that size may take twice as long.
SIZE_BYTES_MAX = 32 * 1024

Question = TypeVar("Question")

_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"


class Walk:
    """One walk over the texts of an alert; afterwards ``unfinished`` holds the infos without expires."""

    def __init__(self) -> None:
        self.unfinished: list[tuple[str, etree._Element]] = []
        self._sent: datetime | None = None
        self._type = ""
        self._references = ""
        self._infos = 0
        self._info: etree._Element | None = None
        self._language = DEFAULT_LANGUAGE
        self._begins: list[datetime] = []
        self._categories: list[set[str]] = []
        self._translated: dict[tuple[str, str], str] = {}
        self._has_open_resource = False
        self._crossings = Crossings()

    def is_for(self, grammar: Grammar, data: bytes) -> bool:
        """Tell whether such a document is walked over at all."""
        return grammar is GRAMMAR and len(data) <= SIZE_BYTES_MAX

    def finds_nothing(self, root: etree._Element, now: datetime | None) -> bool:
        """Tell whether the rules surely find nothing in the alert *root* but that infos are ``unfinished``.

        *root* keeps the form of CAP 1.2. *now* is the time of receipt, if the rules shall be asked about the future.
        """
        for node in root.iter():
            tag = node.tag
            if tag in _UNASKED:
                continue
            if (is_odd := _OF_TEXT.get(tag)) is not None:
                if is_odd(node.text or ""):
                    return False
            elif (question := _OF_NODE.get(tag)) is not None:
                if question(self, node):
                    return False
            elif isinstance(tag, str) and tag.startswith(_SIGNATURE):
                break
            else:
                # A comment may divide a text.
                return False
        return not (self._leaves_info() or self._head_is_odd(now) or len(self.unfinished) >= FINDINGS_MAX)

    def _head_is_odd(self, now: datetime | None) -> bool:
        sent = self._sent
        if sent is None or self._has_open_resource or (now is not None and sent > now + calendar.AHEAD_MAX):
            return True
        if not self._infos and self._type in (MsgType.ALERT, MsgType.UPDATE):
            return True
        if not self._references:
            return self._type != MsgType.ALERT
        return len(self._references) > REFERENCES_CHARACTERS_MAX or not all(
            _is_earlier(word, sent) for word in self._references.split()
        )

    def _enters_info(self, node: etree._Element) -> bool:
        is_odd = self._leaves_info()
        self._infos += 1
        self._info, self._language, self._begins = node, DEFAULT_LANGUAGE, []
        self._categories.append(set())
        return is_odd

    def _leaves_info(self) -> bool:
        if self._info is not None:
            self.unfinished.append((f"alert/info[{self._infos}]", self._info))
            self._info = None
        return bool(self._categories) and self._categories[-1] != self._categories[0]

    def _enters_resource(self, node: etree._Element) -> bool:
        is_odd, self._has_open_resource = self._has_open_resource, True
        return is_odd

    def _is_at(self, node: etree._Element) -> bool:
        self._has_open_resource = False
        return not node.text or _has_blank(node.text)

    def _is_embedded(self, node: etree._Element) -> bool:
        self._has_open_resource = False
        return not node.text

    def _is_sent(self, node: etree._Element) -> bool:
        self._sent = times.parsed(node.text or "")
        return _is_odd_year(self._sent)

    def _begins_to_hold(self, node: etree._Element) -> bool:
        instant = times.parsed(node.text or "")
        if instant is not None:
            self._begins.append(instant)
        return _is_odd_year(instant)

    def _expires(self, node: etree._Element) -> bool:
        self._info = None
        instant, sent = times.parsed(node.text or ""), self._sent
        if instant is None or sent is None or _is_odd_year(instant):
            return True
        return sent >= instant or any(begin >= instant for begin in self._begins)

    def _is_type(self, node: etree._Element) -> bool:
        self._type = node.text or ""
        return False

    def _refers(self, node: etree._Element) -> bool:
        self._references = (node.text or "").strip()
        return not self._references

    def _speaks(self, node: etree._Element) -> bool:
        self._language = (node.text or "").strip(XML_BLANKS) or DEFAULT_LANGUAGE
        return False

    def _is_in_category(self, node: etree._Element) -> bool:
        self._categories[-1].add(node.text or "")
        return False

    def _is_headline(self, node: etree._Element) -> bool:
        return len(node.text or "") > prose.HEADLINE_CHARACTERS or self._is_told(node)

    def _is_told(self, node: etree._Element) -> bool:
        text = (node.text or "").strip()
        language = self._language.partition("-")[0].lower()
        is_same = bool(text) and self._translated.setdefault((node.tag, text), language) != language
        return is_same or _is_markup(text)

    def _is_drawn(self, node: etree._Element) -> bool:
        points, faults = shapes.ring(node.text or "")
        return bool(faults) or self._crossings(points) is not None


def _is_earlier(word: str, sent: datetime) -> bool:
    """Tell whether *word* refers in good form to a message before *sent*, which cannot be the message itself."""
    found = lists.references(word)
    if not found or any(heads.NOT_IN_NAMES.search(part) for part in (found[0].sender, found[0].identifier)):
        return False
    instant = times.parsed(found[0].sent)
    return instant is not None and instant < sent


def _is_odd_year(instant: datetime | None) -> bool:
    return instant is None or instant.year in calendar.BUDDHIST


def _is_markup(text: str) -> bool:
    return "<" in text or "&" in text


def _is_empty(text: str) -> bool:
    return not text or text.isspace()


def _has_blank(link: str) -> bool:
    return words.BLANK.search(link.strip(XML_BLANKS)) is not None


def _is_odd_list(text: str) -> bool:
    return not all(item.strip() and '"' not in item for item in lists.items(text))


def _is_claim(code: str) -> bool:
    return code in (ipaws.MARK, cap_au.MARK) or code.startswith(cap_cp.MARK)


def _is_odd_name(text: str) -> bool:
    return not text or heads.NOT_IN_NAMES.search(text) is not None


def _is_no_prose(text: str) -> bool:
    return _is_empty(text) or _is_markup(text)


def _is_odd_pair_name(text: str) -> bool:
    return _is_empty(text) or text in meteoalarm.NAMES


def _tagged(questions: dict[str, Question]) -> dict[object, Question]:
    return {f"{{{NAMESPACE}}}{name}": question for name, question in questions.items()}


# No rule asks about these by themselves; the words of lists were compared by the form.
_UNASKED = _tagged(
    dict.fromkeys(
        (
            "alert", "status", "source", "note", "responseType", "urgency", "severity", "certainty", "audience",
            "eventCode", "parameter", "digest", "area", "geocode", "value", "altitude",
        )
    )
)  # fmt: skip

# One question for every other element: of its text alone …
_OF_TEXT: dict[object, Callable[[str], bool]] = _tagged(
    {
        "identifier": _is_odd_name,
        "sender": _is_odd_name,
        "scope": lambda text: text != Scope.PUBLIC,
        "restriction": bool,
        "addresses": _is_odd_list,
        "incidents": _is_odd_list,
        "code": _is_claim,
        "event": _is_no_prose,
        "areaDesc": _is_no_prose,
        "valueName": _is_odd_pair_name,
        "senderName": _is_markup,
        "contact": _is_markup,
        "web": _has_blank,
        "resourceDesc": _is_empty,
        "mimeType": lambda text: infos.MIME_TYPE.fullmatch(text) is None,
        "size": lambda text: "-" in text,
        "circle": lambda text: not shapes.is_circle(text),
        "ceiling": lambda text: True,
    }
)

# … or of its text among others.
_OF_NODE: dict[object, Callable[[Walk, etree._Element], bool]] = _tagged(
    {
        "sent": Walk._is_sent,
        "msgType": Walk._is_type,
        "references": Walk._refers,
        "info": Walk._enters_info,
        "language": Walk._speaks,
        "category": Walk._is_in_category,
        "effective": Walk._begins_to_hold,
        "onset": Walk._begins_to_hold,
        "expires": Walk._expires,
        "headline": Walk._is_headline,
        "description": Walk._is_told,
        "instruction": Walk._is_told,
        "resource": Walk._enters_resource,
        "uri": Walk._is_at,
        "derefUri": Walk._is_embedded,
        "polygon": Walk._is_drawn,
    }
)
