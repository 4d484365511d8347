"""The numbers in a polygon and in a circle (CAP 1.2, 3.2.4): ``lat,lon`` pairs, WGS 84, radius in kilometres.

Text in, numbers out. Which regions a shape touches is known in ``tocsin.areas``; nothing is repaired here.
"""

import re
from dataclasses import dataclass

# Cut at white space first and look at one pair at a time: one expression for a whole polygon overflows on large ones.
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_PAIR = re.compile(rf"({_NUMBER}),({_NUMBER})")
_RADIUS = re.compile(r"\+?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")

POINTS_MIN = 4
# The largest polygon seen has 41,009 points; work on geometry grows faster than the text.
POINTS_MAX = 50_000

# Half way round the earth: a circle of that size is everywhere.
RADIUS_KM_MAX = 20_038

Point = tuple[float, float]


class ShapeError(ValueError):
    """The text is no shape. ``code`` is stable, the message says the rule."""

    def __init__(self, code: str, rule: str) -> None:
        self.code = code
        super().__init__(rule)


@dataclass(frozen=True, slots=True)
class Circle:
    latitude: float
    longitude: float
    radius_km: float


def polygon_points(text: str) -> tuple[Point, ...]:
    """Return the closed ring that *text* writes, latitude first. Raises ``ShapeError``."""
    words = text.split()
    if not words:
        raise ShapeError("polygon-empty", "A polygon holds at least four points.")
    if len(words) > POINTS_MAX:
        raise ShapeError("polygon-too-large", f"A polygon has at most {POINTS_MAX} points.")
    points = tuple(_point(word, "polygon") for word in words)
    if len(points) < POINTS_MIN:
        raise ShapeError("polygon-short", "A polygon has at least four points, the last one equal to the first.")
    if points[0] != points[-1]:
        raise ShapeError("polygon-unclosed", "The last point of a polygon equals the first.")
    return points


def circle(text: str) -> Circle:
    """Return the circle that *text* writes; a radius of zero is a point. Raises ``ShapeError``."""
    words = text.split()
    if len(words) != 2 or not _RADIUS.fullmatch(words[1]):
        raise ShapeError("circle-unparsable", "A circle is a point and a radius in kilometres: 50.45,30.52 12.5")
    latitude, longitude = _point(words[0], "circle")
    if float(words[1]) > RADIUS_KM_MAX:
        raise ShapeError("circle-range", f"A radius is at most {RADIUS_KM_MAX} kilometres.")
    return Circle(latitude, longitude, float(words[1]))


def _point(word: str, shape: str) -> Point:
    match = _PAIR.fullmatch(word)
    if match is None:
        raise ShapeError(f"{shape}-unparsable", f"A point is latitude,longitude in degrees; {word[:40]!r} is not.")
    latitude, longitude = float(match[1]), float(match[2])
    if not -90 <= latitude <= 90:
        raise ShapeError(f"{shape}-lat-range", f"Latitude lies between -90 and 90 and comes first; found {word[:40]}.")
    if not -180 <= longitude <= 180:
        raise ShapeError(f"{shape}-lon-range", f"Longitude lies between -180 and 180; found {word[:40]}.")
    return latitude, longitude
