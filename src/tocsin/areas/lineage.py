"""How the features of a file hang together: the level of each, and what stands above it.

It works on drafts, before there is an atlas, because a file can name parents that do not exist, or go in a circle.
"""

from collections.abc import Mapping

from tocsin.areas.geojson import Draft, Reading
from tocsin.areas.region import LEVEL_MAX, Region, RegionCode


def levels_of(reading: Reading, country: Region | None) -> dict[RegionCode, int]:
    """Return the level of each region: stated, or counted from the top; notes what does not hang together."""
    above = {country.code: 0} if country else {}
    levels: dict[RegionCode, int] = {}
    for code, draft in reading.drafts.items():
        if code in above:
            reading.problem("code_twice", f"{draft.title}: this is the code of the country")
            continue
        chain = _chain(draft, reading, above)
        if chain is None:
            continue
        levels[code] = draft.level if draft.level is not None else len(chain) + 1
        if levels[code] > LEVEL_MAX:
            reading.problem("level_range", f"{draft.title}: stands {levels[code]} levels deep, at most {LEVEL_MAX}")
    for code in levels:
        draft = reading.drafts[code]
        parent = draft.parent if draft.parent is not None else (country.code if country else None)
        if parent is not None and (above | levels).get(parent, -1) >= levels[code]:
            reading.problem("level_order", f"{draft.title}: level {levels[code]} is not below its parent {parent}")
    return levels


def _chain(draft: Draft, reading: Reading, above: Mapping[RegionCode, int]) -> list[RegionCode] | None:
    """Return the codes above *draft* that the file has, or None after noting an unknown parent or a circle."""
    chain: list[RegionCode] = []
    parent = draft.parent
    while parent is not None and parent not in above:
        if parent not in reading.drafts:
            if not chain:
                reading.problem("parent_unknown", f"{draft.title}: its parent '{parent[:40]}' is not in the file")
            return None
        if parent == draft.code:
            reading.problem("parent_circle", f"{draft.title}: stands above itself, by {' > '.join([*chain, parent])}")
            return None
        if parent in chain:
            return None
        chain.append(parent)
        parent = reading.drafts[parent].parent
    return chain
