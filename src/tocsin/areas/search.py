"""Finding regions by code, id or name.

It compares names (``tocsin.areas.names``) and ids; it knows no tree, so ambiguity is answered with all that fit, and
``tocsin.areas.atlas`` says so with their parents.
"""

from collections.abc import Iterable, Mapping

from tocsin.areas.names import folded, likeness, plain
from tocsin.areas.region import Region, RegionCode

# Schemes whose aliases are ids: compared as they are written, and accepted with the scheme before a colon.
NAME_SCHEMES = frozenset({"history", "name", "city"})

# Fewer than this and a person still reads them all.
NEAREST_MAX = 3

# Below this likeness a suggestion is noise: "Zzz" must not propose a town.
LIKENESS_MIN = 0.4


def by_id(regions: Iterable[Region]) -> dict[str, tuple[RegionCode, ...]]:
    """Return the codes for each id, plain (``UA-30``, ``31``) and with its scheme (``alerts_in_ua:31``)."""
    found: dict[str, set[RegionCode]] = {}
    for region in regions:
        found.setdefault(region.code.casefold(), set()).add(region.code)
        for scheme, values in region.aliases.items():
            for value in () if scheme in NAME_SCHEMES else values:
                found.setdefault(value.casefold(), set()).add(region.code)
                found.setdefault(f"{scheme}:{value}".casefold(), set()).add(region.code)
    return {key: tuple(sorted(codes)) for key, codes in found.items()}


class NameIndex:
    """Every name of every region, folded once."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self._exact: dict[str, set[RegionCode]] = {}
        self._own: dict[str, set[RegionCode]] = {}
        self._towns: dict[str, set[RegionCode]] = {}
        self._lines: list[tuple[RegionCode, str, str]] = []
        for region in regions:
            own = {folded(name) for name in region.names.values()}
            others = {folded(name) for scheme in NAME_SCHEMES for name in region.aliases.get(scheme, ())}
            for name in map(folded, region.aliases.get("city", ())):
                self._towns.setdefault(name, set()).add(region.code)
            for name in own:
                self._own.setdefault(name, set()).add(region.code)
            for name in own | others:
                self._exact.setdefault(name, set()).add(region.code)
            self._lines.append((region.code, *_lines(region, own | others)))

    def named(self, text: str) -> tuple[RegionCode, ...]:
        """Return the regions with exactly this name; a proper name goes before an old one. A town names no region."""
        name = folded(text)
        return tuple(sorted(self._own.get(name) or self._exact.get(name, set()) - self._towns.get(name, set())))

    def around(self, town: str) -> tuple[RegionCode, ...]:
        """Return the regions named after the town; other places may have its name as well."""
        return tuple(sorted(self._towns.get(folded(town), set())))

    def containing(self, text: str) -> dict[RegionCode, int]:
        """Return the regions of which each word of *text* is part, with a rank: 0 whole name, 1 start of a word, 2
        inside."""
        words, latin_words = plain(text).split(), folded(text).split()
        exact = self._exact.get(folded(text), set())
        ranks: dict[RegionCode, int] = {}
        for code, own, latin in self._lines:
            if words and (all(word in own for word in words) or all(word in latin for word in latin_words)):
                at_start = all(f" {word}" in own or f" {word}" in latin for word in (words[0], latin_words[0]))
                ranks[code] = 0 if code in exact else 1 if at_start else 2
        return ranks

    def nearest(self, text: str) -> tuple[RegionCode, ...]:
        """Return the few regions whose names are spelt most like *text*, best first."""
        wanted = folded(text)
        scores: dict[RegionCode, float] = {}
        for name, codes in self._exact.items():
            score = max(likeness(wanted, name), likeness(wanted, name.split(" ", 1)[0]))
            if score >= LIKENESS_MIN:
                scores |= {code: score for code in codes if score > scores.get(code, 0)}
        return tuple(sorted(scores, key=lambda code: (-scores[code], code))[:NEAREST_MAX])


def _lines(region: Region, folded_names: set[str]) -> tuple[str, str]:
    """Return what a search looks at: names in their own letters, and names, code and ids in Latin ones."""
    names = [*region.names.values(), *(name for scheme in NAME_SCHEMES for name in region.aliases.get(scheme, ()))]
    ids = [value for scheme, values in region.aliases.items() if scheme not in NAME_SCHEMES for value in values]
    own = " ".join(plain(name) for name in names)
    latin = " ".join([*sorted(folded_names), plain(region.code), *(plain(value) for value in ids)])
    return f" {own}", f" {latin}"


def history_key(name: str) -> str:
    """Return a name of the history files as it is compared: letters only ("Nova-Odesa" is "Nova Odesa")."""
    return folded(name).replace(" ", "")


def by_history(regions: Iterable[Region]) -> Mapping[str, frozenset[RegionCode]]:
    """Return the codes for each name in the history files."""
    found: dict[str, set[RegionCode]] = {}
    for region in regions:
        for name in region.aliases.get("history", ()):
            found.setdefault(history_key(name), set()).add(region.code)
    return {key: frozenset(codes) for key, codes in found.items()}
