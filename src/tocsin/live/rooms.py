"""The rooms of a process: one for all who hear everything, and one for each set of regions that somebody asked for.

A room is a hub and what is told there. Most servers have the one room only, and pay for no other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .feed import Feed
from .hub import Hub
from .part import Part, Places, RegionUnknown

# A reader this far behind is let go. It returns with its position and reads the journal; keeping it would cost memory
# for a phone that is gone. Frames are larger than 256 bytes, so this is less than 256 frames.
BEHIND_BYTES_MAX = 64 * 1024
# One proof may be larger than that, where much holds in many regions.
PART_BEHIND_BYTES_MAX = 512 * 1024
# Each costs a proof for each change of the board, some milliseconds for a whole country.
PARTS_MAX = 64


@dataclass(frozen=True, slots=True)
class Room:
    """Who listens, and to what."""

    hub: Hub
    feed: Feed | Part

    @property
    def behind_bytes_max(self) -> int:
        """How far a reader may fall behind."""
        return PART_BEHIND_BYTES_MAX if isinstance(self.feed, Part) else BEHIND_BYTES_MAX


@dataclass(frozen=True, slots=True)
class RoomsFull:
    """There are as many different sets of regions as the server keeps."""

    why: str = f"{PARTS_MAX} different sets of regions are followed already; follow the whole stream"


class Rooms:
    """All rooms. To be used from the event loop only."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.everything = Room(Hub(), feed)
        self._parts: dict[Places, tuple[Hub, Part]] = {}

    def __len__(self) -> int:
        """The number of streams that are open in all rooms."""
        return len(self.everything.hub) + sum(len(hub) for hub, _ in self._parts.values())

    def __iter__(self) -> Iterator[Room]:
        yield self.everything
        for hub, part in self._parts.values():
            yield Room(hub, part)

    @property
    def parts(self) -> list[tuple[Hub, Part]]:
        return list(self._parts.values())

    def room(self, codes: list[str]) -> Room | RegionUnknown | RoomsFull:
        """Return the room where *codes* are told; that of everything if there are none."""
        if not codes:
            return self.everything
        places = Places.read(self.feed.atlas, self.feed.codes, codes)
        if isinstance(places, RegionUnknown):
            return places
        if places not in self._parts:
            self._parts = {one: room for one, room in self._parts.items() if len(room[0])}
            if len(self._parts) >= PARTS_MAX:
                return RoomsFull()
            self._parts[places] = Hub(), Part(self.feed, places)
        return Room(*self._parts[places])
