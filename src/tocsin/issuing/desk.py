"""The desk: the only way into the journal. It drafts, checks signatures, appends, folds, and tells the live stream.

One order after another: what is decided on one board is appended to that board. It holds no issuing key; the heartbeat
key lets it say what is in force, not change it. The appending itself runs on a thread, so that a slow disk stops no
heartbeat.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from tocsin.alarms import Board, Forbidden, State, fold, state_after, step
from tocsin.areas import Atlas
from tocsin.notice import (
    HEARTBEAT_VALID_S,
    Domain,
    Envelope,
    FramingError,
    Heartbeat,
    Magic,
    Notice,
    Refused,
    RevocationVersions,
    RosterVersions,
    Signature,
    SigningKey,
    Status,
    Trust,
    b64,
    encode_notice,
    seal,
)
from tocsin.ports.clock import Clock
from tocsin.ports.journal import (
    AlreadyIssued,
    Appended,
    Broken,
    Checkpoint,
    Entry,
    Head,
    Issue,
    Journal,
    JournalFault,
    MovedOn,
)

from . import checkpoints
from .drafting import EXPIRES_IN_MIN_S, Draft, Situation, draft
from .orders import Order, Refusal

DRAFT_LAPSES_S = 600
DRAFTS_MAX = 1_000  # frozen drafts waiting for a signature; more is a fault of the caller
ISSUER_DEMO = "Demo duty service"


class Audience(Protocol):
    """Who hears at once of what was appended."""

    def publish(self, entry: Entry, notice: Notice) -> None: ...


@dataclass(frozen=True, slots=True)
class Issued:
    """In the journal, on disk. *again*: it was there before this call."""

    entry: Entry
    notice: Notice
    again: bool = False


@dataclass(slots=True)
class Desk:
    """One authority's desk. ``fault`` says why nothing can be issued, if so."""

    journal: Journal
    atlas: Atlas
    trust: Trust
    heartbeat_key: SigningKey
    clock: Clock
    board: Board
    # Moves together with the board; the journal's own head is ahead of both while an append is under way.
    head: Head
    audience: Audience | None = None
    fault: str | None = None
    _drafts: dict[str, tuple[Draft, int]] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _writer: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "journal"))
    # The start verified the entries after this one; those before it are walked in the background.
    verified_from: int = 0
    _checkpointed: int = 0
    _root: tuple[Board, bytes] | None = None

    @classmethod
    def open(
        cls, journal: Journal, atlas: Atlas, trust: Trust, heartbeat_key: SigningKey, clock: Clock
    ) -> "Desk | Broken":
        """Return the desk over *journal*, verified from its last checkpoint on, or the entry that is broken."""
        loaded = checkpoints.load(journal, heartbeat_key.public)
        if isinstance(loaded, Broken):
            return loaded
        board, begun = loaded
        return cls(
            journal, atlas, trust, heartbeat_key, clock, board, journal.head, verified_from=begun, _checkpointed=begun
        )

    @property
    def now(self) -> int:
        return self.clock.now_ms() // 1000

    def draft(self, order: Order) -> Draft | Issued | Refusal:
        """Freeze the notice for *order*, keep it until it is signed or lapses, and return it."""
        if self.fault:
            return Refusal("issuing_stopped", f"nothing can be issued: {self.fault}")
        if found := self.journal.alert(order.id):
            entry, digest = found
            return self._repeated(entry, digest == order.digest())
        self._drop_lapsed()
        if order.id not in self._drafts and self._waiting(order.status) >= DRAFTS_MAX:
            return Refusal("drafts_too_many", f"{DRAFTS_MAX} drafts wait for signatures; sign them or let them lapse")
        result = draft(order, self._situation(order))
        if isinstance(result, Draft):
            self._drafts[order.id] = result, self.now
        return result

    async def issue(self, id: str, signatures: Sequence[Signature]) -> Issued | Refusal:
        """Append the draft *id* under *signatures*. When this returns ``Issued`` it is on disk and on its way."""
        # A caller that goes away must not leave an entry appended and not told.
        return await asyncio.shield(self._issue(id, signatures))

    async def _issue(self, id: str, signatures: Sequence[Signature]) -> Issued | Refusal:
        async with self._lock:
            if found := self.journal.alert(id):
                return self._repeated(found[0], same_order=True)
            self._drop_lapsed()
            if id not in self._drafts:
                return Refusal(
                    "draft_unknown", f"there is no draft {id}; it lapsed after {DRAFT_LAPSES_S} s, or was never made"
                )
            frozen, _ = self._drafts[id]
            try:
                packed = Envelope(Magic.NOTICE, encode_notice(frozen.notice), tuple(signatures)).pack()
            except FramingError as why:
                return Refusal("signatures_malformed", str(why))
            verified = self.trust.verify_notice(packed)
            if isinstance(verified, Refused):
                return Refusal(
                    "signature_refused", f"{verified.message}; sign the draft's bytes with a key of the roster"
                )
            return await self._append(frozen, packed)

    async def _append(self, frozen: Draft, packed: bytes) -> Issued | Refusal:
        standing = self.board.find(frozen.notice.alarm)
        # The life is asked for the time of signing and for now: an alarm may have expired between the two.
        now = step(standing.state_at(self.now) if standing else State.NONE, frozen.notice.kind)
        for after in (state_after(self.board, frozen.notice), now):
            if isinstance(after, Forbidden):
                return Refusal(after.code, f"alarm {frozen.notice.alarm}: {after.why}")
        if frozen.notice.expires - self.now < EXPIRES_IN_MIN_S // 2:
            return Refusal("draft_lapsed", "the notice expires before anybody could act on it; order it again")
        if self.fault:
            return Refusal("issuing_stopped", f"nothing can be issued: {self.fault}")
        issue = Issue(frozen.notice, packed, frozen.cap, frozen.order.digest())
        append = self.journal.append_notices
        try:
            result = await asyncio.get_running_loop().run_in_executor(
                self._writer, append, [issue], self.clock.now_ms()
            )
        except JournalFault as why:
            return self._after_fault(frozen, why)
        match result:
            case AlreadyIssued(entry, same_order):
                return self._repeated(entry, same_order)
            case MovedOn(alarm, version):
                return Refusal(
                    "alarm_moved_on", f"alarm {alarm} is at version {version} already; look again and decide anew"
                )
            case Appended((entry,), head):
                return self._issued(frozen, entry, head)
        raise AssertionError(f"one order became {len(result.entries)} entries")

    def _after_fault(self, frozen: Draft, why: JournalFault) -> Issued | Refusal:
        """Return what came of an append that failed: a commit whose answer was lost may be on disk all the same."""
        try:
            head, found = self.journal.head, self.journal.alert(frozen.notice.id)
        except JournalFault as again:
            self.fault = f"the journal cannot be read: {again}"
            found = None
        if found is None:
            return Refusal("journal_fault", f"nothing was issued: {why}")
        return self._issued(frozen, found[0], head)

    def _issued(self, frozen: Draft, entry: Entry, head: Head) -> Issued:
        self.board, self.head = fold(self.board, entry.sequence, frozen.notice), head
        self._drafts.pop(frozen.notice.id, None)  # it may have lapsed while it was written
        if self.audience is not None:
            self.audience.publish(entry, frozen.notice)
        if entry.sequence - self._checkpointed >= checkpoints.CHECKPOINT_EVERY_ENTRIES:
            self._writer.submit(self.journal.save_checkpoint, self._checkpoint())
            self._checkpointed = entry.sequence
        return Issued(entry, frozen.notice)

    def heartbeat(self, nonce: str = "") -> bytes:
        """Return a heartbeat envelope: what is in force now, signed."""
        head, now_ms = self.head, self.clock.now_ms()
        beat = Heartbeat(
            heartbeat=2,
            authority=self.trust.authority,
            time_ms=now_ms,
            valid_until_ms=now_ms + HEARTBEAT_VALID_S * 1000,
            position=str(head.position),
            chain=b64(head.chain),
            board=b64(self._board_root()),
            rosters=RosterVersions(*(self.trust.rosters[domain].version for domain in Domain)),
            revocations=RevocationVersions(*(self._revocations(domain) for domain in Domain)),
            nonce=nonce,
        )
        return seal(self.heartbeat_key, Magic.HEARTBEAT, beat).pack()

    def _revocations(self, domain: Domain) -> int:
        known = self.trust.revocations.get(domain)
        return known.version if known else 0

    def _board_root(self) -> bytes:
        # A stampede asks for a heartbeat per connection; the board is the same for all of them.
        if self._root is None or self._root[0] is not self.board:
            self._root = self.board, self.board.root()
        return self._root[1]

    def close(self) -> None:
        """Save a checkpoint, so that the next start is quick, and let the journal go."""
        self._writer.shutdown()
        if self.fault is None:
            self.journal.save_checkpoint(self._checkpoint())
        self.journal.close()

    def _checkpoint(self) -> Checkpoint:
        return checkpoints.state(self.head, self.board, self.heartbeat_key)

    def _repeated(self, entry: Entry, same_order: bool) -> Issued | Refusal:
        notice = checkpoints.notice_of(entry)
        if not same_order:
            return Refusal(
                "id_used", f"id {notice.id} was issued with another order; give the new order an id of its own"
            )
        return Issued(entry, notice, again=True)

    def _situation(self, order: Order) -> Situation:
        domain = Domain.of(order.status)
        return Situation(
            board=self.board,
            atlas=self.atlas,
            authority=self.trust.authority,
            issuer=ISSUER_DEMO,
            roster=self.trust.rosters[domain].version,
            now=self.now,
            history=lambda alarm: [checkpoints.notice_of(entry) for entry in self.journal.history(alarm)],
            alarms_named=lambda prefix: self.journal.alarms_named(prefix, 2),
            alarm_of=self._alarm_of,
        )

    def _alarm_of(self, id: str) -> str | None:
        found = self.journal.alert(id)
        return checkpoints.notice_of(found[0]).alarm if found else None

    def _waiting(self, status: Status) -> int:
        """Count the drafts under the same root: exercises must not keep a real order out."""
        return sum(Domain.of(one.notice.status) is Domain.of(status) for one, _ in self._drafts.values())

    def _drop_lapsed(self) -> None:
        lapsed = [id for id, (_, made) in self._drafts.items() if self.now - made >= DRAFT_LAPSES_S]
        for id in lapsed:
            del self._drafts[id]
