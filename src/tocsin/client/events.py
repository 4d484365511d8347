"""What a follower of the stream is told. Real alerts, exercises and tests are different types, so that code which makes
noise can take the one and cannot be handed another.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from tocsin.notice import Domain, Heartbeat, Notice, Position, Reason, Status


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was known has been replaced. The notices that are new to this follower come as events of their own."""

    position: Position


@dataclass(frozen=True, slots=True)
class ActualNotice:
    """A believed notice about a real danger, told once, and the names of those who signed it."""

    notice: Notice
    signed_by: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class ExerciseNotice:
    """A believed notice of a drill, told once."""

    notice: Notice
    signed_by: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class TestNotice:
    """A believed notice of a test, told once."""

    __test__ = False  # for pytest, which takes the name for a test of its own

    notice: Notice
    signed_by: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class RosterLearned:
    domain: Domain
    version: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A believed heartbeat: the follower is live, and its board is the server's."""

    heartbeat: Heartbeat


@dataclass(frozen=True, slots=True)
class KeysRevoked:
    """A revocation list was learned: keys of *domain* count no longer."""

    domain: Domain
    version: int


class Silence(StrEnum):
    """Why a follower is not live."""

    SILENT = "silent"
    DIFFERS = "differs"
    WITHHELD = "withheld"
    ROSTERS = "rosters"


@dataclass(frozen=True, slots=True)
class NotLive:
    """From now on nothing that is shown is current. Silence never clears: what was in force stays so."""

    reason: Silence
    message: str


@dataclass(frozen=True, slots=True)
class NotBelieved:
    """Something came that is not believed; nothing changed. *event* is the name it came under."""

    event: str
    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection has ended; another one follows after *again_in_s* seconds."""

    message: str
    again_in_s: float


NoticeEvent: TypeAlias = ActualNotice | ExerciseNotice | TestNotice
Event: TypeAlias = Snapshot | NoticeEvent | RosterLearned | KeysRevoked | Heard | NotLive | NotBelieved | Disconnected


def told(notice: Notice, signed_by: tuple[str, ...] = ()) -> NoticeEvent:
    """Return the event for *notice* and the names of those who signed: its status decides the type."""
    match notice.status:
        case Status.ACTUAL:
            return ActualNotice(notice, signed_by)
        case Status.EXERCISE:
            return ExerciseNotice(notice, signed_by)
        case Status.TEST:
            return TestNotice(notice, signed_by)
