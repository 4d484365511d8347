"""A device that is live, its authority of people with passkeys, and the hands of an attacker.

The device is the Python follower, which scripts and sirens run; the page has the same cases (``apps/shared``).
"""

import json
from collections.abc import Sequence
from functools import partial

from scripts.people_vectors import OLENA, TARAS, people_roster, signed
from scripts.vector_parts import (
    AUTHORITY,
    EPOCH,
    HEART,
    NOW,
    PARENTS,
    ROOTS,
    heartbeat,
    id_of,
    sealed_roster,
)
from tocsin.alarms import Board
from tocsin.client import Follower
from tocsin.client.events import ActualNotice, Event, NotBelieved
from tocsin.client.holding import take
from tocsin.live import frames
from tocsin.notice import (
    Domain,
    EntryType,
    Envelope,
    Kind,
    Magic,
    Notice,
    Position,
    Reason,
    RevocationVersions,
    RosterVersions,
    SigningKey,
    Status,
    Trust,
    b64,
    decode_notice,
    seal,
)
from tocsin.ports.journal import Entry

START = 1_000.0


def lineage(parents: dict[str, str | None], code: str) -> tuple[str, ...]:
    if code not in parents:
        return ()
    above = parents[code]
    return (code,) if above is None else (code, *lineage(parents, above))


def rosters(version: int = 1) -> list[bytes]:
    domains = {
        Domain.ACTUAL: people_roster(version=version),
        Domain.EXERCISE: people_roster(Domain.EXERCISE, revokers=()),
    }
    return [sealed_roster(one) for one in domains.values()]


class Scene:
    """One device and what reaches it. ``now`` is its clock that only rises; ``time_ms`` the server's."""

    def __init__(self, trust: Trust | None = None) -> None:
        pinned = {domain: root.public for domain, root in ROOTS.items()}
        trust = trust or Trust(AUTHORITY, pinned, lineage=partial(lineage, PARENTS))
        self.device = Follower(trust, START)
        self.now, self.time_ms = START, NOW * 1000
        self.sequence = 5
        self.device.connected("nonce-1", self.now)

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.time_ms += int(seconds * 1000)

    def hear(self, *frames_: bytes) -> list[Event]:
        return [event for frame in frames_ for event in self.device.receive(frame, self.now)]

    def snapshot(self, notices: Sequence[bytes] = (), lists: Sequence[bytes] = ()) -> bytes:
        alarms = {status: [] if status is not Status.ACTUAL else list(notices) for status in Status}
        return frames.snapshot(self._position(), rosters(), list(lists), alarms)

    def event(self, envelope: bytes, name: str = "notice") -> bytes:
        """Return the frame of *envelope* as the next entry of the journal."""
        self.sequence += 1
        data = json.dumps({"position": str(self._position()), "envelope": b64(envelope)})
        return f"event: {name}\ndata: {data}\nid: {self._position()}\n\n".encode()

    def trust_event(self, type: EntryType, body: bytes) -> bytes:
        self.sequence += 1
        return frames.told(Entry(self.sequence, self.time_ms, type, body, bytes(32)), None, self._position())

    def beat(
        self,
        in_force: Sequence[Notice] = (),
        nonce: str = "",
        by: SigningKey = HEART,
        roster: int = 1,
        revoked: int = 0,
    ) -> bytes:
        board = Board()
        for one in in_force:
            board = take(board, one, 1)
        said = heartbeat(
            time_ms=self.time_ms, valid_until_ms=self.time_ms + 15_000, position=str(self._position()),
            board=b64(board.root()), rosters=RosterVersions(roster, 1), revocations=RevocationVersions(revoked, 0),
            nonce=nonce,
        )  # fmt: skip
        return frames.heartbeat(seal(by, Magic.HEARTBEAT, said).pack())

    def _position(self) -> Position:
        return Position(EPOCH, self.sequence)


def live(*envelopes: bytes) -> Scene:
    """Return a scene whose device is live and holds what *envelopes* say."""
    scene = Scene()
    scene.hear(scene.snapshot(envelopes), scene.beat([notice_in(one) for one in envelopes], "nonce-1"))
    assert scene.device.is_live(scene.now)
    return scene


def notice_in(envelope: bytes) -> Notice:
    return decode_notice(Envelope.unpack(envelope, Magic.NOTICE).document)


def alert(**changes: object) -> bytes:
    """Return an alert that two people signed."""
    return signed(OLENA, TARAS, **changes)


def end_of(envelope: bytes, word: str = "end") -> bytes:
    """Return the all clear, by two people, of the alarm in *envelope*."""
    before = notice_in(envelope)
    return signed(
        OLENA, TARAS, id=id_of(word), alarm=before.alarm, version=before.version + 1, kind=Kind.ALL_CLEAR,
        since=before.since, sent=before.sent + 60, effective=before.sent + 60, expires=before.sent + 1_860,
        regions=before.regions,
    )  # fmt: skip


def sounded(events: Sequence[Event]) -> list[Notice]:
    """Return the real notices that the device told of."""
    return [one.notice for one in events if isinstance(one, ActualNotice)]


def verdicts(events: Sequence[Event]) -> list[Reason]:
    return [one.reason for one in events if isinstance(one, NotBelieved)]
