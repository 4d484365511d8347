"""All that a draft depends on, handed in, and alarms as candidates for whoever named none or the wrong one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tocsin.alarms import Alarm, Board
from tocsin.areas import Atlas
from tocsin.notice import Notice, Status

CANDIDATES_MAX = 10
_PEOPLE_USUALLY = 2


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a draft depends on. Times are Unix seconds.

    *history* returns an alarm's notices, oldest first; *alarm_of* the alarm that the alert of an id belongs to;
    *people_needed* how many people a notice takes.
    """

    board: Board
    atlas: Atlas
    authority: str
    issuer: str
    roster: int
    now: int
    history: Callable[[str], Sequence[Notice]]
    alarms_named: Callable[[str], Sequence[str]]
    alarm_of: Callable[[str], str | None] = lambda _: None
    people_needed: Callable[[Notice], int] = lambda _: _PEOPLE_USUALLY


def candidates(situation: Situation, status: Status) -> tuple[dict[str, object], ...]:
    """Return the newest alarms of *status* that have not ended."""
    return described([one for one in situation.board.alarms.values() if one.notice.status is status], situation.atlas)


def described(alarms: Sequence[Alarm], atlas: Atlas) -> tuple[dict[str, object], ...]:
    """Return the newest of *alarms* as a person chooses among them."""
    newest = sorted(alarms, key=lambda one: -one.sequence)[:CANDIDATES_MAX]
    return tuple(
        {
            "alarm": one.notice.alarm,
            "hazard": one.notice.hazard,
            "level": one.notice.level,
            "since": one.notice.since,
            "regions": [atlas.path_name(code, "uk") for code in one.notice.regions[:CANDIDATES_MAX]],
        }
        for one in newest
    )
