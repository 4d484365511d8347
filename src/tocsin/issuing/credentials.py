"""Whom to trust, as the journal tells it: what leads a device from the first roots to who may order now.

It knows no connection; whether a roster or a list is believed is ``tocsin.notice.verification``'s to say.
"""

from collections.abc import Iterator
from heapq import merge

from tocsin.notice import Domain, EntryType, Envelope, EpochStart, Magic, Refused, Revocation, Roster, Trust, decode
from tocsin.ports.journal import Entry, Journal

Bodies = dict[Domain, list[bytes]]


class UntrustedEntry(Exception):
    """A roster or a list in the journal is not believed: the file was changed by somebody else."""

    code = "untrusted_entry"


def rosters_to_tell(journal: Journal) -> Bodies:
    """Return, for each domain, the rosters that change its root, in their order, and then the newest."""
    (start,) = journal.entries(0, 1)
    first = decode(start.body, EpochStart).roots
    told: Bodies = {}
    everything = [(_roster(entry), entry.body) for entry in journal.rosters()]
    for domain in Domain:
        ours = [(roster, body) for roster, body in everything if roster.domain is domain]
        before = [getattr(first, domain), *(roster.root for roster, _ in ours)]
        changing = [body for (roster, body), root in zip(ours[:-1], before, strict=False) if roster.root != root]
        told[domain] = [*changing, *(body for _, body in ours[-1:])]
    return told


def revocations_to_tell(journal: Journal) -> dict[Domain, bytes]:
    """Return, for each domain, the newest revocation list if no roster followed it: a newer roster ends a list."""
    told: dict[Domain, bytes] = {}
    for entry in _in_order(journal):
        if entry.type is EntryType.REVOCATION:
            told[_revocation(entry).domain] = entry.body
        else:
            told.pop(_roster(entry).domain, None)
    return told


def trust_after(trust: Trust, journal: Journal) -> Trust:
    """Return *trust* with all that the journal holds. Raises ``UntrustedEntry``."""
    for entry in _in_order(journal):
        taken = trust.revoke(entry.body) if entry.type is EntryType.REVOCATION else trust.learn(entry.body)
        if isinstance(taken, Refused):
            raise UntrustedEntry(f"entry {entry.sequence} is not to be believed: {taken.message}")
        trust = taken
    for domain in Domain:
        if domain not in trust.rosters:
            raise UntrustedEntry(f"the journal holds no roster for {domain}; nothing could be believed")
    return trust


def _in_order(journal: Journal) -> Iterator[Entry]:
    return merge(journal.rosters(), journal.revocations(), key=lambda entry: entry.sequence)


def _roster(entry: Entry) -> Roster:
    return decode(Envelope.unpack(entry.body, Magic.ROSTER).document, Roster)


def _revocation(entry: Entry) -> Revocation:
    return decode(Envelope.unpack(entry.body, Magic.REVOCATION).document, Revocation)
