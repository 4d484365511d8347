"""What a stream is made of: snapshots, what a reader missed, and heartbeats, taken from the desk and the journal.

It knows no connection. What is told is made once and shared, so that a stampede costs one. A stream of some regions
only is ``part``.
"""

from collections.abc import Callable
from functools import cached_property

from tocsin.alarms import Alarm
from tocsin.areas import Atlas
from tocsin.issuing import Desk, notice_of, revocations_to_tell, rosters_to_tell
from tocsin.notice import DocumentError, EntryType, Kind, Position, Status
from tocsin.notice.merkle import BoardTree
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
        self._tree: tuple[object, BoardTree] | None = None
        # By sequence. After a disturbance everybody returns with much the same gap: it is read once for all.
        self._told: dict[int, bytes] = {}
        self._touched: dict[int, frozenset[str] | None] = {}

    @property
    def position(self) -> Position:
        return self._desk.head.position

    @property
    def minute(self) -> int:
        """The minute that it is: ends grow too old to be told even when nothing happens."""
        return self._desk.now // 60

    @property
    def atlas(self) -> Atlas:
        return self._desk.atlas

    @cached_property
    def codes(self) -> frozenset[str]:
        """All codes of the atlas."""
        return frozenset(region.code for region in self.atlas.regions)

    @property
    def tree(self) -> BoardTree:
        """The tree under the board hash, made once for each board."""
        board = self._desk.board
        if self._tree is None or self._tree[0] is not board:
            self._tree = board, BoardTree(board.leaves())
        return self._tree[1]

    def since(self, text: str) -> list[bytes]:
        """Return what a reader at position *text* has missed, or a snapshot if that cannot be told."""
        missed = self.missed(text)
        return [self.snapshot()] if missed is None else [self._told[sequence] for sequence in missed]

    def missed(self, text: str) -> range | None:
        """Return the sequences after position *text*, ready to be told; None if only a snapshot tells them."""
        try:
            position = Position.parse(text)
        except DocumentError:
            return None
        head = self.position
        if position.epoch != head.epoch or not 0 <= head.sequence - position.sequence <= MISSED_ENTRIES_MAX:
            return None
        missed = range(position.sequence + 1, head.sequence + 1)
        self._recall(missed)
        return missed

    def told(self, sequence: int) -> bytes:
        """Return the event of an entry that ``missed`` has named."""
        return self._told[sequence]

    def touched(self, entry: Entry) -> frozenset[str] | None:
        """Return the regions that a notice is about, and those that it leaves; None for what is for everybody."""
        if entry.type is not EntryType.NOTICE:
            return None
        if entry.sequence not in self._touched:
            notice = notice_of(entry)
            # Whoever was told that the alarm holds in a region must hear that it left it.
            history = self._desk.journal.history(notice.alarm) if notice.version > 1 else []
            chain = [one for one in map(notice_of, history) if one.version == notice.version - 1]
            self._touched[entry.sequence] = frozenset(code for one in (notice, *chain) for code in one.regions)
        return self._touched[entry.sequence]

    def touched_at(self, sequence: int) -> frozenset[str] | None:
        """Like ``touched``, for an entry that ``missed`` has named."""
        if sequence in self._touched:
            return self._touched[sequence]
        (entry,) = self._desk.journal.entries(sequence - 1, 1)
        return self.touched(entry)

    def _recall(self, missed: range) -> None:
        """Have the events of *missed* in memory, and of what is older no more than the longest gap that is told."""
        unknown = [sequence for sequence in missed if sequence not in self._told]
        if not unknown:
            return
        # The journal may be an append ahead of what has been told.
        for entry in self._desk.journal.entries(unknown[0] - 1, unknown[-1] - unknown[0] + 1):
            self._told[entry.sequence] = self._event(entry)
        oldest = self.position.sequence - MISSED_ENTRIES_MAX
        for memory in (self._told, self._touched):
            for sequence in [sequence for sequence in memory if sequence <= oldest]:
                del memory[sequence]

    def _event(self, entry: Entry) -> bytes:
        position = Position(self.position.epoch, entry.sequence)
        if entry.type is EntryType.EPOCH:
            return b""
        return frames.told(entry, notice_of(entry).status if entry.type is EntryType.NOTICE else None, position)

    def snapshot(self) -> bytes:
        """Return the snapshot event at the head."""
        if not self._snapshot or self._snapshot[:2] != (self.position, self.minute):
            self._snapshot = self.position, self.minute, self.snapshot_of(lambda _: True)
        return self._snapshot[2]

    def snapshot_of(self, is_wanted: Callable[[Alarm], bool]) -> bytes:
        """Return a snapshot event at the head that holds the wanted ones of the alarms."""
        board = self._desk.board
        oldest = self._desk.now - ENDED_TOLD_S
        ended = [one for one in board.ended.values() if one.notice.sent >= oldest]
        alarms: dict[Status, list[bytes]] = {status: [] for status in Status}
        for alarm in filter(is_wanted, [*board.alarms.values(), *ended]):
            alarms[alarm.notice.status] += self._bodies(alarm)
        journal = self._desk.journal
        rosters = [body for told in rosters_to_tell(journal).values() for body in told]
        return frames.snapshot(self.position, rosters, list(revocations_to_tell(journal).values()), alarms)

    def _bodies(self, alarm: Alarm) -> list[bytes]:
        """Return the envelope of an alarm's newest notice; before a dispute those that it stands on."""
        if alarm.notice.kind is not Kind.DISPUTED:
            return [entry.body for entry in self._desk.journal.entries(alarm.sequence - 1, 1)]
        chain: list[bytes] = []
        for entry in self._desk.journal.history(alarm.notice.alarm):
            if notice_of(entry).kind is not Kind.DISPUTED:
                chain.clear()
            if entry.sequence <= alarm.sequence:
                chain.append(entry.body)
        return chain

    def heartbeat(self, nonce: str = "") -> bytes:
        """Return a heartbeat event; without a *nonce* one of this second, shared by all who connect in it."""
        if nonce:
            return frames.heartbeat(self.signed_beat(nonce))
        if self._beat is None or self._beat[:2] != (self.position, self._desk.now):
            return self.beat()
        return self._beat[2]

    def beat(self) -> bytes:
        """Return a heartbeat event of this very moment: to one who has heard a newer one, a shared one is too old."""
        self._beat = self.position, self._desk.now, frames.heartbeat(self.signed_beat())
        return self._beat[2]

    def signed_beat(self, nonce: str = "") -> bytes:
        """Return the envelope of a heartbeat of this moment."""
        return self._desk.heartbeat(nonce)
