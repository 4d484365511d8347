"""Keeps one source polled: asks, hands over what came, and only then remembers that it came.

A crash in between repeats messages and loses none (``Inbox.hold`` keeps each once). What becomes of a message is
decided by whoever holds it; how a source is asked is its own business.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from tocsin.ports.clock import Clock
from tocsin.ports.source import Inbox, Memories, Memory, Source, Standing, Trouble

# Enough to see what is wrong with a source, and not a log of it.
TROUBLES_KEPT = 10

log = structlog.get_logger("tocsin")


@dataclass(slots=True)
class Polling:
    """One source that is watched. ``troubles`` are those of the last poll; ``standing`` says what silence means."""

    name: str
    source: Source
    every_s: float
    stale_after_s: float
    inbox: Inbox
    memories: Memories
    clock: Clock
    troubles: tuple[Trouble, ...] = field(default=(), init=False)
    _memory: Memory | None = field(default=None, init=False)

    def standing(self) -> Standing:
        return self._known().standing(self._now(), timedelta(seconds=self.stale_after_s))

    async def once(self) -> None:
        """Poll once. What the source does is never raised; what inbox and memories raise is."""
        polled = await self.source.poll(self._known(), self._now())
        for received in polled.received:
            self.inbox.hold(self.name, received)
        for gone in polled.gone:
            self.inbox.lapse(self.name, gone)
        if polled.memory != self._known():
            self.memories.store(self.name, polled.memory)
            self._memory = polled.memory
        if polled.troubles and polled.troubles[:TROUBLES_KEPT] != self.troubles:
            one = polled.troubles[0]
            log.warning("a source is in trouble", source=self.name, url=one.url, code=one.code, reason=one.why)
        self.troubles = polled.troubles[:TROUBLES_KEPT]

    async def run(self, wait: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Poll until cancelled, with a pause after each poll: a slow source is not asked twice at once."""
        while True:
            await self.once()
            await wait(self.every_s)

    def _known(self) -> Memory:
        if self._memory is None:
            self._memory = self.memories.load(self.name)
        return self._memory

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now_ms() / 1000, UTC)
