"""Does a ring cross itself? Asked of GEOS, as far as the time for one message allows (CAP 1.2, 3.2.4).

A ring that crosses itself has no inside that all receivers agree on. ``tocsin.cap.geometry`` repairs a copy.
"""

import struct
from bisect import bisect_right
from itertools import chain, repeat

from tocsin.cap.shapes import POINTS_MIN, Point, ShapeError, unwrapped

# Together for all polygons of one message: reading so many points and looking for crossings takes some 20 ms.
POINTS_CHECKED_MAX = 8_000

# Together for all polygons of one message: reading the numbers of so many takes some 20 ms. The largest message seen
# has 41,009 of them.
POINTS_READ_MAX = 50_000

# Rings up to this are not counted: 8,000 points in such rings have 250,000 pairs of sides at most.
POINTS_UNCOUNTED = 64

# Together for all larger rings of one message. GEOS compares every two sides whose boxes meet, in 60 ns. Real borders
# have some ten for each side, a comb has all of them.
NEIGHBOURS_MAX = 200_000


_LITTLE_ENDIAN, _POLYGON, _ONE_RING = 1, 3, 1


class Crossings:
    """A ring rule with a budget: one for each message."""

    def __init__(self) -> None:
        self._unread = POINTS_READ_MAX
        self._left = POINTS_CHECKED_MAX
        self._neighbours_left = NEIGHBOURS_MAX

    def refuses(self, text: str) -> ShapeError | None:
        """Return why the polygon *text* is not even read: those before it have used up what one message may cost."""
        # Each point has a comma; where it has not, reading stops at the first one that is none.
        points = text.count(",")
        if points > self._unread and self._unread < POINTS_READ_MAX:
            return ShapeError("polygon-unchecked", f"Beyond {POINTS_READ_MAX} points in one message none is read.")
        self._unread -= points
        return None

    def __call__(self, points: tuple[Point, ...]) -> ShapeError | None:
        if len(points) < POINTS_MIN:
            return None
        if points[0] != points[-1]:
            points = (*points, points[0])
        if not self._may_search(points):
            return ShapeError("polygon-unchecked", "A ring of so many points is not searched for crossings.")
        import shapely  # it brings numpy: a program that only reads need not wait for it

        ring = shapely.from_wkb(_binary(points))
        if ring.is_valid:
            return None
        reason = shapely.is_valid_reason(ring).partition("[")
        return ShapeError("polygon-self-intersecting", f"A ring neither crosses nor touches itself; {_words(*reason)}.")

    def _may_search(self, points: tuple[Point, ...]) -> bool:
        if len(points) > self._left:
            return False
        # Counting is a cost as well, so that it is paid for whatever comes of it.
        self._left -= len(points)
        if len(points) > POINTS_UNCOUNTED:
            neighbours = _neighbours(points)
            if neighbours > self._neighbours_left:
                return False
            self._neighbours_left -= neighbours
        return True


def _binary(points: tuple[Point, ...]) -> bytes:
    """Return the polygon in the binary form of the OGC, which shapely takes in a third of the time of a list."""
    numbers = chain.from_iterable(unwrapped(points))
    return struct.pack(f"<BIII{2 * len(points)}d", _LITTLE_ENDIAN, _POLYGON, _ONE_RING, len(points), *numbers)


def _neighbours(points: tuple[Point, ...]) -> int:
    """Return how many pairs of sides can meet at most, judged by latitude or by longitude alone."""
    return min(_overlaps([point[axis] for point in points]) for axis in (0, 1))


def _overlaps(places: list[float]) -> int:
    ends = places[1:]
    begins = sorted(map(min, places, ends))
    # For each side, those that begin before it ends, counted once for each pair.
    return sum(map(bisect_right, repeat(begins), map(max, places, ends))) - len(ends) * (len(ends) + 1) // 2


def _words(kind: str, bracket: str, place: str) -> str:
    where = f" near {place.rstrip(']').replace(' ', ',')}" if bracket else ""
    return f"{kind.strip().lower()}{where}"
