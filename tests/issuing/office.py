"""A desk over a real journal, with a clock that a test sets, gates before and after the disk, and an audience."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.issuing.paper import KYIV, NOW, ukraine
from tocsin.issuing import Desk, Handed, Issued, Order, Refusal, Submitted, Waiting
from tocsin.journal.sqlite import SqliteJournal
from tocsin.notice import (
    Domain,
    EpochStart,
    Heartbeat,
    Kind,
    Level,
    Magic,
    Notice,
    Role,
    Roots,
    Signature,
    SigningKey,
    Status,
    Trust,
    b64,
    id_from,
    sign_document,
)
from tocsin.ports.journal import Appended, Broken, Entry, Issue, JournalFault
from tocsin.records import SqliteRecords
from tocsin.testing.passkeys import SoftPasskey
from tocsin.testing.rosters import roster_of, sealed, service

AUTHORITY = "duty.example"
_SEEDS = iter(range(1, 100))


def _key() -> SigningKey:
    return SigningKey.from_seed(bytes([next(_SEEDS)]) * 32)


ROOTS = {domain: _key() for domain in Domain}
ISSUERS = {domain: _key() for domain in Domain}
HEARTBEAT, STRANGER = _key(), _key()
PINNED = Roots(b64(ROOTS[Domain.ACTUAL].public), b64(ROOTS[Domain.EXERCISE].public))

Signs = SigningKey | SoftPasskey
Result = TypeVar("Result")


def roster(domain: Domain) -> bytes:
    listed = {ISSUERS[domain]: Role.ISSUE} | ({HEARTBEAT: Role.HEARTBEAT} if domain is Domain.ACTUAL else {})
    members = [service(role, key.public, roles=(role,), name="Test") for key, role in listed.items()]
    return sealed(roster_of(AUTHORITY, domain, ROOTS[domain], members, NOW - 60), ROOTS[domain]).pack()


@dataclass
class SetClock:
    ms: int = NOW * 1000

    def now_ms(self) -> int:
        return self.ms


class Ears:
    """The audience: remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[Notice] = []
        self.trusted: list[Entry] = []

    def publish(self, entry: Entry, notice: Notice) -> None:
        self.told.append(notice)

    def publish_trust(self, entry: Entry) -> None:
        self.trusted.append(entry)


class GatedJournal(SqliteJournal):
    """A real journal whose appends can be held before and after the disk, and made to fail at either."""

    def begin(self) -> None:
        self.reached, self.may_write, self.written, self.may_return = (threading.Event() for _ in range(4))
        self.may_write.set()
        self.may_return.set()
        self.faulty = self.forgetful = False

    def append_notices(self, issues: Sequence[Issue], recorded_ms: int) -> Any:
        self.reached.set()
        assert self.may_write.wait(10)
        if self.faulty:
            raise JournalFault("the disk is full (a test says so)")
        result = super().append_notices(issues, recorded_ms)
        self.written.set()
        if self.forgetful:
            raise JournalFault("the answer of the disk was lost (a test says so)")
        assert self.may_return.wait(10)
        return result


def found(folder: Path) -> None:
    """Make the journal of the authority in *folder*: three entries."""
    journal = SqliteJournal.create(folder, EpochStart("00112233445566ff", AUTHORITY, PINNED), NOW * 1000)
    for domain in Domain:
        assert isinstance(journal.append_roster(roster(domain), NOW * 1000), Appended)
    journal.close()


@dataclass
class Office:
    """The desk of the authority that was founded in *folder*."""

    folder: Path
    clock: SetClock = field(default_factory=SetClock)
    ears: Ears = field(default_factory=Ears)
    desk: Desk = field(init=False)
    _ids: int = 0

    def __post_init__(self) -> None:
        self.open()

    @property
    def journal(self) -> GatedJournal:
        assert isinstance(self.desk.journal, GatedJournal)
        return self.desk.journal

    def open(self) -> None:
        opened = self.try_to_open()
        assert isinstance(opened, Desk), opened
        self.desk = opened
        opened.audience = self.ears

    def try_to_open(self) -> Desk | Broken:
        journal = GatedJournal.open_for_writing(self.folder, AUTHORITY, PINNED)
        journal.begin()
        trust = Trust(AUTHORITY, {domain: key.public for domain, key in ROOTS.items()})
        for domain in Domain:
            learned = trust.learn(roster(domain))
            assert isinstance(learned, Trust)
            trust = learned
        records = SqliteRecords.open(self.folder)
        opened = Desk.open(journal, records, ukraine(), trust, HEARTBEAT, self.clock)
        if isinstance(opened, Broken):
            journal.close()
            records.close()
        return opened

    def close(self) -> None:
        self.desk.close()

    def stop_as_killed(self) -> None:
        """Let journal and records go without a checkpoint."""
        self.desk.trail.close()
        self.desk.journal.close()
        self.desk.records.close()

    def order(self, kind: Kind = Kind.ALERT, **given: Any) -> Order:
        self._ids += 1
        if kind is Kind.ALERT:
            given = {"hazard": "air_raid", "level": Level.RED, "regions": (KYIV,)} | given
        return Order(**{"id": id_from(self._ids.to_bytes(16, "big")), "kind": kind, "status": Status.ACTUAL} | given)

    def draft(self, order: Order, by: str = "issue") -> Waiting:
        drafted = self.desk.draft(order, by)
        assert isinstance(drafted, Waiting), drafted
        return drafted

    def signing(self, waiting: Waiting, *signers: Signs) -> Awaitable[Issued | Submitted | Refusal]:
        keys = signers or (ISSUERS[waiting.domain],)
        return self.desk.sign(waiting.id, [one for key in keys for one in signed(waiting, key)])

    def sign(self, waiting: Waiting, *signers: Signs) -> Issued | Submitted | Refusal:
        return run(lambda: self.signing(waiting, *signers))

    def hand_in(self, waiting: Waiting, signatures: Sequence[Signature]) -> Issued | Submitted | Refusal:
        handed = [Handed(waiting.id, one) for one in signatures]
        return run(lambda: self.desk.sign(waiting.id, handed))

    def issue(self, kind: Kind = Kind.ALERT, **given: Any) -> Notice:
        issued = self.sign(self.draft(self.order(kind, **given)))
        assert isinstance(issued, Issued), issued
        return issued.notices[0]

    def heartbeat(self) -> Heartbeat:
        beat = self.desk.trust.verify_heartbeat(self.desk.heartbeat(), 0)
        assert isinstance(beat, Heartbeat), beat
        return beat


def signed(waiting: Waiting, key: Signs) -> list[Handed]:
    """Return the signatures of *key* over each part."""
    return [
        Handed(
            part.notice.id,
            key.sign(part.document)
            if isinstance(key, SoftPasskey)
            else sign_document(key, Magic.NOTICE, part.document),
        )
        for part in waiting.draft.parts
    ]


def run(test: Callable[[], Awaitable[Result]]) -> Result:
    async def main() -> Result:
        return await test()

    return asyncio.run(main())


async def until(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, 10)
