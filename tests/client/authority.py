"""An authority that is none, for tests of the client: its roots, rosters, notices, heartbeats and stream frames.

Everything it says begins with TEST DATA, and its name ends in .example.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from tocsin.alarms import Board
from tocsin.client.holding import take
from tocsin.live import frames
from tocsin.notice import (
    EVERY_CHANNEL,
    Domain,
    Heartbeat,
    Kind,
    Level,
    Magic,
    Notice,
    Position,
    RevocationVersions,
    Role,
    RosterVersions,
    SigningKey,
    Status,
    Text,
    Trust,
    b64,
    encode,
    geometry_hash,
    id_from,
    seal,
)
from tocsin.testing.rosters import roster_of, sealed, service

NAME = "client-tests.example"
NOW = 1_790_000_000
EPOCH = "00112233445566ff"
NO_HASH = b64(bytes(32))


def key(word: str) -> SigningKey:
    return SigningKey.from_seed(sha256(f"client tests: {word}".encode()).digest())


def id_of(word: str) -> str:
    return id_from(sha256(word.encode()).digest()[:16])


def at(sequence: int) -> Position:
    return Position(EPOCH, sequence)


ROOTS = {domain: key(f"root {domain}") for domain in Domain}
ISSUERS = {domain: key(f"issuer {domain}") for domain in Domain}
# As an operator holds them: all keys of a domain sign.
DUTY = {domain: (ISSUERS[domain],) for domain in Domain}
HEART = key("heart")
STRANGER = key("stranger")
TRUST = Trust(NAME, {domain: root.public for domain, root in ROOTS.items()})


def roster(domain: Domain, version: int = 1) -> bytes:
    """Return the envelope of the roster of *domain*."""
    members = [service("duty", ISSUERS[domain].public, name="Duty")]
    if domain is Domain.ACTUAL:
        members.append(service("server", HEART.public, roles=(Role.HEARTBEAT,), name="Server"))
    made = roster_of(NAME, domain, ROOTS[domain], members, NOW - 9, version=version, lasts_s=100_008)
    return sealed(made, ROOTS[domain]).pack()


ROSTERS = [roster(domain) for domain in Domain]


def notice(alarm: str, version: int = 1, **changes: Any) -> Notice:
    """Return version *version* of the alarm called *alarm*."""
    fields: dict[str, Any] = {
        "notice": 1,
        "id": id_of(alarm) if version == 1 else id_of(f"{alarm} {version}"),
        "alarm": id_of(alarm),
        "version": version,
        "kind": Kind.ALERT if version == 1 else Kind.UPDATE,
        "status": Status.ACTUAL,
        "authority": NAME,
        "hazard": "air_raid",
        "level": Level.RED,
        "since": NOW,
        "sent": NOW + version - 1,
        "effective": NOW,
        "expires": NOW + 7_200,
        "atlas": NO_HASH,
        "regions": ("XX-1",),
        "shapes": (),
        "geometry": geometry_hash(()),
        "text": {"en": Text("TEST DATA, no alert", "")},
        "issuer": "Duty",
        "roster": 1,
        "channels": EVERY_CHANNEL,
        "cap": NO_HASH,
    }
    return Notice(**(fields | changes))


def signed(one: Notice, by: SigningKey | None = None) -> bytes:
    return seal(by or ISSUERS[Domain.of(one.status)], Magic.NOTICE, one).pack()


def told(one: Notice, sequence: int, event: Status | None = None) -> bytes:
    """Return the frame that tells of *one*, under its own event or another."""
    return frame_of(signed(one), event or one.status, sequence)


def frame_of(envelope: bytes, event: Status, sequence: int) -> bytes:
    name = {Status.ACTUAL: "notice"}.get(event, str(event))
    data = f'{{"position":"{at(sequence)}","envelope":"{b64(envelope)}"}}'
    return f"event: {name}\ndata: {data}\nid: {at(sequence)}\n\n".encode()


def snapshot(notices: Sequence[Notice], sequence: int) -> bytes:
    """Return the frame of a snapshot with both rosters."""
    alarms = {status: [signed(one) for one in notices if one.status is status] for status in Status}
    return frames.snapshot(at(sequence), ROSTERS, [], alarms)


def board_of(notices: Sequence[Notice]) -> Board:
    board = Board()
    for one in notices:
        board = take(board, one, 1)
    return board


def heartbeat(
    board: Board, sequence: int, nonce: str = "", after_s: float = 0, by: SigningKey = HEART, rosters: int = 1
) -> bytes:
    """Return the frame of a heartbeat that says *board* at *sequence*, *after_s* seconds after ``NOW``."""
    time_ms = int((NOW + after_s) * 1000)
    root, versions = b64(board.root()), RosterVersions(rosters, rosters)
    beat = Heartbeat(
        2, NAME, time_ms, time_ms + 15_000, str(at(sequence)), NO_HASH, root, versions, RevocationVersions(0, 0), nonce
    )
    assert encode(beat)
    return frames.heartbeat(seal(by, Magic.HEARTBEAT, beat).pack())
