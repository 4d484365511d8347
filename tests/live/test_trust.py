"""A roster or a revocation list that is accepted is on every open stream at once, a heartbeat right behind it."""

from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from tests.live.porch import Porch, open_porch
from tests.live.test_feed import FIRST, Station
from tests.live.wire import Event, Wire
from tocsin.issuing import Accepted
from tocsin.live import Broadcast
from tocsin.notice import (
    Domain,
    Heartbeat,
    Magic,
    Revocation,
    RevokedKey,
    Role,
    SigningKey,
    Trust,
    from_b64,
    seal,
)
from tocsin.testing.rosters import roster_of, sealed, service
from tocsin.testing.samples import AUTHORITY, KEY, NOW_MS

ROOT = SigningKey.from_seed(sha256(str(Domain.ACTUAL).encode()).digest())
REVOKER, DUTY = (SigningKey.from_seed(sha256(word).digest()) for word in (b"revoker of tests", b"duty of tests"))


def roster(version: int) -> bytes:
    members = [service("duty", DUTY.public), service("sample", KEY.public, roles=(Role.HEARTBEAT,))]
    issued = NOW_MS // 1000 - 900
    made = roster_of(AUTHORITY, Domain.ACTUAL, ROOT, members, issued, version=version, revokers=[REVOKER])
    return sealed(made, ROOT).pack()


def revocation() -> bytes:
    taken = RevokedKey(DUTY.id.hex(), "TEST DATA", ())
    made = Revocation(1, AUTHORITY, Domain.ACTUAL, 1, NOW_MS // 1000, (taken,))
    return seal(REVOKER, Magic.REVOCATION, made).pack()


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with closing(Station(tmp_path)) as station:
        yield station


@pytest.fixture
def porch(station: Station) -> Iterator[Porch]:
    with open_porch(station.feed) as porch:
        station.desk.audience = Broadcast(porch.keeper.rooms)
        yield porch


def beat(station: Station, event: Event) -> Heartbeat:
    heartbeat = station.desk.trust.verify_heartbeat(from_b64(event.data["heartbeat"]), 0)
    assert isinstance(heartbeat, Heartbeat)
    return heartbeat


def test_it_reaches_every_open_stream_with_a_heartbeat_that_names_it(station: Station, porch: Porch) -> None:
    code = station.desk.atlas.regions[-1].code
    with Wire(porch.url) as everybody, Wire(porch.url) as machine:
        everybody.follow().joined()
        machine.follow(f"?region={code}").joined()
        for accept, body in (("accept_roster", roster(2)), ("accept_revocation", revocation())):
            assert isinstance(porch.run(getattr(station.desk, accept)(body)), Accepted)
            for wire in (everybody, machine):
                event = wire.event()
                assert event.name == accept.removeprefix("accept_")
                assert from_b64(event.data[event.name]) == body
                named = beat(station, wire.event())
                assert named.position == event.id
        assert (named.rosters.actual, named.revocations.actual) == (2, 1)


def test_who_joins_later_or_returns_has_both(station: Station, porch: Porch) -> None:
    for accepted in (station.desk.accept_roster(roster(2)), station.desk.accept_revocation(revocation())):
        assert isinstance(porch.run(accepted), Accepted)
    with Wire(porch.url) as joins, Wire(porch.url) as returns:
        snapshot = joins.follow().joined()[1]
        missed = returns.follow(f"?since={station.desk.head.position.epoch}-{FIRST}").joined()[1:-1]
    assert [event.name for event in missed] == ["roster", "revocation"]
    assert [from_b64(one) for one in snapshot.data["revocations"]] == [revocation()]
    trust = Trust(AUTHORITY, station.desk.trust.roots)
    for one in snapshot.data["rosters"]:
        learned = trust.learn(from_b64(one))
        assert isinstance(learned, Trust)
        trust = learned
    assert {domain: known.version for domain, known in trust.rosters.items()} == {Domain.ACTUAL: 2, Domain.EXERCISE: 1}
    assert isinstance(trust.revoke(from_b64(snapshot.data["revocations"][0])), Trust)
