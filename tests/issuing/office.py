"""A desk over a real journal, with a clock that a test sets, gates before and after the disk, and an audience."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.issuing.paper import KYIV, LVIV_OBLAST, NOW, ukraine
from tocsin.issuing import Desk, Handed, Issued, Order, Refusal, Submitted, Waiting, trust_after
from tocsin.journal.sqlite import SqliteJournal
from tocsin.notice import (
    Domain,
    EpochStart,
    Heartbeat,
    Kind,
    Level,
    Magic,
    Notice,
    Revocation,
    RevokedKey,
    Role,
    Roots,
    Signature,
    SigningKey,
    Status,
    Trust,
    b64,
    id_from,
    seal,
    sign_document,
)
from tocsin.ports.journal import Appended, Broken, Entry, Issue, JournalFault
from tocsin.records import SqliteRecords
from tocsin.testing.passkeys import SoftPasskey
from tocsin.testing.rosters import TWO_PEOPLE, Member, person, roster_of, sealed, service

AUTHORITY = "duty.example"
_SEEDS = iter(range(1, 100))


def _key() -> SigningKey:
    return SigningKey.from_seed(bytes([next(_SEEDS)]) * 32)


ROOTS = {domain: _key() for domain in Domain}
ISSUERS = {domain: _key() for domain in Domain}
HEARTBEAT, STRANGER, SENSOR, REVOKER = _key(), _key(), _key(), _key()
RP, ORIGIN = "console.example", "https://console.example"
OLENA, TARAS, PETRO, OF_LVIV = (
    SoftPasskey.from_words(name, RP, ORIGIN) for name in ("olena", "taras", "petro", "lviv")
)
PINNED = Roots(b64(ROOTS[Domain.ACTUAL].public), b64(ROOTS[Domain.EXERCISE].public))

Signs = SigningKey | SoftPasskey
Result = TypeVar("Result")


def members(domain: Domain) -> list[Member]:
    """Return everybody whom the rosters of the tests list."""
    found = [
        service("issue", ISSUERS[domain].public, name="Test"),
        service("sensor", SENSOR.public, roles=(Role.SOURCE,), name="Sensor", per_hour=4),
        person("olena", OLENA.public, name="Olena"),
        person("taras", TARAS.public, name="Taras"),
        person("petro", PETRO.public, roles=(Role.AUTHOR,), name="Petro"),
        person("lviv", OF_LVIV.public, name="Duty of Lviv", regions=(LVIV_OBLAST,), regions_max=2, per_hour=3),
    ]
    server = service("heartbeat", HEARTBEAT.public, roles=(Role.HEARTBEAT,))
    return [*found, server] if domain is Domain.ACTUAL else found


def roster(domain: Domain, version: int = 1, without: str = "", **given: Any) -> bytes:
    """Return the roster of *domain*, of everybody but *without*; *given* are fields of ``roster_of``."""
    fields = {"issued": NOW - 60, "rules": TWO_PEOPLE, "rp_id": RP, "origins": [ORIGIN], "revokers": [REVOKER]} | given
    listed = [one for one in members(domain) if one.holder.id != without]
    root = ROOTS[domain]
    return sealed(roster_of(AUTHORITY, domain, root, listed, version=version, **fields), root).pack()


def revocation(domain: Domain, *keys: bytes, version: int = 1) -> bytes:
    """Return the list that takes away the *keys* of those ids."""
    gone = tuple(RevokedKey(key.hex(), "lost", ()) for key in sorted(keys))
    return seal(REVOKER, Magic.REVOCATION, Revocation(1, AUTHORITY, domain, version, NOW, gone)).pack()


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
        pinned = {domain: key.public for domain, key in ROOTS.items()}
        trust = trust_after(Trust(AUTHORITY, pinned, lineage=ukraine().lineage), journal)
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

    def hand_in_all(self, waiting: Waiting, handed: Sequence[Handed]) -> Issued | Submitted | Refusal:
        return run(lambda: self.desk.sign(waiting.id, handed))

    def issue(self, kind: Kind = Kind.ALERT, **given: Any) -> Notice:
        issued = self.sign(self.draft(self.order(kind, **given)))
        assert isinstance(issued, Issued), issued
        return issued.notices[0]

    def audited(self) -> list[str]:
        """Return what is in the audit journal once all of it is written."""
        self.desk.trail.note("looked").result()
        return [entry.what for entry in self.desk.records.audit(0, 1_000) if entry.what != "looked"]

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
