"""A source that is kept polled, the file that lists the sources, and what is held of what they bring."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cap.signatures.conftest import office
from tocsin import cap
from tocsin.cap.signatures import Relaxation, Senders, Verdict
from tocsin.ports.source import NOTHING_KNOWN, Memory, Polled, Received, Standing, Trouble
from tocsin.sources.cap_feed import CapFeed, Settings
from tocsin.sources.listing import ListingError, read_listing
from tocsin.sources.memories import FileMemories
from tocsin.sources.pins import PinsError
from tocsin.sources.polling import Polling
from tocsin.testing.source import NOW, sample_alert

from ..fetch.duty import answer, serving


class Crash(Exception):
    """The process ends here."""


@dataclass
class House:
    """Inbox, memories and clock of a test, in one."""

    held: list[tuple[str, Received]] = field(default_factory=list)
    lapsed: list[tuple[str, cap.Reference]] = field(default_factory=list)
    stored: dict[str, Memory] = field(default_factory=dict)
    now_s: int = 1_700_000_000
    crashes: bool = False

    def hold(self, source: str, received: Received) -> None:
        self.held.append((source, received))

    def lapse(self, source: str, gone: cap.Reference) -> None:
        self.lapsed.append((source, gone))

    def load(self, source: str) -> Memory:
        return self.stored.get(source, NOTHING_KNOWN)

    def store(self, source: str, memory: Memory) -> None:
        if self.crashes:
            raise Crash
        self.stored[source] = memory

    def now_ms(self) -> int:
        return self.now_s * 1000


@dataclass
class Feed:
    """A source with what it will bring, poll by poll."""

    brings: list[bytes | Trouble]
    asked: list[Memory] = field(default_factory=list)

    async def poll(self, memory: Memory, now: datetime) -> Polled:
        self.asked.append(memory)
        if not self.brings:
            return Polled(replace(memory, read_at=now))
        document = self.brings.pop(0)
        if isinstance(document, Trouble):
            return Polled(memory, troubles=(document,))
        received = Received("https://example.org/test.xml", document, cap.judge(document))
        assert received.report.alert is not None
        return Polled(replace(memory, read_at=now), (received,), (received.report.alert.reference,))


def polling(house: House, *brings: bytes | Trouble) -> Polling:
    feed = Feed(list(brings))
    return Polling("test", feed, 60, 180, inbox=house, memories=house, clock=house)


def test_what_comes_is_held_under_the_name_of_its_source_and_then_remembered() -> None:
    house = House()
    asyncio.run(polling(house, sample_alert("one")).once())
    assert [(name, received.document) for name, received in house.held] == [("test", sample_alert("one"))]
    assert [name for name, _ in house.lapsed] == ["test"]
    assert house.stored["test"].read_at == datetime.fromtimestamp(house.now_s, UTC)


def test_a_crash_between_holding_and_remembering_repeats_and_loses_nothing() -> None:
    house = House(crashes=True)
    with pytest.raises(Crash):
        asyncio.run(polling(house, sample_alert("one")).once())
    assert len(house.held) == 1
    assert house.stored == {}


def test_after_a_restart_a_source_is_asked_with_what_it_knew() -> None:
    house = House()
    asyncio.run(polling(house).once())
    again = polling(house)
    asyncio.run(again.once())
    assert again.source.asked == [Memory(read_at=datetime.fromtimestamp(house.now_s, UTC))]  # type: ignore[attr-defined]


def test_silence_means_something_only_while_a_source_is_read() -> None:
    house = House()
    trouble = Trouble("https://example.org/", "unreachable", "TEST")
    watched = polling(house, trouble, sample_alert("one"), trouble)
    assert watched.standing() is Standing.NEVER_READ
    asyncio.run(watched.once())
    assert (watched.standing(), watched.troubles) == (Standing.NEVER_READ, (trouble,))
    asyncio.run(watched.once())
    assert (watched.standing(), watched.troubles) == (Standing.FRESH, ())
    house.now_s += 181
    asyncio.run(watched.once())
    assert watched.standing() is Standing.STALE


def test_a_source_is_asked_again_after_its_pause_until_it_is_let_go() -> None:
    house = House()
    watched = polling(house, sample_alert("one"), sample_alert("two"))
    pauses: list[float] = []

    async def wait(pause_s: float) -> None:
        pauses.append(pause_s)
        if len(pauses) == 3:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(watched.run(wait))
    assert pauses == [60, 60, 60]
    assert len(house.held) == 2


def listed(folder: Path, *sources: object) -> Path:
    path = folder / "sources.json"
    path.write_text(json.dumps(sources))
    return path


RIVERS = {"name": "rivers", "kind": "cap-feed", "url": "https://example.org/alerts.atom"}


def test_a_listed_source_has_the_usual_limits_unless_it_says_otherwise(tmp_path: Path) -> None:
    duty = office("TEST rivers")
    (tmp_path / "rivers.pem").write_bytes(duty.certificate_pem)
    (tmp_path / "senders.json").write_text('{"rivers@example.org": "rivers.pem"}')
    more = {"name": "sound", "every_s": 300, "senders": "senders.json", "alert_bytes_max": 2_000_000}
    plain, sound = read_listing(listed(tmp_path, RIVERS, RIVERS | more | {"relaxations": ["any-form"]}))
    assert (plain.name, plain.every_s, plain.stale_after_s) == ("rivers", 60, 180)
    assert plain.settings.alert_limits.body_bytes_max == 1024 * 1024
    assert sound.settings.alert_limits.body_bytes_max == 2_000_000
    assert sound.settings.relaxations == {Relaxation.ANY_FORM}
    assert sound.settings.senders.certificates("rivers@example.org") == (duty.certificate,)


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ([RIVERS | {"every_s": 1}], "is no list of sources"),
        ([RIVERS | {"kind": "telepathy"}], "is no list of sources"),
        ([RIVERS | {"intervall": 60}], "is no list of sources"),
        ([RIVERS | {"alert_bytes_max": 10**9}], "is no list of sources"),
        ([RIVERS | {"name": "Rivers & lakes"}], "is no name"),
        ([RIVERS, RIVERS], "two sources are called rivers"),
    ],
)
def test_a_list_of_sources_that_is_none_says_what_to_do(tmp_path: Path, sources: list[object], said: str) -> None:
    with pytest.raises(ListingError, match=said):
        read_listing(listed(tmp_path, *sources))


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ListingError, match="cannot be read"):
        read_listing(tmp_path / "sources.json")
    with pytest.raises(PinsError, match="cannot be read"):
        read_listing(listed(tmp_path, RIVERS | {"senders": "senders.json"}))


def test_a_real_feed_is_held_once_over_restarts(tmp_path: Path) -> None:
    duty = office("TEST rivers")
    drill = cap.read(sample_alert("one"))
    signed = cap.sign(drill, duty.key, duty.certificate)
    link = '<entry><link type="application/cap+xml" href="/one.cap"/></entry>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{link}</feed>'.encode()
    settings = Settings(url="", senders=Senders({drill.sender: (duty.certificate,)}))
    house = House(now_s=int(NOW.timestamp()))

    async def twice() -> None:
        async with serving({"/": answer(feed), "/one.cap": answer(signed)}) as server:
            for _ in range(2):
                source = CapFeed(replace(settings, url=server.url()), server.client)
                await Polling("rivers", source, 60, 180, house, FileMemories(tmp_path), house).once()

    asyncio.run(twice())
    ((name, received),) = house.held
    assert (name, received.document) == ("rivers", signed)
    assert received.report.trust is not None
    assert received.report.trust.verdict is Verdict.TRUSTED
    assert received.report.alert == drill
