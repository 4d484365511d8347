"""The watch: signed checkpoints held against the record, and what a witness puts its own name to.

It decides whether a checkpoint leads on from everything that was seen; fetching, keeping and answering are elsewhere.
Moments are seconds of a clock that only rises.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

from tocsin.notice import HEARTBEAT_VALID_S, Domain, Refused, SigningKey, Trust
from tocsin.notice.signed_note import SignedNote, cosign
from tocsin.notice.statement import NOT_AUDITED, Audited, Statement, verify_statement

from .claims import GRACE_S, Claim, Claims
from .findings import Finding, Seen, Standing, Verdict
from .record import Record

# What `GET /v1/witness` shows: a device that slept for an hour finds the positions it knows.
CHECKPOINTS_MAX = 64
PAST_EPOCHS_MAX = 64
# What reading and verifying a journal of a million entries for the first time may take.
FIRST_WALK_S = 1_800


class Next(Enum):
    """What the caller does after a checkpoint was judged."""

    NOTHING = auto()
    # Read the whole log from its first entry and ask again: only that tells two histories from a torn answer.
    READ_ALL = auto()


@dataclass(slots=True)
class Fresh:
    """The time of the newest statement on one way, and when it came."""

    time_ms: int
    at: float


@dataclass(slots=True)
class Watch:
    """One authority's log as this witness, *name* with *key*, sees it."""

    name: str
    key: SigningKey
    record: Record
    standing: Standing = field(default_factory=Standing)
    # The newest checkpoint that was verified, as it came.
    own: str = ""
    # The highest head of the audit journal that was signed in this epoch.
    audited: Audited = NOT_AUDITED
    checkpoints: list[str] = field(default_factory=list)
    past_epochs: list[str] = field(default_factory=list)
    # The highest versions of roster and revocation list that were seen.
    highest: dict[Domain, tuple[int, int]] = field(default_factory=dict)
    claims: Claims = field(init=False)
    _fresh: dict[str, Fresh] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.claims = Claims(self.standing)

    def resume(self, now: float) -> None:
        """Begin a run: what comes is held against the time of the newest checkpoint that was verified before it."""
        time_ms = Statement.read(SignedNote.read(self.own).text).time_ms if self.own else 0
        self._fresh[self.where] = Fresh(time_ms, now)

    @property
    def where(self) -> str:
        return self.record.where

    def candidate(self, said: Statement) -> Record:
        """Return the record into which the entries up to *said*, not believed yet, are to be read."""
        if said.position.epoch == self.record.epoch:
            return self.record.copy()
        return Record.of(self.where, self.record.pinned)

    def judge(self, note: SignedNote, candidate: Record, at_s: int, now: float) -> Next:
        """Take *note*, whose entries are in *candidate*, if it leads on from what was seen; say what does not agree."""
        statement = self._believed(note, self.where, candidate.trust, now)
        if statement is None:
            return Next.NOTHING
        is_known = statement.position.epoch == self.record.epoch
        if is_known and statement.position.sequence < self.record.sequence:
            self._judge_lower(note, statement)
        elif (candidate.position, candidate.chain) != (statement.position, statement.chain):
            if is_known:
                return Next.READ_ALL
            self._break(note, f"the entries served do not lead to {statement.position}")
        elif is_known or not self.record.sequence or self._enter(note, statement, candidate):
            self._adopt(note, statement, candidate, at_s)
        return Next.NOTHING

    def judge_whole(self, note: SignedNote, whole: Record) -> None:
        """Say what it is that *note* does not lead on from what was seen; *whole* is its log from the first entry."""
        statement = Statement.read(note.text)
        if (whole.position, whole.chain) != (statement.position, statement.chain):
            self._break(note, f"the entries served do not lead to {statement.position}")
            return
        first = self._first_difference(whole)
        message = f"from entry {first} on the log is another one than the one that was seen before"
        self._find(Verdict.FORK, message, first, note)

    def compare(self, note: SignedNote, where: str, now: float) -> None:
        """Hold a checkpoint that came on another way, *where*, against the record."""
        statement = self._believed(note, where, self.record.trust, now)
        if statement is None:
            return
        position = statement.position
        self.claims.make(
            Claim(where, position, statement.chain, statement.board, note.write(), now), self.record, self.own, now
        )
        behind = self.record.entries.get(position.sequence + 1) if position.epoch == self.record.epoch else None
        if behind is None:
            self.standing.over(Verdict.WITHHELD, where, (0,))
        elif now - behind.at > GRACE_S:
            message = f"it is at {position}, and elsewhere {self.record.position} has been shown"
            self.standing.found(Finding(Verdict.WITHHELD, where, message))

    def unanswered(self, where: str, why: str) -> None:
        self.standing.found(Finding(Verdict.UNREACHABLE, where, why))

    def check_logs(self, now: float) -> None:
        """Find every way silent on which no new checkpoint was believed for long."""
        for where, fresh in self._fresh.items():
            patience_s = HEARTBEAT_VALID_S if self.record.sequence else FIRST_WALK_S
            if now - fresh.at >= patience_s:
                message = f"no new checkpoint was believed for {patience_s} s"
                self.standing.found(Finding(Verdict.SILENCE, where, message))

    def check_claims(self, now: float) -> None:
        """Hold what waits against the record as it is."""
        self.claims.check(self.record, self.own, now)

    def _believed(self, note: SignedNote, where: str, trust: Trust, now: float) -> Statement | None:
        """Return what *note* says if it is signed as it should be, and now."""
        statement = verify_statement(note, trust)
        if isinstance(statement, Refused):
            message = f"the checkpoint is not to be believed ({statement.reason}): {statement.message}"
            # Anybody on another way can answer with anything: that says nothing about this log.
            if where == self.where:
                self._break(note, message)
            else:
                self.unanswered(where, message)
            return None
        self.standing.over(Verdict.UNREACHABLE, where)
        fresh = self._fresh.setdefault(where, Fresh(0, now))
        if statement.time_ms <= fresh.time_ms:
            return None  # shown again: whoever does that for long is found silent
        self._fresh[where] = Fresh(statement.time_ms, now)
        self.standing.over(Verdict.SILENCE, where)
        return statement

    def _judge_lower(self, note: SignedNote, statement: Statement) -> None:
        chain = self.record.chain_at(statement.position.sequence)
        if chain is not None and chain != statement.chain:
            message = f"entry {statement.position.sequence} has two hashes in epoch {self.record.epoch}"
            self._find(Verdict.FORK, message, statement.position.sequence, note)
        else:
            message = f"the head is at {statement.position}, and {self.record.position} was signed before"
            self._find(Verdict.ROLLED_BACK, message, 0, note)

    def _enter(self, note: SignedNote, statement: Statement, candidate: Record) -> bool:
        """Say what a new epoch lost; False if it is an old one that comes back."""
        first, before = self._first_difference(candidate), self.record
        if statement.position.epoch in self.past_epochs:
            self._find(Verdict.FORK, f"epoch {statement.position.epoch} was over, and is shown again", first, note)
            return False
        gone = range(first, before.sequence + 1)
        lost = f"entries {first} to {before.sequence} of epoch {before.epoch} are gone" if gone else "nothing is gone"
        self._find(Verdict.RESTORED, f"the log goes on in epoch {statement.position.epoch}: {lost}", first, note)
        self.past_epochs = [*self.past_epochs, before.epoch][-PAST_EPOCHS_MAX:]
        self.audited = NOT_AUDITED
        self.claims.forget()
        return True

    def _first_difference(self, other: Record) -> int:
        """Return the first entry that the record and *other* do not share, as far back as both are known."""
        same = [one for one, entry in self.record.entries.items() if other.chain_at(one) == entry.chain]
        return max(same, default=0) + 1

    def _adopt(self, note: SignedNote, statement: Statement, candidate: Record, at_s: int) -> None:
        grown = candidate.position != self.record.position
        for fault in candidate.faults:
            self.standing.found(fault)
        self._compare_board(note, statement, candidate)
        self._compare_audit(note, statement)
        self._compare_versions(candidate)
        self.record, self.own = candidate, note.write()
        for verdict in (Verdict.BROKEN, Verdict.ROLLED_BACK):
            self.standing.over(verdict, self.where)
        self.standing.over(Verdict.WITHHELD, self.where, range(candidate.sequence + 1))
        if not self.standing.grave:
            self._cosign(note, statement, at_s)
        if grown:
            self.standing.say(Seen(str(candidate.position), not self.standing.grave))

    def _compare_board(self, note: SignedNote, statement: Statement, candidate: Record) -> None:
        if candidate.board.root() != statement.board:
            message = f"the board hash signed at {statement.position} is not the fold of the log"
            self._find(Verdict.BOARD, message, statement.position.sequence, note)

    def _compare_audit(self, note: SignedNote, statement: Statement) -> None:
        before, now, where = self.audited, statement.audited, f"{self.where} audit"
        if now.entries < before.entries:
            message = f"the audit journal has {now.entries} entries, and had {before.entries}"
            self.standing.found(Finding(Verdict.ROLLED_BACK, where, message, 0, (self.own, note.write())))
            return
        if now.entries == before.entries and now.hash != before.hash:
            message = f"the audit journal has two heads at entry {before.entries}"
            self.standing.found(Finding(Verdict.FORK, where, message, before.entries, (self.own, note.write())))
        self.standing.over(Verdict.ROLLED_BACK, where)
        self.audited = now

    def _compare_versions(self, candidate: Record) -> None:
        """Within one log versions cannot fall; a log that was restored may have lost some. A new roster ends a list."""
        for domain in Domain:
            roster, revoked = candidate.trust.rosters.get(domain), candidate.trust.revocations.get(domain)
            versions = roster.version if roster else 0, revoked.version if revoked else 0
            before, where = self.highest.get(domain, (0, 0)), f"{self.where} {domain}"
            if versions < before:
                message = f"roster and revocation list have the versions {versions}, and had {before}"
                self.standing.found(Finding(Verdict.ROLLED_BACK, where, message))
            else:
                self.highest[domain] = versions
                self.standing.over(Verdict.ROLLED_BACK, where)

    def _cosign(self, note: SignedNote, statement: Statement, at_s: int) -> None:
        """Put this witness's name under the server's; one checkpoint for each sequence, newest first."""
        servers = tuple(one for one in note.signatures if one.name == statement.origin)
        cosigned = cosign(SignedNote(note.text, servers), self.name, self.key, at_s).write()
        same = f"{statement.origin}\n{statement.position.sequence}\n"
        others = [one for one in self.checkpoints if not one.startswith(same)]
        self.checkpoints = [cosigned, *others][:CHECKPOINTS_MAX]

    def _break(self, note: SignedNote, message: str) -> None:
        self._find(Verdict.BROKEN, message, 0, note)

    def _find(self, verdict: Verdict, message: str, sequence: int, note: SignedNote) -> None:
        self.standing.found(Finding(verdict, self.where, message, sequence, (self.own, note.write())))
