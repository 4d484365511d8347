"""Taking in a roster or a revocation list: a decision, from what is trusted to what is trusted next, or a refusal.

Who may sign these is ``tocsin.notice.verification``'s to say; here is what a server asks beyond that, for the sake of
the devices that will believe it. ``desk`` writes it down and tells it.
"""

from dataclasses import dataclass

from tocsin.notice import Domain, Envelope, Magic, Refused, Revocation, Roster, Trust, decode

from .orders import Refusal

# A roster that nobody renews in time leaves an authority without a voice; rosters are made by hand, in daylight.
EXPIRY_TOLD_DAYS = 30
DAY_S = 86_400


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
