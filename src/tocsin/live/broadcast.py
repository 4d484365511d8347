"""The broadcast: what is issued goes to the hub at once, and a heartbeat goes out every few seconds."""

import asyncio

import structlog

from tocsin.notice import HEARTBEAT_EVERY_S, Notice, Position
from tocsin.ports.journal import Entry

from . import frames
from .door import Doorkeeper, Stream
from .rooms import Rooms

log = structlog.get_logger("tocsin")


class Broadcast:
    """Makes frames and hands them to the rooms. The desk's audience."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms, self._feed = rooms, rooms.feed

    def publish(self, entry: Entry, notice: Notice) -> None:
        """Tell of *notice* everybody, and those who follow regions that it touches."""
        frame = frames.told(entry, notice.status, Position(self._feed.position.epoch, entry.sequence))
        self._rooms.everything.hub.publish(frame)
        for hub, part in self._rooms.parts:
            if part.touches(self._feed.touched(entry)):
                hub.publish(frame)

    def publish_trust(self, entry: Entry) -> None:
        """Tell everybody of a roster or a revocation list, and right behind it what is in force now.

        A device that knows a lower version than its heartbeat names is not live until it has the newer one: with a
        heartbeat at once it has both in the same moment.
        """
        frame = frames.told(entry, None, Position(self._feed.position.epoch, entry.sequence))
        for room in self._rooms:
            room.hub.publish(frame)
            room.hub.publish(room.feed.beat())

    async def beat(self) -> None:
        """Send heartbeats for as long as the process runs."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += HEARTBEAT_EVERY_S
            await asyncio.sleep(due - loop.time())
            try:
                await self._rooms.everything.hub.spread(self._feed.beat)
                for hub, part in self._rooms.parts:
                    hub.publish(part.beat())
                    await asyncio.sleep(0)  # a proof takes milliseconds, and orders go first
            except Exception:  # devices say by themselves that they are not live; the next beat is tried
                log.exception("no heartbeat could be sent")


def finish_all(keeper: Doorkeeper, reason: str, message: str) -> None:
    """End every stream with a reason, and let no new one begin."""
    keeper.stopping = True
    for reader in [reader for room in keeper.rooms for reader in room.hub.readers()]:
        stream = reader.get_protocol()
        assert isinstance(stream, Stream)
        stream.finish(reason, message)
