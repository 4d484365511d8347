"""A GeoJSON file, feature by feature: what each says, or what is wrong with it.

It trusts nothing in the bytes. How the features hang together is in ``tocsin.areas.lineage``, what is made of them in
``tocsin.areas.importing``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tocsin.areas.atlas import Rings
from tocsin.areas.borders import BorderError, border
from tocsin.areas.edition import ATLAS_BYTES_MAX
from tocsin.areas.region import LEVEL_MAX, AreaError, RegionCode

# What cannot be read back as an atlas is not worth reading; a larger file should be simplified or split.
FILE_BYTES_MAX = ATLAS_BYTES_MAX

# The largest country with two levels (Germany, 11,000 municipalities; France, 35,000) stays below.
FEATURES_MAX = 50_000

# The longest official name of a place has 85 letters; a headline has to carry it.
NAME_LETTERS_MAX = 120

# Codes travel in notices of 2,800 bytes and in addresses: letters, digits and a few marks, KATOTTG has 19.
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]{0,31}")

_WGS84 = re.compile(r"(CRS:?84|EPSG:{1,2}4326)$", re.IGNORECASE)


@dataclass(frozen=True)
class Properties:
    """Which GeoJSON property holds what. *names* by language; *parent* and *level* may be missing: then all is first
    level, or the level follows from the parents."""

    code: str
    names: Mapping[str, str]
    parent: str | None = None
    level: str | None = None


@dataclass(frozen=True)
class Problem:
    """One reason for a refusal; *code* is stable, *message* names the feature by number and code."""

    code: str
    message: str


class _Geometry(msgspec.Struct, frozen=True):
    type: str
    coordinates: msgspec.Raw = msgspec.Raw(b"[]")


class _Feature(msgspec.Struct, frozen=True):
    type: str
    properties: dict[str, Any] | None = None
    geometry: _Geometry | None = None


class _Collection(msgspec.Struct, frozen=True):
    type: str
    features: list[msgspec.Raw] | None = None
    crs: Any = None


@dataclass
class Draft:
    """A feature that has been read: what its region will be, before its place in the tree is known."""

    number: int
    code: RegionCode
    names: dict[str, str]
    parent: RegionCode | None
    level: int | None

    @property
    def title(self) -> str:
        return f"feature {self.number} ({self.code})"


@dataclass
class Reading:
    """What has been read of a file so far, and what was wrong with it."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    drafts: dict[RegionCode, Draft] = field(default_factory=dict)
    rings: dict[RegionCode, Rings] = field(default_factory=dict)

    def problem(self, code: str, message: str) -> None:
        self.problems.append(Problem(code, message))


class FeatureError(AreaError):
    """A feature breaks a rule; the message does not name the feature."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def features_of(data: bytes, reading: Reading) -> list[msgspec.Raw]:
    """Return the features as they stand in the file; notes what is wrong with the file as a whole."""
    if len(data) > FILE_BYTES_MAX:
        reading.problem("file_large", f"the file has {len(data)} bytes, at most {FILE_BYTES_MAX}: simplify or split it")
        return []
    try:
        collection = msgspec.json.decode(data, type=_Collection)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        reading.problem("file_malformed", f"the file is not GeoJSON: {error}")
        return []
    features = collection.features or []
    if collection.type != "FeatureCollection":
        hint = "; convert TopoJSON to GeoJSON first" if collection.type == "Topology" else ""
        reading.problem("file_kind", f"a FeatureCollection is expected, this is a {collection.type[:40]}{hint}")
        return []
    if collection.crs is not None and not _WGS84.search(str(_crs_name(collection.crs))):
        reading.problem("file_crs", f"coordinates must be WGS 84, this file has {str(_crs_name(collection.crs))[:60]}")
    if not features:
        reading.problem("file_empty", "the file has no features")
    if len(features) > FEATURES_MAX:
        reading.problem("features_many", f"the file has {len(features)} features, at most {FEATURES_MAX}")
        return []
    return features


def _crs_name(crs: Any) -> Any:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return properties.get("name") if isinstance(properties, dict) else crs


def read_feature(number: int, raw: msgspec.Raw, properties: Properties, reading: Reading) -> None:
    """Read feature *number* into *reading*: its names, its place, its border, or its problem."""
    title = f"feature {number}"
    try:
        feature = msgspec.json.decode(raw, type=_Feature)
        draft = _draft(number, feature, properties)
        title = draft.title
        if draft.code in reading.drafts:
            raise FeatureError("code_twice", f"feature {reading.drafts[draft.code].number} has the same code")
        reading.drafts[draft.code] = draft
        if feature.geometry is None:
            reading.warnings.append(f"{title} has no border")
            return
        reading.rings[draft.code], repaired = border(feature.geometry.type, bytes(feature.geometry.coordinates))
        if repaired:
            reading.warnings.append(f"{title}: the border crossed itself and was repaired")
    except (FeatureError, BorderError) as error:
        reading.problem(error.code, f"{title}: {error}")
    except (msgspec.MsgspecError, RecursionError) as error:
        reading.problem("feature_malformed", f"{title}: not a GeoJSON feature: {error}")


def _draft(number: int, feature: _Feature, properties: Properties) -> Draft:
    values = feature.properties or {}
    code = _text(values.get(properties.code))
    if not code:
        there = ", ".join(sorted(values)[:8]) or "none"
        raise FeatureError("code_missing", f"property '{properties.code}' is missing or empty; it has {there} (--code)")
    if not CODE.fullmatch(code):
        raise FeatureError("code_malformed", f"'{code[:40]}' is no code: 1 to 32 letters, digits and . _ : ~ -")
    names = {language: _text(values.get(name)) for language, name in properties.names.items()}
    named = {language: name for language, name in names.items() if name}
    if properties.names and not named:
        wanted = ", ".join(f"'{name}'" for name in properties.names.values())
        raise FeatureError("name_missing", f"({code}) has no name in {wanted} (--name)")
    long = next((name for name in named.values() if len(name) > NAME_LETTERS_MAX), None)
    if long:
        raise FeatureError("name_long", f"({code}) has a name of {len(long)} letters, at most {NAME_LETTERS_MAX}")
    parent = _text(values.get(properties.parent)) if properties.parent else ""
    return Draft(number, code, named, parent or None, _level(code, values, properties))


def _level(code: RegionCode, values: dict[str, Any], properties: Properties) -> int | None:
    if properties.level is None:
        return None
    text = _text(values.get(properties.level))
    if text not in ("0", "1", "2", "3"):
        raise FeatureError(
            "level_range", f"({code}) has level '{text[:20]}', levels go from 0 to {LEVEL_MAX} (--level)"
        )
    return int(text)


def _text(value: Any) -> str:
    """Return a property as text; a number is a code without quotes, anything else is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return " ".join(str(value).split())
