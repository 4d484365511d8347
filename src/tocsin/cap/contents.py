"""Every alert that a document holds, judged: the alert itself, or those in a feed, an envelope or a wrapper.

A feed that only links holds none: it is said how many links there are, and loading them is the business of
``tocsin.sources``. What stands where in a feed is found by ``tocsin.cap.feeds``, what is wrong with an alert by
``tocsin.cap.judging``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from tocsin.cap.errors import excerpt
from tocsin.cap.feeds import FEED_LIMITS, Embedded, Entry, Feed, FeedError, FeedKind, Link
from tocsin.cap.feeds import read as read_feed
from tocsin.cap.judging import Report, judge
from tocsin.cap.limits import LIMITS, Limits

# The largest feed of the survey has 232 entries. Each alert costs a judgement, and an empty one takes 60 bytes.
ALERTS_MAX = 1000

# What only says that the document is no alert; a feed may be larger than one, and is judged by bounds of its own.
_NO_ALERT = frozenset({"unknown-root", "unknown-namespace", "too-large-size", "too-large-elements", "too-large-depth"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where an alert stands: the *number* of its entry, from one, and what the entry calls itself, if anything.

    ``word`` is ``alert`` for one that stands in no entry but directly under the root; these are counted by themselves.
    """

    number: int
    title: str = ""
    word: str = "entry"

    def __str__(self) -> str:
        return f"{self.word} {self.number}" + (f' "{excerpt(self.title)}"' if self.title else "")


@dataclass(frozen=True, slots=True)
class Judged:
    """One alert. ``place`` is ``None`` if it is the whole document; lines are those of the outer document if possible.

    ``document`` are the bytes of the alert alone. Where they are not ``is_exact``, a signature over it may not hold.
    """

    place: Place | None
    document: bytes
    report: Report
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Contents:
    """What one document holds. ``kind`` is ``None`` for an alert, and for what is no CAP at all.

    ``links`` are those of entries that hold no alert themselves; ``left_out`` counts alerts beyond ``ALERTS_MAX``.
    """

    kind: FeedKind | None
    alerts: tuple[Judged, ...]
    links: tuple[Link, ...] = ()
    left_out: int = 0


def judge_all(
    data: bytes, limits: Limits = LIMITS, now: datetime | None = None, feed_limits: Limits = FEED_LIMITS
) -> Contents:
    """Return a judgement on every alert in *data*; nothing is raised for what is wrong with it.

    *limits* are those of an alert, *feed_limits* those of what it stands in; *now* is the time of receipt. What is
    neither an alert nor a feed has one report that says so.
    """
    report = judge(data, limits, now)
    whole = Contents(None, (Judged(None, data, report),))
    if not any(finding.code in _NO_ALERT for finding in report.findings):
        return whole
    try:
        feed = read_feed(data, feed_limits)
    except FeedError:
        return whole
    if feed.kind is FeedKind.ALERTS and _is_alone(data, feed):
        return whole
    found = [(place, each) for place, entry in _places(feed) for each in entry.alerts]
    skipped = _blank_lines(data)
    judged = (_judged(place, each, skipped, limits, now) for place, each in islice(found, ALERTS_MAX))
    links = dict.fromkeys(link for entry in feed.entries if not entry.alerts for link in entry.links)
    return Contents(feed.kind, tuple(judged), tuple(links), max(len(found) - ALERTS_MAX, 0))


def _places(feed: Feed) -> Iterator[tuple[Place, Entry]]:
    loose = 0
    for number, entry in enumerate(feed.entries, start=1):
        if entry == Entry(alerts=entry.alerts):
            loose += 1
            yield Place(loose, word="alert"), entry
        else:
            yield Place(number, entry.title or entry.id), entry


def _is_alone(data: bytes, feed: Feed) -> bool:
    # An alert that is too large for one stays one alert that is too large.
    inside = [each.document for entry in feed.entries for each in entry.alerts]
    return len(inside) == 1 and data.rstrip().endswith(inside[0])


def _judged(place: Place, alert: Embedded, skipped: int, limits: Limits, now: datetime | None) -> Judged:
    report = judge(alert.document, limits, now)
    if alert.lines_before is not None:
        before = skipped + alert.lines_before
        moved = (one if one.line is None else replace(one, line=one.line + before) for one in report.findings)
        report = replace(report, findings=tuple(moved))
    return Judged(place, alert.document, report, alert.is_exact)


def _blank_lines(data: bytes) -> int:
    """Return how many lines stand before the beginning of *data*; a feed is read without them."""
    bare = data.removeprefix(b"\xef\xbb\xbf")
    return bare[: len(bare) - len(bare.lstrip())].count(b"\n")
