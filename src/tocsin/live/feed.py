"""What a stream is made of: snapshots, what a reader missed, and heartbeats, taken from the desk and the journal.

It knows no connection. What is told is made once and shared, so that a stampede costs one.
"""

from tocsin.issuing import Desk, notice_of
from tocsin.notice import DocumentError, EntryType, Position, Status
from tocsin.ports.journal import Entry

from . import frames

# A longer gap costs more than a snapshot.
MISSED_ENTRIES_MAX = 1_000
# A device that was away hears of ends that are no older; older ones would only wake people.
ENDED_TOLD_S = 30 * 60


class Feed:
    """The stream's content for one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._snapshot: tuple[Position, int, bytes] | None = None
        self._beat: tuple[Position, int, bytes] | None = None
        # By sequence. After a disturbance everybody returns with much the same gap: it is read once for all.
        self._told: dict[int, bytes] = {}

    @property
    def position(self) -> Position:
        return self._desk.head.position

    def since(self, text: str) -> list[bytes]:
        """Return what a reader at position *text* has missed, or a snapshot if that cannot be told."""
        try:
            position = Position.parse(text)
        except DocumentError:
            return [self.snapshot()]
        head = self.position
        if position.epoch != head.epoch or not 0 <= head.sequence - position.sequence <= MISSED_ENTRIES_MAX:
            return [self.snapshot()]
        missed = range(position.sequence + 1, head.sequence + 1)
        self._recall(missed)
        return [self._told[sequence] for sequence in missed]

    def _recall(self, missed: range) -> None:
        """Have the events of *missed* in memory, and of what is older no more than the longest gap that is told."""
        unknown = [sequence for sequence in missed if sequence not in self._told]
        if not unknown:
            return
        # The journal may be an append ahead of what has been told.
        for entry in self._desk.journal.entries(unknown[0] - 1, unknown[-1] - unknown[0] + 1):
            self._told[entry.sequence] = self._event(entry)
        oldest = self.position.sequence - MISSED_ENTRIES_MAX
        for sequence in [sequence for sequence in self._told if sequence <= oldest]:
            del self._told[sequence]

    def _event(self, entry: Entry) -> bytes:
        position = Position(self.position.epoch, entry.sequence)
        if entry.type is EntryType.EPOCH:
            return b""
        return frames.told(entry, notice_of(entry).status if entry.type is EntryType.NOTICE else None, position)

    def snapshot(self) -> bytes:
        """Return the snapshot event at the head."""
        minute = self._desk.now // 60  # ends grow too old to be told even when nothing happens
        if self._snapshot and self._snapshot[:2] == (self.position, minute):
            return self._snapshot[2]
        board, read = self._desk.board, self._desk.journal.entries
        oldest = self._desk.now - ENDED_TOLD_S
        ended = [one for one in board.ended.values() if one.notice.sent >= oldest]
        alarms: dict[Status, list[bytes]] = {status: [] for status in Status}
        for alarm in [*board.alarms.values(), *ended]:
            alarms[alarm.notice.status] += [entry.body for entry in read(alarm.sequence - 1, 1)]
        rosters = [entry.body for entry in self._desk.journal.rosters()]
        event = frames.snapshot(self.position, rosters, alarms)
        self._snapshot = self.position, minute, event
        return event

    def heartbeat(self, nonce: str = "") -> bytes:
        """Return a heartbeat event; without a *nonce* one of this second, shared by all who connect in it."""
        if nonce:
            return frames.heartbeat(self._desk.heartbeat(nonce))
        if self._beat is None or self._beat[:2] != (self.position, self._desk.now):
            return self.beat()
        return self._beat[2]

    def beat(self) -> bytes:
        """Return a heartbeat event of this very moment: to one who has heard a newer one, a shared one is too old."""
        self._beat = self.position, self._desk.now, frames.heartbeat(self._desk.heartbeat())
        return self._beat[2]
