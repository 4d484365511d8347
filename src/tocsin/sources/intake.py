"""What came from sources, kept until people have decided or it has expired, and put before them as submitted drafts.

A draft lapses after minutes; a message of a source may hold for hours. So the bytes are kept, and while a message holds
and was not issued, it is submitted again. Nothing here signs or issues: that takes people (``tocsin.issuing``).
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
import structlog

from tocsin.cap.model import Reference
from tocsin.issuing import Desk, Issued, Order, Refusal, read_relayed
from tocsin.ports.source import Received

SUBMIT_EVERY_S = 30
# One national service has some hundred alerts in force; what is over waits at its source.
HELD_MAX = 1_000
UNASKED = "unasked"
# The roster or the desk says no today and may say yes tomorrow; all else about a message stays as it is.
_MAY_CHANGE = frozenset({"not_listed", "drafts_too_many", "issuing_stopped", "rate", "roster_changed"})

log = structlog.get_logger("tocsin")


class Intake:
    """Implements ``tocsin.ports.source.Inbox`` in *folder*: a file for each message.

    It is named after the source, the verdict on its signature, and its content.
    """

    def __init__(self, folder: Path, desk: Desk) -> None:
        self._folder, self._desk = folder, desk
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def hold(self, source: str, received: Received) -> None:
        trust = received.report.trust
        verdict = trust.verdict if trust else UNASKED
        path = self._folder / f"{source}.{verdict}.{sha256(received.document).hexdigest()}.xml"
        if path.exists():
            return
        if len(list(self._folder.iterdir())) >= HELD_MAX:
            log.warning("a message of a source is not kept", source=source, url=received.url, most=HELD_MAX)
            return
        _write(path, received.document)

    def lapse(self, source: str, gone: Reference) -> None:
        log.info("a source lists a message no more; it holds until it expires", source=source, message=gone.identifier)

    async def run(self, wait: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Put what is held before people, again and again, until cancelled."""
        while True:
            await self.submit_all()
            await wait(SUBMIT_EVERY_S)

    async def submit_all(self) -> None:
        """Submit each message that still holds; forget those that were issued, or that can never be an order."""
        for path in self._held():
            order = await asyncio.to_thread(self._order, path)
            source, verdict, *_ = path.name.split(".")
            if isinstance(order, Order):
                # Both verdicts are a person's to weigh: they stand in the document that is approved.
                told = order.parameters | {"source": source, "source-signature": verdict}
                order = msgspec.structs.replace(order, parameters=told)
            result = order if isinstance(order, Refusal) else await self._desk.submit_from_source(order, source)
            match result:
                case Refusal(code) if code in _MAY_CHANGE:
                    log.info("a message of a source waits", source=source, code=code, reason=result.message)
                case Refusal():
                    log.info("a message of a source is no order", source=source, reason=result.message)
                    path.unlink()
                case Issued():
                    path.unlink()

    def _held(self) -> Iterator[Path]:
        yield from sorted(self._folder.glob("*.xml"))

    def _order(self, path: Path) -> Order | Refusal:
        return read_relayed(path.read_bytes(), self._desk.atlas, self._desk.now)


def _write(path: Path, data: bytes) -> None:
    new = path.with_suffix(".new")
    with new.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
