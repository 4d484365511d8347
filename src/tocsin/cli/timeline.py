"""History mapped to now: which orders a window of rows makes, when each is due, and what holds at its end.

``at = start + (t - from) / speed``. Pure: it gives no order and reads no clock. Ids follow from a run's name and the
row, so an order that is given again after a crash is the same order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from math import ceil

from tocsin.alarms import HAZARDS
from tocsin.issuing import Order
from tocsin.notice import Kind, Level, Status, id_from

from .history import Row

HAZARD = "air_raid"

# Beyond the mapped end of a row, so that a replay that runs late does not see its alarms expire.
EXPIRES_AFTER_END_S = 3600


class WindowError(ValueError):
    """The window or the speed makes no replay."""

    code = "window"


@dataclass(frozen=True, slots=True)
class Window:
    """``[begin, end)`` in UTC, played *speed* times as fast."""

    begin: datetime
    end: datetime
    speed: float

    def __post_init__(self) -> None:
        if not self.begin < self.end:
            raise WindowError(
                f"the window is empty: {self.begin:%Y-%m-%d %H:%M} is not before {self.end:%Y-%m-%d %H:%M}"
            )
        if not 0 < self.speed < float("inf"):
            raise WindowError(f"the speed is {self.speed:g}; it is a number above 0, 1 for real time")

    def __contains__(self, time: datetime) -> bool:
        return self.begin <= time < self.end

    def after_s(self, time: datetime) -> float:
        """Return how long after the start of the replay *time* is due, in seconds."""
        return (time - self.begin).total_seconds() / self.speed


@dataclass(frozen=True, slots=True)
class Step:
    """One order of a replay: when it was in history, when it is due (seconds after the start), and for which row."""

    row: Row
    kind: Kind
    original: datetime
    after_s: float
    region: str


def read_moment(text: str) -> datetime:
    """Read a date or a date-time; without a zone it is UTC. Raises ``WindowError``."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise WindowError(f"{text!r} is neither a date like 2023-03-28 nor a time like 2024-03-28T10:09") from None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def steps(placed: Iterable[tuple[Row, str]], window: Window) -> list[Step]:
    """Return the orders of the rows that start in *window*, in the order in which they are due.

    *placed* are rows with their region codes. At the same second a start goes before an end, so that two alerts of one
    place that touch leave no gap.
    """
    found = []
    for row, region in placed:
        if row.started in window:
            found.append(Step(row, Kind.ALERT, row.started, window.after_s(row.started), region))
            if row.finished in window:
                found.append(Step(row, Kind.ALL_CLEAR, row.finished, window.after_s(row.finished), region))
    return sorted(found, key=lambda step: (step.original, step.kind is not Kind.ALERT, step.row.number))


def order_of(step: Step, run: str, window: Window) -> Order:
    """Return the order that *step* makes in the replay called *run*."""
    row = step.row
    alarm = _id(run, row, Kind.ALERT)
    parameters = {"original-time": step.original.isoformat(), "replay": run}
    if step.kind is not Kind.ALERT:
        id = _id(run, row, step.kind)
        return Order(id=id, kind=step.kind, status=Status.ACTUAL, alarm=alarm, parameters=parameters)
    lasts_s = ceil((row.finished - row.started).total_seconds() / window.speed) + EXPIRES_AFTER_END_S
    return Order(
        id=alarm,
        kind=Kind.ALERT,
        status=Status.ACTUAL,
        hazard=HAZARD,
        level=Level.RED,
        regions=(step.region,),
        expires_in_s=min(lasts_s, HAZARDS[HAZARD].lasts_max_s),
        parameters=parameters,
    )


def open_at_the_end(placed: Iterable[tuple[Row, str]], window: Window, run: str) -> dict[str, str]:
    """Return alarm and region of the rows that started in *window* and had not ended by its end.

    Read from the rows alone, apart from ``steps``, so that the one can be held against the other.
    """
    return {
        _id(run, row, Kind.ALERT): region
        for row, region in placed
        if window.begin <= row.started < window.end <= row.finished
    }


def alarms_of(placed: Iterable[tuple[Row, str]], window: Window, run: str) -> frozenset[str]:
    """Return every alarm that the replay called *run* begins."""
    return frozenset(_id(run, row, Kind.ALERT) for row, _ in placed if row.started in window)


def _id(run: str, row: Row, kind: Kind) -> str:
    words = (run, *row.place, row.started.isoformat(), row.finished.isoformat(), str(row.number), kind)
    return id_from(sha256("\0".join(words).encode()).digest()[:16])
