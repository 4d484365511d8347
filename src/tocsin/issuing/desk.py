"""The desk: the only way into the journal. It drafts, gathers signatures, appends, folds, and tells the live stream.

One order after another, rosters and revocation lists between them: what is decided on one board and under one trust is
appended to these. That one lock is why this is one class. It holds no issuing key; the heartbeat
key lets it say what is in force, not change it. The appending itself runs on a thread, so that a slow disk stops no
heartbeat.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tocsin.alarms import Board, fold
from tocsin.areas import Atlas
from tocsin.notice import (
    Domain,
    Holder,
    Notice,
    Refused,
    Role,
    SigningKey,
    Trust,
)
from tocsin.notice.statement import Audited
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
from tocsin.ports.records import Records, RecordsFault

from . import acceptance, checkpoints, signing, standing
from .acceptance import Expiry, Learned
from .audit import AuditTrail
from .beats import beat, is_heard
from .ceilings import Ceilings
from .drafting import draft
from .orders import Order, Refusal
from .results import Accepted, Audience, Issued, Returned, Submitted
from .signing import Taken
from .situation import Situation
from .waiting import Handed, Waiting, WaitingDrafts

REASON_LENGTH_MAX = 500

Result = TypeVar("Result")


@dataclass(slots=True)
class Desk:
    """One authority's desk. ``fault`` says why nothing can be issued, if so."""

    journal: Journal
    records: Records
    atlas: Atlas
    trust: Trust
    heartbeat_key: SigningKey
    clock: Clock
    board: Board
    # Moves together with the board; the journal's own head is ahead of both while an append is under way.
    head: Head
    trail: AuditTrail
    ceilings: Ceilings
    audience: Audience | None = None
    fault: str | None = None
    _drafts: WaitingDrafts = field(default_factory=WaitingDrafts)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _writer: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "journal"))
    # The start verified the entries after this one; those before it are walked in the background.
    verified_from: int = 0
    _checkpointed: int = 0
    _root: tuple[Board, bytes] | None = None

    @classmethod
    def open(
        cls, journal: Journal, records: Records, atlas: Atlas, trust: Trust, heartbeat_key: SigningKey, clock: Clock
    ) -> "Desk | Broken":
        """Return the desk over *journal*, verified from its last checkpoint on, or the entry that is broken."""
        loaded = checkpoints.load(journal, heartbeat_key.public)
        if isinstance(loaded, Broken):
            return loaded
        board, begun = loaded
        desk = cls(
            journal, records, atlas, trust, heartbeat_key, clock, board, journal.head,
            AuditTrail(records, clock), Ceilings.read(journal, clock.now_ms()),
            verified_from=begun, _checkpointed=begun,
        )  # fmt: skip
        for stored in records.submitted():
            if journal.alert(stored.id):  # the last run ended between the alert and its book-keeping
                records.remove_submitted(stored.id)
            else:
                desk._drafts.put(Waiting.restored(stored))
        desk._drop_unbelievable()
        desk.trail.check(checkpoints.audited(journal, heartbeat_key.public))
        return desk

    def __post_init__(self) -> None:
        self.trust = replace(self.trust, held=self._held)

    def _held(self, notice: Notice) -> Notice | None:
        """Return what every device holds of the alarm of *notice* once it has heard all."""
        standing = self.board.find(notice.alarm)
        return standing.notice if standing else None

    @property
    def now(self) -> int:
        return self.clock.now_ms() // 1000

    @property
    def audited(self) -> Audited:
        """The head of the audit journal, as far as it is on disk."""
        return self.trail.audited

    @property
    def expiries(self) -> tuple[Expiry, ...]:
        """The rosters that somebody has to renew soon."""
        return acceptance.expiries(self.trust, self.now)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What somebody has to see to, though orders are issued: an audit journal at fault, rosters that end soon."""
        audit = [f"the audit journal: {self.trail.fault}"] if self.trail.fault else []
        unheard = ["no roster lists this server's heartbeat key: devices take it for dead"]
        voice = [] if is_heard(self.trust, self.heartbeat_key) else unheard
        rosters = [f"the roster for {one.domain} ends in {one.days_left} days: sign the next" for one in self.expiries]
        return (*audit, *voice, *rosters)

    def holder(self, domain: Domain, id: str) -> Holder | None:
        """Return the holder of that *id* in the newest roster of *domain*."""
        return next((one for one in self.trust.rosters[domain].holders if one.id == id), None)

    def draft(self, order: Order, by: str) -> Waiting | Issued | Refusal:
        """Freeze *order* for the holder of the id *by*, and keep it until it is signed or lapses."""
        if self.fault:
            return Refusal("issuing_stopped", f"nothing can be issued: {self.fault}")
        if found := self.journal.alert(order.id):
            return self._repeated(order.id, found[1] == order.digest())
        holder = self.holder(Domain.of(order.status), by)
        if holder is None:
            return Refusal("not_listed", f"the roster for {Domain.of(order.status)} lists no {by[:40]!r}")
        self._drop_lapsed()
        if waiting := self._drafts.find(order.id):
            if waiting.is_submitted:
                return self._drafted_again(waiting, order)
        elif not self._drafts.has_room(order.id, order.status, by):
            return Refusal("drafts_too_many", "too many drafts wait for signatures; sign them or let them lapse")
        result = draft(order, self._situation(order, holder))
        if isinstance(result, Refusal):
            return result
        if refused := signing.outside(self.trust, holder, result.parts) or self._source_too_often(holder, order):
            return refused
        return self._drafts.begin(result, by, self.now)

    async def submit_from_source(self, order: Order, by: str) -> Issued | Submitted | Refusal:
        """Freeze *order* for the source of the id *by*, and have it wait on disk for people to sign it."""
        async with self._lock:
            holder = self.holder(Domain.of(order.status), by)
            if holder is None or Role.SOURCE not in holder.roles:
                return Refusal("not_listed", f"{by[:40]!r} is no source by the roster for {Domain.of(order.status)}")
            waiting = self.draft(order, by)
            if not isinstance(waiting, Waiting):
                return waiting
            return self._state(waiting, again=True) if waiting.is_submitted else await self._submit(Taken(waiting, ()))

    def _drafted_again(self, waiting: Waiting, order: Order) -> Waiting | Refusal:
        if waiting.draft.order.digest() != order.digest():
            return Refusal(
                "id_used", f"id {order.id} waits for signatures with another order; give the new one an id of its own"
            )
        return waiting

    async def sign(self, id: str, handed: Sequence[Handed]) -> Issued | Submitted | Refusal:
        """Take signatures for the draft *id*. It is issued once every part has enough.

        When this returns ``Issued`` it is on disk and on its way; when it returns ``Submitted`` it waits on disk.
        """
        # A caller that goes away must not leave an entry appended and not told.
        return await asyncio.shield(self._sign(id, handed))

    async def _sign(self, id: str, handed: Sequence[Handed]) -> Issued | Submitted | Refusal:
        async with self._lock:
            if self.journal.alert(id):
                return self._repeated(id, same_order=True)
            waiting = self._find(id)
            if isinstance(waiting, Refusal):
                return waiting
            if waiting.has(handed):
                return self._state(waiting, again=True)
            taken = signing.take(self.trust, waiting, handed, self.clock.now_ms())
            if isinstance(taken, Refusal):
                return self._refused(waiting, taken)
            if refused := self._hindered(waiting) or self._too_often(taken):
                return self._refused(waiting, refused)
            missing = signing.people_missing(self.trust, taken.waiting)
            if isinstance(missing, Refusal):
                return self._refused(waiting, missing)
            return await (self._submit(taken) if missing else self._append(taken))

    def _refused(self, waiting: Waiting, refused: Refusal) -> Refusal:
        about = {"draft": waiting.id, "author": waiting.by}
        self.trail.note("signature_refused", **about, code=refused.code, why=refused.message)
        return refused

    def _hindered(self, waiting: Waiting) -> Refusal | None:
        """Return why the draft cannot be issued any more."""
        if self.fault:
            return Refusal("issuing_stopped", f"nothing can be issued: {self.fault}")
        for part in waiting.draft.parts:
            if refused := standing.hindrance(part.notice, self.board, self.atlas, self.now):
                return refused
        return None

    def _too_often(self, taken: Taken) -> Refusal | None:
        domain = taken.waiting.domain
        roster = self.trust.rosters[domain]
        # Those who signed before count like those who sign just now: much may have been issued since.
        signers = (self.holder(domain, signed.holder) for signed in taken.waiting.signed_by)
        for one in filter(None, signers):
            before = self.ceilings.ordered(one, roster, self.clock.now_ms())
            if one.per_hour and before + len(taken.waiting.draft.parts) > one.per_hour:
                return Refusal(
                    "rate", f"{one.name} has ordered {before} notices in an hour, and {one.per_hour} are allowed; "
                    "somebody else must, or wait"
                )  # fmt: skip
        return None

    def _source_too_often(self, holder: Holder, order: Order) -> Refusal | None:
        """Return why a source, whose signature is never counted, has drafted enough for an hour."""
        if not signing.is_source(holder) or not holder.per_hour or self._drafts.find(order.id):
            return None
        domain, now_ms = Domain.of(order.status), self.clock.now_ms()
        if (before := self.ceilings.drafted(holder, domain, now_ms)) >= holder.per_hour:
            return Refusal("rate", f"{holder.name} has drafted {before} orders in an hour, as many as are allowed")
        self.ceilings.count_draft(holder, domain, now_ms)
        return None

    async def _submit(self, taken: Taken) -> Submitted | Refusal:
        waiting = taken.waiting.submitted(self.now)
        stored = waiting.stored()
        try:
            await asyncio.wrap_future(self.trail.keep(lambda: self.records.save_submitted(stored)))
        except RecordsFault as why:
            return Refusal("records_fault", f"the draft was not submitted: {why}")
        self._drafts.put(waiting)
        self._note_signed(taken)
        return self._state(waiting)

    def _note_signed(self, taken: Taken) -> None:
        for one in taken.people:
            self.trail.note("signed", one.id, draft=taken.waiting.id)

    def _state(self, waiting: Waiting, again: bool = False) -> Submitted | Refusal:
        missing = signing.people_missing(self.trust, waiting)
        if isinstance(missing, Refusal):
            return missing
        return Submitted(waiting, signing.people_needed(self.trust, waiting), missing, again)

    async def _append(self, taken: Taken) -> Issued | Refusal:
        waiting = taken.waiting
        bodies = signing.packed(waiting)
        for body in bodies:
            if isinstance(refused := self.trust.verify_signed(body), Refused):
                return self._refused(waiting, Refusal("signature_refused", refused.message))
        digest = waiting.draft.order.digest()
        issues = [
            Issue(part.notice, body, part.cap, digest) for part, body in zip(waiting.draft.parts, bodies, strict=True)
        ]
        try:
            result = await self._write(lambda: self.journal.append_notices(issues, self.clock.now_ms()))
        except JournalFault as why:
            return self._after_fault(taken, why)
        match result:
            case AlreadyIssued(_, same_order):
                return self._repeated(waiting.id, same_order)
            case MovedOn(alarm, version):
                return Refusal(
                    "alarm_moved_on", f"alarm {alarm} is at version {version} already; look again and decide anew"
                )
            case Appended(entries, head):
                return self._issued(taken, entries, head)

    async def _write(self, append: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._writer, append)

    def _after_fault(self, taken: Taken, why: JournalFault) -> Issued | Refusal:
        """Return what came of an append that failed: a commit whose answer was lost may be on disk all the same."""
        parts = taken.waiting.draft.parts
        try:
            head, found = self.journal.head, [self.journal.alert(part.notice.id) for part in parts]
        except JournalFault as again:
            self.fault = f"the journal cannot be read: {again}"
            found = [None]
        entries = tuple(one[0] for one in found if one)
        if len(entries) < len(parts):
            return Refusal("journal_fault", f"nothing was issued: {why}")
        return self._issued(taken, entries, head)

    def _issued(self, taken: Taken, entries: tuple[Entry, ...], head: Head) -> Issued:
        waiting = taken.waiting
        notices = tuple(part.notice for part in waiting.draft.parts)
        board = self.board
        for entry, notice in zip(entries, notices, strict=True):
            board = fold(board, entry.sequence, notice)
            self.ceilings.count(entry)
        self.board, self.head = board, head
        self._drafts.drop(waiting.id)  # it may have lapsed while it was written
        if self.audience is not None:
            for entry, notice in zip(entries, notices, strict=True):
                self.audience.publish(entry, notice)
        self._note_signed(taken)
        self.trail.note("issued", waiting.by, draft=waiting.id, position=str(head.position))
        if waiting.is_submitted:
            self.trail.keep(lambda: self.records.remove_submitted(waiting.id))
        self._save_checkpoint_if_due()
        return Issued(entries, notices)

    def _save_checkpoint_if_due(self) -> None:
        sequence = self.head.position.sequence
        if sequence - self._checkpointed >= checkpoints.CHECKPOINT_EVERY_ENTRIES:
            self._writer.submit(self.journal.save_checkpoint, self._checkpoint())
            self._checkpointed = sequence

    def submitted(self) -> list[Submitted]:
        """Return the drafts that wait for people, oldest first."""
        self._drop_lapsed()
        found = [self._state(one) for one in self._drafts if one.is_submitted]
        return [one for one in found if isinstance(one, Submitted)]

    def waiting(self, id: str) -> Submitted | Refusal:
        """Return the draft *id*, submitted or not."""
        found = self._find(id)
        return found if isinstance(found, Refusal) else self._state(found)

    async def give_back(self, id: str, by: str, reason: str) -> Returned | Refusal:
        """Drop the draft *id*: the holder of the id *by* does not want it issued, for that *reason*."""
        if not 1 <= len(reason.strip()) <= REASON_LENGTH_MAX:
            return Refusal("reason_missing", f"a reason has 1 to {REASON_LENGTH_MAX} characters; its author reads it")
        async with self._lock:
            waiting = self._find(id)
            if isinstance(waiting, Refusal):
                return waiting
            if refused := self._may_not_give_back(waiting, by):
                return self._refused(waiting, refused)
            self._forget(waiting)
            self.trail.note("returned", by, draft=id, author=waiting.by, reason=reason)
            return Returned(waiting)

    def _may_not_give_back(self, waiting: Waiting, by: str) -> Refusal | None:
        """Return why the holder of the id *by* has no say: it is neither theirs nor theirs to sign."""
        holder = self.holder(waiting.domain, by)
        if holder is None:
            return Refusal("not_listed", f"the roster for {waiting.domain} lists no {by[:40]!r}")
        if by == waiting.by:
            return None
        if not {Role.AUTHOR, Role.APPROVER} & set(holder.roles):
            return Refusal("out_of_scope", f"{holder.name} signs no orders, and gives back none of others")
        return signing.outside(self.trust, holder, waiting.draft.parts)

    async def accept_roster(self, data: bytes) -> Accepted | Refusal:
        """Take in the roster in the envelope *data*: from here on it says who may order."""
        return await asyncio.shield(
            self._accept(
                lambda: acceptance.learn_roster(self.trust, data, self.now),
                lambda: self.journal.append_roster(data, self.clock.now_ms()),
                "roster_accepted",
            )
        )

    async def accept_revocation(self, data: bytes) -> Accepted | Refusal:
        """Take in the revocation list in the envelope *data*: from here on the keys in it count no longer."""
        return await asyncio.shield(
            self._accept(
                lambda: acceptance.learn_revocation(self.trust, data),
                lambda: self.journal.append_revocation(data, self.clock.now_ms()),
                "revocation_accepted",
            )
        )

    async def _accept(
        self, learn: Callable[[], Learned | Refusal], append: Callable[[], Appended], what: str
    ) -> Accepted | Refusal:
        # Whoever sends garbage does not stand in line before orders.
        if isinstance(refused := learn(), Refusal):
            return refused
        async with self._lock:
            learned = learn()
            if isinstance(learned, Refusal):
                return learned
            if not learned.is_news:
                return Accepted(learned, None, again=True)
            if shut := acceptance.shut_out(learned, self.trust, self.heartbeat_key.id, self.now):
                return shut
            before = self.head
            try:
                appended = await self._write(append)
            except JournalFault as why:
                return self._after_trust_fault(learned, before, why)
            return self._learned(learned, appended, what)

    def _after_trust_fault(self, learned: Learned, before: Head, why: JournalFault) -> Refusal:
        """Refuse. If the entry is on disk all the same, what is served and what is written differ: stop issuing."""
        try:
            is_written = self.journal.head != before
        except JournalFault:
            is_written = True
        if is_written:
            self.fault = f"a change of trust was written and could not be read back ({why}); start the server again"
        return Refusal("journal_fault", f"nothing changed: {why}")

    def _learned(self, learned: Learned, appended: Appended, what: str) -> Accepted:
        (entry,) = appended.entries
        self.trust, self.head = learned.trust, appended.head
        if self.audience is not None:
            self.audience.publish_trust(entry)
        document = learned.document
        self.trail.note(what, domain=document.domain, version=document.version, position=str(appended.head.position))
        self._drop_unbelievable()
        self._save_checkpoint_if_due()
        return Accepted(learned, entry)

    def _drop_unbelievable(self) -> None:
        """Let go of drafts that no device would believe any more, and of signatures that count no longer with them."""
        for waiting in self._drafts:
            if refused := signing.still_counting(self.trust, waiting):
                self._forget(waiting)
                self.trail.note("dropped", waiting.by, draft=waiting.id, code=refused.code, why=refused.message)

    def heartbeat(self, nonce: str = "") -> bytes:
        """Return a heartbeat envelope: what is in force now, signed."""
        return beat(self.trust, self.head, self._board_root(), self.heartbeat_key, self.clock.now_ms(), nonce)

    def _board_root(self) -> bytes:
        # A stampede asks for a heartbeat per connection; the board is the same for all of them.
        if self._root is None or self._root[0] is not self.board:
            self._root = self.board, self.board.root()
        return self._root[1]

    def close(self) -> None:
        """Save a checkpoint, so that the next start is quick, and let journal and records go."""
        self._writer.shutdown()
        self.trail.close()
        if self.fault is None:
            self.journal.save_checkpoint(self._checkpoint())
        self.journal.close()
        self.records.close()

    def _checkpoint(self) -> Checkpoint:
        return checkpoints.state(self.head, self.board, self.audited, self.heartbeat_key)

    def _repeated(self, id: str, same_order: bool) -> Issued | Refusal:
        if not same_order:
            return Refusal("id_used", f"id {id} was issued with another order; give the new order an id of its own")
        entries = standing.issued_together(self.journal, id)
        return Issued(entries, tuple(map(checkpoints.notice_of, entries)), again=True)

    def _find(self, id: str) -> Waiting | Refusal:
        self._drop_lapsed()
        return self._drafts.find(id) or Refusal(
            "draft_unknown", f"there is no draft {id}; it lapsed, went back to its author, or was never made"
        )

    def _drop_lapsed(self) -> None:
        for waiting in self._drafts.drop_lapsed(self.now):
            self._forget(waiting)
            if waiting.is_submitted:
                self.trail.note("lapsed", waiting.by, draft=waiting.id)

    def _forget(self, waiting: Waiting) -> None:
        self._drafts.drop(waiting.id)
        if waiting.is_submitted:
            self.trail.keep(lambda: self.records.remove_submitted(waiting.id))

    def _situation(self, order: Order, by: Holder) -> Situation:
        domain = Domain.of(order.status)
        return Situation(
            board=self.board,
            atlas=self.atlas,
            authority=self.trust.authority,
            issuer=by.name,
            roster=self.trust.rosters[domain].version,
            now=self.now,
            people_needed=lambda notice: self.trust.rosters[domain].people_needed(
                notice, self.trust.lineage, self.trust.before(notice)
            ),
            history=lambda alarm: [checkpoints.notice_of(entry) for entry in self.journal.history(alarm)],
            alarms_named=lambda prefix: self.journal.alarms_named(prefix, 2),
            alarm_of=self._alarm_of,
        )

    def _alarm_of(self, id: str) -> str | None:
        found = self.journal.alert(id)
        return checkpoints.notice_of(found[0]).alarm if found else None
