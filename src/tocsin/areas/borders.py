"""The border of one feature, from GeoJSON coordinates: checked, repaired, split where it crosses the antimeridian.

WGS 84, longitude first (RFC 7946). It knows no region and no file: who brings a border, and what is said about a bad
one, is in ``tocsin.areas.importing``.
"""

import math
from typing import TYPE_CHECKING, Any

import msgspec

from tocsin.areas.atlas import Rings
from tocsin.areas.edition import RING_POINTS_MIN
from tocsin.areas.region import AreaError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# The finest coast of a large state in OpenStreetMap has about this many. More is a file that wants simplifying.
VERTICES_PER_FEATURE_MAX = 200_000

# About 0.1 m: finer digits are noise of the conversion, and cost bytes on every phone.
DECIMALS = 6

# Square degrees, about 100 square metres: less is a line that a repair made of a border.
AREA_MIN = 1e-8


class BorderError(AreaError):
    """These coordinates are no border; the message says why and what to do, without naming the feature."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def border(kind: str, coordinates: bytes) -> tuple[Rings, bool]:
    """Return the polygons, and whether they had to be repaired.

    *kind* and *coordinates* (JSON) are those of a GeoJSON geometry. Raises ``BorderError``.
    """
    import shapely

    if kind not in ("Polygon", "MultiPolygon"):
        raise BorderError("geometry_kind", f"a border is a Polygon or a MultiPolygon, not a {kind[:40]}")
    polygons = _decoded(kind, coordinates)
    count = sum(len(ring) for polygon in polygons for ring in polygon)
    if count > VERTICES_PER_FEATURE_MAX:
        raise BorderError(
            "vertices_many", f"{count} vertices, at most {VERTICES_PER_FEATURE_MAX}: simplify the file first"
        )
    for polygon in polygons:
        for ring in polygon:
            _check_ring(ring)
    _check_range([point for polygon in polygons for ring in polygon for point in ring])
    drawn = shapely.MultiPolygon([(outer, holes) for outer, *holes in map(_unwound_polygon, polygons)])
    whole = drawn if drawn.is_valid else shapely.make_valid(drawn)
    rings = _rings(_split(whole))
    if not rings:
        raise BorderError("area_none", "the border encloses no area, even after repair")
    return rings, not drawn.is_valid


def _decoded(kind: str, coordinates: bytes) -> list[list[list[list[float]]]]:
    shape: Any = list[list[list[float]]] if kind == "Polygon" else list[list[list[list[float]]]]
    try:
        decoded = msgspec.json.decode(coordinates, type=shape)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BorderError("coordinates_malformed", f"the coordinates of a {kind} are expected: {error}") from error
    polygons: list[list[list[list[float]]]] = [decoded] if kind == "Polygon" else decoded
    if not polygons or not all(polygons):
        raise BorderError("area_none", "there are no coordinates")
    return polygons


def _check_ring(ring: list[list[float]]) -> None:
    if any(len(point) < 2 for point in ring):
        raise BorderError("coordinates_malformed", "a point needs longitude and latitude")
    if len(ring) < RING_POINTS_MIN:
        message = f"a ring has {len(ring)} points, at least {RING_POINTS_MIN} are needed with the first repeated"
        raise BorderError("ring_short", message)
    if ring[0][:2] != ring[-1][:2]:
        raise BorderError("ring_open", "a ring does not end where it starts: repeat its first point at the end")


def _check_range(points: list[list[float]]) -> None:
    if not all(math.isfinite(number) for point in points for number in point[:2]):
        raise BorderError("coordinates_range", "a coordinate is no finite number")
    if all(abs(x) <= 180 and abs(y) <= 90 for x, y, *_ in points):
        return
    x, y, *_ = next(point for point in points if abs(point[0]) > 180 or abs(point[1]) > 90)
    if all(abs(x) <= 90 and abs(y) <= 180 for x, y, *_ in points):
        raise BorderError(
            "coordinates_swapped", f"[{x}, {y}]: latitude and longitude swapped; GeoJSON has longitude first"
        )
    hint = "; these look like metres of a map projection, convert the file to WGS 84" if abs(x) > 1000 else ""
    raise BorderError("coordinates_range", f"[{x}, {y}] is not a place on Earth{hint}")


def _unwound_polygon(polygon: list[list[list[float]]]) -> list[list[tuple[float, float]]]:
    """Return rings in which every step goes the short way round, so that Fiji is small and not as wide as the world."""
    start = polygon[0][0][0]
    return [_unwound(ring, start) for ring in polygon]


def _unwound(ring: list[list[float]], start: float) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    before = start
    for x, y, *_ in ring:
        before = x - 360.0 * round((x - before) / 360.0)
        points.append((before, y))
    return points


def _split(shape: "BaseGeometry") -> "BaseGeometry":
    """Return *shape* within 180 degrees on either side; what lies beyond comes back on the other one."""
    import shapely
    from shapely.affinity import translate

    west, _, east, _ = shape.bounds
    if west >= -180 and east <= 180:
        return shape
    world = shapely.box(-180, -90, 180, 90)
    return shapely.union_all([translate(shape, turn).intersection(world) for turn in (-360.0, 0.0, 360.0)])


def _rings(shape: "BaseGeometry") -> Rings:
    import shapely

    parts = shapely.get_parts(shapely.normalize(shape))
    if shape.geom_type == "GeometryCollection":
        parts = shapely.get_parts(parts)
    return tuple(
        tuple(
            tuple((round(x, DECIMALS), round(y, DECIMALS)) for x, y, *_ in ring.coords)
            for ring in (polygon.exterior, *polygon.interiors)
        )
        for polygon in parts
        if polygon.geom_type == "Polygon" and polygon.area > AREA_MIN
    )
