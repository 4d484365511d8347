"""Following a server: fetches its log and listens to its stream, on one way or several, until it is told to stop.

What came is judged in ``watch`` and ``listener``; what is kept before it is said, in ``keeping``.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import inf
from secrets import token_urlsafe
from typing import Final

import httpx
import msgspec

from tocsin.client.sse import StreamError
from tocsin.client.stream import NONCE_SIZE_BYTES
from tocsin.notice.signed_note import NOTE_SIZE_BYTES_MAX, NoteError, SignedNote
from tocsin.notice.statement import Statement

from .findings import Found, Report
from .keeping import Files
from .listener import Listener
from .record import LogEntry, Record
from .watch import FIRST_WALK_S, Next, Watch

# Two views that differ are found in one round, what one of them lacks after the grace of a claim: within 10 s.
POLL_S: Final = 2.0
CHECK_S: Final = 0.5
RECONNECT_S: Final = 1.0
ANSWERED_WITHIN_S: Final = 10.0
ENTRIES_AT_ONCE: Final = 1_000
# How far a head lies ahead is not signed before its entries are read: somebody between could have them read for ever.
READ_WITHIN_S: Final = 60.0
# A log of more entries than that is not read again from its first one more often: what is wrong with it is known.
WALK_EVERY_S: Final = 60.0
# One answer of the log: 1 MiB of bodies, in base64 and JSON.
ENTRIES_SIZE_BYTES_MAX: Final = 4 * 1024 * 1024
# A stream that says nothing for as long is dead: heartbeats are 5 s apart.
STREAM_READ_S: Final = 20.0


class _Page(msgspec.Struct, frozen=True):
    entries: tuple[LogEntry, ...]


class NoLog(Exception):
    """The log did not answer, or with what is no log."""


@dataclass(slots=True)
class Following:
    """A witness at work. *others* are more ways to the same server; *tell* hears what happens."""

    url: str
    others: tuple[str, ...]
    watch: Watch
    files: Files
    tell: Callable[[Report], None]
    _client: httpx.AsyncClient = field(init=False)
    _listeners: list[Listener] = field(default_factory=list)
    _walking: bool = False
    _walked_at: float = -inf

    async def run(self) -> None:
        """Follow until cancelled. Raises ``KeepingError`` if what was found cannot be kept."""
        self.watch.resume(time.monotonic())
        self._client = httpx.AsyncClient(trust_env=False, timeout=ANSWERED_WITHIN_S)
        parts = [self._follow_log(), self._check(), *map(self._follow_stream, (self.url, *self.others))]
        tasks = [asyncio.ensure_future(part) for part in (*parts, *map(self._compare_log, self.others))]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._client.aclose()

    async def _follow_log(self) -> None:
        while True:
            await self._look(self.url, self.watch.where, self._judge)
            await asyncio.sleep(POLL_S)

    async def _compare_log(self, url: str) -> None:
        where = log_of(url)

        async def compare(note: SignedNote) -> None:
            self.watch.compare(note, where, time.monotonic())

        while True:
            if self.watch.record.sequence:
                await self._look(url, where, compare)
            await asyncio.sleep(POLL_S)

    async def _look(self, url: str, where: str, judge: Callable[[SignedNote], Awaitable[None]]) -> None:
        try:
            data = await self._answer(f"{url}/v1/log/checkpoint", {}, NOTE_SIZE_BYTES_MAX)
            await judge(SignedNote.read(data.decode()))
        except (NoLog, NoteError, UnicodeDecodeError) as why:
            self.watch.unanswered(where, str(why))
        self._report()

    async def _judge(self, note: SignedNote) -> None:
        said = Statement.read(note.text)
        candidate = self.watch.candidate(said)
        if candidate.sequence == 0 and not self._may_walk(said):
            return
        # While a long log is read, what the stream claims of it waits.
        self._walking = said.position.sequence - candidate.sequence > ENTRIES_AT_ONCE
        try:
            await self._read(candidate, said.position.sequence)
            judged = self.watch.judge(note, candidate, int(time.time()), time.monotonic())
            if judged is Next.READ_ALL and self._may_walk(said):
                whole = Record.of(self.watch.where, self.watch.record.pinned)
                await self._read(whole, said.position.sequence)
                self.watch.judge_whole(note, whole)
            elif self.watch.record is candidate:
                self._walked_at = -inf  # all is well: the next doubt is looked into at once
        finally:
            self._walking = False

    def _may_walk(self, said: Statement) -> bool:
        now = time.monotonic()
        if said.position.sequence > ENTRIES_AT_ONCE and now - self._walked_at < WALK_EVERY_S:
            return False
        self._walked_at = now
        return True

    async def _read(self, record: Record, through: int) -> None:
        """Read the entries up to *through* into *record*, as far as there are any, in bounded time."""
        try:
            async with asyncio.timeout(READ_WITHIN_S if record.sequence else FIRST_WALK_S):
                await self._read_pages(record, through)
        except TimeoutError:
            raise NoLog(f"the log served entries without end, up to {record.position} and further") from None

    async def _read_pages(self, record: Record, through: int) -> None:
        while record.sequence < through:
            asked = {"after": record.sequence, "limit": min(ENTRIES_AT_ONCE, through - record.sequence)}
            data = await self._answer(f"{self.url}/v1/log/entries", asked, ENTRIES_SIZE_BYTES_MAX)
            try:
                entries = msgspec.json.decode(data, type=_Page).entries[: asked["limit"]]
            except msgspec.MsgspecError as why:
                raise NoLog(f"the log answers with what is no list of entries: {why}") from None
            taken = await asyncio.to_thread(record.take_all, entries, time.monotonic())
            if not entries or not taken:
                return

    async def _follow_stream(self, url: str) -> None:
        listener = Listener(f"{url}/v1/stream", self.watch.standing, time.monotonic())
        self._listeners.append(listener)
        while True:
            if self.watch.record.sequence:
                await self._listen(url, listener)
            await asyncio.sleep(RECONNECT_S)

    async def _listen(self, url: str, listener: Listener) -> None:
        nonce, timeout = token_urlsafe(NONCE_SIZE_BYTES), httpx.Timeout(ANSWERED_WITHIN_S, read=STREAM_READ_S)
        listener.connected(nonce, time.monotonic())
        try:
            async with self._client.stream(
                "GET", f"{url}/v1/stream", params={"nonce": nonce}, timeout=timeout
            ) as answer:
                if answer.status_code != httpx.codes.OK:
                    return  # the silence is reported
                async for chunk in answer.aiter_raw():
                    for claim in listener.receive(chunk, self.watch.record, time.monotonic()):
                        self.watch.claims.make(claim, self.watch.record, self.watch.own, time.monotonic())
                    self._report()
                    if listener.broken:
                        return
        except (httpx.HTTPError, httpx.InvalidURL, StreamError):
            return

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(CHECK_S)
            now = time.monotonic()
            for listener in self._listeners:
                listener.check(self.watch.record, now)
            self.watch.check_logs(now)
            if not self._walking:
                self.watch.check_claims(now)
            self._report()

    async def _answer(self, url: str, query: dict[str, int], most_bytes: int) -> bytes:
        """Return the answer of *url*. Raises ``NoLog``."""
        try:
            async with asyncio.timeout(ANSWERED_WITHIN_S), self._client.stream("GET", url, params=query) as answer:
                body = bytearray()
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > most_bytes:
                        raise NoLog(f"{url} answers with more than {most_bytes} bytes")
                if answer.status_code != httpx.codes.OK:
                    raise NoLog(f"HTTP {answer.status_code} from {url}")
                return bytes(body)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as why:
            raise NoLog(f"no answer from {url}: {why or type(why).__name__}") from None

    def _report(self) -> None:
        """Keep what happened, then say it: a witness that forgets could be told another history."""
        reports = self.watch.standing.drain()
        if reports:
            self.files.save(self.watch)
        for report in reports:
            if isinstance(report, Found) and report.finding.evidence:
                self.files.add_evidence(report.finding, int(time.time() * 1000))
            self.tell(report)


def log_of(url: str) -> str:
    """Return how the log at *url* is called in findings."""
    return f"{url}/v1/log"
