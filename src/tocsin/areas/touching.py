"""Which regions a shape touches.

Works on WGS 84 degrees, flattened round the shape. It knows no alert and no subscriber: who is to be warned is
decided in ``tocsin.alarms``. Borders never decide alone: each is taken as wide as its layer says it may be off.
"""

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.areas.atlas import Atlas
from tocsin.areas.drawing import finest_codes
from tocsin.areas.region import RegionCode
from tocsin.areas.shapes import Circle, Polygon, Shape

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# One degree of latitude, rounded down so that a distance comes out a little short: too many beats missing one.
KM_PER_DEGREE = 110.5

# Untangling a ring costs as its crossings do, and n points can have n²/2 of them. A slip of the hand has a few;
# beyond these a ring is taken with all that it spans.
CROSSINGS_MAX = 500
TANGLED_POINTS_MAX = 400

# Within this of a pole all longitudes meet and flattening fails; the narrowest degree is that of 89°.
LATITUDE_MAX = 89.0


def regions_touching(shape: Shape, atlas: Atlas) -> frozenset[RegionCode]:
    """Return every region that *shape* touches or comes near to, at the finest level that has borders.

    Near means nearer than the stated accuracy of the region's layer, counted outward. A shape that only touches a
    border counts: warning a street too many beats missing one. Parents are not returned, nor are levels without
    borders. A polygon that crosses itself means all that it encloses; one that crosses the antimeridian goes the
    short way.
    """
    import shapely
    from shapely.affinity import translate

    codes = finest_codes(atlas)
    if not codes:
        return frozenset()
    stretch = [_km_per_degree_of_longitude(shape), KM_PER_DEGREE]
    reach_km = shape.radius_km if isinstance(shape, Circle) else 0.0
    margins_km = [reach_km + atlas.accuracy_km(atlas.region(code).level) for code in codes]
    borders = shapely.transform([atlas.geometry(code) for code in codes], lambda xy: xy * stretch)
    whole = _in_degrees(shape)
    near: set[RegionCode] = set()
    for turn in (-360.0, 0.0, 360.0):
        area = shapely.transform(translate(whole, turn), lambda xy: xy * stretch)
        shapely.prepare(area)
        near |= {code for code, hit in zip(codes, shapely.dwithin(area, borders, margins_km), strict=True) if hit}
    return frozenset(near)


def _in_degrees(shape: Shape) -> "BaseGeometry":
    """Return the polygon, or the centre of the circle, longitude first."""
    import shapely

    if isinstance(shape, Circle):
        return shapely.Point(shape.longitude, shape.latitude)
    polygon = shapely.Polygon(_unwound(shape))
    if polygon.is_valid:
        return polygon
    if len(shape.points) > TANGLED_POINTS_MAX or _crossings(polygon) > CROSSINGS_MAX:
        return polygon.convex_hull
    # Faces of the noded ring, not a repair: a repair leaves out what a star encloses twice, its middle. The ring itself
    # stays, because a spike encloses nothing and touches all the same.
    faces = shapely.polygonize([shapely.node(polygon.exterior)])
    return shapely.union_all([polygon.exterior, *shapely.get_parts(faces)])


def _crossings(polygon: "BaseGeometry") -> int:
    import shapely

    corners = list(polygon.exterior.coords)
    steps = shapely.linestrings(list(pairwise(corners)))
    pairs = shapely.STRtree(steps).query(steps, "crosses")
    return int(pairs.shape[1]) // 2


def _unwound(polygon: Polygon) -> list[tuple[float, float]]:
    """Return the ring longitude first, each step the short way round: 179 to -179 is two degrees, not 358."""
    points: list[tuple[float, float]] = []
    for latitude, longitude in polygon.points:
        before = points[-1][0] if points else longitude
        points.append((longitude - 360.0 * round((longitude - before) / 360.0), latitude))
    return points


def _km_per_degree_of_longitude(shape: Shape) -> float:
    """Return the narrowest width of a degree within reach of *shape*: distances never come out too long."""
    if isinstance(shape, Circle):
        farthest = abs(shape.latitude) + shape.radius_km / KM_PER_DEGREE
    else:
        farthest = max(abs(latitude) for latitude, _ in shape.points)
    return KM_PER_DEGREE * math.cos(math.radians(min(farthest, LATITUDE_MAX)))
