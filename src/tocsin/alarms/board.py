"""The board: a pure fold of the journal's notices; what is in force at a given time is asked apart.

State is a set of (region, alarm), never one boolean per region: ending one alarm ends no other. The board has no clock,
so an alarm whose ``expires`` has passed is still on it, until a notice ends it. It knows no signatures and no storage.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tocsin.notice import ENDINGS, Kind, Notice, Status, board_root
from tocsin.notice.merkle import Leaf

from .life import ENDED, Forbidden, State, step

# Ended alarms that the board still names, so that a device that was away hears the end. Older ones are in the journal.
ENDED_KEPT_MAX = 256


class BoardError(ValueError):
    """A notice that cannot follow what is on the board: the journal is damaged, or the caller did not ask first."""

    code = "board"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm as its newest notice leaves it, and the sequence of that notice in the journal."""

    notice: Notice
    sequence: int
    state: State

    def state_at(self, now: int) -> State:
        """Return the state at *now* (Unix seconds): an alarm past ``expires`` is expired, not clear."""
        if self.state in ENDED or now < self.notice.expires:
            return self.state
        return State.EXPIRED


@dataclass(frozen=True, slots=True)
class Board:
    """Every alarm that has not ended, and the last ones that have, by id."""

    alarms: dict[str, Alarm] = field(default_factory=dict)
    ended: dict[str, Alarm] = field(default_factory=dict)

    def find(self, alarm: str) -> Alarm | None:
        return self.alarms.get(alarm) or self.ended.get(alarm)

    def root(self) -> bytes:
        """Return the board hash (32 bytes) of ``spec/notice.md``."""
        return board_root(self.leaves())

    def leaves(self) -> Iterator[Leaf]:
        """Yield what the board hash is made over."""
        for one in self.alarms.values():
            for region in one.notice.regions:
                yield one.notice.status, region, one.notice.alarm, one.notice.version


def state_after(board: Board, notice: Notice) -> State | Forbidden:
    """Return where *notice* leaves its alarm, or why it cannot follow. Its own ``sent`` is the time that counts."""
    before = board.find(notice.alarm)
    if before is None:
        return step(State.NONE, notice.kind)
    after = step(before.state_at(notice.sent), notice.kind)
    if isinstance(after, State) and notice.version != before.notice.version + 1:
        return Forbidden(
            "alarm_moved_on", f"the alarm is at version {before.notice.version}; look again and decide anew"
        )
    return after


def fold(board: Board, sequence: int, notice: Notice) -> Board:
    """Return the board after *notice*. Raises ``BoardError`` if it cannot follow."""
    after = state_after(board, notice)
    if isinstance(after, Forbidden):
        raise BoardError(f"notice {notice.id} at {sequence} cannot follow: {after.why}")
    alarm = Alarm(notice, sequence, after)
    others = {name: one for name, one in board.alarms.items() if name != notice.alarm}
    if notice.kind not in ENDINGS:
        return Board(others | {notice.alarm: alarm}, board.ended)
    kept = list(board.ended.items())[-(ENDED_KEPT_MAX - 1) :]
    return Board(others, dict(kept) | {notice.alarm: alarm})


@dataclass(frozen=True, slots=True)
class Holding:
    """One alarm holding in one region at the time asked for."""

    region: str
    alarm: Alarm
    state: State


def in_force(board: Board, now: int, status: Status = Status.ACTUAL) -> Iterator[Holding]:
    """Yield what holds where at *now* (signed time, Unix s): in force, disputed, or expired, not confirmed clear."""
    for alarm in board.alarms.values():
        if alarm.notice.status is status and alarm.notice.effective <= now:
            for region in alarm.notice.regions:
                yield Holding(region, alarm, alarm.state_at(now))


def regions_left(before: Notice, after: Notice) -> tuple[str, ...]:
    """Return the regions where *after* ends an alarm that held there by *before*."""
    if after.kind in ENDINGS:
        return before.regions
    return (
        tuple(region for region in before.regions if region not in after.regions) if after.kind is Kind.UPDATE else ()
    )
