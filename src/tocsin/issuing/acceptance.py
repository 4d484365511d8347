"""Taking in a roster or a revocation list: a decision, from what is trusted to what is trusted next, or a refusal.

Who may sign these is ``tocsin.notice.verification``'s to say; here is what a server asks beyond that, for the sake of
the devices that will believe it. ``desk`` writes it down and tells it.
"""

from dataclasses import dataclass

from tocsin.notice import (
    ED25519,
    Domain,
    Envelope,
    FramingError,
    Magic,
    Refused,
    Revocation,
    Role,
    Roster,
    Trust,
    decode,
    is_signed_by,
    key_id,
)

from .orders import Refusal

# A roster that nobody renews in time leaves an authority without a voice; rosters are made by hand, in daylight.
EXPIRY_TOLD_DAYS = 30
DAY_S = 86_400
# Time to make and publish the one after it.
ROSTER_LASTS_S_MIN = 3_600
# Versions are numbered by hand; a slip of the pen must not use them up.
VERSION_STEP_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Learned:
    """What is trusted from now on. *is_news*: it was not known before."""

    trust: Trust
    document: Roster | Revocation
    is_news: bool


@dataclass(frozen=True, slots=True)
class Expiry:
    """A roster that ends soon, or has ended: when (Unix s), and how many whole days are left (below 0: none)."""

    domain: Domain
    expires: int
    days_left: int


def learn_roster(trust: Trust, data: bytes, now: int) -> Learned | Refusal:
    """Return the trust with the roster in the envelope *data*, at *now* (Unix s)."""
    learned = trust.learn(data)
    if isinstance(learned, Refused):
        return Refusal(f"roster_{learned.reason}", learned.message)
    roster = decode(Envelope.unpack(data, Magic.ROSTER).document, Roster)
    if not roster.issued <= now < roster.expires:
        return Refusal(
            "roster_not_in_force", f"the roster holds from {roster.issued} to {roster.expires}, and it is {now}"
        )
    known = trust.rosters.get(roster.domain)
    if known is not None and known.version == roster.version:
        return Learned(trust, roster, is_news=False)
    revoked = trust.revocations.get(roster.domain)
    back = sorted({key.id for key in roster.keys} & {one.key for one in revoked.keys}) if revoked else []
    if back:
        return Refusal(
            "key_revoked",
            f"the roster lists {', '.join(back)}, which was revoked; leave it out to take it away for good",
        )
    return Learned(learned, roster, is_news=True)


def shut_out(learned: Learned, before: Trust, server: bytes, now: int) -> Refusal | None:
    """Return why a roster would leave the authority without a voice or without a next roster; *server* is its key's id.

    Who keeps the roots meant none of these: such a roster is a slip, and no later one could mend it.
    """
    roster, known = learned.document, before.rosters.get(learned.document.domain)
    if not isinstance(roster, Roster):
        return None
    if len(set(learned.trust.roots.values())) < len(learned.trust.roots):
        return Refusal("roster_roots_equal", "with this roster real alerts and exercises would stand under one root")
    key = roster.key(server)
    if roster.domain is Domain.ACTUAL and (key is None or Role.HEARTBEAT not in roster.holder_of(key).roles):
        return Refusal(
            "roster_without_server",
            f"the roster does not give this server's key {server.hex()} the role heartbeat: no device would be live",
        )
    if roster.expires - now < ROSTER_LASTS_S_MIN:
        return Refusal(
            "roster_ends_soon", f"the roster ends in {roster.expires - now} s; {ROSTER_LASTS_S_MIN} s are the least"
        )
    if known is not None and roster.version > known.version + VERSION_STEP_MAX:
        return Refusal(
            "roster_version_jumps",
            f"version {roster.version} follows {known.version}; versions rise by at most {VERSION_STEP_MAX}, so that "
            "there is always a next one",
        )
    return None


def is_signed_by_keeper(trust: Trust, data: bytes, magic: Magic) -> bool:
    """Whether one who may has rightly signed the envelope *data*, whatever it says: the cheap question, asked first.

    A roster is signed by a root that is held, a revocation list by a revoker of a roster that is.
    """
    try:
        envelope = Envelope.unpack(data, magic)
    except FramingError:
        return False
    if magic is Magic.ROSTER:
        keepers = {key_id(root): root for root in trust.roots.values()}
    else:
        keepers = {bytes.fromhex(one.id): one.raw for roster in trust.rosters.values() for one in roster.revokers.keys}
    return any(
        one.type == ED25519
        and one.key in keepers
        and is_signed_by(keepers[one.key], magic.tag, envelope.document, one.fields[0])
        for one in envelope.signatures
    )


def learn_revocation(trust: Trust, data: bytes) -> Learned | Refusal:
    """Return the trust with the revocation list in the envelope *data*."""
    learned = trust.revoke(data)
    if isinstance(learned, Refused):
        return Refusal(f"revocation_{learned.reason}", learned.message)
    revocation = decode(Envelope.unpack(data, Magic.REVOCATION).document, Revocation)
    known = trust.revocations.get(revocation.domain)
    return Learned(learned, revocation, is_news=known is None or known.version < revocation.version)


def expiries(trust: Trust, now: int) -> tuple[Expiry, ...]:
    """Return the rosters that end within ``EXPIRY_TOLD_DAYS`` of *now* (Unix s)."""
    left = [(domain, roster.expires, (roster.expires - now) // DAY_S) for domain, roster in trust.rosters.items()]
    return tuple(Expiry(*one) for one in left if one[2] < EXPIRY_TOLD_DAYS)
