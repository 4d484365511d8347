"""``CapFeed``: one poll of one feed, and the alerts behind it, through the guarded client.

It loads and judges; which messages are wanted, and what is remembered, is said by ``decisions``. It keeps nothing
between two polls and issues nothing.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from tocsin import cap
from tocsin.cap import feeds, signatures
from tocsin.ports.fetch import FETCH_LIMITS, Failed, Fetch, Fetched, FetchLimits, Forbidden, NotModified
from tocsin.ports.source import Known, Memory, Polled, Received, Trouble
from tocsin.sources.cap_feed.decisions import Wanted, absolute, bounded, digest_of, plan, remembered

# A first look at a busy feed takes a few polls; until then the feed is not called read.
LOADS_MAX = 64

# A feed of embedded alerts is split by its publisher; one that leads on for ever is a trap.
PAGES_MAX = 10

# The largest feed of the survey has 1.8 MB.
FEED_FETCH_LIMITS = FetchLimits(wire_bytes_max=4 * 1024 * 1024, body_bytes_max=8 * 1024 * 1024)

# The alert was taken away: asking again each minute brings nothing.
_GONE_STATUS = frozenset({404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One feed: where it is, whose keys count for its alerts, and what it is allowed beyond others."""

    url: str
    senders: signatures.Senders = signatures.NO_SENDERS
    relaxations: frozenset[signatures.Relaxation] = frozenset()
    feed_limits: FetchLimits = FEED_FETCH_LIMITS
    alert_limits: FetchLimits = FETCH_LIMITS


@dataclass(slots=True)
class _Round:
    """What one poll has brought so far. *is_whole* falls when something has to be asked for again."""

    received: list[Received] = field(default_factory=list)
    new: list[Known] = field(default_factory=list)
    listed: set[Known] = field(default_factory=set)
    troubles: list[Trouble] = field(default_factory=list)
    is_whole: bool = True
    loads: int = 0

    def failed(self, url: str, outcome: Failed | Forbidden) -> None:
        self.troubles.append(Trouble(url, outcome.code, outcome.why))
        if isinstance(outcome, Failed) and outcome.status not in _GONE_STATUS:
            self.is_whole = False


class CapFeed:
    """Implements ``tocsin.ports.source.Source``."""

    def __init__(self, settings: Settings, fetch: Fetch) -> None:
        self._settings = settings
        self._fetch = fetch

    async def poll(self, memory: Memory, now: datetime) -> Polled:
        settings = self._settings
        first = await self._fetch.get(settings.url, memory.validators, settings.feed_limits)
        if isinstance(first, NotModified):
            return Polled(replace(memory, read_at=now))
        if not isinstance(first, Fetched):
            return Polled(memory, troubles=(Trouble(settings.url, first.code, first.why),))
        so_far = _Round()
        await self._pages(first, memory, now, so_far)
        received, troubles = tuple(so_far.received), tuple(so_far.troubles)
        if not so_far.is_whole:
            # Validators of a feed that was not taken in whole would hide what is missing from the next poll.
            return Polled(replace(memory, known=bounded([*memory.known, *so_far.new])), received, (), troubles)
        known, gone = remembered(memory.known, frozenset(so_far.listed), so_far.new)
        return Polled(Memory(first.validators, known, now), received, gone, troubles)

    async def _pages(self, first: Fetched, memory: Memory, now: datetime, so_far: _Round) -> None:
        page: Fetched | NotModified | Forbidden | Failed = first
        address = self._settings.url
        seen = {address}
        for _ in range(PAGES_MAX):
            if not isinstance(page, Fetched):
                reason = Failed("not-modified", "A page answered nothing.") if isinstance(page, NotModified) else page
                so_far.failed(address, reason)
                so_far.is_whole = False
                return
            try:
                feed = feeds.read(page.body)
            except feeds.FeedError as why:
                so_far.failed(address, Failed(why.code, str(why)))
                return
            await self._entries(page.url, feed, memory, now, so_far)
            if feed.next_page is None:
                return
            address = absolute(page.url, feed.next_page)
            if address in seen:
                return
            seen.add(address)
            page = await self._fetch.get(address, limits=self._settings.feed_limits)
        so_far.failed(address, Failed("too-many-pages", f"The feed has more than {PAGES_MAX} pages."))

    async def _entries(self, url: str, feed: feeds.Feed, memory: Memory, now: datetime, so_far: _Round) -> None:
        planned = plan(url, feed, memory.known)
        so_far.listed |= planned.listed
        for wanted in planned.wanted:
            if wanted.document:
                self._take(url, wanted.updated, wanted.document, now, memory, so_far)
            elif so_far.loads >= LOADS_MAX:
                so_far.failed(wanted.urls[0], Failed("later", "More alerts than one poll loads: the rest comes next."))
                return
            else:
                so_far.loads += 1
                await self._load(wanted, now, memory, so_far)

    async def _load(self, wanted: Wanted, now: datetime, memory: Memory, so_far: _Round) -> None:
        """Take the first of the addresses that leads to an alert, or else the first that leads to anything."""
        answers: list[tuple[str, bytes]] = []
        for url in wanted.urls:
            answer = await self._fetch.get(url, limits=self._settings.alert_limits)
            if isinstance(answer, Fetched):
                answers.append((url, answer.body))
                if cap.judge(answer.body).message is not None:
                    answers = answers[-1:]
                    break
            elif not isinstance(answer, NotModified):
                so_far.failed(url, answer)
        for url, document in answers[:1]:
            self._take(url, wanted.updated, document, now, memory, so_far)

    def _take(self, url: str, updated: str, document: bytes, now: datetime, memory: Memory, so_far: _Round) -> None:
        digest = digest_of(document)
        if any(each.digest == digest for each in so_far.new):
            return
        earlier = next((each for each in memory.known if each.digest == digest), None)
        if earlier is not None:
            # The same bytes in another place, or dated anew: nothing to tell, but the next poll need not load them.
            so_far.new.append(replace(earlier, url=url, updated=updated, is_listed=True))
            return
        report = self._judged(document, now)
        reference = report.alert.reference if report.alert else None
        so_far.received.append(Received(url, document, report))
        so_far.new.append(Known(url, updated, digest, reference))

    def _judged(self, document: bytes, now: datetime) -> cap.Report:
        settings = self._settings
        try:
            trust = signatures.verify(document, settings.senders, now, relaxations=settings.relaxations)
        except cap.CapError:
            return cap.judge(document, now=now)
        return replace(cap.judge(trust.document, now=now), trust=trust)
