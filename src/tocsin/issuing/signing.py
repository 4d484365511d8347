"""Taking signatures for a draft: whose they are, whether they count, and how many people are missing.

A decision, from data to data. Whoever signs an order signs each of its parts at once, and signs it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tocsin.notice import (
    Domain,
    Envelope,
    FramingError,
    Holder,
    Magic,
    Refused,
    Role,
    Signature,
    Signer,
    Trust,
)
from tocsin.ports.records import SignedBy

from .drafting import Part
from .orders import Refusal
from .waiting import Handed, Waiting

_ORDERING = frozenset({Role.AUTHOR, Role.APPROVER, Role.ISSUE, Role.LINK_TEST})


@dataclass(frozen=True, slots=True)
class Taken:
    """*waiting* with the new signatures; *people* are those who signed just now and whose signatures count."""

    waiting: Waiting
    people: tuple[Holder, ...]


def take(trust: Trust, waiting: Waiting, handed: Sequence[Handed], at_ms: int) -> Taken | Refusal:
    """Return *waiting* with the signatures *handed* in at *at_ms* (Unix ms), or why they are not taken."""
    given = [_for_part(part, handed) for part in waiting.draft.parts]
    signers = []
    for part, signatures in zip(waiting.draft.parts, given, strict=True):
        found = _signers(trust, part, signatures)
        if isinstance(found, Refusal):
            return found
        signers.append(found)
    if refused := _incomplete(given, handed, signers) or _repeated(waiting, signers[0]):
        return refused
    if refused := _uncounted(trust, waiting, signers):
        return refused
    people = tuple(one.holder for one in signers[0] if not is_source(one.holder))
    added = tuple(
        (*before, *(one for one, signer in zip(new, found, strict=True) if not is_source(signer.holder)))
        for before, new, found in zip(waiting.signatures, given, signers, strict=True)
    )
    signed_by = (*waiting.signed_by, *(SignedBy(one.id, one.name, at_ms) for one in people))
    return Taken(replace(waiting, signatures=added, signed_by=signed_by), people)


def people_needed(trust: Trust, waiting: Waiting) -> int:
    """Return how many people the draft takes: as many as the part that takes most."""
    roster = trust.rosters[waiting.domain]
    return max(
        roster.people_needed(part.notice, trust.lineage, trust.before(part.notice)) for part in waiting.draft.parts
    )


def people_missing(trust: Trust, waiting: Waiting) -> int | Refusal:
    """Return how many people more the draft takes; 0: every device believes each part."""
    missing = 0
    for part, signatures in zip(waiting.draft.parts, waiting.signatures, strict=True):
        found = _signers(trust, part, signatures)
        if isinstance(found, Refusal):
            return found
        missing = max(missing, trust.people_missing(part.notice, trust.counting(part.notice, found)))
    return missing


def still_counting(trust: Trust, waiting: Waiting) -> Refusal | None:
    """Return why the draft, or a signature that it has, is worth nothing any more, if so."""
    signers = []
    for part, signatures in zip(waiting.draft.parts, waiting.signatures, strict=True):
        found = _signers(trust, part, signatures)
        if isinstance(found, Refusal):
            return found
        signers.append(found)
    return _uncounted(trust, waiting, signers)


def packed(waiting: Waiting) -> list[bytes]:
    """Return the envelope of each part. Its signatures were taken, so they fit."""
    pairs = zip(waiting.draft.parts, waiting.signatures, strict=True)
    return [Envelope(Magic.NOTICE, part.document, signed).pack() for part, signed in pairs]


def outside(trust: Trust, holder: Holder, parts: Sequence[Part]) -> Refusal | None:
    """Return why an order of these *parts* lies outside the scope of *holder*, if it does."""
    count = sum(len(part.notice.regions) for part in parts)
    if holder.regions_max and count > holder.regions_max:
        return Refusal(
            "too_many_regions",
            f"{count} regions; {holder.name} may order {holder.regions_max} at once: name what lies above them if the "
            "roster allows it, or ask somebody who may order more",
        )
    if all(holder.covers(part.notice, trust.lineage, trust.before(part.notice)) for part in parts):
        return None
    notice = parts[0].notice
    return Refusal(
        "out_of_scope", f"{holder.name} may not order {notice.kind} about {notice.hazard} in all of these regions"
    )


def _for_part(part: Part, handed: Sequence[Handed]) -> tuple[Signature, ...]:
    return tuple(one.signature for one in handed if one.notice == part.notice.id)


def _signers(trust: Trust, part: Part, signatures: tuple[Signature, ...]) -> tuple[Signer, ...] | Refusal:
    """Return whose *signatures* these are, in their order: each is right and by a listed key."""
    roster = trust.rosters[Domain.of(part.notice.status)]
    if not roster.issued <= part.notice.sent < roster.expires:
        return Refusal("roster_changed", "the draft was made outside the times of the newest roster; order it again")
    if not signatures:
        return ()
    envelope = Envelope(Magic.NOTICE, part.document, signatures)
    try:
        envelope.pack()
    except FramingError as why:
        return Refusal("signatures_malformed", str(why))
    found = trust.signers(envelope, part.notice)
    if isinstance(found, Refused):
        return Refusal("signature_refused", f"{found.message}; sign the draft's bytes with a key of the roster")
    if len(found) < len(signatures):
        return Refusal("signature_refused", "a signature is by no key that the roster lists for this status")
    return found


def _incomplete(
    given: Sequence[Sequence[Signature]], handed: Sequence[Handed], signers: Sequence[Sequence[Signer]]
) -> Refusal | None:
    if sum(map(len, given)) < len(handed):
        return Refusal("signatures_malformed", "a signature is for a notice that is no part of this draft")
    people = [sorted(one.holder.id for one in found) for found in signers]
    if not people[0] or any(one != people[0] for one in people):
        return Refusal(
            "signatures_malformed", f"the draft has {len(given)} parts; whoever signs, signs each of them at once"
        )
    return None


def _repeated(waiting: Waiting, signers: Sequence[Signer]) -> Refusal | None:
    seen = {one.holder for one in waiting.signed_by}
    for one in signers:
        if one.holder.id in seen:
            return Refusal("same_person", f"{one.holder.name} has signed already; another person must sign")
        seen.add(one.holder.id)
    return None


def _uncounted(trust: Trust, waiting: Waiting, signers: Sequence[Sequence[Signer]]) -> Refusal | None:
    """Return why a signature does not count; *signers* are those of each part. A source's counts for nothing, and may.

    An order is one thing: a ceiling on regions holds for all of its parts together.
    """
    for part, found in zip(waiting.draft.parts, signers, strict=True):
        for one in found:
            revocation = trust.revocations.get(waiting.domain)
            if revocation is not None and revocation.revokes(one.key.id):
                return Refusal("key_revoked", f"key {one.key.id} of {one.holder.name} is revoked")
            if refused := outside(trust, one.holder, waiting.draft.parts):
                return refused
            if not is_source(one.holder) and not trust.counting(part.notice, [one]):
                return Refusal(
                    "signature_refused",
                    f"{one.holder.name} has no role that counts for a notice of status {part.notice.status}",
                )
    return None


def is_source(holder: Holder) -> bool:
    """Whether *holder* may hand in what others order, and nothing else."""
    return Role.SOURCE in holder.roles and _ORDERING.isdisjoint(holder.roles)
