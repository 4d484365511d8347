"""Following the live stream: from bytes and moments to what is believed (``spec/stream.md``, "GET /v1/stream").

Pure but for its own memory: it opens nothing and waits for nothing; ``stream`` does. Moments are seconds of a clock
that only rises. Whom to believe is decided in ``tocsin.notice``, what a device holds in ``holding``.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeVar

import msgspec

from tocsin.alarms import Board
from tocsin.notice import (
    HEARTBEAT_VALID_S,
    Believed,
    DocumentError,
    Domain,
    Heartbeat,
    Notice,
    Position,
    Reason,
    Refused,
    Status,
    Trust,
    b64,
    from_b64,
)

from .events import Event, Heard, KeysRevoked, NotBelieved, NoticeEvent, NotLive, RosterLearned, Silence, Snapshot, told
from .freshness import Freshness
from .holding import is_news, is_older, is_worth_telling, take, worse_in
from .memory import Learned
from .sse import EventParser, ServerEvent


class _SnapshotData(msgspec.Struct, frozen=True):
    position: str
    rosters: tuple[str, ...]
    revocations: tuple[str, ...]
    actual: tuple[str, ...]
    exercise: tuple[str, ...]
    test: tuple[str, ...]


class _NoticeData(msgspec.Struct, frozen=True):
    position: str
    envelope: str


class _RosterData(msgspec.Struct, frozen=True):
    position: str
    roster: str


class _RevocationData(msgspec.Struct, frozen=True):
    position: str
    revocation: str


class _HeartbeatData(msgspec.Struct, frozen=True):
    heartbeat: str


class _EndData(msgspec.Struct, frozen=True):
    reason: str
    message: str


Data = TypeVar("Data")
Found = TypeVar("Found", Believed, Heartbeat, Trust)


class Follower:
    """What one device believes, and whether it is live.

    ``board`` is what it holds. ``position`` is where it resumes: the last one that a heartbeat confirmed, or None for a
    snapshot. One who begins at a position holds no board that a heartbeat could confirm, so after what was missed it
    asks for a snapshot, and is told again of what is in force. ``end`` is why the server ended the stream, if it said
    so. ``broken`` asks for another connection. ``learned`` is what led to the trust of now. ``orphans`` are alarms that
    a snapshot no longer names and whose end was not seen: their history is to be asked for and given to
    ``learn_history``.
    """

    def __init__(self, trust: Trust, now: float, position: Position | None = None) -> None:
        self.trust, self.position = replace(trust, held=self._held), position
        self.board = Board()
        # What the trust was learned from, beyond the roots; and whether the newest roster of a domain changed its root.
        self.learned, self._moved = Learned(), dict[Domain, bool]()
        self.orphans: frozenset[str] = frozenset()
        self.broken = False
        self.end: str | None = None
        self.retry_ms: int | None = None
        self._freshness, self._said_not_live = Freshness(now), False
        self._nonce: str | None = None
        self._parser = EventParser()
        # What came on this connection: where the frames say it ends, and what the server told since its last snapshot.
        # Neither is signed; both are held against the heartbeats.
        self._reached, self._served, self._whole = position, Board(), False
        # The sequence that the last heartbeat found missing, there or here; the next one finds it or there is a lie.
        self._awaited: int | None = None
        # What is to be told once something was confirmed for the first time.
        self._untold: list[NoticeEvent] = []

    def _held(self, notice: Notice) -> Notice | None:
        """Return what is held here of the alarm that *notice* belongs to."""
        found = self.board.find(notice.alarm)
        return found.notice if found else None

    def connected(self, nonce: str, now: float) -> None:
        """Begin a new connection; its first heartbeat must carry *nonce*, which is sent not before *now*."""
        self._freshness.ask(now)
        self._parser, self._nonce, self.broken, self.end = EventParser(), nonce, False, None
        self._reached, self._awaited = self.position, None

    def signed_now(self, now: float) -> int:
        """Return Unix seconds by believed heartbeats; 0 before the first."""
        return self._freshness.signed_now(now)

    def heard_ago_s(self, now: float) -> float | None:
        """Return the age of the last confirmation, None before the first."""
        at = self._freshness.confirmed_at
        return None if at is None else now - at

    def is_live(self, now: float) -> bool:
        """Whether what is held here was confirmed, so lately that it is current at *now*."""
        confirmed = self._freshness.confirmed_at is not None
        return confirmed and not self._said_not_live and now < self._freshness.silent_from

    @property
    def silent_from(self) -> float | None:
        """The moment from which ``check`` says that the follower is not live; None if it said so already."""
        return None if self._said_not_live else self._freshness.silent_from

    def check(self, now: float) -> Iterator[Event]:
        """Yield ``NotLive``, once, if nothing was confirmed for as long as a heartbeat holds."""
        self.broken = self.broken or self._freshness.is_overdue(now)
        due = self.silent_from
        if due is not None and now >= due:
            yield self._not_live(Silence.SILENT, f"nothing was confirmed for {HEARTBEAT_VALID_S} s")

    def receive(self, chunk: bytes, now: float) -> Iterator[Event]:
        """Yield what *chunk* makes known. Raises ``StreamError``."""
        for event in self._parser.feed(chunk):
            self.retry_ms = self._parser.retry_ms
            yield from self._event(event, now)

    def learn_trust(self, rosters: Iterable[str], revocations: Iterable[str] = ()) -> Iterator[Event]:
        """Take what was asked for elsewhere; one who resumes is sent no snapshot, and so no rosters and no lists."""
        yield from self._learn_all("authority", rosters, revocations)

    def learn_history(self, envelopes: Iterable[str], now: float) -> Iterator[Event]:
        """Take the history of an orphan, asked for elsewhere; only a verified end lets it go."""
        for envelope in envelopes:
            found = self._opened("history", envelope, self.trust.verify_signed)
            if isinstance(found, Believed):
                yield from self._take(found, 0, now)
            else:
                yield found

    def _event(self, event: ServerEvent, now: float) -> Iterator[Event]:
        match event.name:
            case "snapshot":
                yield from self._with(event, _SnapshotData, partial(self._snapshot, now))
            case "notice":
                yield from self._with(event, _NoticeData, partial(self._notice, now, event.name, Status.ACTUAL))
            case "exercise":
                yield from self._with(event, _NoticeData, partial(self._notice, now, event.name, Status.EXERCISE))
            case "test":
                yield from self._with(event, _NoticeData, partial(self._notice, now, event.name, Status.TEST))
            case "roster":
                yield from self._with(event, _RosterData, self._roster)
            case "revocation":
                yield from self._with(event, _RevocationData, self._revocation)
            case "heartbeat":
                yield from self._with(event, _HeartbeatData, partial(self._heartbeat, now))
            case "end":
                yield from self._with(event, _EndData, self._ended)

    def _with(
        self, event: ServerEvent, shape: type[Data], handle: Callable[[Data], Iterator[Event]]
    ) -> Iterator[Event]:
        try:
            data = msgspec.json.decode(event.data, type=shape)
            named = getattr(data, "position", None)
            position = Position.parse(named) if named is not None else None
        except (msgspec.MsgspecError, DocumentError) as why:
            yield NotBelieved(event.name, Reason.DOCUMENT, str(why))
            return
        # Anybody on the way can write a position: it is believed when a heartbeat names it with the board held here.
        if position is not None:
            self._reached = position
        yield from handle(data)

    def _snapshot(self, now: float, data: _SnapshotData) -> Iterator[Event]:
        assert self._reached
        before, self._served, self._whole = self.board, Board(), True
        yield Snapshot(self._reached)
        yield from self._learn_all("snapshot", data.rosters, data.revocations)
        news: list[Event] = []
        for status in Status:
            for envelope in getattr(data, status.value):
                found = self._opened("snapshot", envelope, partial(self._believe, status))
                if isinstance(found, Believed):
                    self._served = take(self._served, found.notice, self._reached.sequence)
                    news += self._take(found, self._reached.sequence, now)
                else:
                    yield found
        self.orphans = frozenset(name for name in before.alarms if self._served.find(name) is None)
        yield from news

    def _notice(self, now: float, event: str, status: Status, data: _NoticeData) -> Iterator[Event]:
        found = self._opened(event, data.envelope, partial(self._believe, status))
        if isinstance(found, Believed):
            assert self._reached
            notice = found.notice
            yield from self._take(found, self._reached.sequence, now)
            # An old notice that is played again does not change what the server has in force.
            follows = notice.alarm in self._served.alarms and is_news(self._served, notice)
            if follows or not is_older(self.board, notice):
                self._served = take(self._served, notice, self._reached.sequence)
        else:
            yield found

    def _believe(self, status: Status, data: bytes) -> Believed | Refused:
        """Return a notice of *status* with those who signed it."""
        found = self.trust.verify_signed(data)
        if isinstance(found, Believed) and found.notice.status is not status:
            return Refused(Reason.STATUS, f"a notice of status {found.notice.status} came as {status}")
        return found

    def _take(self, believed: Believed, sequence: int, now: float) -> Iterator[Event]:
        notice = believed.notice
        if is_news(self.board, notice):
            tell = is_worth_telling(self.board, notice, self.signed_now(now))
            self.board = take(self.board, notice, sequence)
            self.orphans &= frozenset(self.board.alarms)
            if not tell:
                return
            event = told(notice, tuple(dict.fromkeys(one.holder.name for one in believed.signers)))
            if self._freshness.confirmed_at is None:
                self._untold.append(event)
            else:
                yield event

    def _tell_waiting(self, now: int) -> Iterator[Event]:
        """Yield what came before anything was confirmed and holds at *now*: until then it might be a recording."""
        waiting, self._untold = self._untold, []
        for event in waiting:
            held = self.board.find(event.notice.alarm)
            if held is not None and held.notice is event.notice and now < event.notice.expires:
                yield event

    def _roster(self, data: _RosterData) -> Iterator[Event]:
        yield from self._learn("roster", data.roster)

    def _revocation(self, data: _RevocationData) -> Iterator[Event]:
        yield from self._revoke("revocation", data.revocation)

    def _learn_all(self, event: str, rosters: Iterable[str], revocations: Iterable[str]) -> Iterator[Event]:
        for roster in rosters:
            yield from self._learn(event, roster)
        for revocation in revocations:
            yield from self._revoke(event, revocation)

    def _learn(self, event: str, roster: str) -> Iterator[Event]:
        learned = self._opened(event, roster, self.trust.learn)
        if isinstance(learned, Trust):
            before, self.trust = self.trust, learned
            for domain, one in learned.rosters.items():
                if before.rosters.get(domain) != one:
                    self._remember(domain, roster, before)
                    yield RosterLearned(domain, one.version)
        elif event == "roster" or learned.reason is not Reason.OLD:
            # Elsewhere a server tells of all rosters that changed a root: who has moved with them knows newer ones.
            yield learned

    def _remember(self, domain: Domain, roster: str, before: Trust) -> None:
        """Take note of *roster*, the newest now. What led here stays if the root has changed with it."""
        *earlier, newest = self.learned.rosters.get(domain, ("",))
        if newest and self._moved.get(domain, False):
            earlier.append(newest)
        self._moved[domain] = before.roots[domain] != self.trust.roots[domain]
        self.learned = self.learned.with_roster(domain, roster, on_the_way=tuple(earlier))

    def _revoke(self, event: str, revocation: str) -> Iterator[Event]:
        revoked = self._opened(event, revocation, self.trust.revoke)
        if isinstance(revoked, Trust):
            before, self.trust = self.trust, revoked
            for domain, one in revoked.revocations.items():
                if before.revocations.get(domain) != one:
                    self.learned = self.learned.with_revocation(domain, revocation)
                    yield KeysRevoked(domain, one.version)
        else:
            yield revoked

    def _heartbeat(self, now: float, data: _HeartbeatData) -> Iterator[Event]:
        # What answers the nonce was signed just now, whatever the clock of the server once said.
        newest_ms = self._freshness.newest_ms if self._nonce is None else 0
        verify = partial(self.trust.verify_heartbeat, newest_ms=newest_ms, nonce=self._nonce)
        heartbeat = self._opened("heartbeat", data.heartbeat, verify)
        if isinstance(heartbeat, NotBelieved):
            # The first heartbeat alone carries the nonce: without it this connection may be a recording for ever.
            self.broken = self.broken or heartbeat.reason is Reason.NONCE
            yield heartbeat
        elif self._freshness.is_overdue(now):
            self.broken = True
            yield NotBelieved("heartbeat", Reason.NONCE, "the answer to this connection's nonce was held back")
        else:
            self._nonce = None
            self._freshness.hear(heartbeat, now)
            if self._freshness.is_stale(heartbeat, now):
                # It was held back, or the two clocks have drifted apart: another nonce tells.
                self.broken = True
                yield NotBelieved("heartbeat", Reason.OLD, "the heartbeat held no longer when it came")
            else:
                yield from self._compared(heartbeat)

    def _compared(self, heartbeat: Heartbeat) -> Iterator[Event]:
        """Hold what came against *heartbeat*: only the same position, rosters and board confirm anything."""
        theirs, ours = Position.parse(heartbeat.position), self._reached
        if ours is None or theirs.epoch != ours.epoch:
            yield self._start_over(
                Silence.WITHHELD, f"the server is at {theirs}, what came ends at {ours or 'nothing'}"
            )
        elif theirs.sequence != ours.sequence:
            yield from self._elsewhere(theirs, ours)
        elif self._lacks_trust(heartbeat):
            yield self._start_over(Silence.ROSTERS, f"who may order changed by {theirs}, and it is not known here how")
        elif not self._whole:
            self.broken, self.position = True, None
        elif b64(self._served.root()) != heartbeat.board:
            yield self._start_over(Silence.DIFFERS, f"the board at {theirs} is not the one held here")
        else:
            self.position, self._awaited = ours, None
            yield from self._heed_served(heartbeat.time_ms // 1000)
            self._freshness.confirm(heartbeat)
            self._said_not_live = False
            yield from self._tell_waiting(heartbeat.time_ms // 1000)
            yield Heard(heartbeat)

    def _heed_served(self, now: int) -> Iterator[Event]:
        """Show what the server proved to be in force, also where a notice from before its restore says less."""
        for one in worse_in(self._served, self.board):
            self.board = take(self.board, one.notice, one.sequence)
            if now < one.notice.expires:
                yield told(one.notice)

    def _elsewhere(self, theirs: Position, ours: Position) -> Iterator[Event]:
        """A heartbeat may cross a notice on its way, so one alone proves nothing; the next one has caught up."""
        behind, ahead = sorted((theirs.sequence, ours.sequence))
        if self._awaited is None or behind >= self._awaited:
            self._awaited = ahead
        elif theirs.sequence > ours.sequence:
            self.broken = True
            yield self._not_live(Silence.WITHHELD, f"the server is at {theirs}, what came ends at {ours}")
        else:
            yield self._start_over(Silence.DIFFERS, f"what came ends at {ours}, and the server is only at {theirs}")

    def _lacks_trust(self, heartbeat: Heartbeat) -> bool:
        rosters, lists = self.trust.rosters, self.trust.revocations
        for domain in Domain:
            roster, list_version = getattr(heartbeat.rosters, domain), getattr(heartbeat.revocations, domain)
            if domain not in rosters or rosters[domain].version < roster:
                return True
            # A newer roster has ended the list.
            if rosters[domain].version == roster and (lists[domain].version if domain in lists else 0) < list_version:
                return True
        return False

    def _start_over(self, reason: Silence, message: str) -> NotLive:
        self.broken, self.position = True, None
        return self._not_live(reason, message)

    def _not_live(self, reason: Silence, message: str) -> NotLive:
        self._said_not_live = True
        return NotLive(reason, message)

    def _ended(self, data: _EndData) -> Iterator[Event]:
        self.end = f"{data.reason}: {data.message}"
        yield from ()

    def _opened(self, event: str, envelope: str, verify: Callable[[bytes], Found | Refused]) -> Found | NotBelieved:
        try:
            found = verify(from_b64(envelope))
        except ValueError as why:
            return NotBelieved(event, Reason.FRAMING, str(why))
        return NotBelieved(event, found.reason, found.message) if isinstance(found, Refused) else found
