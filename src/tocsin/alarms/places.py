"""What a place experiences: the union over itself, its ancestors and its descendants.

A place is under alarm if an alerted region is the place or an ancestor of it. A descendant that is alerted, or whose
alarm expired unconfirmed, shows it as partial. Which region lies in which is the atlas's knowledge and is handed in.
It has no word for "safe": a device that hears nothing must say so before it asks here.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum

from .board import Holding
from .life import State


class PlaceState(StrEnum):
    """From the worst to the best; the first that applies is shown."""

    ALARM = "alarm"
    EXPIRED = "expired"
    PARTIAL = "partial"
    CLEAR = "clear"


Covers = Callable[[str, str], bool]


def place_state(place: str, holdings: Iterable[Holding], covers: Covers) -> tuple[PlaceState, list[Holding]]:
    """Return the state of *place* and what makes it so.

    ``covers(region, place)`` says whether the region is the place or lies above it.
    """
    found: dict[PlaceState, list[Holding]] = {}
    for holding in holdings:
        state = _effect(place, holding, covers)
        found.setdefault(state, []).append(holding)
    state = next((one for one in PlaceState if one in found), PlaceState.CLEAR)
    return (state, found[state]) if state is not PlaceState.CLEAR else (state, [])


def _effect(place: str, holding: Holding, covers: Covers) -> PlaceState:
    if covers(holding.region, place):
        return PlaceState.EXPIRED if holding.state is State.EXPIRED else PlaceState.ALARM
    return PlaceState.PARTIAL if covers(place, holding.region) else PlaceState.CLEAR
