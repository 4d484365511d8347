"""The verdict on a document: each broken rule with its place, what becomes of the message, and the alert if any.

Two verdicts that never mix: whether it is well-formed CAP is said here; whether it is to be trusted is said by
``tocsin.cap.signatures`` and only carried along. What a document means for an alarm is decided in ``tocsin.alarms``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from tocsin.cap import document, outcomes, profiles, reading, rules, structure
from tocsin.cap.assent import Walk
from tocsin.cap.catalogue import Grade, Layer, Outcome
from tocsin.cap.errors import FINDINGS_MAX, CapError, Finding
from tocsin.cap.limits import LIMITS, Limits
from tocsin.cap.model import Alert, Message
from tocsin.cap.reading import Reading
from tocsin.cap.rules import prose

if TYPE_CHECKING:
    # Whoever only judges does not load the signatures.
    from tocsin.cap.signatures.verdicts import Trust

_BELOW_HEAD = ("alert/info", "alert/references")
_BY_SENT = ("references-later", "references-self")
# One more than a report holds: then it is known that there are more.
_MANY = FINDINGS_MAX + 1
_STEP = re.compile(r"([^/\[]+)(?:\[(\d+)\])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found in one document.

    ``version`` is that of CAP, empty for what is no CAP at all. ``reading`` holds the document until its ``message`` is
    asked for. ``trust`` is the other verdict, ``None`` until somebody has asked for it.
    """

    findings: tuple[Finding, ...]
    outcome: Outcome
    version: str = ""
    reading: Reading | None = field(default=None, repr=False)
    trust: "Trust | None" = None

    @property
    def message(self) -> Message | None:
        """The message as far as it could be understood, ``None`` if its key or its kind could not."""
        return self.reading.message if self.reading else None

    @property
    def alert(self) -> Alert | None:
        return self.message.alert if self.message else None

    @property
    def has_the_form(self) -> bool:
        """Whether the schema of its version accepts the document."""
        return not any(one.layer in (Layer.DOCUMENT, Layer.SCHEMA) for one in self.findings)

    @property
    def is_well_formed(self) -> bool:
        """Whether the document breaks no rule of the standard: neither its schema nor its text."""
        return not any(one.grade is Grade.ERROR and one.layer is not Layer.PROFILE for one in self.findings)

    @property
    def gravest(self) -> Grade | None:
        """The gravest grade among the findings, ``None`` without any."""
        return next((grade for grade in Grade if any(one.grade is grade for one in self.findings)), None)


def judge(data: bytes, limits: Limits = LIMITS, now: datetime | None = None) -> Report:
    """Return everything that is to say about the document *data*; nothing is raised for what is wrong with it.

    *now*, if given, is the time of receipt: a message from the future is found by it. A report holds at most
    ``FINDINGS_MAX`` findings, in the order of their lines.
    """
    try:
        root = document.parsed(data, limits)
    except CapError as why:
        return Report(findings=why.findings, outcome=Outcome.REJECT)
    grammar = document.grammar_of(root)
    opening, form = document.blanks_before_declaration(data), structure.findings(root, grammar)
    read = Reading(root, data)
    walk = Walk()
    if form or not walk.is_for(grammar, data) or not walk.finds_nothing(root, now):
        return _explained([*opening, *form], root, read, now)
    unfinished = [replace(prose.unfinished(path), line=structure.line_of(node)) for path, node in walk.unfinished]
    # Both kinds of finding are advice or a warning about a message that is taken.
    return _report([*opening, *unfinished], Outcome.ACCEPT, grammar.version, read)


def _explained(findings: list[Finding], root: etree._Element, read: Reading, now: datetime | None) -> Report:
    """Return the report of a document that breaks a rule, or may: *findings* and what the rules find."""
    understood, message = read.understood, read.message
    if message is None:
        findings += reading.nameless(root)
    asked = [
        *understood.notes[:_MANY],
        *rules.of_a_reader(understood.alert, now),
        *islice(profiles.findings(understood.alert), _MANY),
    ]
    if message is None:
        # Stand-ins in the head would be blamed for these.
        asked = [one for one in asked if one.path.startswith(_BELOW_HEAD) and one.code not in _BY_SENT]
    findings = _together(findings, asked, root)
    outcome = outcomes.outcome(findings, message.alert if message else None)
    return _report(findings, outcome, document.grammar_of(root).version, read)


def _report(findings: list[Finding], outcome: Outcome, version: str, read: Reading) -> Report:
    ordered = tuple(sorted(findings, key=lambda one: one.line or 0)[:FINDINGS_MAX])
    return Report(findings=ordered, outcome=outcome, version=version, reading=read)


def _together(found: list[Finding], asked: Iterable[Finding], root: etree._Element) -> list[Finding]:
    """Return *found* and those of *asked* that say something new, each with its line."""
    known = {(one.code, one.path) for one in found}
    places = {one.path for one in found if one.layer is Layer.SCHEMA}
    new = [one for one in asked if (one.code, one.path) not in known and not _is_said(one, places)]
    lines = _Lines(root)
    return found + [one if one.line is not None else replace(one, line=lines.of(one.path)) for one in new]


def _is_said(finding: Finding, places: set[str]) -> bool:
    # An element that is missing or of the wrong form is also an empty text to the rules; once is enough.
    return finding.path in places and finding.code in ("empty-text", "area-desc-empty", "mime-type")


class _Lines:
    """The lines of paths in one document; the elements of each name below a node are looked up once."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._children: dict[etree._Element, dict[str, list[etree._Element]]] = {}

    def of(self, path: str) -> int | None:
        """Return the line of the element at *path*, or of the nearest one above it that is there."""
        node = self._root
        for step in path.split("/")[1:]:
            match = _STEP.match(step)
            assert match is not None, "a path is made of names and numbers"
            same = self._below(node).get(match[1], [])
            number = int(match[2] or 1)
            if len(same) < number:
                break
            node = same[number - 1]
        return structure.line_of(node)

    def _below(self, node: etree._Element) -> dict[str, list[etree._Element]]:
        if node not in self._children:
            named: dict[str, list[etree._Element]] = {}
            for child in structure.children(node):
                named.setdefault(etree.QName(child).localname, []).append(child)
            self._children[node] = named
        return self._children[node]
