"""Where the alerts of a feed are, in every shape that real feeds have."""

from typing import Any

import pytest
from lxml import etree

from tocsin import cap
from tocsin.cap import feeds
from tocsin.cap.feeds import FeedKind, Link

Corpus = list[tuple[dict[str, Any], bytes]]

CAP = "urn:oasis:names:tc:emergency:cap:1.2"


def atom(*entries: str, head: str = "", attributes: str = "") -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{head}{"".join(entries)}</feed>'.encode()


def only(data: bytes) -> feeds.Entry:
    (entry,) = feeds.read(data).entries
    return entry


def links(data: bytes) -> list[str]:
    return [link.href for link in only(data).links]


def test_every_feed_of_the_corpus_is_read_as_the_index_says(corpus: Corpus) -> None:
    seen = 0
    for row, data in corpus:
        if row["kind"] != "feed" or row["doctype"]:
            continue
        feed = feeds.read(data)
        alerts = [alert for entry in feed.entries for alert in entry.alerts]
        outside = 1 if "no_entries" in row["path"] else 0
        assert len(feed.entries) - outside == row["entries"], row["path"]
        assert len(alerts) == row["embedded_alerts"], row["path"]
        assert all(alert.is_exact for alert in alerts), row["path"]
        assert any(entry.is_summary for entry in feed.entries) == ("cap-elements-in-entry" in row["feed_shapes"])
        seen += 1
    assert seen > 15


def test_every_entry_of_a_real_feed_leads_to_an_alert(corpus: Corpus) -> None:
    for row, data in corpus:
        if row["kind"] == "feed" and row["intended"] in ("valid", "sample") and not row["doctype"]:
            for entry in feeds.read(data).entries:
                assert entry.links or entry.alerts, row["path"]


def test_alerts_inside_an_envelope_are_cut_out_byte_for_byte(corpus: Corpus) -> None:
    data = next(data for row, data in corpus if row["path"].endswith("bushfire_valid.edxlde"))
    feed = feeds.read(data)
    assert feed.kind is FeedKind.EDXL_DE
    for entry in feed.entries:
        (alert,) = entry.alerts
        assert alert.document in data
        assert cap.read(alert.document).sender == "webmaster@rfs.nsw.gov.au"


def test_an_alert_is_cut_out_with_all_that_could_mislead_a_search() -> None:
    alert = (
        f'<c:alert\n xmlns:c="{CAP}"><!-- <c:alert> --><c:note a="/>" b=\'"\'><![CDATA[</c:alert>]]></c:note>'
        "<?x </c:alert> ?><c:empty/>\r</c:alert>"
    )
    data = atom(f"<entry><title>TEST</title><content>before{alert}after</content></entry>")
    (embedded,) = only(data).alerts
    assert embedded == feeds.Embedded(alert.encode(), True)


def test_two_alerts_in_two_entries_keep_their_places() -> None:
    one, two = (f'<alert xmlns="{CAP}"><note>TEST {number}</note></alert>' for number in (1, 2))
    feed = feeds.read(atom(f"<entry><id>1</id>{one}</entry>", f"<entry><id>2</id>{two}</entry>"))
    assert [(entry.id, entry.alerts[0].document) for entry in feed.entries] == [
        ("1", one.encode()),
        ("2", two.encode()),
    ]


def test_an_alert_that_borrows_a_namespace_is_whole_and_marked() -> None:
    data = atom("<entry><c:alert><c:note>TEST</c:note></c:alert></entry>", attributes=f'xmlns:c="{CAP}"')
    (embedded,) = only(data).alerts
    assert not embedded.is_exact
    root = etree.fromstring(embedded.document)
    assert (root.tag, root[0].text) == (f"{{{CAP}}}alert", "TEST")


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-16"])
def test_an_alert_in_another_encoding_is_the_same_alert(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><feed><entry><alert xmlns="{CAP}">Übung</alert></entry></feed>'
    (embedded,) = only(text.encode(encoding)).alerts
    assert etree.fromstring(embedded.document).text == "Übung"
    assert embedded.is_exact == (encoding != "UTF-16")


def test_an_alert_directly_under_the_feed_is_found(corpus: Corpus) -> None:
    data = next(data for row, data in corpus if row["path"].endswith("no_entries.atom"))
    (embedded,) = only(data).alerts
    assert embedded.document in data


def test_an_alert_that_was_pasted_as_text_is_found() -> None:
    pasted = f'&lt;?xml version="1.0" encoding="UTF-16"?&gt;\n&lt;alert xmlns="{CAP}"&gt;ТЕСТ&lt;/alert&gt;'
    (embedded,) = only(
        f"<rss><channel><item><description>{pasted}</description></item></channel></rss>".encode()
    ).alerts
    assert etree.fromstring(embedded.document).text == "ТЕСТ"
    assert not only(
        b"<rss><channel><item><description>&lt;p&gt;TEST&lt;/p&gt;</description></item></channel></rss>"
    ).alerts


def test_a_link_that_says_it_is_cap_is_taken_before_all_others() -> None:
    data = atom(
        "<entry><id>https://example.org/id</id><link href='https://example.org/page'/>"
        "<link rel='related' type='application/cap+xml; charset=utf-8' href='https://example.org/alert'/></entry>"
    )
    assert links(data) == ["https://example.org/alert"]


def test_the_older_type_of_an_alert_is_known() -> None:
    kind = "application/common-alerting-protocol+xml"
    assert links(atom(f"<entry><link type='{kind}' href='a.xml'/></entry>")) == ["a.xml"]


def test_links_without_a_type_are_taken_and_those_to_pages_are_not() -> None:
    data = atom(
        "<entry><id>urn:example:1</id><link rel='self' href='self'/><link type='text/html' href='page'/>"
        "<link rel='edit' href='edit'/><link href='alert'/></entry>"
    )
    assert links(data) == ["alert"]


def test_an_id_that_is_an_address_leads_to_the_alert() -> None:
    assert links(atom("<entry><id>https://example.org/alert</id></entry>")) == ["https://example.org/alert"]
    assert links(atom("<entry><id>tag:example.org,2026:1</id></entry>")) == []


def test_an_item_of_rss_has_its_alert_behind_link_guid_or_enclosure() -> None:
    def item(text: str) -> bytes:
        return f"<rss version='2.0'><channel><title>TEST</title><item>{text}</item></channel></rss>".encode()

    assert links(item("<link> https://example.org/1 </link><guid>1</guid>")) == ["https://example.org/1"]
    assert links(item("<guid>https://example.org/1</guid>")) == ["https://example.org/1"]
    assert links(item("<guid isPermaLink='false'>https://example.org/1</guid>")) == []
    enclosure = (
        "<link>https://example.org/page</link><enclosure type='application/cap+xml' url='https://example.org/1'/>"
    )
    assert links(item(enclosure)) == ["https://example.org/1"]
    own = "<g:cap xmlns:g='http://example.org/g'>https://example.org/1</g:cap><link>https://example.org/page</link>"
    assert links(item(own))[0] == "https://example.org/1"


def test_a_base_is_handed_on_with_the_link() -> None:
    data = atom("<entry xml:base='https://example.org/a/'><link href='b'/></entry>")
    assert only(data).links == (Link("b", "https://example.org/a/"),)


def test_a_feed_of_many_pages_names_the_next_one() -> None:
    feed = feeds.read(atom(head="<link rel='self' href='?page=1'/><link rel='next' href='?page=2'/>"))
    assert feed.next_page == Link("?page=2")
    assert feeds.read(atom()).next_page is None


def test_a_summary_is_never_made_into_an_alert() -> None:
    summary = "".join(
        f"<c:{name}>{text}</c:{name}>"
        for name, text in {
            "identifier": "drill-1",
            "sender": "demo@example.org",
            "sent": "2026-03-01T04:05:06-00:00",
            "status": "Exercise",
            "event": "TEST",
        }.items()
    )
    entry = only(atom(f"<entry>{summary}</entry>", attributes=f'xmlns:c="{CAP}"'))
    assert entry.is_summary
    assert entry.alerts == entry.links == ()
    assert entry.key == feeds.Key("demo@example.org", "drill-1", "2026-03-01T04:05:06-00:00")


def test_a_quiet_feed_is_not_an_error_page(corpus: Corpus) -> None:
    quiet = next(data for row, data in corpus if row["path"].endswith("empty_weather_index.atom"))
    assert feeds.read(quiet).entries == ()
    for page in (
        b"<!DOCTYPE html><html><br>502</html>",
        b"\n<html>502</html>",
        b'<?xml version="1.0"?><html lang="en"/>',
    ):
        with pytest.raises(feeds.FeedError) as refused:
            feeds.read(page)
        assert refused.value.code == "web-page"


def test_an_address_that_holds_the_alert_itself_is_a_feed_of_one(drill: cap.Alert) -> None:
    data = cap.write(drill)
    feed = feeds.read(data)
    assert feed.kind is FeedKind.ALERTS
    assert cap.read(feed.entries[0].alerts[0].document) == drill


HOSTILE = {
    "a document type": (b"<!DOCTYPE feed><feed/>", "doctype"),
    "a document type in UTF-16": ("<!DOCTYPE feed><feed/>".encode("utf-16"), "doctype"),
    "an entity from a file": (b'<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/hostname">]><feed>&x;</feed>', "doctype"),
    "an entity bomb": (b'<!DOCTYPE f [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><feed>&b;</feed>', "doctype"),
    "depth 10,000": (b"<feed>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</feed>", "too-large-depth"),
    "depth 100": (b"<feed>" + b"<a>" * 100 + b"</a>" * 100 + b"</feed>", "too-large-depth"),
    "many elements": (b"<feed>" + b"<a/>" * 400_000 + b"</feed>", "too-large-elements"),
    "many bytes": (b"<feed>" + b" " * 9_000_000 + b"</feed>", "too-large-size"),
    "a long text": (b"<feed>" + b"x" * 1_600_000 + b"</feed>", "too-large-text"),
    "JSON": (b'{"alerts": []}', "not-well-formed"),
    "nothing": (b" \n", "empty-document"),
    "half a feed": (b"<feed><entry>", "not-well-formed"),
    "another document": (b"<svg/>", "not-a-feed"),
}


@pytest.mark.parametrize(("data", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_feed_is_refused_with_its_code(data: bytes, code: str) -> None:
    with pytest.raises(feeds.FeedError) as refused:
        feeds.read(data)
    assert refused.value.code == code


def test_thousands_of_entries_with_alerts_are_read_in_one_pass() -> None:
    entry = f'<entry><content><alert xmlns="{CAP}"/></content></entry>'
    feed = feeds.read(atom(entry * 5_000))
    assert len(feed.entries) == 5_000
    assert all(len(each.alerts) == 1 for each in feed.entries)
