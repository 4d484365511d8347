"""The audit trail: who did what, written in order behind the scenes.

An alert never waits for it: people in danger come before book-keeping. A trail that cannot be written is a ``fault``
that the office shows until somebody has looked.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from tocsin.ports.clock import Clock
from tocsin.ports.records import AuditBroken, Audited, Records, RecordsFault

Result = TypeVar("Result")


class AuditTrail:
    """The one who writes the records: one thread, so that entries keep their order."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records, self._clock = records, clock
        self._writer = ThreadPoolExecutor(1, "records")
        self.audited = records.audited
        self.fault: str | None = None

    def check(self, anchored: Audited) -> Future[None]:
        """Walk the audit journal behind the scenes, and hold it against the head that a checkpoint names.

        What does not hold is a fault: somebody has edited the file, cut it off, or put another in its place.
        """
        return self.keep(lambda: self._check(anchored))

    def _check(self, anchored: Audited) -> None:
        result = self._records.verify_audit()
        if isinstance(result, AuditBroken):
            raise RecordsFault(f"the audit journal was changed at entry {result.sequence}: {result.what}")
        if anchored.entries:
            found = self._records.audit(anchored.entries - 1, 1)
            if not found or found[0].hash != anchored.hash:
                raise RecordsFault(
                    f"the audit journal does not hold entry {anchored.entries}, which the journal's checkpoint names: "
                    "it was changed, cut off, or replaced"
                )

    def note(self, what: str, who: str = "", **detail: Any) -> Future[None]:
        """Write down that *who* (id of a holder, or empty) did *what* now. The future is done when it is on disk."""
        at_ms = self._clock.now_ms()
        return self.keep(lambda: self._append(at_ms, what, who, detail))

    def keep(self, call: Callable[[], Result]) -> Future[Result]:
        """Have *call* made to the records after all that came before it."""
        future = self._writer.submit(call)
        future.add_done_callback(self._look_after)
        return future

    def close(self) -> None:
        """Write what is left."""
        self._writer.shutdown()

    def _append(self, at_ms: int, what: str, who: str, detail: dict[str, Any]) -> None:
        entry = self._records.append_audit(at_ms, what, who, detail)
        self.audited = Audited(entry.sequence, entry.hash)

    def _look_after(self, future: Future[Any]) -> None:
        if why := future.exception():
            self.fault = str(why)
