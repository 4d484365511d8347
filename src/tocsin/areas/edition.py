"""The bytes of an atlas, both ways, in a form whose differences read well: one region a line, one border a line.

It checks that the tree is sound and that borders are made of rings; whether names and borders are right is the
importer's and the authority's business.
"""

from collections.abc import Mapping

import msgspec

from tocsin.areas.atlas import Atlas, Frame, Rings
from tocsin.areas.region import LEVEL_MAX, AreaError, Layer, Region, RegionCode

FORMAT = 1

# The atlas of Ukraine has a tenth of it. A file beyond that is not an atlas, or one that no phone could load.
ATLAS_BYTES_MAX = 64 * 1024 * 1024

# A ring of three corners, its first repeated at the end (RFC 7946, 3.1.6).
RING_POINTS_MIN = 4


class AtlasError(AreaError):
    """These bytes are no atlas."""

    code = "atlas_malformed"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    title: str
    frame: Frame
    layers: tuple[Layer, ...]
    regions: tuple[Region, ...]
    geometry: Mapping[RegionCode, Rings]


def read_atlas(data: bytes) -> Atlas:
    """Return the atlas that ``atlas_bytes`` wrote; raises ``AtlasError`` with the reason."""
    if len(data) > ATLAS_BYTES_MAX:
        raise AtlasError(f"an atlas has at most {ATLAS_BYTES_MAX} bytes, this one {len(data)}")
    try:
        read = msgspec.json.decode(data, type=_File)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise AtlasError(f"not an atlas file: {error}") from error
    if read.format != FORMAT:
        raise AtlasError(f"this atlas has format {read.format}, this version of Tocsin reads format {FORMAT}")
    _check(read)
    return Atlas(read.title, read.regions, read.layers, read.frame, read.geometry)


def atlas_bytes(atlas: Atlas) -> bytes:
    """Return the atlas as a file: UTF-8 JSON, the same bytes for the same atlas."""
    head = {"format": FORMAT, "title": atlas.title, "frame": atlas.frame, "layers": atlas.layers}
    regions = b",\n".join(msgspec.json.encode(region, order="deterministic") for region in atlas.regions)
    borders = b",\n".join(
        msgspec.json.encode(code) + b":" + msgspec.json.encode(atlas.rings[code]) for code in sorted(atlas.rings)
    )
    opening = msgspec.json.encode(head)[:-1]
    return opening + b',\n"regions":[\n' + regions + b'\n],\n"geometry":{\n' + borders + b"\n}}\n"


def _check(read: _File) -> None:
    levels: dict[RegionCode, int] = {}
    for region in read.regions:
        if region.code in levels:
            raise AtlasError(f"region {region.code} is there twice")
        if not 0 <= region.level <= LEVEL_MAX:
            raise AtlasError(f"region {region.code} has level {region.level}; levels go from 0 to {LEVEL_MAX}")
        if not region.names:
            raise AtlasError(f"region {region.code} has no name")
        if region.parent is not None and levels.get(region.parent, LEVEL_MAX + 1) >= region.level:
            raise AtlasError(f"region {region.code} names {region.parent} as its parent, which does not stand above it")
        levels[region.code] = region.level
    homeless = sorted(set(read.geometry) - set(levels))
    if homeless:
        raise AtlasError(f"there is a border for {homeless[0]}, but no such region")
    for code, polygons in read.geometry.items():
        if (
            not polygons
            or not all(polygons)
            or any(len(ring) < RING_POINTS_MIN for rings in polygons for ring in rings)
        ):
            raise AtlasError(f"the border of {code} is not made of rings of at least {RING_POINTS_MIN} points")
