"""What comes back from a server that is asked (``spec/stream.md``, "Reading" and "Ordering"), as data.

It checks nothing but the shape: what an order is stands in ``tocsin.issuing``, whether a draft says what was ordered is
``agreement``'s to judge.
"""

from dataclasses import dataclass
from typing import TypeVar

import msgspec

from tocsin.notice import DocumentError, Level, Notice, Status, decode_notice, from_b64

from .failures import AnswerUnreadable, NotAsOrdered

Answer = TypeVar("Answer")


class Issued(msgspec.Struct, frozen=True):
    """What the journal holds now: the notice, its alarm and version, and its position."""

    position: str
    id: str
    alarm: str
    version: int


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
class Draft:
    """A frozen notice that waits for signatures: its very bytes, what they say, and its CAP document.

    *history* are the proven notices of the alarm that it changes, oldest first. The server's own preview is left out:
    nobody signed it.
    """

    id: str
    document: bytes
    notice: Notice
    cap: bytes
    history: tuple[Notice, ...] = ()

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


class _Part(msgspec.Struct, frozen=True):
    bytes: str
    cap: str


class _DraftAnswer(msgspec.Struct, frozen=True):
    draft: str
    notices: tuple[_Part, ...]


class _IssuedAnswer(msgspec.Struct, frozen=True):
    issued: tuple[Issued, ...]


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
        (part,) = answer.notices
        document = from_b64(part.bytes)
        notice = decode_notice(document)
    except (ValueError, DocumentError) as why:
        raise NotAsOrdered(f"the server froze bytes that are no notice ({why}); nothing was signed") from why
    return Draft(answer.draft, document, notice, part.cap.encode())


def read_issued(body: bytes) -> Issued:
    """Read the answer to signatures that sufficed, or to a draft whose order was issued before."""
    (issued,) = read_answer(body, _IssuedAnswer).issued
    return issued
