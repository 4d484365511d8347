"""Notices, envelopes and documents to fill a journal with, of an authority that is none. All say: test data.

No regions of a real place, no real key: nothing here can be taken for an alert.
"""

from hashlib import sha256

from tocsin.notice import (
    EVERY_CHANNEL,
    Domain,
    EpochStart,
    Kind,
    Level,
    Magic,
    Notice,
    Revocation,
    RevokedKey,
    Role,
    Roots,
    SigningKey,
    Status,
    Text,
    b64,
    geometry_hash,
    id_from,
    seal,
)
from tocsin.ports.journal import Issue

from .rosters import roster_of, sealed, service

AUTHORITY = "samples.example"
NOW_MS = 1_790_000_000_000
KEY = SigningKey.from_seed(bytes(range(32)))
_ROOTS = {domain: SigningKey.from_seed(sha256(domain.encode()).digest()) for domain in Domain}
ROOTS = Roots(b64(_ROOTS[Domain.ACTUAL].public), b64(_ROOTS[Domain.EXERCISE].public))
START = EpochStart("00112233445566ff", AUTHORITY, ROOTS)


def sample_id(name: str) -> str:
    """Return the id that belongs to *name*, always the same."""
    return id_from(sha256(name.encode()).digest()[:16])


def sample_issue(
    name: str, alarm: str = "", version: int = 1, kind: Kind = Kind.ALERT, status: Status = Status.TEST, order: str = ""
) -> Issue:
    """Return what an order called *name* appends. Without *alarm* (the name of its first order) it begins one."""
    id = sample_id(name)
    cap = f"<alert><identifier>{id}</identifier><note>Test data, no alert</note></alert>".encode()
    sent = NOW_MS // 1000 + version
    notice = Notice(
        notice=1,
        id=id,
        alarm=sample_id(alarm or name),
        version=version,
        kind=kind,
        status=status,
        authority=AUTHORITY,
        hazard="air_raid",
        level=Level.RED,
        since=NOW_MS // 1000 + 1,
        sent=sent,
        effective=sent,
        expires=sent + 7200,
        atlas=b64(sha256(b"no atlas").digest()),
        regions=("XX-01",),
        shapes=(),
        geometry=geometry_hash(()),
        text={"en": Text("TEST DATA, no alert", ""), "uk": Text("ТЕСТОВІ ДАНІ, не тривога", "")},
        issuer="Sample",
        roster=1,
        channels=EVERY_CHANNEL,
        cap=b64(sha256(cap).digest()),
    )
    envelope = seal(KEY, Magic.NOTICE, notice).pack()
    return Issue(notice, envelope, cap, sha256((order or name).encode()).digest())


def sample_roster(domain: Domain = Domain.ACTUAL, version: int = 1) -> bytes:
    """Return the envelope of a roster that lets ``KEY`` issue."""
    roles = (Role.HEARTBEAT, Role.ISSUE) if domain is Domain.ACTUAL else (Role.ISSUE,)
    members = [service("sample", KEY.public, roles=roles)]
    roster = roster_of(AUTHORITY, domain, _ROOTS[domain], members, NOW_MS // 1000 - 1000, version=version)
    return sealed(roster, _ROOTS[domain]).pack()


def sample_revocation(domain: Domain = Domain.ACTUAL, version: int = 1) -> bytes:
    """Return the envelope of a revocation list."""
    listed = (RevokedKey(KEY.id.hex(), "sample", ()),)
    revocation = Revocation(1, AUTHORITY, domain, version, NOW_MS // 1000, listed)
    return seal(KEY, Magic.REVOCATION, revocation).pack()
