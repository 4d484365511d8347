"""The numbers in a polygon and in a circle (CAP 1.2, 3.2.4): ``lat,lon`` pairs, WGS 84, radius in kilometres.

Text in, numbers out. Which regions a shape touches is known in ``tocsin.areas``; nothing is repaired here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from operator import contains

import msgspec

# Cut at white space first and look at one pair at a time: one expression for a whole polygon overflows on large ones.
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_PAIR = re.compile(rf"({_NUMBER}),({_NUMBER})")
_NUMBERS = re.compile(rf"{_NUMBER}(?:,{_NUMBER})*")
_PLAIN = re.compile(r"[0-9.,+\-\s]*", re.ASCII)
_RADIUS = re.compile(r"\+?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")

# Reads a list of numbers five times as fast as ``float`` reads each of them, to the same bits.
_NUMBERS_OF_JSON = msgspec.json.Decoder(list[float])

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
    points, faults = ring(text)
    if faults:
        raise faults[0]
    return points


def ring(text: str) -> tuple[tuple[Point, ...], list[ShapeError]]:
    """Return the points of *text* and everything that keeps them from being a ring of CAP.

    Without points nothing can be made of the text; with points and faults it may be mended.
    """
    words = text.split()
    if not words:
        return (), [ShapeError("polygon-empty", "A polygon holds at least four points.")]
    if len(words) > POINTS_MAX:
        return (), [ShapeError("polygon-too-large", f"A polygon has at most {POINTS_MAX} points.")]
    points = _points(text, words)
    if points is None:
        return (), [_unreadable(words)]
    faults = list(_beyond(points))
    if len(points) < POINTS_MIN:
        faults.append(
            ShapeError("polygon-short", "A polygon has at least four points, the last one equal to the first.")
        )
    if points[0] != points[-1]:
        faults.append(ShapeError("polygon-unclosed", "The last point of a polygon equals the first."))
    return points, faults


def unwrapped(points: tuple[Point, ...]) -> list[Point]:
    """Return *points* as ``longitude,latitude`` whose longitudes go on over the antimeridian instead of jumping.

    A step of more than half the earth is the short way round; one of exactly 360 degrees is the whole width of a map.
    """
    latitudes, longitudes = zip(*points, strict=True)
    if max(longitudes) - min(longitudes) <= 180:
        return list(zip(longitudes, latitudes, strict=True))
    turn, previous, found = 0.0, longitudes[0], []
    for latitude, longitude in points:
        step = longitude - previous
        if 180 < abs(step) < 360:
            turn -= 360 if step > 0 else -360
        found.append((longitude + turn, latitude))
        previous = longitude
    return found


def circle(text: str) -> Circle:
    """Return the circle that *text* writes; a radius of zero is a point. Raises ``ShapeError``."""
    words = text.split()
    if len(words) != 2 or not _RADIUS.fullmatch(words[1]):
        raise ShapeError("circle-unparsable", "A circle is a point and a radius in kilometres: 50.45,30.52 12.5")
    latitude, longitude = _centre(words[0])
    if float(words[1]) > RADIUS_KM_MAX:
        raise ShapeError("circle-range", f"A radius is at most {RADIUS_KM_MAX} kilometres.")
    return Circle(latitude, longitude, float(words[1]))


def is_circle(text: str) -> bool:
    try:
        circle(text)
    except ShapeError:
        return False
    return True


def _points(text: str, words: list[str]) -> tuple[Point, ...] | None:
    # Passes of the library over all numbers instead of one expression over each pair: 41,009 points take 10 ms.
    if _PLAIN.fullmatch(text) is None or text.count(",") != len(words) or not all(map(contains, words, repeat(","))):
        return None
    numbers = _numbers(words)
    if numbers is None or len(numbers) != 2 * len(words):
        return None
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _numbers(words: list[str]) -> list[float] | None:
    text = ",".join(words)
    try:
        return _NUMBERS_OF_JSON.decode(f"[{text}]")
    except msgspec.DecodeError:
        # JSON knows no +5, no .5 and no 05; CAP does.
        pass
    try:
        return list(map(float, text.split(",")))
    except ValueError:
        return None


def _unreadable(words: list[str]) -> ShapeError:
    word = next(word for word in words if _PAIR.fullmatch(word) is None)
    if _NUMBERS.fullmatch(word):
        return ShapeError("polygon-arity", f"A point is two numbers, latitude,longitude; {word[:40]!r} is not.")
    return ShapeError("polygon-unparsable", f"A point is latitude,longitude in degrees; {word[:40]!r} is not.")


def _beyond(points: tuple[Point, ...]) -> Iterator[ShapeError]:
    latitudes, longitudes = zip(*points, strict=True)
    for axis, name, degrees, most in ((0, "lat", latitudes, 90), (1, "lon", longitudes, 180)):
        high, low = max(degrees), min(degrees)
        if high > most or low < -most:
            worst = max(high, low, key=abs)
            rule = "Latitude comes first and lies" if axis == 0 else "Longitude comes second and lies"
            yield ShapeError(f"polygon-{name}-range", f"{rule} between -{most} and {most}; found {worst:.6g}.")


def _centre(word: str) -> Point:
    match = _PAIR.fullmatch(word)
    if match is None:
        raise ShapeError("circle-unparsable", f"A point is latitude,longitude in degrees; {word[:40]!r} is not.")
    latitude, longitude = float(match[1]), float(match[2])
    if not -90 <= latitude <= 90:
        raise ShapeError("circle-lat-range", f"Latitude lies between -90 and 90 and comes first; found {word[:40]}.")
    if not -180 <= longitude <= 180:
        raise ShapeError("circle-lon-range", f"Longitude lies between -180 and 180; found {word[:40]}.")
    return latitude, longitude
