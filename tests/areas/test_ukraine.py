"""The atlas of Ukraine: what is in it, and what it is called by whom."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
import shapely

from tocsin.areas import AmbiguousRegion, Atlas, Region, UnknownRegion, load_ukraine

SHARED = Path(__file__).parents[3] / "shared" / "data"
HISTORY = SHARED / "official_data_en.csv"
STATES = SHARED / "ua_regions_states.json"

KYIV, KYIV_OBLAST = "UA80000000000093317", "UA32000000000030281"
CRIMEA, SEVASTOPOL = "UA01000000000013043", "UA85000000000065278"
VYSHHOROD_RAION, VYSHHOROD = "UA32100000000065867", "UA32100010000094393"


@pytest.fixture(scope="module")
def ukraine() -> Atlas:
    return load_ukraine()


def test_all_levels_are_complete(ukraine: Atlas) -> None:
    assert Counter(region.level for region in ukraine.regions) == {0: 1, 1: 27, 2: 136, 3: 1772}
    kinds = Counter(region.kind for region in ukraine.regions)
    assert kinds == {"country": 1, "oblast": 24, "republic": 1, "city": 2, "raion": 136, "hromada": 1772}


def test_every_region_stands_one_level_below_its_parent(ukraine: Atlas) -> None:
    for region in ukraine.regions:
        if region.parent is not None:
            assert ukraine.region(region.parent).level == region.level - 1


def test_every_region_has_a_name_in_both_languages(ukraine: Atlas) -> None:
    for region in ukraine.regions:
        assert set(region.names) == {"uk", "en"}
        assert region.names["en"].isascii()
        assert region.names == {language: name.strip() for language, name in region.names.items()}


def test_crimea_and_sevastopol_are_regions_of_ukraine(ukraine: Atlas) -> None:
    assert ukraine.resolve("UA-43").code == CRIMEA
    assert ukraine.resolve("UA-40").code == SEVASTOPOL
    assert {CRIMEA, SEVASTOPOL} <= set(ukraine.children("UA"))
    assert len(ukraine.children(CRIMEA)) == 10


def test_the_city_of_kyiv_is_not_its_oblast(ukraine: Atlas) -> None:
    assert ukraine.resolve("Київ").code == ukraine.resolve("Kyiv City").code == ukraine.resolve("UA-30").code == KYIV
    assert ukraine.resolve("Київська область").code == ukraine.resolve("UA-32").code == KYIV_OBLAST
    assert not ukraine.covers(KYIV_OBLAST, KYIV)
    assert ukraine.children(KYIV) == ukraine.children(SEVASTOPOL) == ()


@pytest.mark.parametrize(
    ("iso", "code"),
    [("UA-09", "UA44"), ("UA-77", "UA73"), ("UA-43", "UA01"), ("UA-30", "UA80"), ("UA-40", "UA85"), ("UA-05", "UA05")],
)
def test_iso_codes_are_not_cut_from_the_codifier(ukraine: Atlas, iso: str, code: str) -> None:
    assert ukraine.resolve(iso).code.startswith(code)


@pytest.mark.parametrize(
    ("uid", "name"),
    [
        ("alerts_in_ua:29", "Автономна Республіка Крим"),
        ("ukrainealarm:9999", "Автономна Республіка Крим"),
        ("alerts_in_ua:30", "Севастополь"),
        ("alerts_in_ua:31", "Київ"),
        ("ukrainealarm:31", "Київ"),
        ("31", "Київ"),
        ("3", "Хмельницька область"),
        ("ukrainealarm:74", "Вишгородський район"),
        ("1801", "Луганський район"),
        ("564", "Запорізька громада"),
        ("1293", "Харківська громада"),
    ],
)
def test_ids_of_both_apis_name_their_region(ukraine: Atlas, uid: str, name: str) -> None:
    assert ukraine.resolve(uid).names["uk"] == name


def test_what_has_no_id_says_so(ukraine: Atlas) -> None:
    assert ukraine.region(SEVASTOPOL).alias("ukrainealarm") is None
    assert ukraine.resolve("Луганський район").alias("ukrainealarm") is None
    assert ukraine.region(VYSHHOROD).alias("alerts_in_ua") is None
    without = [region.code for region in ukraine.regions if region.level == 2 and not region.alias("alerts_in_ua")]
    assert len(without) == 10
    assert set(without) == set(ukraine.children(CRIMEA))


def test_no_id_stands_for_two_regions(ukraine: Atlas) -> None:
    for scheme in ("alerts_in_ua", "ukrainealarm", "iso_3166_2"):
        ids = Counter(value for region in ukraine.regions for value in region.aliases.get(scheme, ()))
        assert ids
        assert max(ids.values()) == 1


def test_our_ids_agree_with_the_public_list(ukraine: Atlas) -> None:
    if not STATES.is_file():
        pytest.skip("the list of regions, ../shared/data/ua_regions_states.json, is not here")
    checked = 0
    for state in json.loads(STATES.read_text("utf-8"))["states"]:
        region = ukraine.resolve(f"alerts_in_ua:{state['stateId']}")
        assert region.level == 1
        assert region.names["uk"].split()[0] in state["stateName"]
        for district in state["districts"]:
            raion = ukraine.resolve(f"alerts_in_ua:{district['districtId']}")
            assert ukraine.resolve(district["districtName"]) == raion
            assert raion.parent == region.code
            checked += 1
            for community in district["communities"]:
                for hromada in _with_id(ukraine, community["communityId"]):
                    assert hromada.parent == raion.code
                    assert community["communityName"].endswith(hromada.aliases["name"][0])
                    checked += 1
    assert checked == 122 + 7


def _with_id(ukraine: Atlas, uid: int) -> list[Region]:
    return [region for region in ukraine.regions if region.level == 3 and region.alias("alerts_in_ua") == str(uid)]


def test_every_place_of_the_history_is_found_at_its_level(ukraine: Atlas) -> None:
    if not HISTORY.is_file():
        pytest.skip("the history, ../shared/data/official_data_en.csv, is not here")
    with HISTORY.open(encoding="ascii", newline="") as file:
        rows = {(row["oblast"], row["raion"], row["hromada"], row["level"]) for row in csv.DictReader(file)}
    assert len(rows) == 216
    levels = {"oblast": 1, "raion": 2, "hromada": 3}
    found = {ukraine.history(*row[:3]): levels[row[3]] for row in rows}
    assert len(found) == 216
    assert all(region.level == level for region, level in found.items())


def test_a_row_of_the_history_with_swapped_columns_is_understood(ukraine: Atlas) -> None:
    region = ukraine.history("Lubenskyi raion", "Poltavska oblast", "Hrebinkivska terytorialna hromada")
    assert region.names["uk"] == "Гребінківська громада"


def test_a_city_in_a_row_of_the_history_tells_two_hromadas_of_one_name_apart(ukraine: Atlas) -> None:
    row = ("Dnipropetrovska oblast", "Nikopolskyi raion", "m. Pokrov ta Pokrovska terytorialna hromada")
    assert "Покров" in ukraine.history(*row).aliases["city"]
    with pytest.raises(AmbiguousRegion):
        ukraine.history(row[0], row[1], "Pokrovska terytorialna hromada")


@pytest.mark.parametrize(
    "row",
    [("", "", ""), ("Atlantska oblast", "", ""), ("Kyivska oblast", "Umanskyi raion", ""), ("Kyiv City", "X", "")],
)
def test_a_row_of_no_place_is_refused(ukraine: Atlas, row: tuple[str, str, str]) -> None:
    with pytest.raises(UnknownRegion):
        ukraine.history(*row)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Новоград-Волинський район", "Звягельський район"),
        ("Krasnohradskyi raion", "Берестинський район"),
        ("Червоноградський район", "Шептицький район"),
        ("Сєвєродонецький район", "Сіверськодонецький район"),
        ("Першотравенська громада", "Шахтарська громада"),
    ],
)
def test_a_renamed_region_answers_to_its_old_name(ukraine: Atlas, old: str, new: str) -> None:
    assert ukraine.resolve(old).names["uk"] == new


def test_the_tree_can_be_walked_both_ways(ukraine: Atlas) -> None:
    assert ukraine.ancestors(VYSHHOROD) == (VYSHHOROD_RAION, KYIV_OBLAST, "UA")
    assert VYSHHOROD_RAION in ukraine.children(KYIV_OBLAST)
    assert VYSHHOROD in ukraine.descendants(KYIV_OBLAST)
    assert len(ukraine.descendants("UA")) == 27 + 136 + 1772
    assert ukraine.covers(KYIV_OBLAST, VYSHHOROD)
    assert ukraine.covers(VYSHHOROD, VYSHHOROD)
    assert not ukraine.covers(VYSHHOROD, KYIV_OBLAST)


def test_a_path_name_leaves_the_country_out(ukraine: Atlas) -> None:
    assert ukraine.path_name(VYSHHOROD_RAION, "uk") == "Вишгородський район, Київська область"
    assert ukraine.path_name(VYSHHOROD, "en") == "Vyshhorodska hromada, Vyshhorodskyi raion, Kyiv Oblast"
    assert ukraine.path_name("UA", "uk") == "Україна"


def test_the_first_two_levels_have_borders_that_fit_without_gap_or_overlap(ukraine: Atlas) -> None:
    first = [ukraine.geometry(region.code) for region in ukraine.regions if region.level == 1]
    finest = [ukraine.geometry(region.code) for region in ukraine.regions if region.level == 2 or region.kind == "city"]
    assert all(shape is not None and shape.is_valid and shape.area > 0 for shape in (*first, *finest))
    assert shapely.coverage_is_valid(first)
    assert shapely.coverage_is_valid(finest)
    assert shapely.union_all(first).symmetric_difference(shapely.union_all(finest)).area == pytest.approx(0, abs=1e-9)


def test_hromadas_have_no_border_and_say_so(ukraine: Atlas) -> None:
    assert ukraine.geometry(VYSHHOROD) is None
    assert ukraine.accuracy_km(3) == 0.0
    assert 0 < ukraine.accuracy_km(1) < ukraine.accuracy_km(2)


@pytest.mark.parametrize(
    ("longitude", "latitude", "name"),
    [
        (30.52, 50.45, "Київ"),
        (24.03, 49.84, "Львівський район"),
        (33.53, 44.60, "Севастополь"),
        (34.10, 44.95, "Сімферопольський район"),
        (36.23, 49.99, "Харківський район"),
        (30.73, 46.48, "Одеський район"),
    ],
)
def test_a_city_lies_in_its_region(ukraine: Atlas, longitude: float, latitude: float, name: str) -> None:
    border = ukraine.geometry(ukraine.resolve(name).code)
    assert border is not None
    assert border.contains(shapely.Point(longitude, latitude))


def test_the_attribution_names_geonames(ukraine: Atlas) -> None:
    assert "Place data: GeoNames, CC BY 4.0" in ukraine.attribution
