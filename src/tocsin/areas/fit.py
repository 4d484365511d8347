"""How well the borders of an atlas fit together, measured against their own stated accuracy.

A misfit is a warning, not an error: authorities do disagree about a river. It knows no file.
"""

import math
from typing import TYPE_CHECKING

from tocsin.areas.atlas import Atlas
from tocsin.areas.region import RegionCode

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

KM_PER_DEGREE = 111.2


def misfits(atlas: Atlas) -> tuple[str, ...]:
    """Return one sentence for each child that leaves its parent, and for each two neighbours that overlap, by more
    than the accuracy of their layers."""
    shapes = _flattened(atlas)
    return (*_outside(atlas, shapes), *_overlaps(atlas, shapes))


def _flattened(atlas: Atlas) -> dict[RegionCode, "BaseGeometry"]:
    import shapely

    stretch = [KM_PER_DEGREE * math.cos(math.radians(atlas.frame.true_latitude)), KM_PER_DEGREE]
    return {code: shapely.transform(atlas.geometry(code), lambda xy: xy * stretch) for code in sorted(atlas.rings)}


def _outside(atlas: Atlas, shapes: dict[RegionCode, "BaseGeometry"]) -> list[str]:
    found = []
    for code, shape in shapes.items():
        region = atlas.region(code)
        if region.parent in shapes:
            margin_km = max(atlas.accuracy_km(region.level), atlas.accuracy_km(atlas.region(region.parent).level))
            if not shapes[region.parent].buffer(margin_km).covers(shape):
                found.append(f"{code} lies outside its parent {region.parent} by more than {margin_km:g} km")
    return found


def _overlaps(atlas: Atlas, shapes: dict[RegionCode, "BaseGeometry"]) -> list[str]:
    import shapely

    found = []
    for level in sorted({atlas.region(code).level for code in shapes}):
        codes = [code for code in shapes if atlas.region(code).level == level]
        margin_km = atlas.accuracy_km(level)
        pairs = shapely.STRtree([shapes[code] for code in codes]).query([shapes[code] for code in codes], "overlaps")
        for one, other in (pair for pair in pairs.T.tolist() if pair[0] < pair[1]):
            common = shapes[codes[one]].intersection(shapes[codes[other]])
            if not common.buffer(-margin_km / 2).is_empty:
                found.append(f"{codes[one]} and {codes[other]} overlap by more than {margin_km:g} km")
    return found
