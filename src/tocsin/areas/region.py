"""One named area, the layer its border comes from, and what is said when a name fits none or several.

It holds data only. How regions hang together is in ``tocsin.areas.atlas``.
"""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

RegionCode: TypeAlias = str

# Country, first level (oblast, state), second (raion, district), third (hromada, municipality). Deeper is no area to
# warn.
LEVEL_MAX = 3


class Region(msgspec.Struct, frozen=True, array_like=True):
    """A named administrative area.

    *code* is canonical: KATOTTG inside Ukraine, ISO 3166 or the importer's scheme elsewhere. *level* is 0 for a
    country, then 1 to 3. *names* are by language (BCP 47). *aliases* are ids and other names by scheme:
    ``iso_3166_2``, ``alerts_in_ua``, ``ukrainealarm``, ``history``, ``name``, ``city``; a scheme that has no id for
    the region is absent.
    """

    code: RegionCode
    level: int
    kind: str
    parent: RegionCode | None
    names: Mapping[str, str]
    aliases: Mapping[str, tuple[str, ...]] = {}

    def __hash__(self) -> int:
        return hash(self.code)

    def name(self, language: str) -> str:
        """Return the name in *language*, else in the first language there is."""
        return self.names.get(language) or next(iter(self.names.values()))

    @property
    def local_name(self) -> str:
        """The name that people there use: the Ukrainian one, else the first that is not English."""
        return self.names.get("uk") or self.name(next((tag for tag in self.names if tag != "en"), "en"))

    def alias(self, scheme: str) -> str | None:
        """Return the first id or name under *scheme*, if the region has one."""
        return next(iter(self.aliases.get(scheme, ())), None)


class Layer(msgspec.Struct, frozen=True):
    """Where the borders of one level come from, and how far off they may be, in kilometres."""

    level: int
    accuracy_km: float
    source: str
    licence: str
    attribution: str
    date: str


class AreaError(Exception):
    """Something about regions cannot be done; *code* is stable, the message is for people."""

    code = "area_error"


class UnknownRegion(AreaError):
    """No region has this code, id or name; ``nearest`` are those spelt most like it."""

    code = "region_unknown"

    def __init__(self, text: str, nearest: tuple[Region, ...], paths: tuple[str, ...]) -> None:
        self.text, self.nearest = text, nearest
        listed = "; ".join(f"{region.code} {path}" for region, path in zip(nearest, paths, strict=True))
        hint = f"nearest by spelling: {listed}" if listed else "nothing is spelt like it"
        super().__init__(f"no region is called '{text}'; {hint}")


class AmbiguousRegion(AreaError):
    """Several regions answer to this name; ``candidates`` are all of them."""

    code = "region_ambiguous"

    def __init__(self, text: str, candidates: tuple[Region, ...], paths: tuple[str, ...]) -> None:
        self.text, self.candidates = text, candidates
        listed = "; ".join(f"{region.code} {path}" for region, path in zip(candidates, paths, strict=True))
        what = f"is the name of {len(candidates)} regions" if len(candidates) > 1 else "is a town and no region"
        super().__init__(f"'{text}' {what}, use a code: {listed}")
