"""The life of an alarm, the board, and what a place experiences. Pure: time is handed in."""

from .board import Alarm, Board, BoardError, Holding, fold, in_force, regions_left, state_after
from .hazards import HAZARDS, Hazard
from .life import ENDED, EXPIRY, LIFE, Forbidden, State, draw, step
from .places import PlaceState, place_state

__all__ = [
    "ENDED",
    "EXPIRY",
    "HAZARDS",
    "LIFE",
    "Alarm",
    "Board",
    "BoardError",
    "Forbidden",
    "Hazard",
    "Holding",
    "PlaceState",
    "State",
    "draw",
    "fold",
    "in_force",
    "place_state",
    "regions_left",
    "state_after",
    "step",
]
