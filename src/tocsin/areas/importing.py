"""Another country's regions, from GeoJSON: bytes and a mapping of properties in, an atlas or the list of problems out.

It reads no file and writes none (``tocsin.cli.regions`` does), and it trusts nothing in the bytes. Without source,
licence, date and accuracy nothing is imported: whoever is warned by these borders may ask where they come from.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tocsin.areas.atlas import Atlas, Frame, Rings
from tocsin.areas.fit import misfits
from tocsin.areas.geojson import Problem, Properties, Reading, features_of, read_feature
from tocsin.areas.lineage import levels_of
from tocsin.areas.region import Layer, Region, RegionCode

# A wrong mapping breaks every feature in the same way; a person reads the first few.
PROBLEMS_MAX = 20

# Kilometres: a border that is farther off says nothing about a town.
ACCURACY_KM_MAX = 100.0

KINDS = ("country", "region", "district", "community")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


# How much of the map stays free round the country, as a share of its size.
FRAME_MARGIN = 0.02


@dataclass(frozen=True)
class Origin:
    """What must be stated about a file: where from, under which licence, what to show beside the map, of which date
    (YYYY-MM-DD), how far off its borders may be."""

    source: str
    licence: str
    attribution: str
    date: str
    accuracy_km: float


@dataclass(frozen=True)
class Imported:
    """The atlas, and what a person should look at: features that were repaired, have no border, or do not fit."""

    atlas: Atlas
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Refused:
    """Nothing was imported; at most ``PROBLEMS_MAX`` problems, of *count*."""

    problems: tuple[Problem, ...]
    count: int


Outcome: TypeAlias = Imported | Refused


def import_geojson(data: bytes, properties: Properties, origin: Origin, country: Region | None) -> Outcome:
    """Make an atlas of a GeoJSON FeatureCollection (RFC 7946), or say everything that is wrong with it.

    *country*, if given, is a region of level 0 that stands above all that name no parent.
    """
    reading = Reading()
    _check_statement(properties, origin, reading)
    features = features_of(data, reading)
    for number, raw in enumerate(features, start=1):
        read_feature(number, raw, properties, reading)
    levels = levels_of(reading, country)
    if reading.problems:
        return Refused(tuple(reading.problems[:PROBLEMS_MAX]), len(reading.problems))
    atlas = _atlas(reading, levels, origin, country)
    return Imported(atlas, (*reading.warnings, *misfits(atlas)))


def _check_statement(properties: Properties, origin: Origin, reading: Reading) -> None:
    for name in ("source", "licence", "attribution"):
        if not getattr(origin, name).strip():
            reading.problem(f"{name}_missing", f"the {name} of the file must be stated (--{name})")
    if not _DATE.fullmatch(origin.date):
        reading.problem("date_malformed", f"the date of the file is YYYY-MM-DD, not '{origin.date[:40]}' (--date)")
    if not 0 < origin.accuracy_km <= ACCURACY_KM_MAX:
        message = f"--accuracy-km is more than 0 and at most {ACCURACY_KM_MAX:g}, not {origin.accuracy_km:g}"
        reading.problem("accuracy_range", message)
    if not properties.names:
        reading.problem("names_missing", "at least one property with names is needed (--name en=NAME_EN)")
    for language in properties.names:
        if not _LANGUAGE.fullmatch(language):
            reading.problem("language_malformed", f"'{language[:40]}' is no language tag like 'uk' or 'en' (--name)")


def _atlas(reading: Reading, levels: dict[RegionCode, int], origin: Origin, country: Region | None) -> Atlas:
    root = country.code if country else None
    regions = [
        Region(code, levels[code], KINDS[levels[code]], draft.parent if draft.parent is not None else root, draft.names)
        for code, draft in reading.drafts.items()
    ]
    regions.sort(key=lambda region: (region.level, region.code))
    layers = tuple(
        Layer(level, origin.accuracy_km, origin.source, origin.licence, origin.attribution, origin.date)
        for level in sorted({levels[code] for code in reading.rings})
    )
    title = country.name("en") if country else origin.source
    return Atlas(title, (*([country] if country else []), *regions), layers, _frame(reading.rings), reading.rings)


def _frame(rings: Mapping[RegionCode, Rings]) -> Frame:
    points = [point for polygons in rings.values() for outer, *_ in polygons for point in outer] or [
        (0.0, 0.0),
        (1.0, 1.0),
    ]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    wide, high = FRAME_MARGIN * (east - west), FRAME_MARGIN * (north - south)
    sides = (west - wide, south - high, east + wide, north + high)
    west, south, east, north = (round(side, 4) for side in sides)
    return Frame(west, south, east, north, true_latitude=round((south + north) / 2, 4))
