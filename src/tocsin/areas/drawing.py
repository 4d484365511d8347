"""What the apps load: the tree of regions for choosing a place, and a map as ready SVG paths.

One country at one size needs no projection in the browser: points are equirectangular, true at the middle of the
frame, in whole pixels. It knows no alarm; colours and words are the apps' business.
"""

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from tocsin.areas.atlas import Atlas, Frame
from tocsin.areas.region import Region, RegionCode

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

WIDTH_PX = 1000

# Corners whose triangle is smaller than the square of this are not drawn: on a phone, 1,000 pixels are 7 cm wide.
SIMPLIFY_PX = 3.3

# A region too small to draw gets a square of this size round its middle, so that it can still be seen and tapped.
SMALLEST_PX = 4

# Below this share, the regions inside do not fill their parent, and the parent is drawn from its own border.
FILLED_MIN = 0.98


def apps_tree(atlas: Atlas) -> bytes:
    """Return the tree as compact JSON: {"atlas", "attribution", "regions": [[code, level, parent index or -1, uk, en,
    ISO]]}.

    Parents come before children. A name that is missing in a language is given in another, an ISO code as "".
    """
    at = {region.code: index for index, region in enumerate(atlas.regions)}
    rows = [
        (
            region.code,
            region.level,
            at[region.parent] if region.parent is not None else -1,
            region.local_name,
            region.name("en"),
            region.alias("iso_3166_2") or "",
        )
        for region in atlas.regions
    ]
    return msgspec.json.encode({"atlas": atlas.hash, "attribution": atlas.attribution, "regions": rows})


def apps_map(atlas: Atlas) -> bytes:
    """Return the map as JSON: {"atlas", "attribution", "viewBox", "project", "first": {code: path}, "second": {code:
    path}}.

    *second* holds the second level, and those of the first that have nothing below them, so that it has no holes.
    "project" says where a point goes: x = (longitude - west) * x_per_degree, y = (north - latitude) * y_per_degree.
    Draw with ``fill-rule="evenodd"``, and with the attribution beside it.
    """
    x_scale, y_scale = _scales(atlas.frame)
    finest = _simplified(atlas)
    second = {code: shape for code, shape in finest.items() if atlas.region(code).level <= 2}
    drawn = {
        "atlas": atlas.hash,
        "attribution": atlas.attribution,
        "viewBox": [0, 0, WIDTH_PX, math.ceil((atlas.frame.north - atlas.frame.south) * y_scale)],
        "project": {
            "west": atlas.frame.west,
            "north": atlas.frame.north,
            "x_per_degree": round(x_scale, 3),
            "y_per_degree": round(y_scale, 3),
        },
        "first": _paths((region.code, _whole(atlas, region, finest)) for region in atlas.regions if region.level == 1),
        "second": _paths(second.items()),
    }
    return msgspec.json.encode(drawn)


def finest_codes(atlas: Atlas) -> list[RegionCode]:
    """Return the regions with a border below which no other has one: together they are the finest picture there is."""
    above = {parent for code in atlas.rings for parent in atlas.ancestors(code)}
    return [region.code for region in atlas.regions if region.code in atlas.rings and region.code not in above]


def _scales(frame: Frame) -> tuple[float, float]:
    x_scale = WIDTH_PX / (frame.east - frame.west)
    return x_scale, x_scale / math.cos(math.radians(frame.true_latitude))


def _simplified(atlas: Atlas) -> dict[RegionCode, "BaseGeometry"]:
    """Return the finest borders in pixels; neighbours keep one common line."""
    import shapely

    codes = [code for code in finest_codes(atlas) if atlas.region(code).level > 0]
    projected = [_projected(atlas, code) for code in codes]
    return dict(zip(codes, shapely.coverage_simplify(projected, SIMPLIFY_PX), strict=True)) if codes else {}


def _projected(atlas: Atlas, code: RegionCode) -> "BaseGeometry":
    import shapely

    x_scale, y_scale = _scales(atlas.frame)
    west, north = atlas.frame.west, atlas.frame.north
    return shapely.transform(atlas.geometry(code), lambda xy: (xy - [west, north]) * [x_scale, -y_scale])


def _whole(atlas: Atlas, region: Region, finest: dict[RegionCode, "BaseGeometry"]) -> "BaseGeometry | None":
    import shapely

    inside = [finest[code] for code in (region.code, *atlas.descendants(region.code)) if code in finest]
    merged = shapely.union_all(inside)
    if region.code not in atlas.rings:
        return merged if inside else None
    own = _projected(atlas, region.code)
    return merged if merged.area >= FILLED_MIN * own.area else shapely.coverage_simplify([own], SIMPLIFY_PX)[0]


def _paths(shapes: Iterable[tuple[RegionCode, "BaseGeometry | None"]]) -> dict[RegionCode, str]:
    return {code: _path(shape) for code, shape in sorted(shapes, key=lambda pair: pair[0]) if shape is not None}


def _path(shape: "BaseGeometry") -> str:
    import shapely

    polygons = [part for part in shapely.get_parts(shapely.normalize(shape)) if part.geom_type == "Polygon"]
    rings = [_pixels(ring.coords) for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    kept = [ring for ring in rings if len(set(ring)) >= 3] or [_square(shape)]
    return "".join(f"M{ring[0][0]} {ring[0][1]}l{_steps(ring)}z" for ring in kept)


def _pixels(points: Iterable[tuple[float, float]]) -> list[tuple[int, int]]:
    """Return whole pixels, without the closing point and without points that fall on the one before."""
    pixels: list[tuple[int, int]] = []
    for x, y in points:
        pixel = (round(x), round(y))
        if not pixels or pixel != pixels[-1]:
            pixels.append(pixel)
    return pixels[:-1] if len(pixels) > 1 and pixels[0] == pixels[-1] else pixels


def _square(shape: "BaseGeometry") -> list[tuple[int, int]]:
    middle, half = shape.representative_point(), SMALLEST_PX // 2
    x, y = round(middle.x), round(middle.y)
    return [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]


def _steps(ring: list[tuple[int, int]]) -> str:
    """Return relative steps; a minus sign separates as well as a blank does."""
    numbers = [
        here - before
        for (x_before, y_before), (x, y) in pairwise(ring)
        for here, before in ((x, x_before), (y, y_before))
    ]
    return "".join(f"{number}" if number < 0 or not index else f" {number}" for index, number in enumerate(numbers))
