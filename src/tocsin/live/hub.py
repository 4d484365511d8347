"""The hub: who is listening, and one frame to all of them.

Plain transport writes of one shared bytes object, in slices so that the loop stays free for accepts and answers. It
knows nothing of HTTP and nothing of what a frame says.
"""

import asyncio
from collections import deque
from collections.abc import Callable

# Some 10 ms of writing: then the loop breathes.
SLICE_READERS = 500
# Heartbeats are not a second fan-out at one moment: they are spread over this time.
HEARTBEAT_SPREAD_S = 1.0


class Hub:
    """The open streams of this process. To be used from its event loop only."""

    def __init__(self) -> None:
        self._readers: set[asyncio.Transport] = set()
        self._pending: deque[tuple[bytes, list[asyncio.Transport]]] = deque()
        self._sending: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._readers)

    def readers(self) -> list[asyncio.Transport]:
        return list(self._readers)

    def add(self, reader: asyncio.Transport) -> None:
        """Let *reader* hear every frame that is published from now on."""
        self._readers.add(reader)

    def discard(self, reader: asyncio.Transport) -> None:
        self._readers.discard(reader)

    def publish(self, frame: bytes) -> None:
        """Write *frame* to all who listen now, before any frame published later."""
        # Who joins afterwards has it in what it was told on joining: the list is taken now, not when writing begins.
        self._pending.append((frame, list(self._readers)))
        if self._sending is None:
            self._write_slices(SLICE_READERS)
            if self._pending:
                self._sending = asyncio.get_running_loop().create_task(self._send())

    async def spread(self, make: Callable[[], bytes]) -> None:
        """Write a frame to all who listen, over ``HEARTBEAT_SPREAD_S``; *make* is asked for it anew for each slice.

        It overtakes no published frame and none overtakes it: a heartbeat ahead of its notice says that something is
        missing, and one behind what a reader has heard confirms nothing.
        """
        readers = list(self._readers)
        slices = [readers[at : at + SLICE_READERS] for at in range(0, len(readers), SLICE_READERS)]
        for part in slices:
            while self._sending is not None:
                await asyncio.wait([self._sending])
            frame = make()
            for reader in part:
                if reader in self._readers:
                    reader.write(frame)
            await asyncio.sleep(HEARTBEAT_SPREAD_S / len(slices))

    async def _send(self) -> None:
        try:
            while self._pending:
                await asyncio.sleep(0)
                self._write_slices(SLICE_READERS)
        finally:
            self._sending = None

    def _write_slices(self, most: int) -> None:
        while self._pending and most > 0:
            frame, readers = self._pending[0]
            part, readers[-most:] = readers[-most:], []
            for reader in part:
                if reader in self._readers:  # it may have gone since
                    reader.write(frame)
            most -= len(part)
            if not readers:
                self._pending.popleft()
