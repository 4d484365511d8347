"""Shapes to work with: repaired where that is safe, left out where not, and the message stays as it was."""

import pytest

from tocsin import cap


def area(*polygons: str, circles: tuple[str, ...] = ()) -> cap.Area:
    return cap.Area(area_desc="practice", polygons=polygons, circles=circles)


MENDED = {
    "an open ring": ("50,30 51,30 51,31 50,31", "polygon-unclosed", 1.0),
    "a bow tie": ("50,30 51,31 51,30 50,31 50,30", "polygon-self-intersecting", 0.5),
    "over the antimeridian": ("10,179 11,179 11,-179 10,-179 10,179", "polygon-antimeridian", 2.0),
    "a longitude of 190": ("10,179 11,179 11,190 10,190 10,179", "polygon-lon-range", 11.0),
    "too short": ("50,30 51,30 50,30", "polygon-short", 0.0),
    "latitude last": ("100,50 101,50 101,51 100,50", "polygon-lat-range", 0.0),
    "a longitude without end": ("10,179 11,9999999999999 10,180 10,179", "polygon-lon-range", 0.0),
    "no numbers": ("()", "polygon-unparsable", 0.0),
    "nothing": ("", "polygon-empty", 0.0),
}


@pytest.mark.parametrize(("text", "code", "size"), MENDED.values(), ids=MENDED.keys())
def test_a_fault_is_mended_or_left_out_and_noted(text: str, code: str, size: float) -> None:
    made = cap.geometry(area(text))
    assert code in {note.code for note in made.notes}
    assert sum(shape.area for shape in made.shapes) == pytest.approx(size)
    for shape in made.shapes:
        west, south, east, north = shape.bounds
        assert shape.is_valid
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90


def test_a_good_ring_has_no_note_and_longitude_first() -> None:
    made = cap.geometry(area("50,30 51,30 51,31 50,30"))
    assert made.notes == ()
    assert made.shapes[0].bounds == (30, 50, 31, 51)


@pytest.mark.parametrize("text", ["50,30 100", "0,179.9 100", "89.9,10 100", "-89.9,10 100", "10,10 0", "0,0 15000"])
def test_a_circle_is_a_valid_shape_anywhere_on_earth(text: str) -> None:
    (shape,) = cap.geometry(area(circles=(text,))).shapes
    west, south, east, north = shape.bounds
    assert shape.is_valid
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90


def test_a_ring_round_the_pole_holds_the_pole() -> None:
    (shape,) = cap.geometry(area("80,0 80,90 80,180 80,-90 80,0")).shapes
    assert shape.bounds[3] == 90
