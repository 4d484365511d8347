"""The shapes of an area as geometry to work with: repaired where that is safe, each repair noted (CAP 1.2, 3.2.4).

The message is never changed: its raw text stays what was said and signed. Coordinates are ``longitude, latitude`` as
GeoJSON and shapely have them. Which regions a shape touches is known in ``tocsin.areas``.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.cap import shapes
from tocsin.cap.errors import Finding
from tocsin.cap.model import Area
from tocsin.cap.rules.words import found
from tocsin.cap.shapes import Circle, Point, ShapeError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

EARTH_RADIUS_KM = 6371.0088

# One every 5.6 degrees: a circle of 100 km is off by 120 m at most.
CIRCLE_POINTS = 64

# Nothing is left of these; what they meant is not guessed.
_LOST = ("polygon-short", "polygon-lat-range")
# A longitude within one turn can be brought back; beyond, it is no longitude.
LONGITUDE_MAX = 360
# Repairing a ring that crosses itself costs more than finding that it does.
POINTS_REPAIRED_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Geometry:
    """The valid shapes of one area, and what was done or left out to get them."""

    shapes: "tuple[BaseGeometry, ...]"
    notes: tuple[Finding, ...]


def geometry(area: Area, path: str = "area") -> Geometry:
    """Return the polygons and circles of *area*; *path* is where the notes say that it stands.

    Unclosed rings are closed, crossing ones made valid, and what goes over the antimeridian is cut there. What is too
    short, unreadable or beyond a pole is left out. Nothing is swapped by guess.
    """
    made: list[BaseGeometry] = []
    notes: list[Finding] = []
    for number, text in enumerate(area.polygons, start=1):
        _polygon(text, f"{path}/polygon[{number}]", made, notes)
    for number, text in enumerate(area.circles, start=1):
        try:
            made.append(_disc(shapes.circle(text)))
        except ShapeError as why:
            notes.append(found(why.code, f"{path}/circle[{number}]", str(why), "It is left out.", text))
    return Geometry(tuple(one for one in made if not one.is_empty), tuple(notes))


def _polygon(text: str, path: str, made: "list[BaseGeometry]", notes: list[Finding]) -> None:
    import shapely

    points, faults = shapes.ring(text)
    lost = not points or any(fault.code in _LOST for fault in faults)
    lost = lost or max(abs(longitude) for _, longitude in points) > LONGITUDE_MAX
    fate = "It is left out." if lost else "It is mended here."
    notes.extend(found(fault.code, path, str(fault), fate, text) for fault in faults)
    if lost:
        return
    if points[0] != points[-1]:
        points = (*points, points[0])
    ring = shapely.Polygon(_over_the_pole(shapes.unwrapped(points)))
    if len(points) <= POINTS_REPAIRED_MAX and not ring.is_valid:
        ring = _areas_of(shapely.make_valid(ring))
        notes.append(
            found("polygon-self-intersecting", path, "A ring neither crosses nor touches itself.", "It is mended here.")
        )
    cut = _cut(ring)
    if cut is not ring:
        notes.append(found("polygon-antimeridian", path, "It goes over the antimeridian.", "It is cut in two here."))
    made.append(cut)


def _over_the_pole(ring: list[Point]) -> list[Point]:
    # A ring that ends a whole turn away from its begin goes round a pole; the pole is the side that is near.
    turn = ring[-1][0] - ring[0][0]
    if abs(turn) < 180:
        return ring
    pole = 90.0 if sum(latitude for _, latitude in ring) > 0 else -90.0
    return [*ring, (ring[-1][0], pole), (ring[0][0], pole), ring[0]]


def _cut(shape: "BaseGeometry") -> "BaseGeometry":
    """Return *shape* itself if it lies between -180 and 180, else its parts, each brought back there."""
    import shapely
    from shapely import affinity

    west, _, east, _ = shape.bounds if not shape.is_empty else (0.0, 0.0, 0.0, 0.0)
    if west >= -180 and east <= 180:
        return shape
    turns = range(math.floor((west + 180) / 360), math.ceil((east + 180) / 360))
    parts = [
        affinity.translate(shape.intersection(shapely.box(360 * turn - 180, -90, 360 * turn + 180, 90)), -360 * turn)
        for turn in turns
        if shape.is_valid
    ]
    return _areas_of(shapely.union_all(parts)) if parts else shape


def _areas_of(shape: "BaseGeometry") -> "BaseGeometry":
    """Return the polygons of *shape*; stray lines and points of a repair are no area."""
    import shapely

    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    nested = [part for part in shapely.get_parts(shape) if part.geom_type == "MultiPolygon"]
    return shapely.union_all([*polygons, *nested])


def _disc(circle: Circle) -> "BaseGeometry":
    import shapely

    if circle.radius_km == 0:
        return shapely.Point(circle.longitude, circle.latitude)
    ring = list(_rim(circle))
    return _cut(shapely.Polygon(_over_the_pole(shapes.unwrapped((*ring, ring[0])))))


def _rim(circle: Circle) -> Iterator[Point]:
    """Yield points at the distance of the radius on a sphere, latitude first."""
    latitude, longitude = math.radians(circle.latitude), math.radians(circle.longitude)
    # Half the earth is everywhere; a little less still has a rim.
    distance = min(circle.radius_km / EARTH_RADIUS_KM, math.pi - 1e-6)
    for step in range(CIRCLE_POINTS):
        bearing = 2 * math.pi * step / CIRCLE_POINTS
        high = math.sin(latitude) * math.cos(distance) + math.cos(latitude) * math.sin(distance) * math.cos(bearing)
        east = math.atan2(
            math.sin(bearing) * math.sin(distance) * math.cos(latitude), math.cos(distance) - math.sin(latitude) * high
        )
        yield math.degrees(math.asin(max(-1.0, min(1.0, high)))), (math.degrees(longitude + east) + 540) % 360 - 180
