"""Shapes of CAP, and which regions they touch."""

import math

import pytest

from tests.areas.invented import ORIGIN, collection, country, feature, imported, square
from tocsin.areas import Atlas, Circle, Polygon, ShapeError, load_ukraine, regions_touching


@pytest.fixture(scope="module")
def ukraine() -> Atlas:
    return load_ukraine()


def touched(atlas: Atlas, shape: Polygon | Circle) -> set[str]:
    return {atlas.region(code).name("en") for code in regions_touching(shape, atlas)}


def test_a_polygon_round_vyshhorod_warns_its_raion_and_what_is_near(ukraine: Atlas) -> None:
    shape = Polygon.parse("50.57,30.47 50.60,30.47 50.60,30.52 50.57,30.52 50.57,30.47")
    names = touched(ukraine, shape)
    assert "Vyshhorodskyi raion" in names
    assert "Kyiv" in names
    assert "Kyiv Oblast" not in names
    assert len(names) <= 5


def test_a_shape_gives_the_finest_regions_only(ukraine: Atlas) -> None:
    whole = regions_touching(Circle(48.5, 31.5, 1_500), ukraine)
    assert len(whole) == 136 + 2
    assert {ukraine.region(code).kind for code in whole} == {"raion", "city"}


def test_a_circle_near_a_border_warns_both_sides() -> None:
    atlas = imported(collection(*country()))
    assert touched(atlas, Circle(51.0, 10.99, 0.1)) == {"West Ward", "East Ward"}
    assert touched(atlas, Circle(51.0, 10.5, 0.1)) == {"West Ward"}


def test_the_margin_is_the_accuracy_of_the_layer_counted_outward() -> None:
    # One degree of longitude at 51° N is 70 km: 0.1 degrees beyond the border are 7 km.
    near = Circle(51.0, 11.1, 0.0)
    assert touched(imported(collection(*country())), near) == {"East Ward"}
    rough = ORIGIN.__class__("invented", "CC0-1.0", "Nowhere Survey", "2026-01-01", accuracy_km=8.0)
    assert touched(imported(collection(*country()), origin=rough), near) == {"West Ward", "East Ward"}


def test_a_point_off_the_coast_still_warns_the_coast(ukraine: Atlas) -> None:
    assert "Odeskyi raion" in touched(ukraine, Circle(46.45, 30.86, 0.0))


def test_a_shape_far_away_touches_nothing(ukraine: Atlas) -> None:
    assert regions_touching(Circle(-33.0, 151.0, 100.0), ukraine) == frozenset()


def test_a_polygon_that_crosses_itself_means_all_it_encloses() -> None:
    bow = Polygon.parse("50.2,10.2 50.8,11.8 50.8,10.2 50.2,11.8 50.2,10.2")
    assert touched(imported(collection(*country())), bow) == {"West Ward", "East Ward"}


def test_the_middle_of_a_star_is_enclosed_too() -> None:
    star = Polygon.parse("52.0,11.0 49.6,12.2 51.1,9.6 51.1,12.4 49.6,9.8 52.0,11.0")
    rock = imported(collection(feature("XX-1", "Rock", None, square(10.95, 50.65, 0.1))))
    assert touched(rock, star) == {"Rock"}


def test_a_spike_of_a_ring_touches_where_it_points() -> None:
    spike = Polygon.parse("51,5 51,6 52,6 52,5 51.5,5 51.5,11.1 51.5,5 51,5")
    assert "West Ward" in touched(imported(collection(*country())), spike)


@pytest.mark.parametrize("corners", [401, 4_001])
def test_a_tangle_is_taken_with_all_that_it_spans(corners: int) -> None:
    turns = [2 * math.pi * step * (corners // 2) / corners for step in range(corners)]
    star = [(51 + 0.8 * math.cos(turn), 11 + 0.8 * math.sin(turn)) for turn in turns]
    assert touched(imported(collection(*country())), Polygon((*star, star[0]))) == {"West Ward", "East Ward"}


def test_a_ring_with_a_slip_in_it_does_not_warn_what_it_only_bends_round() -> None:
    # A horseshoe open to the north, with a small loop at one end; the rock lies in its mouth.
    shape = Polygon.parse(
        "52,10 50,10 50,12 52,12 52,11.8 50.2,11.8 50.2,10.2 51.9,10.2 52,10.1 51.9,10.1 52,10.2 52,10"
    )
    rock = imported(collection(feature("XX-1", "Rock", None, square(10.95, 51.5, 0.1))))
    assert touched(rock, shape) == set()


def test_the_antimeridian_is_crossed_the_short_way() -> None:
    east, west = feature("FJ-E", "East", None, square(-180, -18)), feature("FJ-W", "West", None, square(179, -18))
    far = feature("FJ-0", "Greenwich", None, square(0, -18))
    atlas = imported(collection(east, west, far))
    assert touched(atlas, Circle(-17.5, 179.99, 5.0)) == {"East", "West"}
    assert touched(atlas, Polygon.parse("-17.6,179.5 -17.4,179.5 -17.4,-179.5 -17.6,179.5")) == {"East", "West"}


def test_an_atlas_without_borders_is_touched_by_nothing() -> None:
    atlas = imported(collection(feature("XX-1", "Northland")))
    assert regions_touching(Circle(0, 0, 20_000), atlas) == frozenset()


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "shape_empty", "has none"),
        ("50,30 51,30 51,31 50,31", "shape_unclosed", "repeat the first point"),
        ("50,30 51,30 50,30", "shape_short", "at least 4 points"),
        ("50,30 51,30 52,30 50,30", "shape_empty", "on one line"),
        ("50,30 50,30 50,30 50,30", "shape_empty", "on one line"),
        ("95,30 51,30 51,31 95,30", "shape_out_of_range", "not a place on Earth"),
        ("139.7,35.6 139.8,35.6 139.8,35.7 139.7,35.6", "shape_out_of_range", "swapped"),
        ("50;30 51;30 51;31 50;30", "shape_malformed", "'latitude,longitude'"),
        ("50, 30 51, 30 51, 31 50, 30", "shape_malformed", "'latitude,longitude'"),
        ("50,30 nan,30 51,31 50,30", "shape_malformed", "'latitude,longitude'"),
        ("5e1,30 51,30 51,31 5e1,30", "shape_malformed", "'latitude,longitude'"),
        ("1,1 " * 50_001, "shape_long", "at most 50000 points"),
    ],
)
def test_a_bad_polygon_is_refused_with_its_reason(text: str, code: str, words: str) -> None:
    with pytest.raises(ShapeError, match=words) as caught:
        Polygon.parse(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "shape_empty"),
        ("50.4,30.5", "shape_malformed"),
        ("50.4,30.5 ten", "shape_malformed"),
        ("50.4,30.5 -5", "shape_malformed"),
        ("50.4 30.5 10", "shape_malformed"),
        ("50.4,30.5 99999", "shape_radius"),
        ("91,30.5 10", "shape_out_of_range"),
    ],
)
def test_a_bad_circle_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(ShapeError) as caught:
        Circle.parse(text)
    assert caught.value.code == code


def test_latitude_comes_first() -> None:
    assert Circle.parse("50.45,30.52 12.5") == Circle(latitude=50.45, longitude=30.52, radius_km=12.5)
