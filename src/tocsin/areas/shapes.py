"""The two shapes of a CAP area: polygon and circle (CAP 1.2, 3.2.4).

WGS 84, latitude first as CAP writes them. It knows no region: which ones a shape touches is in
``tocsin.areas.touching``.
"""

import math
import re
from dataclasses import dataclass
from typing import TypeAlias

from tocsin.areas.region import AreaError

# Polygons cut from a map by weather services go up to 41,000 points. Beyond this it is an attack or a mistake.
POLYGON_POINTS_MAX = 50_000

# CAP: four pairs at least, the first repeated at the end.
POLYGON_POINTS_MIN = 4

# Half the way round the Earth: a circle cannot reach farther.
RADIUS_KM_MAX = 20_038.0

_NUMBER = re.compile(r"[+-]?\d{1,3}(\.\d{1,15})?")
_RADIUS = re.compile(r"\d{1,5}(\.\d{1,15})?")


class ShapeError(AreaError):
    """A shape is not one; ``code`` says which rule it breaks: ``shape_empty``, ``shape_malformed``,
    ``shape_out_of_range``, ``shape_short``, ``shape_long``, ``shape_unclosed``, ``shape_radius``."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class Polygon:
    """A closed ring of (latitude, longitude) in degrees that encloses something; raises ``ShapeError`` if it is
    none."""

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if not self.points:
            raise ShapeError("shape_empty", "a polygon needs points, this one has none")
        if len(self.points) > POLYGON_POINTS_MAX:
            message = f"a polygon has at most {POLYGON_POINTS_MAX} points, this one {len(self.points)}"
            raise ShapeError("shape_long", message)
        for latitude, longitude in self.points:
            _check_position(latitude, longitude)
        if self.points[0] != self.points[-1]:
            raise ShapeError("shape_unclosed", "a polygon ends where it starts: repeat the first point at the end")
        if len(self.points) < POLYGON_POINTS_MIN:
            message = (
                f"a polygon has at least {POLYGON_POINTS_MIN} points, the first repeated; this one {len(self.points)}"
            )
            raise ShapeError("shape_short", message)
        if _is_a_line(self.points):
            raise ShapeError("shape_empty", "the polygon encloses nothing: its points lie on one line")

    @classmethod
    def parse(cls, text: str) -> "Polygon":
        """Read ``lat,lon lat,lon …``; raises ``ShapeError``."""
        return cls(tuple(_position(pair) for pair in text.split()))


@dataclass(frozen=True)
class Circle:
    """A centre in degrees and a radius in kilometres, which may be 0; raises ``ShapeError`` if it is none."""

    latitude: float
    longitude: float
    radius_km: float

    def __post_init__(self) -> None:
        _check_position(self.latitude, self.longitude)
        if not 0 <= self.radius_km <= RADIUS_KM_MAX:
            raise ShapeError("shape_radius", f"a radius goes from 0 to {RADIUS_KM_MAX:.0f} km, not {self.radius_km}")

    @classmethod
    def parse(cls, text: str) -> "Circle":
        """Read ``lat,lon radius`` with the radius in kilometres; raises ``ShapeError``."""
        parts = text.split()
        if not parts:
            raise ShapeError("shape_empty", "a circle needs a centre and a radius, this one has neither")
        if len(parts) != 2 or not _RADIUS.fullmatch(parts[1]):
            raise ShapeError("shape_malformed", f"a circle is 'lat,lon radius_km', not '{text[:60]}'")
        return cls(*_position(parts[0]), float(parts[1]))


Shape: TypeAlias = Polygon | Circle


def _position(pair: str) -> tuple[float, float]:
    latitude, comma, longitude = pair.partition(",")
    if not comma or not _NUMBER.fullmatch(latitude) or not _NUMBER.fullmatch(longitude):
        raise ShapeError("shape_malformed", f"a point is 'latitude,longitude' in degrees, not '{pair[:40]}'")
    return float(latitude), float(longitude)


def _check_position(latitude: float, longitude: float) -> None:
    if -90 <= latitude <= 90 and -180 <= longitude <= 180:
        return
    swapped = -90 <= longitude <= 90 and -180 <= latitude <= 180
    hint = "; latitude and longitude look swapped, CAP writes latitude first" if swapped else ""
    raise ShapeError("shape_out_of_range", f"{latitude},{longitude} is not a place on Earth{hint}")


def _is_a_line(points: tuple[tuple[float, float], ...]) -> bool:
    (y, x), *others = points
    steps = [(latitude - y, longitude - x) for latitude, longitude in others]
    across = max(steps, key=lambda step: math.hypot(*step))
    return all(math.isclose(across[0] * step[1], across[1] * step[0], abs_tol=1e-12) for step in steps)
