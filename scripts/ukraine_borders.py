"""Approximate borders of Ukraine's raions, from settlements and the outlines of the oblasts.

No package has polygons of the 136 raions of 2020. A settlement of GeoNames carries the code of its raion; every point
of an oblast goes to the raion of the nearest settlement (Voronoi cells, merged). The result is right enough to draw.
"""

import math
from collections.abc import Mapping

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Spots = Mapping[str, list[tuple[float, float]]]

# Longitudes are shrunk by the cosine of this latitude, the middle of the country, so that both axes have one scale.
TRUE_LATITUDE = 48.4
SHRINK = math.cos(math.radians(TRUE_LATITUDE))

# Borders are noded on this grid (about 10 m), so that neighbours share every vertex.
GRID_DEGREES = 0.0001

# Corners whose triangle is smaller than the square of this are dropped (about 1.1 km by 1.1 km). It moves an outline by
# 2.8 km at most, at the tips of estuaries, which the stated accuracy includes.
SIMPLIFY_DEGREES = 0.01

# About 100 m; the borders are kilometres off.
DECIMALS = 3


def raion_borders(oblasts: Mapping[str, BaseGeometry], settlements: Spots) -> dict[str, BaseGeometry]:
    """Return {code prefix: border} for every raion, and for the oblasts that have none.

    *oblasts* by four characters of KATOTTG, *settlements* by six, longitude first. Neighbours share their borders
    exactly.
    """
    cells: dict[str, BaseGeometry] = {}
    for oblast, outline in sorted(oblasts.items()):
        inside = {raion: spots for raion, spots in settlements.items() if raion.startswith(oblast)}
        flat = _scaled(outline, SHRINK)
        cells |= _divided(flat, inside) if inside else {oblast: flat}
    codes = sorted(cells)
    shared = _noded([cells[code] for code in codes])
    simple = shapely.coverage_simplify(shared, SIMPLIFY_DEGREES)
    rounded = [shapely.transform(_scaled(shape, 1 / SHRINK), lambda xy: np.round(xy, DECIMALS)) for shape in simple]
    return {code: shapely.make_valid(shape) for code, shape in zip(codes, rounded, strict=True)}


def dissolved(raions: Mapping[str, BaseGeometry], prefix: str) -> BaseGeometry:
    """Return the border of the oblast with this *prefix*: its raions without the lines between them."""
    return shapely.union_all([shape for code, shape in sorted(raions.items()) if code.startswith(prefix)])


def _scaled(shape: BaseGeometry, factor: float) -> BaseGeometry:
    return shapely.transform(shape, lambda xy: xy * [factor, 1.0])


def _divided(outline: BaseGeometry, settlements: Spots) -> dict[str, BaseGeometry]:
    owners = {
        (round(longitude * SHRINK, 6), round(latitude, 6)): raion
        for raion, spots in sorted(settlements.items())
        for longitude, latitude in spots
    }
    spots = shapely.points(list(owners))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(spots), extend_to=outline.buffer(1)))
    own: dict[str, list[BaseGeometry]] = {}
    which_spot, which_cell = shapely.STRtree(cells).query(spots, predicate="intersects")
    raions = list(owners.values())
    for spot, cell in zip(which_spot, which_cell, strict=True):
        own.setdefault(raions[spot], []).append(cells[cell])
    return {raion: shapely.union_all(parts).intersection(outline) for raion, parts in own.items()}


def _noded(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """Return the same areas cut anew from one net of lines; cells of two oblasts meet without gap or overlap."""
    net = shapely.union_all([shape.boundary for shape in shapes], grid_size=GRID_DEGREES)
    faces = [face for face in shapely.get_parts(shapely.polygonize([net])) if face.area > 0]
    tree = shapely.STRtree(shapes)
    parts: list[list[BaseGeometry]] = [[] for _ in shapes]
    for face in faces:
        overlaps = [(face.intersection(shapes[index]).area, -index) for index in tree.query(face)]
        area, index = max(overlaps, default=(0.0, 0))
        # What nobody owns is a sliver between two outlines or water that the outlines enclose.
        if area > 0.5 * face.area or (overlaps and face.area < GRID_DEGREES):
            parts[-index].append(face)
    return [shapely.union_all(own) for own in parts]
