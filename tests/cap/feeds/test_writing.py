"""Our own feed: what we write, our reader and the rules of Atom find right."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lxml import etree

from tocsin import cap
from tocsin.cap import feeds

HEADING = feeds.Heading(url="https://example.org/alerts.atom", title="TEST alerts", author="TEST authority")
QUIET_SINCE = datetime(2026, 3, 1, tzinfo=UTC)
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def written(*alerts: cap.Alert) -> bytes:
    listed = [feeds.Listed(alert, f"https://example.org/{alert.identifier}.cap") for alert in alerts]
    return feeds.write(HEADING, listed, max((alert.sent for alert in alerts), default=QUIET_SINCE))


def test_our_reader_finds_every_alert_that_we_list(drill: cap.Alert) -> None:
    later = replace(drill, identifier="drill-2", sent=drill.sent + timedelta(minutes=1), sent_text="")
    feed = feeds.read(written(later, drill))
    assert [entry.links[0].href for entry in feed.entries] == [
        "https://example.org/drill-2.cap",
        "https://example.org/drill-1.cap",
    ]
    # Some readers know no links and take the id for the address.
    assert [entry.id for entry in feed.entries] == [entry.links[0].href for entry in feed.entries]
    assert feed.entries[0].updated == "2026-03-01T04:06:06+00:00"
    assert feed.updated == feed.entries[0].updated
    assert feed.id == HEADING.url


def test_an_exercise_says_so_before_anything_else(drill: cap.Alert) -> None:
    assert feeds.read(written(drill)).entries[0].title.startswith("EXERCISE: НАВЧАННЯ")
    cancelled = replace(drill, infos=(), status=cap.Status.TEST, msg_type=cap.MsgType.CANCEL)
    assert feeds.read(written(cancelled)).entries[0].title == "TEST: Cancel"


def test_an_entry_repeats_nothing_that_could_be_taken_for_the_alert(drill: cap.Alert) -> None:
    entry = feeds.read(written(drill)).entries[0]
    assert not entry.is_summary
    assert not entry.alerts


def test_what_atom_requires_is_there_once(drill: cap.Alert) -> None:
    root = etree.fromstring(written(drill))
    for place in ("/a:feed", "/a:feed/a:entry"):
        for name in ("id", "title", "updated", "author/a:name"):
            assert len(root.xpath(f"{place}/a:{name}[normalize-space()]", namespaces=ATOM)) == 1, (place, name)
    assert root.xpath("string(/a:feed/a:link[@rel='self']/@href)", namespaces=ATOM) == HEADING.url
    assert root.xpath("string(//a:entry/a:link/@type)", namespaces=ATOM) == "application/cap+xml"


def test_the_same_list_is_the_same_bytes(drill: cap.Alert) -> None:
    assert written(drill) == written(drill)


def test_a_quiet_feed_is_a_feed() -> None:
    assert feeds.read(written()).entries == ()
