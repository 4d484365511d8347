"""What comes back from a server that is asked (``spec/stream.md``, "Reading" and "Ordering"), as data.

It checks nothing but the shape: what an order is stands in ``tocsin.issuing``, whether a draft says what was ordered is
``agreement``'s to judge.
"""

from dataclasses import dataclass
from typing import Annotated, TypeVar

import msgspec

from tocsin.notice import DocumentError, Level, Notice, Status, decode_notice, from_b64

from .failures import AnswerUnreadable, NotAsOrdered

Answer = TypeVar("Answer")


class Issued(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the journal holds now: the notice, its alarm and version, and its position.

    *others* are the alarms that the rest of the order became, if one notice could not hold all of it.
    """

    position: str
    id: str
    alarm: str
    version: int
    others: tuple["Issued", ...] = ()


class SignedBy(msgspec.Struct, frozen=True):
    """Who has signed a draft, and when (Unix ms)."""

    holder: str
    name: str
    at_ms: int


class Submitted(msgspec.Struct, frozen=True):
    """Not issued: the draft waits for *missing* people more, of *people*, until *lapses_at* (Unix seconds).

    *link* is the path of the page where they sign.
    """

    draft: str
    signed_by: tuple[SignedBy, ...]
    people: int
    missing: int
    lapses_at: int
    link: str


class AlarmView(msgspec.Struct, frozen=True):
    """An alarm as the public API shows it. Unsigned: good for finding one, not for believing it."""

    alarm: str
    version: int
    status: Status
    state: str
    hazard: str
    level: Level
    since: int
    regions: tuple[str, ...]


class BoardView(msgspec.Struct, frozen=True):
    """``GET /v1/board``: alarms that have not ended."""

    position: str
    actual: tuple[AlarmView, ...]
    exercise: tuple[AlarmView, ...]
    test: tuple[AlarmView, ...]

    def of(self, status: Status) -> tuple[AlarmView, ...]:
        match status:
            case Status.ACTUAL:
                return self.actual
            case Status.EXERCISE:
                return self.exercise
            case Status.TEST:
                return self.test


@dataclass(frozen=True, slots=True)
class Part:
    """A frozen notice that waits for signatures: its very bytes, what they say, and its CAP document."""

    document: bytes
    notice: Notice
    cap: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """What an order was frozen to: one part, or several that are alarms of their own.

    *history* are the proven notices of the alarm that it changes, oldest first. The server's own preview is left out:
    nobody signed it.
    """

    id: str
    parts: tuple[Part, ...]
    history: tuple[Notice, ...] = ()

    @property
    def notice(self) -> Notice:
        """The notice of the first part."""
        return self.parts[0].notice

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions of all parts, sorted."""
        return tuple(sorted({code for part in self.parts for code in part.notice.regions}))

    @property
    def before(self) -> Notice | None:
        """The newest proven notice of the alarm that is changed; none for an alert."""
        return self.history[-1] if self.history else None


class AuthorityAnswer(msgspec.Struct, frozen=True):
    """``GET /v1/authority``: rosters and revocation lists, as far as a client needs it."""

    rosters: dict[str, tuple[str, ...]]
    revocations: dict[str, str] = {}


class HistoryEntry(msgspec.Struct, frozen=True):
    envelope: str


class AlarmAnswer(msgspec.Struct, frozen=True):
    """``GET /v1/alarms/{alarm}``: the envelopes of an alarm, oldest first."""

    history: tuple[HistoryEntry, ...]


class _PartAnswer(msgspec.Struct, frozen=True):
    bytes: str
    cap: str


class _DraftAnswer(msgspec.Struct, frozen=True):
    draft: str
    notices: Annotated[tuple[_PartAnswer, ...], msgspec.Meta(min_length=1)]


class _SignedAnswer(msgspec.Struct, frozen=True):
    issued: tuple[Issued, ...] = ()
    submitted: Submitted | None = None


def read_answer(body: bytes, shape: type[Answer]) -> Answer:
    """Read the answer of a server. Raises ``AnswerUnreadable``."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as why:
        raise AnswerUnreadable(f"the server's answer cannot be read ({why}); is it a Tocsin of this version?") from why


def read_draft(body: bytes) -> Draft:
    """Read the answer 201 to a draft. Raises ``NotAsOrdered`` if it holds no notice, ``AnswerUnreadable``."""
    answer = read_answer(body, _DraftAnswer)
    try:
        parts = [_part(from_b64(one.bytes), one.cap.encode()) for one in answer.notices]
    except (ValueError, DocumentError) as why:
        raise NotAsOrdered(f"the server froze bytes that are no notice ({why}); nothing was signed") from why
    return Draft(answer.draft, tuple(parts))


def _part(document: bytes, cap: bytes) -> Part:
    return Part(document, decode_notice(document), cap)


def read_signed(body: bytes) -> Issued | Submitted:
    """Read the answer to signatures, or to a draft whose order was issued before. Raises ``AnswerUnreadable``."""
    answer = read_answer(body, _SignedAnswer)
    if answer.submitted is not None:
        return answer.submitted
    if not answer.issued:
        raise AnswerUnreadable(
            "the server says neither what was issued nor what waits; is it a Tocsin of this version?"
        )
    first, *others = answer.issued
    return msgspec.structs.replace(first, others=tuple(others))
