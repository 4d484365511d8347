"""An authority for tests that is no demo: two roots, people with passkeys, and its server on this machine.

It can warn nobody: it is called ``practice``, its name is on every order, and it listens on this machine alone.
"""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.conftest import Server
from tocsin.founding import found
from tocsin.issuing.audit import AuditTrail
from tocsin.notice import EVERYTHING, Domain, Magic, Role, Roots, Roster, Rule, SigningKey, Trust, b64, seal
from tocsin.people import People, Place
from tocsin.records import SqliteRecords
from tocsin.testing.rosters import Member, person, roster_of, service

AUTHORITY = "practice"
RP_ID = "localhost"
ROOTS = {domain: SigningKey.from_seed(bytes([70 + number]) * 32) for number, domain in enumerate(Domain)}
HEARTBEAT = SigningKey.from_seed(bytes([80]) * 32)
LINK_TEST = SigningKey.from_seed(bytes([81]) * 32)
REVOKER = SigningKey.from_seed(bytes([82]) * 32)
_RULES = {
    Domain.ACTUAL: (Rule(("disputed",), EVERYTHING, EVERYTHING, 1), Rule(EVERYTHING, EVERYTHING, EVERYTHING, 2)),
    Domain.EXERCISE: (Rule(EVERYTHING, EVERYTHING, EVERYTHING, 1),),
}


class WallClock:
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


class Office:
    """The authority: its server, and what its keepers do."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = int(listener.getsockname()[1])
        self.origin = f"http://localhost:{self.port}"
        self.server = Server(data, ("--port", str(self.port)), "serve")
        rosters = [seal(ROOTS[domain], Magic.ROSTER, self.roster(domain, 1)).pack() for domain in Domain]
        roots = Roots(*(b64(ROOTS[domain].public) for domain in Domain))
        found(data, AUTHORITY, roots, rosters, HEARTBEAT, WallClock().now_ms())

    def roster(self, domain: Domain, version: int, people: Sequence[Member] = ()) -> Roster:
        """Return a roster with *people* beside the services of its domain."""
        services = {
            Domain.ACTUAL: service("server", HEARTBEAT.public, roles=(Role.HEARTBEAT,)),
            Domain.EXERCISE: service("links", LINK_TEST.public, roles=(Role.LINK_TEST,)),
        }
        return roster_of(
            AUTHORITY, domain, ROOTS[domain], [services[domain], *people], int(time.time()) - 60, version=version,
            rules=_RULES[domain], rp_id=RP_ID, origins=(self.origin,), revokers=(REVOKER,),
        )  # fmt: skip

    def invite(self, holder: str, name: str) -> str:
        """Return the one-time token for a person, as the command on the server's machine makes it."""
        records = SqliteRecords.open(self.server.data)
        trail = AuditTrail(records, WallClock())
        try:
            people = People(records, trail, WallClock(), _nobody, Place(RP_ID, (self.origin,)))
            return people.invite(holder, name)
        finally:
            trail.close()
            records.close()

    def publish(self, people: dict[str, tuple[str, bytes]], version: int) -> None:
        """Sign and hand in the rosters that list *people*: holder id to name and COSE key."""
        members = [person(holder, public, name=name) for holder, (name, public) in people.items()]
        for domain in Domain:
            body = seal(ROOTS[domain], Magic.ROSTER, self.roster(domain, version, members)).pack()
            answer = httpx.post(f"{self.origin}/v1/rosters", content=body, trust_env=False)
            assert answer.status_code == 201, answer.text


def _nobody() -> Trust:
    raise AssertionError("an invitation asks no roster")


@contextmanager
def office_in(data: Path) -> Iterator[Office]:
    """Run the authority's server. A warning in its log fails the test."""
    office = Office(data)
    office.server.start()
    try:
        yield office
    finally:
        office.server.stop()
    assert not office.server.faults()
