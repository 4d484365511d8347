"""The heartbeat of a desk: what is in force, in one signed statement (``spec/notice.md``)."""

from tocsin.notice import (
    HEARTBEAT_VALID_S,
    Domain,
    Heartbeat,
    Magic,
    RevocationVersions,
    RosterVersions,
    SigningKey,
    Trust,
    b64,
    seal,
)
from tocsin.ports.journal import Head


def beat(trust: Trust, head: Head, board: bytes, key: SigningKey, now_ms: int, nonce: str) -> bytes:
    """Return the envelope of a heartbeat at *now_ms* (Unix ms); *board* is the hash of the board at *head*."""
    statement = Heartbeat(
        heartbeat=2,
        authority=trust.authority,
        time_ms=now_ms,
        valid_until_ms=now_ms + HEARTBEAT_VALID_S * 1000,
        position=str(head.position),
        chain=b64(head.chain),
        board=b64(board),
        rosters=RosterVersions(*(trust.rosters[domain].version for domain in Domain)),
        revocations=RevocationVersions(*(_revocations(trust, domain) for domain in Domain)),
        nonce=nonce,
    )
    return seal(key, Magic.HEARTBEAT, statement).pack()


def is_heard(trust: Trust, key: SigningKey) -> bool:
    """Whether devices believe heartbeats signed by *key*."""
    listed, revoked = trust.rosters[Domain.ACTUAL].key(key.id), trust.revocations.get(Domain.ACTUAL)
    return listed is not None and not (revoked and revoked.revokes(listed.id))


def _revocations(trust: Trust, domain: Domain) -> int:
    known = trust.revocations.get(domain)
    return known.version if known else 0
