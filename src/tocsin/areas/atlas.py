"""The atlas: all regions of an authority, how they hang together, and what they are called.

An atlas never changes: a new edition is a new atlas with another hash. It knows no alert and no subscriber; who is to
be warned is decided in ``tocsin.alarms``. Its bytes are written and read in ``tocsin.areas.edition``.
"""

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from tocsin.areas.region import AmbiguousRegion, Layer, Region, RegionCode, UnknownRegion
from tocsin.areas.search import NameIndex, by_history, by_id, history_key

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# Polygons, each an outer ring and its holes, each ring closed; WGS 84, longitude first as GeoJSON has it (RFC 7946,
# 3.1.1).
Rings: TypeAlias = tuple[tuple[tuple[tuple[float, float], ...], ...], ...]


class Frame(msgspec.Struct, frozen=True):
    """The rectangle of a map, in degrees, and the latitude at which its two axes have one scale."""

    west: float
    south: float
    east: float
    north: float
    true_latitude: float


class Atlas:
    """Regions with their tree, names and borders.

    *regions* come parents first; ``tocsin.areas.edition.read_atlas`` and the importer see to it that codes are unique
    and every parent is there.
    """

    def __init__(
        self,
        title: str,
        regions: tuple[Region, ...],
        layers: tuple[Layer, ...],
        frame: Frame,
        rings: Mapping[RegionCode, Rings],
    ) -> None:
        self.title, self.regions, self.layers, self.frame, self.rings = title, regions, layers, frame, rings
        self._by_code = {region.code: region for region in regions}
        self._layers = {layer.level: layer for layer in layers}
        self._shapes: dict[RegionCode, BaseGeometry] = {}

    @cached_property
    def hash(self) -> str:
        """SHA-256, base64url without padding, over all that gives a code its meaning: codes, parents, names, borders.

        Aliases are left out: a new id in another API changes nothing about what an old notice meant.
        """
        rows = [
            (region.code, region.level, region.kind, region.parent, region.names, self.rings.get(region.code))
            for region in sorted(self.regions, key=lambda region: region.code)
        ]
        digest = sha256(msgspec.json.encode(rows, order="deterministic")).digest()
        return msgspec.json.encode(digest)[1:-1].decode().replace("+", "-").replace("/", "_").rstrip("=")

    @property
    def attribution(self) -> str:
        """What has to stand beside every map and export, one line."""
        return "; ".join(dict.fromkeys(layer.attribution for layer in self.layers if layer.attribution))

    def accuracy_km(self, level: int) -> float:
        """Return how far off a border of this level may be, in kilometres; 0 for a level without borders."""
        layer = self._layers.get(level)
        return layer.accuracy_km if layer else 0.0

    def region(self, code: RegionCode) -> Region:
        """Return the region with this canonical code, or raise ``UnknownRegion``."""
        found = self._by_code.get(code)
        if found is None:
            raise self._unknown(code)
        return found

    def resolve(self, text: str) -> Region:
        """Return the one region that *text* means: canonical code, alias id (``UA-30``, ``alerts_in_ua:31``, ``31``),
        name.

        Raises ``UnknownRegion`` with the nearest by spelling, ``AmbiguousRegion`` with all candidates.
        """
        wanted = text.strip()
        codes = self._ids.get(wanted.casefold()) or self._names.named(wanted)
        if len(codes) > 1 or (not codes and (codes := self._names.around(wanted))):
            # A town's name is never taken for the region round it: another place may have the same.
            raise self._ambiguous(wanted, codes)
        if not codes:
            raise self._unknown(wanted)
        return self._by_code[codes[0]]

    def find(self, text: str, limit: int) -> list[Region]:
        """Return up to *limit* regions of whose names, codes or ids each word of *text* is a part, best first."""
        ranks = self._names.containing(text) | dict.fromkeys(self._ids.get(text.strip().casefold(), ()), 0)
        found = [self._by_code[code] for code in ranks]
        found.sort(key=lambda region: (ranks[region.code], region.level, region.local_name, region.code))
        return found[:limit]

    def history(self, oblast: str, raion: str, hromada: str) -> Region:
        """Return the region of a row of the history files; columns above the level are empty.

        A row is read as a set of names: the last one given is the place, the others are above it, in whatever order.
        Raises ``UnknownRegion`` or ``AmbiguousRegion``.
        """
        *above, place = [name for name in (oblast, raion, hromada) if name] or [""]
        wanted = [self._history.get(history_key(name), frozenset()) for name in above]
        fitting = tuple(
            code
            for code in sorted(self._history.get(history_key(place), ()))
            if all(codes & set(self.ancestors(code)) for codes in wanted)
        )
        row = ", ".join([*above, place])
        if not fitting:
            raise self._unknown(row)
        if len(fitting) > 1:
            raise self._ambiguous(row, fitting)
        return self._by_code[fitting[0]]

    def lineage(self, code: str) -> tuple[RegionCode, ...]:
        """Return *code* and the codes above it, nearest first; nothing for a code that is not here."""
        return (code, *self.ancestors(code)) if code in self._by_code else ()

    def ancestors(self, code: RegionCode) -> tuple[RegionCode, ...]:
        """Return the codes above *code*, nearest first, without itself."""
        above: list[RegionCode] = []
        parent = self.region(code).parent
        while parent is not None:
            above.append(parent)
            parent = self._by_code[parent].parent
        return tuple(above)

    def children(self, code: RegionCode) -> tuple[RegionCode, ...]:
        """Return the codes right below *code*, in the order of the atlas."""
        self.region(code)
        return self._children.get(code, ())

    def descendants(self, code: RegionCode) -> tuple[RegionCode, ...]:
        """Return all codes below *code*, without itself; parents before children."""
        below = list(self.children(code))
        for child in below:
            below.extend(self._children.get(child, ()))
        return tuple(below)

    def covers(self, region: RegionCode, place: RegionCode) -> bool:
        """Say whether *place* is *region* or lies below it in the tree."""
        return region == place or region in self.ancestors(place)

    def path_name(self, code: RegionCode, language: str) -> str:
        """Return the name with those above it, without the country: "Вишгородський район, Київська область"."""
        return ", ".join(region.name(language) for region in self._path(code))

    def geometry(self, code: RegionCode) -> "BaseGeometry | None":
        """Return the border as a shapely geometry, longitude first, or None where none is known."""
        self.region(code)
        if code not in self._shapes and code in self.rings:
            self._shapes[code] = _shape(self.rings[code])
        return self._shapes.get(code)

    @cached_property
    def _children(self) -> dict[RegionCode, tuple[RegionCode, ...]]:
        children: dict[RegionCode, tuple[RegionCode, ...]] = {}
        for region in self.regions:
            if region.parent is not None:
                children[region.parent] = (*children.get(region.parent, ()), region.code)
        return children

    @cached_property
    def _ids(self) -> dict[str, tuple[RegionCode, ...]]:
        return by_id(self.regions)

    @cached_property
    def _names(self) -> NameIndex:
        return NameIndex(self.regions)

    @cached_property
    def _history(self) -> Mapping[str, frozenset[RegionCode]]:
        return by_history(self.regions)

    def _path(self, code: RegionCode) -> list[Region]:
        own = self.region(code)
        above = (self._by_code[parent] for parent in self.ancestors(code))
        return [own, *(region for region in above if region.level > 0)]

    def _local_path(self, code: RegionCode) -> str:
        return ", ".join(region.local_name for region in self._path(code))

    def _unknown(self, text: str) -> UnknownRegion:
        nearest = tuple(self._by_code[code] for code in self._names.nearest(text))
        return UnknownRegion(text, nearest, tuple(self._local_path(region.code) for region in nearest))

    def _ambiguous(self, text: str, codes: tuple[RegionCode, ...]) -> AmbiguousRegion:
        candidates = tuple(self._by_code[code] for code in codes)
        shown = tuple(self._local_path(code) for code in codes)
        return AmbiguousRegion(text, candidates, shown)


def _shape(rings: Rings) -> "BaseGeometry":
    # shapely brings numpy: a tenth of a second that a program which only looks up names need not spend.
    import shapely

    return shapely.MultiPolygon([(outer, holes) for outer, *holes in rings])
