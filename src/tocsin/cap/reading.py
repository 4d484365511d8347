"""From the bytes of a CAP document to an ``Alert``, whatever its version.

``read`` refuses a document that breaks the form of the standard, with every place that breaks it. A text rule that the
form leaves open (an unclosed polygon, a reference with two parts) refuses nothing here: real warnings have such faults,
and the raw text is in the model. ``understood`` makes the best of a document that breaks the form, for ``judging``.
Who is believed is decided elsewhere; a signature is not looked at.
"""

from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from tocsin.cap import document, structure, times
from tocsin.cap.elements import Elements
from tocsin.cap.errors import CapError, Finding
from tocsin.cap.limits import LIMITS, Limits
from tocsin.cap.model import Alert, Message
from tocsin.cap.transcript import Transcript

# The schema says no to these, and yet the document says nothing wrong: USGS signs CAP 1.1, some mark absence as nil.
_FORGIVEN = ("signature-not-in-version", "nil-attribute")


def read(data: bytes, limits: Limits = LIMITS) -> Alert:
    """Return the alert that *data* holds, in whatever encoding and version it declares.

    Raises ``CapError`` with all findings for a document that is no CAP, breaks the form of its version, has no
    identifier or sender, or is larger than *limits*. The caller keeps *data*: the alert does not (``read_message``).
    """
    return read_message(data, limits).alert


def read_message(data: bytes, limits: Limits = LIMITS) -> Message:
    """Return *data* together with the alert in it. Raises ``CapError`` as ``read`` does."""
    root = document.parsed(data, limits)
    findings = structure.findings(root, document.grammar_of(root))
    findings = [one for one in findings if one.code not in _FORGIVEN] or nameless(root)
    if findings:
        raise CapError(*findings)
    message = understood(root, data)
    if not isinstance(message, Message):
        # Only a date of CAP 1.1 or 1.0 can have the form and yet name no instant.
        raise CapError(*_without_instant(root))
    return message


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is left of an alert whose key or kind cannot be read: good for finding more faults, not to act upon."""

    alert: Alert
    notes: tuple[Finding, ...]


class Reading:
    """What can be understood of a document, made when it is first asked for: a verdict alone needs no model."""

    def __init__(self, root: etree._Element, data: bytes) -> None:
        self._root = root
        self._data = data

    @cached_property
    def understood(self) -> Message | Sketch:
        return understood(self._root, self._data)

    @property
    def message(self) -> Message | None:
        return self.understood if isinstance(self.understood, Message) else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reading) and self._data == other._data

    def __hash__(self) -> int:
        return hash(self._data)


def understood(root: etree._Element, data: bytes) -> Message | Sketch:
    """Return what can be understood of the alert *root*, a ``Sketch`` if its key or kind cannot.

    What is read otherwise than it is written is in the notes.
    """
    transcript = Transcript(document.grammar_of(root).version)
    alert = transcript.alert(root)
    notes = tuple(transcript.notes)
    if not transcript.is_whole:
        return Sketch(alert, notes)
    return Message(data=data, version=transcript.version, alert=alert, notes=notes, dates=transcript.dates)


def nameless(root: etree._Element) -> list[Finding]:
    """Return a finding for an identifier and a sender that are there and empty."""
    parts = Elements(root)
    return [
        Finding(
            code=f"empty-{name}",
            path=f"alert/{name}",
            line=structure.line_of(parts.all(name)[0]),
            rule="Sender, identifier and sent together name an alert.",
            remedy=f"Fill in the {name}: an alert without one can be neither updated nor cancelled.",
        )
        for name in ("identifier", "sender")
        if parts.all(name) and not parts.text(name).strip()
    ]


def _without_instant(root: etree._Element) -> list[Finding]:
    sent = Elements(root).all("sent")[0]
    return [
        Finding(
            code=times.fault(structure.text_of(sent)),
            path="alert/sent",
            line=structure.line_of(sent),
            found=structure.text_of(sent),
            rule="A date has a numeric offset.",
            remedy="Write it like 2026-03-01T04:05:06+02:00, UTC as -00:00.",
        )
    ]
