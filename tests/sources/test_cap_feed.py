"""A CAP feed as a source: the contract with links and with embedded alerts, and what only a feed can do."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tocsin import cap
from tocsin.cap import signatures
from tocsin.ports.fetch import (
    FETCH_LIMITS,
    NO_VALIDATORS,
    Delivered,
    Failed,
    Fetched,
    FetchLimits,
    Forbidden,
    NotModified,
    Validators,
)
from tocsin.ports.source import NOTHING_KNOWN, Memory, Polled, Source
from tocsin.sources.cap_feed import CapFeed, Settings
from tocsin.sources.cap_feed.source import LOADS_MAX
from tocsin.testing.source import NOW, SourceContract, names, sample_alert

from ..fetch.duty import answer, serving

FEED = "https://example.org/feed/alerts.atom"


@dataclass
class Web:
    """The other side: pages by address, and every address that was asked for."""

    pages: dict[str, bytes] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    etag: str = ""

    async def get(
        self, url: str, validators: Validators = NO_VALIDATORS, limits: FetchLimits = FETCH_LIMITS
    ) -> Fetched | NotModified | Forbidden | Failed:
        self.asked.append(url)
        if url in self.broken:
            return Failed("http-status", "The server answered with status 503.", 503)
        if url not in self.pages:
            return Failed("http-status", "The server answered with status 404.", 404)
        if self.etag and validators.etag == self.etag:
            return NotModified()
        return Fetched(url, self.pages[url], "text/html", Validators(self.etag))

    async def post(
        self, url: str, body: bytes, headers: dict[str, str], limits: FetchLimits = FETCH_LIMITS
    ) -> Delivered | Forbidden | Failed:
        raise AssertionError("a source sends nothing")

    def show(self, documents: Sequence[bytes]) -> None:
        """List *documents* behind links, each under an address of its own content."""
        entries = []
        for document in documents:
            path = f"{hash(document):x}.cap"
            self.pages[f"https://example.org/feed/{path}"] = document
            entries.append(f"<entry><updated>then</updated><link type='application/cap+xml' href='{path}'/></entry>")
        self.pages[FEED] = feed("".join(entries))


def feed(inside: str) -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{inside}</feed>'.encode()


def embedded(document: bytes) -> str:
    """Return an entry with *document* in it. A declaration cannot stand there."""
    bare = document.decode().rpartition("?>")[2].strip()
    return f"<entry><content>{bare}</content></entry>"


def poll(web: Web, memory: Memory = NOTHING_KNOWN, **settings: object) -> Polled:
    return asyncio.run(CapFeed(Settings(url=FEED, **settings), web).poll(memory, NOW))  # type: ignore[arg-type]


class TestLinkedAlerts(SourceContract):
    @pytest.fixture(autouse=True)
    def _web(self) -> None:
        self.web = Web()

    def source(self) -> Source:
        return CapFeed(Settings(url=FEED), self.web)

    def show(self, documents: Sequence[bytes]) -> None:
        self.web.show(documents)

    def fail(self) -> None:
        self.web.broken.add(FEED)


class TestEmbeddedAlerts(TestLinkedAlerts):
    def show(self, documents: Sequence[bytes]) -> None:
        bare = (
            document.decode().partition("?>")[2] if document.startswith(b"<?") else document.decode()
            for document in documents
        )
        self.web.pages[FEED] = feed("".join(f"<entry><content>{each.strip()}</content></entry>" for each in bare))

    def test_a_message_comes_once(self) -> None:
        # The declaration of a document cannot stand inside a feed; all else is byte for byte.
        self.show([sample_alert("one")])
        first = self.poll()
        assert names(first) == ["one"]
        assert first.received[0].document in sample_alert("one")
        assert self.poll(first.memory).received == ()


def test_a_known_alert_is_not_loaded_again() -> None:
    web = Web()
    web.show([sample_alert("one"), sample_alert("two")])
    first = poll(web)
    assert len(web.asked) == 3
    poll(web, first.memory)
    assert web.asked[3:] == [FEED]


def test_an_alert_that_a_summary_names_is_not_loaded_again() -> None:
    web = Web()
    web.show([sample_alert("one")])
    memory = poll(web).memory
    reference = memory.known[0].reference
    assert reference is not None
    elements = {"sender": reference.sender, "identifier": reference.identifier, "sent": reference.sent}
    summary = "".join(f"<c:{name}>{text}</c:{name}>" for name, text in elements.items())
    web.pages[FEED] = feed(f"<entry xmlns:c='{cap.NAMESPACE}'>{summary}<link href='elsewhere'/></entry>")
    again = poll(web, memory)
    assert web.asked[-1] == FEED
    assert again.received == again.gone == ()


def test_a_summary_without_a_link_gives_no_message() -> None:
    web = Web({FEED: feed(f"<entry xmlns:c='{cap.NAMESPACE}'><c:event>TEST</c:event></entry>")})
    assert poll(web).received == ()


def test_an_entry_that_is_dated_anew_is_loaded_and_the_same_bytes_are_no_news() -> None:
    web = Web()
    web.show([sample_alert("one")])
    memory = poll(web).memory
    web.pages[FEED] = web.pages[FEED].replace(b"then", b"now")
    again = poll(web, memory)
    assert again.received == again.gone == ()
    poll(web, again.memory)
    assert web.asked[-2:][0] != FEED
    assert web.asked[-1] == FEED


def test_the_same_name_with_other_bytes_is_handed_over_for_somebody_to_look_at() -> None:
    web = Web()
    web.show([sample_alert("one")])
    memory = poll(web).memory
    web.show([sample_alert("one").replace(b"EXERCISE area", b"EXERCISE zone")])
    assert names(poll(web, memory)) == ["one"]


def test_an_unchanged_feed_costs_one_question_and_is_fresh() -> None:
    web = Web(etag='"1"')
    web.show([sample_alert("one")])
    memory = poll(web).memory
    assert memory.validators == Validators('"1"')
    later = asyncio.run(CapFeed(Settings(url=FEED), web).poll(memory, NOW + timedelta(hours=1)))
    assert web.asked[2:] == [FEED]
    assert later.memory.read_at == NOW + timedelta(hours=1)
    assert later.memory.known == memory.known


def test_validators_are_kept_only_after_everything_was_loaded() -> None:
    web = Web(etag='"1"')
    web.show([sample_alert("one"), sample_alert("two")])
    missing = list(web.pages)[1]
    web.broken.add(missing)
    partly = poll(web)
    assert len(partly.received) == 1
    assert partly.memory.validators == NO_VALIDATORS
    assert partly.memory.read_at is None
    assert [trouble.url for trouble in partly.troubles] == [missing]
    web.broken.clear()
    rest = poll(web, partly.memory)
    assert len(rest.received) == 1
    assert rest.memory.validators == Validators('"1"')


def test_an_alert_that_was_taken_away_does_not_make_the_feed_stale_for_ever() -> None:
    web = Web({FEED: feed("<entry><link href='lost.cap'/></entry>")})
    polled = poll(web)
    assert polled.memory.read_at == NOW
    assert [trouble.code for trouble in polled.troubles] == ["http-status"]


@pytest.mark.parametrize("page", [b"<html>502</html>", b"", b"<!DOCTYPE feed><feed/>", b"<svg/>"])
def test_an_error_page_is_an_outage_and_no_empty_feed(page: bytes) -> None:
    web = Web()
    web.show([sample_alert("one")])
    memory = poll(web).memory
    web.pages[FEED] = page
    broken = poll(web, memory)
    assert broken.memory == memory
    assert broken.gone == ()
    assert broken.troubles


def test_a_feed_of_many_pages_is_read_to_its_end_and_one_that_turns_in_circles_is_left() -> None:
    one, two = (embedded(sample_alert(name)) for name in "12")
    web = Web(
        {
            FEED: feed(f"<link rel='next' href='?page=2'/>{one}"),
            f"{FEED}?page=2": feed(f"<link rel='next' href='{FEED}'/>{two}"),
        }
    )
    assert names(poll(web)) == ["1", "2"]
    web.broken.add(f"{FEED}?page=2")
    assert poll(web).memory.read_at is None


def test_a_busy_feed_is_taken_in_over_several_polls() -> None:
    web = Web()
    web.show([sample_alert(str(number)) for number in range(LOADS_MAX + 3)])
    first = poll(web)
    assert len(first.received) == LOADS_MAX
    assert first.memory.read_at is None
    second = poll(web, first.memory)
    assert len(second.received) == 3
    assert second.memory.read_at == NOW


def test_a_link_to_a_page_is_left_for_the_one_to_the_alert() -> None:
    item = "<item><link>https://example.org/page</link><guid>https://example.org/alert</guid></item>"
    web = Web({FEED: f"<rss><channel>{item}</channel></rss>".encode()})
    web.pages["https://example.org/page"] = b"<html>TEST</html>"
    web.pages["https://example.org/alert"] = sample_alert("one")
    assert names(poll(web)) == ["one"]


def test_a_message_comes_with_what_its_signature_is_worth() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TEST office")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(begin).not_valid_after(begin + timedelta(days=365)).sign(key, hashes.SHA256())
    )  # fmt: skip
    web = Web()
    web.show([signatures.sign(sample_alert("one"), key, certificate)])
    senders = signatures.Senders({"exercise@example.org": (certificate,)})
    for settings, verdict in (({}, signatures.Verdict.UNTRUSTED), ({"senders": senders}, signatures.Verdict.TRUSTED)):
        (received,) = poll(web, **settings).received
        assert isinstance(received.report.trust, signatures.Trust)
        assert received.report.trust.verdict is verdict
        assert received.report.is_well_formed


def test_a_feed_is_polled_through_the_guarded_client() -> None:
    async def run() -> tuple[Polled, Polled, list[str]]:
        async with serving({}) as server:
            listing = feed("<entry><link type='application/cap+xml' href='one.cap'/></entry>")
            server.answers["/alerts.atom"] = answer(listing, ETag='"1"', Content_Type="text/html")
            server.answers["/one.cap"] = answer(sample_alert("one"))
            source = CapFeed(Settings(url=server.url("/alerts.atom")), server.client)
            first = await source.poll(NOTHING_KNOWN, NOW)
            server.answers["/alerts.atom"] = answer(status="304 Not Modified")
            return first, await source.poll(first.memory, NOW), server.heads

    first, second, heads = asyncio.run(run())
    assert names(first) == ["one"]
    assert first.received[0].document == sample_alert("one")
    assert second.received == ()
    assert [head.split()[1] for head in heads] == ["/alerts.atom", "/one.cap", "/alerts.atom"]
    assert 'If-None-Match: "1"' in heads[2]
