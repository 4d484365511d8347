"""The history files of air raid alerts, official and volunteer, as rows (``started_at``, ``finished_at`` in UTC).

It reads text and names what is wrong by row and column. Which region a row means is the atlas's knowledge; when a row
is played back is ``timeline``'s.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

OFFICIAL = ("oblast", "raion", "hromada", "level", "started_at", "finished_at", "source")
VOLUNTEER = ("region", "started_at", "finished_at", "naive")

# The longest cell in the files has 60 characters; one of a million is no place name.
CELL_LENGTH_MAX = 200


class HistoryError(ValueError):
    """The file is not what it should be; the text names row, column and what was found."""

    code = "history"


@dataclass(frozen=True, slots=True)
class Row:
    """One alert of one place. *number* is the line of the file, 2 for the first after the header."""

    number: int
    oblast: str
    raion: str
    hromada: str
    started: datetime
    finished: datetime

    @property
    def place(self) -> tuple[str, str, str]:
        return self.oblast, self.raion, self.hromada


def read_history(lines: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of a file of either form. Raises ``HistoryError``."""
    cells = csv.reader(lines, strict=True)
    try:
        header = tuple(next(cells, ()))
        if header not in (OFFICIAL, VOLUNTEER):
            known = f"{','.join(OFFICIAL)} and {','.join(VOLUNTEER)}"
            raise HistoryError(f"row 1: the columns are {_shown(','.join(header))}; known are {known}")
        for found in cells:
            yield _row(cells.line_num, header, found)
    except csv.Error as why:
        raise HistoryError(f"row {cells.line_num}: not CSV: {why}") from why
    except UnicodeDecodeError as why:
        raise HistoryError(f"row {cells.line_num + 1}: not UTF-8: {why.reason}") from why


def _row(number: int, header: Sequence[str], found: Sequence[str]) -> Row:
    if len(found) != len(header):
        raise HistoryError(f"row {number}: {len(found)} columns, not {len(header)}")
    cell = dict(zip(header, found, strict=True))
    if header == OFFICIAL:
        place = _official_place(number, cell)
    else:
        place = (_name(number, cell, "region"), "", "")
        _one_of(number, cell, "naive", ("True", "False"))
    started, finished = _time(number, cell, "started_at"), _time(number, cell, "finished_at")
    if finished <= started:
        raise HistoryError(f"row {number}, column finished_at: {cell['finished_at']} does not lie after started_at")
    return Row(number, *place, started, finished)


def _official_place(number: int, cell: dict[str, str]) -> tuple[str, str, str]:
    levels = ("oblast", "raion", "hromada")
    level = _one_of(number, cell, "level", levels)
    depth = levels.index(level)
    for name in levels[: depth + 1]:
        _name(number, cell, name)
    for name in levels[depth + 1 :]:
        if cell[name]:
            raise HistoryError(f"row {number}, column {name}: {_shown(cell[name])} is given, but the level is {level}")
    return cell["oblast"], cell["raion"], cell["hromada"]


def _name(number: int, cell: dict[str, str], column: str) -> str:
    text = cell[column]
    if not text.strip():
        raise HistoryError(f"row {number}, column {column}: empty; a name is needed")
    if len(text) > CELL_LENGTH_MAX:
        raise HistoryError(f"row {number}, column {column}: {len(text)} characters; {CELL_LENGTH_MAX} fit")
    return text


def _one_of(number: int, cell: dict[str, str], column: str, allowed: Sequence[str]) -> str:
    if cell[column] not in allowed:
        raise HistoryError(f"row {number}, column {column}: {_shown(cell[column])} is none of {', '.join(allowed)}")
    return cell[column]


def _time(number: int, cell: dict[str, str], column: str) -> datetime:
    text = cell[column]
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise HistoryError(
            f"row {number}, column {column}: {_shown(text)} is no time like 2022-03-15 16:10:34+00:00"
        ) from None
    if read.tzinfo is None:
        raise HistoryError(f"row {number}, column {column}: {text} has no time zone; write +00:00 for UTC")
    return read.astimezone(UTC)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")
