"""What a stream is made of: snapshots, what a reader missed, and heartbeats, taken from the desk and the journal.

It knows no connection. A snapshot is made once per position and shared, so that a stampede costs one.
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

    @property
    def position(self) -> Position:
        return self._desk.head.position

    def since(self, text: str) -> bytes:
        """Return what a reader at position *text* has missed, or a snapshot if that cannot be told."""
        try:
            position = Position.parse(text)
        except DocumentError:
            return self.snapshot()
        behind = self.position.sequence - position.sequence
        if position.epoch != self.position.epoch or not 0 <= behind <= MISSED_ENTRIES_MAX:
            return self.snapshot()
        # The journal may be an append ahead of what has been told.
        entries = self._desk.journal.entries(position.sequence, behind) if behind else []
        return b"".join(self._told(entry) for entry in entries)

    def _told(self, entry: Entry) -> bytes:
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
        return frames.heartbeat(self._desk.heartbeat(nonce))
