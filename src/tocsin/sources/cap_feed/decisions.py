"""What to load of a feed, and what to remember of it. Pure: lists in, lists out.

An alert is known by the hash of its bytes, by its name where a summary tells it, or by its address while the feed dates
it the same: a published message does not change (OASIS CAP feeds, 2013).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from urllib.parse import urljoin

from tocsin.cap import Reference
from tocsin.cap.feeds import Entry, Feed, Link
from tocsin.ports.source import Known

# Of an entry with many links the alert is behind one of the first; each costs a request.
LINKS_TRIED_MAX = 2

# The busiest feed of the survey lists some hundreds; far more is one that names its alerts anew each time.
KNOWN_MAX = 5000


@dataclass(frozen=True, slots=True)
class Wanted:
    """An alert to look at: either *document* is there, or one of *urls* leads to it."""

    updated: str
    urls: tuple[str, ...] = ()
    document: bytes = b""


@dataclass(frozen=True, slots=True)
class Plan:
    """*wanted* in the feed's order; *listed* are the known ones that the feed still shows."""

    wanted: tuple[Wanted, ...]
    listed: frozenset[Known]


def digest_of(document: bytes) -> str:
    return sha256(document).hexdigest()


def absolute(url: str, link: Link) -> str:
    """Return where *link* leads in a feed that came from *url*. What is no address is refused when it is asked for."""
    try:
        return urljoin(urljoin(url, link.base), link.href)
    except ValueError:
        return link.href


def plan(url: str, feed: Feed, known: Sequence[Known]) -> Plan:
    """Return what the feed from *url* holds beyond *known*."""
    by_digest = {each.digest: each for each in known}
    by_place = {(each.url, each.updated): each for each in known}
    by_name = {each.reference: each for each in known if each.reference is not None}
    wanted: list[Wanted] = []
    listed: set[Known] = set()
    for entry in feed.entries:
        for alert in entry.alerts:
            same = by_digest.get(digest_of(alert.document))
            if same is None:
                wanted.append(Wanted(entry.updated, document=alert.document))
            else:
                listed.add(same)
        if entry.alerts or not entry.links:
            continue
        urls = tuple(dict.fromkeys(absolute(url, link) for link in entry.links))[:LINKS_TRIED_MAX]
        places = (by_place.get((each, entry.updated)) for each in urls)
        name = _name(entry)
        seen = (by_name.get(name) if name else None) or next(filter(None, places), None)
        if seen is None:
            wanted.append(Wanted(entry.updated, urls))
        else:
            listed.add(seen)
    return Plan(tuple(dict.fromkeys(wanted)), frozenset(listed))


def _name(entry: Entry) -> Reference | None:
    key = entry.key
    return Reference(key.sender, key.identifier, key.sent) if key else None


def remembered(
    known: Iterable[Known], listed: frozenset[Known], new: Iterable[Known]
) -> tuple[tuple[Known, ...], tuple[Reference, ...]]:
    """Return what is known after a feed was read as a whole, and the names of those that it has dropped since."""
    new = list(new)
    fresh = {each.digest for each in new}
    kept = [replace(each, is_listed=each in listed) for each in known if each.digest not in fresh]
    dropped = (each for each in known if each.is_listed and each not in listed and each.digest not in fresh)
    gone = tuple(each.reference for each in dropped if each.reference is not None)
    return bounded([*kept, *new]), gone


def bounded(known: Sequence[Known]) -> tuple[Known, ...]:
    """Return the last ``KNOWN_MAX``, those that the feed has dropped let go first."""
    newest = {each.digest: each for each in known}.values()
    return tuple(sorted(newest, key=lambda each: each.is_listed)[-KNOWN_MAX:])
