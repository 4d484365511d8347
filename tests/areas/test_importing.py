"""Another country's regions from GeoJSON: what is taken, what is repaired, and what each bad file is told."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.areas.invented import ORIGIN, PROPERTIES, collection, country, feature, imported, square
from tocsin.areas import Imported, Origin, Properties, Refused, Region, atlas_bytes, import_geojson, read_atlas
from tocsin.areas.borders import VERTICES_PER_FEATURE_MAX
from tocsin.areas.geojson import FEATURES_MAX

WITH_LEVELS = replace(PROPERTIES, level="level")


def test_a_country_with_two_levels_becomes_an_atlas() -> None:
    atlas = imported(collection(*reversed(country())))
    assert [region.code for region in atlas.regions] == ["XX-1", "XX-1-1", "XX-1-2"]
    assert [(region.level, region.kind) for region in atlas.regions] == [(1, "region"), *[(2, "district")] * 2]
    assert atlas.path_name("XX-1-2", "en") == "East Ward, Northland"
    assert atlas.accuracy_km(1) == atlas.accuracy_km(2) == 2.0
    assert atlas.attribution == "Nowhere Survey"
    assert atlas.resolve("east ward").code == "XX-1-2"
    assert read_atlas(atlas_bytes(atlas)).hash == atlas.hash


def test_the_order_of_features_changes_nothing() -> None:
    assert imported(collection(*country())).hash == imported(collection(*reversed(country()))).hash


def test_a_country_can_be_put_above_all() -> None:
    land = Region("XX", 0, "country", None, {"en": "Xland"})
    outcome = import_geojson(collection(*country()), PROPERTIES, ORIGIN, land)
    assert isinstance(outcome, Imported)
    assert outcome.atlas.ancestors("XX-1-1") == ("XX-1", "XX")
    assert outcome.atlas.title == "Xland"


def test_names_come_in_as_many_languages_as_are_mapped() -> None:
    properties = Properties("id", {"en": "name", "fr": "nom"})
    atlas = imported(collection(feature("XX-1", "North", nom="Nord"), feature("XX-2", "South")), properties)
    assert atlas.region("XX-1").names == {"en": "North", "fr": "Nord"}
    assert atlas.region("XX-2").name("fr") == "South"


def test_a_stated_level_is_taken_and_numbers_are_codes() -> None:
    atlas = imported(collection(feature(17, "North", level=2), feature(4, "Deep", 17, level=3)), WITH_LEVELS)
    assert [(region.code, region.level) for region in atlas.regions] == [("17", 2), ("4", 3)]


def test_a_border_that_crosses_itself_is_repaired_and_reported() -> None:
    bow = [[[10, 50], [12, 52], [12, 50], [10, 52], [10, 50]]]
    outcome = import_geojson(collection(feature("XX-1", "Bow", None, bow)), PROPERTIES, ORIGIN, None)
    assert isinstance(outcome, Imported)
    assert outcome.warnings == ("feature 1 (XX-1): the border crossed itself and was repaired",)
    border = outcome.atlas.geometry("XX-1")
    assert border is not None
    assert border.is_valid
    assert border.area == pytest.approx(2.0)


def test_a_hole_stays_open_and_heights_are_dropped() -> None:
    rings = [[[10, 50, 7], [14, 50, 7], [14, 54, 7], [10, 54, 7], [10, 50, 7]], square(11, 51)[0]]
    border = imported(collection(feature("XX-1", "Ring", None, rings))).geometry("XX-1")
    assert border is not None
    assert border.area == pytest.approx(15.0)


def test_a_border_over_the_antimeridian_is_split() -> None:
    rings = [[[179, -18], [-179, -18], [-179, -17], [179, -17], [179, -18]]]
    border = imported(collection(feature("FJ", "Over", None, rings))).geometry("FJ")
    assert border is not None
    assert border.area == pytest.approx(2.0)
    assert border.bounds == (-180.0, -18.0, 180.0, -17.0)


def test_a_region_without_a_border_is_taken_and_reported() -> None:
    outcome = import_geojson(collection(feature("XX-1", "Paper")), PROPERTIES, ORIGIN, None)
    assert isinstance(outcome, Imported)
    assert outcome.warnings == ("feature 1 (XX-1) has no border",)
    assert outcome.atlas.geometry("XX-1") is None


def test_what_does_not_fit_by_more_than_the_accuracy_is_named() -> None:
    features = country()
    features[2]["geometry"]["coordinates"] = [[[10.5, 50], [12.5, 50], [12.5, 52], [10.5, 52], [10.5, 50]]]
    outcome = import_geojson(collection(*features), PROPERTIES, ORIGIN, None)
    assert isinstance(outcome, Imported)
    assert outcome.warnings == (
        "XX-1-2 lies outside its parent XX-1 by more than 2 km",
        "XX-1-1 and XX-1-2 overlap by more than 2 km",
    )
    rough = import_geojson(collection(*features), PROPERTIES, replace(ORIGIN, accuracy_km=60.0), None)
    assert isinstance(rough, Imported)
    assert rough.warnings == ()


def bad(geometry: object) -> bytes:
    return collection({**feature("XX-1", "Bad"), "geometry": geometry})


def polygon(*ring: object) -> bytes:
    return bad({"type": "Polygon", "coordinates": [list(ring)]})


def place(**properties: Any) -> bytes:
    return collection({"type": "Feature", "properties": properties, "geometry": None})


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (b"", "file_malformed", "the file is not GeoJSON: Input data was truncated"),
        (b"\xff\xfe{}", "file_malformed", "the file is not GeoJSON"),
        (b'{"type":"FeatureCollection","features":' + b"[" * 50_000, "file_malformed", "the file is not GeoJSON"),
        (b"[1]", "file_malformed", "the file is not GeoJSON"),
        (b'{"type":"Topology"}', "file_kind", "this is a Topology; convert TopoJSON to GeoJSON first"),
        (json.dumps(feature("XX-1", "Alone")).encode(), "file_kind", "a FeatureCollection is expected"),
        (collection(), "file_empty", "the file has no features"),
        (b'{"type":"FeatureCollection"}', "file_empty", "the file has no features"),
        (
            collection(*[1] * (FEATURES_MAX + 1)),
            "features_many",
            f"{FEATURES_MAX + 1} features, at most {FEATURES_MAX}",
        ),
        (
            collection(
                feature("XX-1", "A"), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
            ),
            "file_crs",
            "coordinates must be WGS 84, this file has urn:ogc:def:crs:EPSG::3857",
        ),
        (collection(feature("XX-1", "A"), 7), "feature_malformed", "feature 2: not a GeoJSON feature"),
        (place(name="A"), "code_missing", "feature 1: property 'id' is missing or empty; it has name (--code)"),
        (place(id=None, name="A"), "code_missing", "feature 1: property 'id' is missing or empty; it has id, name"),
        (place(id=True, name="A"), "code_missing", "feature 1: property 'id' is missing"),
        (place(id="XX 1", name="A"), "code_malformed", "feature 1: 'XX 1' is no code: 1 to 32 letters"),
        (place(id="X" * 33, name="A"), "code_malformed", "is no code"),
        (place(id="ХХ-1", name="A"), "code_malformed", "feature 1: 'ХХ-1' is no code"),
        (place(id="XX-1"), "name_missing", "feature 1: (XX-1) has no name in 'name' (--name)"),
        (place(id="XX-1", name="  "), "name_missing", "has no name in 'name'"),
        (place(id="XX-1", name="A" * 121), "name_long", "feature 1: (XX-1) has a name of 121 letters, at most 120"),
        (
            collection(feature("XX-1", "A"), feature("XX-1", "B")),
            "code_twice",
            "feature 2 (XX-1): feature 1 has the same code",
        ),
        (
            collection(feature("XX-1", "A", "XX-9")),
            "parent_unknown",
            "feature 1 (XX-1): its parent 'XX-9' is not in the file",
        ),
        (
            collection(feature("A", "A", "B"), feature("B", "B", "A")),
            "parent_circle",
            "feature 1 (A): stands above itself, by B > A",
        ),
        (collection(feature("A", "A", "A")), "parent_circle", "feature 1 (A): stands above itself, by A"),
        (
            collection(*[feature(f"L{n}", "A", f"L{n - 1}" if n > 1 else None) for n in range(1, 5)]),
            "level_range",
            "feature 4 (L4): stands 4 levels deep, at most 3",
        ),
        (bad({"type": "Point", "coordinates": [1, 2]}), "geometry_kind", "is a Polygon or a MultiPolygon, not a Point"),
        (bad({"type": "GeometryCollection", "geometries": []}), "geometry_kind", "not a GeometryCollection"),
        (bad({"type": "Polygon", "coordinates": []}), "area_none", "feature 1 (XX-1): there are no coordinates"),
        (bad({"type": "Polygon", "coordinates": [[["a", "b"]]]}), "coordinates_malformed", "coordinates of a Polygon"),
        (bad({"type": "MultiPolygon", "coordinates": square(1, 1)}), "coordinates_malformed", "of a MultiPolygon"),
        (polygon([1], [2], [3], [1]), "coordinates_malformed", "a point needs longitude and latitude"),
        (polygon([1, 1], [2, 2], [1, 1]), "ring_short", "a ring has 3 points, at least 4"),
        (polygon([1, 1], [2, 1], [2, 2], [1, 2]), "ring_open", "a ring does not end where it starts"),
        (
            polygon([36, 139], [36, 140], [35, 140], [36, 139]),
            "coordinates_swapped",
            "feature 1 (XX-1): [36.0, 139.0]: latitude and longitude swapped; GeoJSON has longitude first",
        ),
        (polygon([200, 1], [201, 1], [201, 2], [200, 1]), "coordinates_range", "[200.0, 1.0] is not a place on Earth"),
        (
            polygon([3400000, 6500000], [3400001, 6500000], [3400001, 6500001], [3400000, 6500000]),
            "coordinates_range",
            "these look like metres of a map projection, convert the file to WGS 84",
        ),
        (polygon([1, 1], [1.0001, 1], [1, 1.0001], [1, 1]), "area_none", "encloses no area"),
        (polygon([1, 1], [2, 2], [3, 3], [1, 1]), "area_none", "encloses no area, even after repair"),
        (
            polygon(*[[1, 1]] * (VERTICES_PER_FEATURE_MAX + 1)),
            "vertices_many",
            "at most 200000: simplify the file first",
        ),
    ],
)
def test_a_bad_file_is_refused_with_a_message_that_names_the_fault(data: bytes, code: str, message: str) -> None:
    outcome = import_geojson(data, PROPERTIES, ORIGIN, None)
    assert isinstance(outcome, Refused)
    assert any(problem.code == code and message in problem.message for problem in outcome.problems), outcome.problems


@pytest.mark.parametrize(
    ("features", "code", "message"),
    [
        ([feature("A", "A", level=4)], "level_range", "feature 1: (A) has level '4', levels go from 0 to 3 (--level)"),
        ([feature("A", "A")], "level_range", "has level ''"),
        (
            [feature("A", "A", level=2), feature("B", "B", "A", level=2)],
            "level_order",
            "feature 2 (B): level 2 is not below its parent A",
        ),
    ],
)
def test_a_bad_level_is_refused(features: list[object], code: str, message: str) -> None:
    outcome = import_geojson(collection(*features), WITH_LEVELS, ORIGIN, None)
    assert isinstance(outcome, Refused)
    assert [problem.code for problem in outcome.problems] == [code]
    assert message in outcome.problems[0].message


@pytest.mark.parametrize(
    ("origin", "message"),
    [
        (replace(ORIGIN, licence=" "), "the licence of the file must be stated (--licence)"),
        (replace(ORIGIN, source=""), "the source of the file must be stated (--source)"),
        (replace(ORIGIN, attribution=""), "the attribution of the file must be stated (--attribution)"),
        (replace(ORIGIN, date="today"), "the date of the file is YYYY-MM-DD, not 'today' (--date)"),
        (replace(ORIGIN, accuracy_km=0.0), "--accuracy-km is more than 0 and at most 100, not 0"),
        (replace(ORIGIN, accuracy_km=float("nan")), "--accuracy-km is more than 0 and at most 100, not nan"),
    ],
)
def test_nothing_is_imported_without_a_full_statement(origin: Origin, message: str) -> None:
    outcome = import_geojson(collection(*country()), PROPERTIES, origin, None)
    assert isinstance(outcome, Refused)
    assert [problem.message for problem in outcome.problems] == [message]


def test_a_language_is_a_tag_and_one_name_is_needed() -> None:
    wrong = import_geojson(collection(*country()), Properties("id", {"in English": "name"}), ORIGIN, None)
    assert isinstance(wrong, Refused)
    assert "'in English' is no language tag" in wrong.problems[0].message
    none = import_geojson(collection(*country()), Properties("id", {}), ORIGIN, None)
    assert isinstance(none, Refused)
    assert "at least one property with names is needed" in none.problems[0].message


def test_the_country_is_not_a_feature_too() -> None:
    outcome = import_geojson(
        collection(*country()), PROPERTIES, ORIGIN, Region("XX-1", 0, "country", None, {"en": "Xland"})
    )
    assert isinstance(outcome, Refused)
    assert "feature 1 (XX-1): this is the code of the country" in outcome.problems[0].message


def test_many_problems_are_counted_and_the_first_are_shown() -> None:
    outcome = import_geojson(collection(*[feature(None, "A")] * 500), PROPERTIES, ORIGIN, None)
    assert isinstance(outcome, Refused)
    assert (len(outcome.problems), outcome.count) == (20, 500)


def test_the_local_name_is_the_one_that_is_not_english() -> None:
    properties = Properties("id", {"en": "name", "fr": "nom"})
    atlas = imported(collection(feature("XX-1", "North", nom="Nord"), feature("XX-2", "South")), properties)
    assert atlas.region("XX-1").local_name == "Nord"
    assert atlas.region("XX-2").local_name == "South"
