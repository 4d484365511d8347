"""History mapped to now: windows, times, ids, and what holds at the end, held against the files read another way."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.test_history import OFFICIAL, here, rows_of
from tocsin.cli.history import Row
from tocsin.cli.timeline import (
    Step,
    Window,
    WindowError,
    alarms_of,
    open_at_the_end,
    order_of,
    read_moment,
    steps,
)
from tocsin.notice import ID, Kind, Level, Status

NOON = datetime(2023, 3, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = Window(NOON, NOON + 2 * HOUR, 60)


def row(start_h: float, end_h: float, number: int = 2, place: str = "Kyiv City") -> Row:
    return Row(number, place, "", "", NOON + start_h * HOUR, NOON + end_h * HOUR)


def played(*rows: Row, window: Window = WINDOW) -> list[Step]:
    return steps([(one, one.oblast) for one in rows], window)


def named(begin: str, end: str, speed: float = 600) -> Window:
    return Window(read_moment(begin), read_moment(end), speed)


def independent(begin: str, end: str) -> Iterator[tuple[bool, bool]]:
    """Yield of each row of the official file whether it starts in the window, and whether it is open at its end."""
    with here(OFFICIAL).open(newline="") as lines:
        for cells in csv.DictReader(lines):
            # The times are UTC in one spelling, so their texts sort as they do.
            yield begin <= cells["started_at"] < end, cells["finished_at"] >= end


@pytest.mark.parametrize(
    ("begin", "end", "alerts", "still"),
    [
        ("2023-03-28", "2023-03-30", 45, 1),
        ("2024-03-28 10:09", "2024-03-28 10:10", 22, 22),
        ("2022-05-04", "2022-05-05", None, None),
        ("2024-02-21 10:12:27", "2024-02-21 10:12:38", 12, 12),
    ],
)
def test_a_window_holds_what_another_reading_of_the_file_finds(
    begin: str, end: str, alerts: int | None, still: int | None
) -> None:
    window = named(begin, end)
    placed = [(one, "/".join(one.place)) for one in rows_of(OFFICIAL)]
    kinds = Counter(step.kind for step in steps(placed, window))
    expected = list(independent(begin, end))
    inside = sum(starts for starts, _ in expected)
    unended = sum(starts and open for starts, open in expected)
    assert kinds[Kind.ALERT] == inside == (alerts or inside)
    assert kinds[Kind.ALERT] - kinds[Kind.ALL_CLEAR] == unended == (still if still is not None else unended)
    assert len(open_at_the_end(placed, window, "run")) == unended


def test_the_minute_of_22_oblasts_names_22_places() -> None:
    window = named("2024-03-28T10:09", "2024-03-28T10:10", 1)
    found = steps([(one, one.oblast) for one in rows_of(OFFICIAL)], window)
    assert len({step.region for step in found}) == 22
    assert found[0].after_s == 5
    assert found[-1].after_s == 50


def test_time_is_mapped_from_the_beginning_of_the_window() -> None:
    assert [step.after_s for step in played(row(0, 0.5), row(1, 1.5))] == [0, 30, 60, 90]


def test_the_window_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    at_the_edges = played(row(0, 2), row(-0.001, 1), row(2, 3), row(1.999, 4))
    assert [(step.kind, step.after_s) for step in at_the_edges] == [(Kind.ALERT, 0), (Kind.ALERT, 119.94)]


def test_an_alert_that_began_before_the_window_is_not_ended_in_it() -> None:
    assert played(row(-1, 1)) == []


def test_a_start_goes_before_an_end_at_the_same_second() -> None:
    kinds = [step.kind for step in played(row(0, 1, 2), row(1, 1.5, 3))]
    assert kinds == [Kind.ALERT, Kind.ALERT, Kind.ALL_CLEAR, Kind.ALL_CLEAR]


def test_rows_that_overlap_in_one_place_are_alarms_of_their_own() -> None:
    orders = [order_of(step, "run", WINDOW) for step in played(row(0, 1.5, 2), row(1, 1.75, 3))]
    starts, ends = orders[:2], orders[2:]
    assert [order.alarm for order in ends] == [order.id for order in starts]
    assert len({order.id for order in orders}) == 4


def test_two_rows_that_say_the_same_are_two_alarms() -> None:
    orders = [order_of(step, "run", WINDOW) for step in played(row(0, 1, 2), row(0, 1, 3))]
    assert len({order.id for order in orders}) == 4


def test_the_same_row_in_the_same_run_is_the_same_order_and_in_another_run_another() -> None:
    (start, end) = played(row(0, 1))
    assert order_of(start, "run", WINDOW) == order_of(start, "run", WINDOW)
    ids = {order_of(step, run, WINDOW).id for step in (start, end) for run in ("run", "other")}
    assert len(ids) == 4
    assert all(ID.fullmatch(id) for id in ids)


def test_an_order_says_air_raid_red_and_when_it_was_in_history() -> None:
    (start, end) = (order_of(step, "run", WINDOW) for step in played(row(0.5, 1)))
    assert (start.kind, start.status, start.hazard, start.level) == (
        Kind.ALERT, Status.ACTUAL, "air_raid", Level.RED,
    )  # fmt: skip
    assert start.parameters["original-time"] == "2023-03-28T12:30:00+00:00"
    assert end.parameters["original-time"] == "2023-03-28T13:00:00+00:00"


def test_no_alarm_expires_before_its_mapped_end_unless_the_hazard_forbids_it() -> None:
    slow = Window(NOON, NOON + 300 * HOUR, 1)
    day, month = (order_of(step, "run", slow).expires_in_s for step in played(row(0, 20), row(1, 299), window=slow)[:2])
    assert day == 20 * 3600 + 3600
    assert month == 96 * 3600


def test_what_holds_at_the_end_is_named_with_its_region() -> None:
    placed = [(one, one.oblast) for one in (row(0, 1, 2), row(1, 2, 3, "Lvivska oblast"), row(-1, 9, 4))]
    still = open_at_the_end(placed, WINDOW, "run")
    assert list(still.values()) == ["Lvivska oblast"]
    assert len(alarms_of(placed, WINDOW, "run")) == 2
    assert set(still) < alarms_of(placed, WINDOW, "run")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-03-28", datetime(2023, 3, 28, tzinfo=UTC)),
        ("2024-03-28T10:09", datetime(2024, 3, 28, 10, 9, tzinfo=UTC)),
        ("2024-03-28 10:09:30", datetime(2024, 3, 28, 10, 9, 30, tzinfo=UTC)),
        ("2024-03-28T12:09+02:00", datetime(2024, 3, 28, 10, 9, tzinfo=UTC)),
        ("2024-03-28T10:09Z", datetime(2024, 3, 28, 10, 9, tzinfo=UTC)),
    ],
)
def test_moments_are_utc_unless_they_say_otherwise(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2023-02-30", "28.03.2023", "2024-03-28T25:00"])
def test_what_is_no_moment_is_named(text: str) -> None:
    with pytest.raises(WindowError, match="neither a date like"):
        read_moment(text)


@pytest.mark.parametrize("speed", [0, -1, float("inf"), float("nan")])
def test_a_speed_is_a_number_above_zero(speed: float) -> None:
    with pytest.raises(WindowError, match="the speed is"):
        Window(NOON, NOON + HOUR, speed)


@pytest.mark.parametrize("length_h", [0, -1])
def test_an_empty_window_is_named(length_h: int) -> None:
    with pytest.raises(WindowError, match="the window is empty"):
        Window(NOON, NOON + length_h * HOUR, 1)
