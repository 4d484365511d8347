"""What is proven of an alarm that is to be changed: its notices, against pinned roots and the operator's own keys.

What a server shows of an alarm is unsigned; a signer goes by this instead. Whom to believe, ``tocsin.notice`` decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tocsin.notice import (
    EVERYTHING,
    Domain,
    Holder,
    HolderKind,
    Notice,
    Revokers,
    Role,
    Roster,
    RosterKey,
    Rule,
    SigningKey,
    Trust,
    b64,
    from_b64,
)

# A key of one's own needs no root and does not expire: what it signed is certain.
_ALWAYS_S = 2**40


def trust_in_own(authority: str, keys: Mapping[Domain, Sequence[SigningKey]]) -> Trust:
    """Return a trust in what any of *keys* has signed for *authority*."""
    return Trust(authority, {}, {domain: _roster(authority, domain, own) for domain, own in keys.items() if own})


def with_lists(trust: Trust, rosters: Iterable[str], revocations: Iterable[str] = ()) -> Trust:
    """Return *trust* with those of *rosters* and *revocations* (base64url) that are believed. Raises ``ValueError``."""
    for data in map(from_b64, rosters):
        learned = trust.learn(data)
        trust = learned if isinstance(learned, Trust) else trust
    for data in map(from_b64, revocations):
        revoked = trust.revoke(data)
        trust = revoked if isinstance(revoked, Trust) else trust
    return trust


def proven(envelopes: Iterable[str], before: Notice, trusts: Iterable[Trust]) -> tuple[Notice, ...]:
    """Return what one of *trusts* believes of *envelopes* (base64url): the alarm's versions below *before*.

    Raises ``ValueError`` for what is no base64url.
    """
    versions: dict[int, Notice] = {}

    def held(notice: Notice) -> Notice | None:
        below = [version for version in versions if version < notice.version]
        return versions[max(below)] if below else None

    knowing = [replace(trust, held=held) for trust in trusts]
    # Each stands on the one before it: they are read again until no more of them is believed.
    left = [from_b64(envelope) for envelope in envelopes]
    while True:
        found = [one for data in left for trust in knowing if isinstance(one := trust.verify_notice(data), Notice)]
        new = [one for one in found if one.alarm == before.alarm and one.version < before.version]
        if all(one.version in versions for one in new):
            return tuple(versions[version] for version in sorted(versions))
        versions |= {one.version: one for one in new}


def _roster(authority: str, domain: Domain, keys: Sequence[SigningKey]) -> Roster:
    me = Holder(
        id="me", name="this operator", kind=HolderKind.SERVICE, roles=(Role.ISSUE,), kinds=EVERYTHING,
        hazards=EVERYTHING, regions=EVERYTHING, regions_max=0, per_hour=0,
    )  # fmt: skip
    listed = [RosterKey(key.id.hex(), "ed25519", b64(key.public), me.id) for key in keys]
    return Roster(
        roster=2, authority=authority, domain=domain, version=1, issued=0, expires=_ALWAYS_S, root=b64(keys[0].public),
        rp_id="", origins=(), holders=(me,), keys=tuple(sorted(listed, key=lambda one: one.id)),
        rules=(Rule(EVERYTHING, EVERYTHING, EVERYTHING, 1),), revokers=Revokers(0, ()), witnesses=(),
    )  # fmt: skip
