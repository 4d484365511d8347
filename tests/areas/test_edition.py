"""The bytes of an atlas, its hash, and what the apps get of it."""

import json
import re
import zlib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from tests.areas.invented import collection, country, imported
from tocsin.areas import Atlas, AtlasError, apps_map, apps_tree, atlas_bytes, load_ukraine, read_atlas

# Budget of the apps, in bytes after compression: the paths belong to the first view, the tree is loaded for the search.
MAP_BYTES_MAX = 10_000
TREE_BYTES_MAX = 40_000


@pytest.fixture(scope="module")
def ukraine() -> Atlas:
    return load_ukraine()


@pytest.fixture
def file() -> dict[str, Any]:
    """The atlas of the invented country as plain JSON."""
    read: dict[str, Any] = json.loads(atlas_bytes(imported(collection(*country()))))
    return read


def hash_of(file: dict[str, Any]) -> str:
    return read_atlas(json.dumps(file).encode()).hash


def test_the_bytes_of_an_atlas_are_read_back_the_same(ukraine: Atlas) -> None:
    data = files("tocsin.areas").joinpath("data", "ukraine.json").read_bytes()
    assert atlas_bytes(ukraine) == data
    assert atlas_bytes(read_atlas(atlas_bytes(ukraine))) == data


def test_the_hash_is_a_sha_256_in_base64url(ukraine: Atlas) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", ukraine.hash)
    assert read_atlas(atlas_bytes(ukraine)).hash == ukraine.hash


def _move_a_corner(file: dict[str, Any]) -> None:
    file["geometry"]["XX-1-2"][0][0][1][0] += 0.001


def _change_a_parent(file: dict[str, Any]) -> None:
    file["regions"][2][3] = None


def _rename(file: dict[str, Any]) -> None:
    file["regions"][2][4]["en"] = "Easterly Ward"


def _change_a_code(file: dict[str, Any]) -> None:
    file["regions"][2][0] = "XX-1-3"
    file["geometry"]["XX-1-3"] = file["geometry"].pop("XX-1-2")


def _remove_a_border(file: dict[str, Any]) -> None:
    del file["geometry"]["XX-1-2"]


@pytest.mark.parametrize("change", [_move_a_corner, _change_a_parent, _rename, _change_a_code, _remove_a_border])
def test_the_hash_changes_with_what_gives_a_code_its_meaning(
    file: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    before = hash_of(file)
    change(file)
    assert hash_of(file) != before


def test_the_hash_does_not_change_with_order_blanks_or_ids_of_others(file: dict[str, Any]) -> None:
    before = hash_of(file)
    file["regions"][1], file["regions"][2] = file["regions"][2], file["regions"][1]
    file["regions"][0][5]["iso_3166_2"] = ["XX-1"]
    file["title"] = "Another title"
    assert read_atlas(json.dumps(file, indent=3).encode()).hash == before


def _set(*path: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(file: dict[str, Any]) -> None:
        place: Any = file
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_set("format", to=2), "format 2"),
        (_set("regions", 2, 0, to="XX-1-1"), "there twice"),
        (_set("regions", 2, 1, to=4), "levels go from 0 to 3"),
        (_set("regions", 2, 4, to={}), "has no name"),
        (_set("regions", 2, 3, to="XX-9"), "does not stand above it"),
        (_set("regions", 2, 3, to="XX-1-1"), "does not stand above it"),
        (_set("regions", 0, 3, to="XX-1-1"), "does not stand above it"),
        (_set("geometry", "XX-7", to=[]), "no such region"),
        (_set("geometry", "XX-1", to=[]), "the border of XX-1 is not made of rings"),
        (_set("geometry", "XX-1", to=[[]]), "the border of XX-1 is not made of rings"),
        (_set("geometry", "XX-1", to=[[[[1, 1], [2, 2], [1, 1]]]]), "of at least 4 points"),
        (_set("regions", to="none"), "not an atlas file"),
        (_set("colour", to="red"), "not an atlas file"),
    ],
)
def test_a_broken_atlas_is_refused_with_its_reason(
    file: dict[str, Any], change: Callable[[dict[str, Any]], None], words: str
) -> None:
    change(file)
    with pytest.raises(AtlasError, match=words):
        read_atlas(json.dumps(file).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_bytes_that_are_no_atlas_are_refused(data: bytes) -> None:
    with pytest.raises(AtlasError):
        read_atlas(data)


def test_the_tree_for_the_apps_has_parents_before_children(ukraine: Atlas) -> None:
    data = apps_tree(ukraine)
    tree = json.loads(data)
    assert tree["atlas"] == ukraine.hash
    assert tree["attribution"] == ukraine.attribution
    assert len(tree["regions"]) == 1936
    for index, (code, level, parent, uk, en, _) in enumerate(tree["regions"]):
        assert -1 <= parent < index
        assert (ukraine.region(code).level, ukraine.region(code).names) == (level, {"uk": uk, "en": en})
        assert ukraine.region(code).parent == (tree["regions"][parent][0] if parent >= 0 else None)
    assert ["UA80000000000093317", 1, 0, "Київ", "Kyiv", "UA-30"] in tree["regions"]
    assert len(zlib.compress(data, 9)) <= TREE_BYTES_MAX


def test_the_map_for_the_apps_draws_every_region_once(ukraine: Atlas) -> None:
    data = apps_map(ukraine)
    drawn = json.loads(data)
    assert drawn["atlas"] == ukraine.hash
    assert drawn["viewBox"] == [0, 0, 1000, 683]
    assert drawn["project"] == {"west": 22.0, "north": 52.5, "x_per_degree": 54.645, "y_per_degree": 82.306}
    assert set(drawn["first"]) == {region.code for region in ukraine.regions if region.level == 1}
    cities = {region.code for region in ukraine.regions if region.kind == "city"}
    assert set(drawn["second"]) == {region.code for region in ukraine.regions if region.level == 2} | cities
    assert len(zlib.compress(data, 9)) <= MAP_BYTES_MAX
    assert apps_map(read_atlas(atlas_bytes(ukraine))) == data


def corners(path: str) -> list[tuple[int, int]]:
    """Return the absolute corners of a path, read as a browser reads it."""
    found = []
    for ring in re.findall(r"M([^z]+)z", path):
        start, steps = ring.split("l")
        x, y = (int(number) for number in start.split())
        found.append((x, y))
        numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            found.append((x, y))
    return found


def test_paths_stay_inside_the_map_and_a_city_is_drawn_where_it_lies(ukraine: Atlas) -> None:
    drawn = json.loads(apps_map(ukraine))
    for path in (*drawn["first"].values(), *drawn["second"].values()):
        assert re.fullmatch(r"(M\d+ \d+l-?\d+(?:[ -]-?\d+|-\d+)*z)+", path)
        assert all(0 <= x <= 1000 and 0 <= y <= 683 for x, y in corners(path))
    kyiv = corners(drawn["first"]["UA80000000000093317"])
    x, y = (30.52 - 22) * 54.645, (52.5 - 50.45) * 82.306
    assert min(px for px, _ in kyiv) <= x <= max(px for px, _ in kyiv)
    assert min(py for _, py in kyiv) <= y <= max(py for _, py in kyiv)


def test_a_region_too_small_to_draw_is_still_there_to_tap() -> None:
    small = [[[10.5, 50.5], [10.501, 50.5], [10.5, 50.501], [10.5, 50.5]]]
    features = [*country(), {**country()[0], "properties": {"id": "XX-2", "name": "Rock"}}]
    features[-1]["geometry"] = {"type": "Polygon", "coordinates": small}
    drawn = json.loads(apps_map(imported(collection(*features))))
    assert len(corners(drawn["second"]["XX-2"])) == 4
