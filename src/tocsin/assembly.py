"""The assembly: builds the running server from settings. The only module that knows everybody."""

import asyncio
import contextlib
import gc
import json
import os
import resource
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from importlib.metadata import version
from pathlib import Path

import structlog
import uvicorn
from fastapi import FastAPI

from tocsin.areas import Atlas, load_ukraine, read_atlas
from tocsin.fetch import GuardedClient
from tocsin.founding import AUTHORITY_FILE, HEARTBEAT_KEY, check_trust, read_key, root_keys_in
from tocsin.issuing import Desk, UntrustedEntry, trust_after
from tocsin.journal.sqlite import SqliteJournal
from tocsin.live import Broadcast, Door, Doorkeeper, Feed, Rooms, finish_all
from tocsin.notice import DEMO, Domain, Roots, Trust, from_b64
from tocsin.people import People, Place
from tocsin.ports.journal import Broken, JournalFault
from tocsin.ports.records import RecordsFault
from tocsin.records import SqliteRecords
from tocsin.settings import Settings
from tocsin.sources.cap_feed import CapFeed
from tocsin.sources.intake import Intake
from tocsin.sources.listing import Listed, ListingError, read_listing
from tocsin.sources.memories import FileMemories
from tocsin.sources.pins import PinsError
from tocsin.sources.polling import Polling
from tocsin.web import make_app

ADDRESS_FILE = "address.json"
ATLAS_FILE = "atlas.json"
SOURCES_FILE = "sources.json"
SOURCES_FOLDER = "sources"
BACKLOG = 4096
# Slices of the walk over the old part of the journal, so that it can be stopped between two.
WALK_ENTRIES = 20_000
# Young objects die young here; the oldest generation, where the streams are, is hardly ever walked.
COLLECTOR_THRESHOLDS = (50_000, 20, 1_000)
# Where the system sets no limit on open files.
DESCRIPTORS_MAX = 1_000_000
# A clock may be set back by this much between two runs.
CLOCK_BEHIND_S_MAX = 10
# A roster that runs out is told of again and again, for whoever reads the log of today only.
EXPIRY_TOLD_EVERY_S = 6 * 3_600
# From here on it is no longer a matter for next week.
EXPIRY_URGENT_DAYS = 14
# Streams get their last event before the process goes.
FAREWELL_S = 0.3

log = structlog.get_logger("tocsin")


class StartRefused(Exception):
    """The server does not start; one line says why and what to do."""

    code = "start_refused"


class SteadyClock:
    """The machine's clock as it was at the start, carried on by the monotonic one.

    What devices believe is signed time, and it never falls there. A clock that is set while the server runs would make
    them think that alarms have expired, or that the server is a recording.
    """

    def __init__(self) -> None:
        self._begun_ns = time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    def now_ms(self) -> int:
        return (self._begun_ns + time.clock_gettime_ns(time.CLOCK_BOOTTIME)) // 1_000_000


def open_desk(settings: Settings) -> Desk:
    """Open the authority's folder and return its desk.

    Raises ``StartRefused``, ``FoundingError`` and ``JournalFault``.
    """
    authority, roots = read_authority(settings.data)
    if authority == DEMO and settings.public:
        raise StartRefused(
            f"{settings.data} is a demo authority and {settings.host} is a public address; "
            "a demo serves this machine only"
        )
    key = read_key(settings.data, HEARTBEAT_KEY)
    journal = SqliteJournal.open_for_writing(settings.data, authority, roots)
    try:
        atlas = load_atlas(settings)
        pinned = {Domain.ACTUAL: from_b64(roots.actual), Domain.EXERCISE: from_b64(roots.exercise)}
        trust = trust_after(Trust(authority, pinned, lineage=atlas.lineage), journal)
        desk = Desk.open(journal, SqliteRecords.open(settings.data), atlas, trust, key, SteadyClock())
        if isinstance(desk, Broken):
            raise StartRefused(
                f"the journal is broken at entry {desk.sequence}: {desk.what}. Restore a backup into a new folder "
                "(`tocsin restore`); `tocsin journal verify` looks further"
            )
        _check_clock(desk)
        _check_no_root(settings.data, authority)
        check_trust(desk.trust, desk.now)
        return desk
    except RecordsFault as why:
        journal.close()
        raise StartRefused(str(why)) from None
    except UntrustedEntry as why:
        journal.close()
        raise StartRefused(f"the journal: {why}") from None
    except BaseException:
        journal.close()
        raise


def _check_no_root(folder: Path, authority: str) -> None:
    if authority != DEMO and (roots := root_keys_in(folder)):
        raise StartRefused(
            f"{roots[0]} is a root's private key, and whoever breaks into this server would have it; move it to a "
            "medium that is kept offline"
        )


def _check_clock(desk: Desk) -> None:
    (newest,) = desk.journal.entries(desk.head.position.sequence - 1, 1)
    behind_s = (newest.recorded_ms - desk.clock.now_ms()) / 1000
    if behind_s > CLOCK_BEHIND_S_MAX:
        raise StartRefused(
            f"the newest entry of the journal was recorded {behind_s:.0f} s after now by this machine's clock; devices "
            "would take its heartbeats for recordings. Set the clock"
        )


def read_authority(folder: Path) -> tuple[str, Roots]:
    """Return who the authority of *folder* is. Raises ``StartRefused``."""
    try:
        content = json.loads((folder / AUTHORITY_FILE).read_text(encoding="utf-8"))
        return str(content["authority"]), Roots(content["roots"]["actual"], content["roots"]["exercise"])
    except FileNotFoundError:
        raise StartRefused(
            f"there is no authority in {folder}; `tocsin demo` makes a demo one, --data names another folder"
        ) from None
    except OSError as why:
        raise StartRefused(f"{folder / AUTHORITY_FILE} cannot be read: {why.strerror}") from None
    except (ValueError, KeyError, TypeError) as why:
        raise StartRefused(f"{folder / AUTHORITY_FILE} cannot be read: {why}") from None


def load_atlas(settings: Settings) -> Atlas:
    """Return the atlas that is set, else the one imported into the data folder, else Ukraine's."""
    file = settings.atlas or settings.data / ATLAS_FILE
    return read_atlas(file.read_bytes()) if file.is_file() else load_ukraine()


def read_sources(settings: Settings) -> tuple[Listed, ...]:
    """Return the sources that are set, or listed in the data folder. Raises ``StartRefused``."""
    file = settings.sources or settings.data / SOURCES_FILE
    if not file.exists():
        return ()
    try:
        return read_listing(file)
    except (ListingError, PinsError) as why:
        raise StartRefused(str(why)) from None


class Service:
    """A server that is ready to run."""

    def __init__(self, settings: Settings, desk: Desk) -> None:
        self._settings, self._desk = settings, desk
        rooms = Rooms(Feed(desk))
        self._keeper = Doorkeeper(rooms, _raise_descriptors())
        self._broadcast = Broadcast(rooms)
        desk.audience = self._broadcast
        self._listed = read_sources(settings)
        _check_certificate(settings)
        self._socket = _listen(settings)
        self._people = People(desk.records, desk.trail, desk.clock, lambda: desk.trust, self._place())

    def _place(self) -> Place:
        """Where passkeys are used as long as no roster says so: here, by the name that browsers take for safe."""
        name, port = "localhost", self._socket.getsockname()[1]
        return Place(name, (f"http://{name}:{port}",))

    @property
    def url(self) -> str:
        host, port = self._socket.getsockname()[:2]
        scheme = "https" if self._settings.tls_cert else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    def run(self, ready: Callable[[str], None]) -> None:
        """Serve until a signal says stop. *ready* is called with the address once requests are answered."""
        app = make_app(self._desk, self._people, self._settings.allowed_hosts, version("tocsin"))

        @contextlib.asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            async with self._running():
                _spare_the_collector()
                ready(self.url)
                yield

        app.router.lifespan_context = lifespan
        config = uvicorn.Config(
            app,
            http=Door.factory(self._keeper),
            ws="none",
            loop="uvloop",
            lifespan="on",
            log_config=None,
            access_log=False,
            backlog=BACKLOG,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            ssl_certfile=self._settings.tls_cert,
            ssl_keyfile=self._settings.tls_key,
            ssl_version=ssl.PROTOCOL_TLS_SERVER,
            timeout_graceful_shutdown=3,
        )
        uvicorn.Server(config).run(sockets=[self._socket])

    @contextlib.asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        address = self._settings.data / ADDRESS_FILE
        unfinished = address.with_suffix(".new")
        unfinished.write_text(json.dumps({"url": self.url, "pid": os.getpid()}) + "\n")
        unfinished.replace(address)
        tasks = [
            asyncio.create_task(one)
            for one in (
                self._broadcast.beat(),
                self._keeper.sweep(),
                walk_journal(self._desk),
                tell_of_expiries(self._desk),
                *self._sources(),
            )
        ]
        for task in tasks:
            task.add_done_callback(self._look_after)
        try:
            yield
        finally:
            address.unlink(missing_ok=True)
            finish_all(self._keeper, "stopping", "the server stops; come back with your position")
            await asyncio.sleep(FAREWELL_S)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._desk.close()

    def _sources(self) -> Iterator[Coroutine[None, None, None]]:
        """Yield what polls the sources, and what puts their messages before people; nothing if none is listed."""
        if not self._listed:
            return
        folder = self._settings.data / SOURCES_FOLDER
        intake, memories = Intake(folder / "held", self._desk), FileMemories(folder / "seen")
        yield intake.run()
        for one in self._listed:
            feed, clock = CapFeed(one.settings, GuardedClient()), self._desk.clock
            yield Polling(one.name, feed, one.every_s, one.stale_after_s, intake, memories, clock).run()

    def _look_after(self, task: asyncio.Task[None]) -> None:
        """Stop issuing if one of the tasks that run as long as the server has died: somebody must look."""
        if not task.cancelled() and (why := task.exception()) is not None:
            self._desk.fault = f"a part of the server has stopped ({why!r}); start it again"
            log.critical("issuing stopped", reason=self._desk.fault)


def _spare_the_collector() -> None:
    """Let the garbage collector pass over what stays: a full pass over 10,000 streams stops the loop for 68 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTOR_THRESHOLDS)


async def walk_journal(desk: Desk) -> None:
    """Check the part of the journal that the start passed over; stop issuing at the first fault."""
    after, through = 0, desk.verified_from
    while after < through:
        upto = min(after + WALK_ENTRIES, through)
        try:
            result = await asyncio.to_thread(desk.journal.verify, after, upto)
        except JournalFault as why:
            result = Broken(after + 1, f"it cannot be read: {why}")
        if isinstance(result, Broken):
            desk.fault = f"the journal is broken at entry {result.sequence}: {result.what}"
            log.critical("issuing stopped", reason=desk.fault)
            return
        after = upto
        await asyncio.sleep(0)
    if through:
        log.info("the older part of the journal is verified", entries=through)


async def tell_of_expiries(desk: Desk) -> None:
    """Warn in the log, for as long as the server runs, of rosters that somebody has to renew."""
    while True:
        for one in desk.expiries:
            tell = log.error if one.days_left < EXPIRY_URGENT_DAYS else log.warning
            tell(
                "a roster runs out: sign a new one and publish it, or nothing will be believed",
                domain=str(one.domain),
                days_left=one.days_left,
            )
        await asyncio.sleep(EXPIRY_TOLD_EVERY_S)


def _raise_descriptors() -> int:
    """Raise the limit on open files as far as this process may, and return it: each stream takes one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS_MAX if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


def _check_certificate(settings: Settings) -> None:
    if settings.tls_cert is None:
        return
    try:
        # Without a password here, an encrypted key would stop the start at a question that nobody answers.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_cert, settings.tls_key, password="")
    except OSError as why:
        raise StartRefused(
            f"{settings.tls_cert} and {settings.tls_key} are no certificate chain and its unencrypted key (PEM): {why}"
        ) from None


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        # From here on a connection waits instead of being refused.
        listener.listen(BACKLOG)
    except OSError as why:
        listener.close()
        raise StartRefused(
            f"{settings.host}:{settings.port} cannot be listened on: {why.strerror}; "
            "--port or TOCSIN_PORT names another"
        ) from None
    return listener
