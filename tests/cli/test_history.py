"""The history files as they are, and everything that can be wrong in a row, named by row and column."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.areas import UnknownRegion, load_ukraine
from tocsin.cli.history import HistoryError, Row, read_history

DATA = Path(__file__).parents[3] / "shared" / "data"
OFFICIAL = DATA / "official_data_en.csv"
VOLUNTEER = DATA / "volunteer_data_en.csv"

HEAD = "oblast,raion,hromada,level,started_at,finished_at,source"
GOOD = "Vinnytska oblast,,,oblast,2022-03-15 16:10:34+00:00,2022-03-15 16:50:07+00:00,official"
VOLUNTEER_HEAD = "region,started_at,finished_at,naive"


def here(file: Path) -> Path:
    """Return *file*; without it there is nothing to test."""
    if not file.exists():
        pytest.skip(f"the history, ../shared/data/{file.name}, is not here")
    return file


def rows_of(file: Path) -> list[Row]:
    with here(file).open(encoding="utf-8", newline="") as lines:
        return list(read_history(lines))


def test_all_rows_of_the_official_file_are_read() -> None:
    rows = rows_of(OFFICIAL)
    assert len(rows) == 43_031
    assert Counter("hromada" if row.hromada else "raion" if row.raion else "oblast" for row in rows) == {
        "oblast": 36_537, "hromada": 5_597, "raion": 897,
    }  # fmt: skip
    assert rows[0] == Row(
        2, "Vinnytska oblast", "", "", datetime(2022, 3, 15, 16, 10, 34, tzinfo=UTC),
        datetime(2022, 3, 15, 16, 50, 7, tzinfo=UTC),
    )  # fmt: skip


def test_all_rows_of_the_volunteer_file_are_read() -> None:
    assert len(rows_of(VOLUNTEER)) == 54_514


@pytest.mark.parametrize(("file", "places"), [(OFFICIAL, 216), (VOLUNTEER, 25)])
def test_the_atlas_knows_the_places_of_the_files(file: Path, places: int) -> None:
    atlas = load_ukraine()
    found, unknown = set(), set()
    for place in {row.place for row in rows_of(file)}:
        try:
            found.add(atlas.history(*place).code)
        except UnknownRegion:
            unknown.add(place)
    assert len(found) >= places - 2, unknown
    assert len(unknown) <= 1, unknown


def test_the_row_whose_oblast_and_raion_are_swapped_means_the_hromada() -> None:
    (swapped,) = [row for row in rows_of(OFFICIAL) if row.oblast == "Lubenskyi raion"]
    region = load_ukraine().history(*swapped.place)
    assert region.name("en").startswith("Hrebinkivska")


def official(old: str, new: str) -> list[str]:
    """Return a file of one good row with *old* in it changed to *new*."""
    assert old in GOOD
    return [HEAD, GOOD.replace(old, new)]


START, END = "2022-03-15 16:10:34+00:00", "2022-03-15 16:50:07+00:00"
BAD: list[tuple[list[str], str]] = [
    ([], "row 1: the columns are ''"),
    (["a,b"], "row 1: the columns are 'a,b'; known are oblast,raion,"),
    ([f"{HEAD},more", GOOD], "row 1: the columns are 'oblast,raion"),
    ([HEAD.upper(), GOOD], "row 1: the columns are 'OBLAST,RAION"),
    ([HEAD, GOOD, "Vinnytska oblast"], "row 3: 1 columns, not 7"),
    ([HEAD, f"{GOOD},more"], "row 2: 8 columns, not 7"),
    ([HEAD, "", GOOD], "row 2: 0 columns, not 7"),
    ([HEAD, '"Vinnytska oblast" x,,,oblast,a,b,c'], "row 2: not CSV"),
    (official("Vinnytska oblast", " "), "row 2, column oblast: empty; a name is needed"),
    (official("Vinnytska oblast", "x" * 300), "row 2, column oblast: 300 characters; 200 fit"),
    (official(",oblast,", ",country,"), "row 2, column level: 'country' is none of oblast, raion, hromada"),
    (official(",oblast,", ",,"), "row 2, column level: '' is none of"),
    (official(",oblast,", ",raion,"), "row 2, column raion: empty"),
    (official(",,,oblast,", ",Umanskyi raion,,hromada,"), "row 2, column hromada: empty"),
    (official(",,,", ",Umanskyi raion,,"), "row 2, column raion: 'Umanskyi raion' is given, but the level is oblast"),
    (official(START, "yesterday"), "row 2, column started_at: 'yesterday' is no time like 2022-03-15 16:10:34+00:00"),
    (official(START, ""), "row 2, column started_at: '' is no time"),
    (official("03-15 16:10", "02-30 16:10"), "row 2, column started_at: '2022-02-30 16:10:34+00:00' is no time"),
    (
        official("34+00:00", "34"),
        "row 2, column started_at: 2022-03-15 16:10:34 has no time zone; write +00:00 for UTC",
    ),
    (official(END, "never"), "row 2, column finished_at: 'never' is no time like"),
    (official(END, START), "row 2, column finished_at: 2022-03-15 16:10:34+00:00 does not lie after started_at"),
    (official("2022-03-15 16:50", "2021-03-15 16:50"), "row 2, column finished_at: 2021-03-15 16:50:07+00:00 does not"),
    ([VOLUNTEER_HEAD, f",{START},{END},True"], "row 2, column region: empty"),
    ([VOLUNTEER_HEAD, f"Kyiv City,{START},{END},maybe"], "row 2, column naive: 'maybe' is none of True, False"),
    ([VOLUNTEER_HEAD, f"Kyiv City,{START},7 pm,True"], "row 2, column finished_at: '7 pm' is no time"),
]


@pytest.mark.parametrize(("lines", "said"), BAD)
def test_what_is_wrong_is_named_by_row_and_column(lines: list[str], said: str) -> None:
    with pytest.raises(HistoryError) as caught:
        list(read_history(lines))
    assert said in str(caught.value)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    file.write_bytes(f"{HEAD}\n{GOOD}\n".encode() + "Вінницька".encode("cp1251"))
    with pytest.raises(HistoryError, match="not UTF-8"):
        rows_of(file)


def test_times_of_another_zone_are_read_as_utc() -> None:
    (row,) = read_history([HEAD, GOOD.replace("16:10:34+00:00", "18:10:34+02:00")])
    assert row.started == datetime(2022, 3, 15, 16, 10, 34, tzinfo=UTC)
