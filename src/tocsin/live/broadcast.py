"""The broadcast: what is issued goes to the hub at once, and a heartbeat goes out every few seconds."""

import asyncio

import structlog

from tocsin.notice import HEARTBEAT_EVERY_S, Notice, Position
from tocsin.ports.journal import Entry

from . import frames
from .door import Doorkeeper, Stream
from .feed import Feed
from .hub import Hub

log = structlog.get_logger("tocsin")


class Broadcast:
    """Makes frames and hands them to the hub. The desk's audience."""

    def __init__(self, hub: Hub, feed: Feed) -> None:
        self._hub, self._feed = hub, feed

    def publish(self, entry: Entry, notice: Notice) -> None:
        position = Position(self._feed.position.epoch, entry.sequence)
        self._hub.publish(frames.told(entry, notice.status, position))

    async def beat(self) -> None:
        """Send heartbeats for as long as the process runs."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += HEARTBEAT_EVERY_S
            await asyncio.sleep(due - loop.time())
            try:
                await self._hub.spread(self._feed.beat)
            except Exception:  # devices say by themselves that they are not live; the next beat is tried
                log.exception("no heartbeat could be sent")


def finish_all(keeper: Doorkeeper, reason: str, message: str) -> None:
    """End every stream with a reason, and let no new one begin."""
    keeper.stopping = True
    for reader in keeper.hub.readers():
        stream = reader.get_protocol()
        assert isinstance(stream, Stream)
        stream.finish(reason, message)
