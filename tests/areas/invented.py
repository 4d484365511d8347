"""An invented country in GeoJSON, for the tests of the importer."""

import json
from typing import Any

from tocsin.areas import Atlas, Imported, Origin, Properties, import_geojson

PROPERTIES = Properties(code="id", names={"en": "name"}, parent="above")
ORIGIN = Origin("an invented country", "CC0-1.0", "Nowhere Survey", "2026-01-01", accuracy_km=2.0)


def square(west: float, south: float, size: float = 1.0) -> list[list[list[float]]]:
    """Return the rings of a square, longitude first."""
    east, north = west + size, south + size
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def feature(code: object, name: object, above: object = None, rings: object = None, **more: Any) -> dict[str, Any]:
    geometry = None if rings is None else {"type": "Polygon", "coordinates": rings}
    return {"type": "Feature", "properties": {"id": code, "name": name, "above": above} | more, "geometry": geometry}


def collection(*features: object, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)} | more).encode()


def country() -> list[dict[str, Any]]:
    """Return one region with two districts side by side; the border between them is at 11° E."""
    return [
        feature("XX-1", "Northland", None, square(10, 50, 2)),
        feature("XX-1-1", "West Ward", "XX-1", [[[10, 50], [11, 50], [11, 52], [10, 52], [10, 50]]]),
        feature("XX-1-2", "East Ward", "XX-1", [[[11, 50], [12, 50], [12, 52], [11, 52], [11, 50]]]),
    ]


def imported(data: bytes, properties: Properties = PROPERTIES, origin: Origin = ORIGIN) -> Atlas:
    outcome = import_geojson(data, properties, origin, None)
    assert isinstance(outcome, Imported), outcome
    return outcome.atlas
