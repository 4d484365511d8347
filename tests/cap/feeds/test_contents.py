"""Every alert inside another document is judged, and the report says where it stands."""

from base64 import b64encode
from html import escape

import pytest

from tocsin import cap
from tocsin.cap import contents, feeds
from tocsin.cap.feeds import FeedKind

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@pytest.fixture
def good(drill: cap.Alert) -> str:
    return cap.write(drill).decode().partition("?>")[2].strip()


@pytest.fixture
def bad(good: str) -> str:
    return good.replace("Extreme<", "Dire<")


def atom(*entries: str, outside: str = "") -> bytes:
    listed = "".join(f"<entry><id>urn:test:{number}</id>{each}</entry>\n" for number, each in enumerate(entries))
    return f'{HEAD}<feed xmlns="http://www.w3.org/2005/Atom"><title>TEST</title>\n{listed}{outside}</feed>'.encode()


def codes(judged: cap.Judged) -> list[str]:
    return [finding.code for finding in judged.report.findings if finding.grade is cap.Grade.ERROR]


def test_a_bare_alert_is_the_whole_document(good: str) -> None:
    held = cap.judge_all(good.encode())
    (judged,) = held.alerts
    assert (held.kind, judged.place, judged.document) == (None, None, good.encode())
    assert judged.report == cap.judge(good.encode())


def test_each_alert_of_a_feed_is_judged_under_its_entry(good: str, bad: str) -> None:
    link = '<link type="application/cap+xml" href="test.xml"/>'
    data = atom(
        f'<title>First</title><content type="text/xml">{good}</content>',
        link,
        f'<title>Third</title><content type="application/cap+xml">{bad}</content>',
    )
    held = cap.judge_all(data)
    assert held.kind is FeedKind.ATOM
    assert [str(judged.place) for judged in held.alerts] == ['entry 1 "First"', 'entry 3 "Third"']
    assert [codes(judged) for judged in held.alerts] == [[], ["enumeration"]]
    assert [each.href for each in held.links] == ["test.xml"]


@pytest.mark.parametrize(
    ("head", "encoding"), [(b"", "UTF-8"), (b"\n \n", "UTF-8"), (b"\xef\xbb\xbf\n", "UTF-8"), (b"\n", "windows-1251")]
)
def test_a_finding_names_the_line_of_the_feed(good: str, bad: str, head: bytes, encoding: str) -> None:
    split = bad.replace("<alert ", "<alert\n\n ")
    feed = atom(f"<content>{split}</content>", f"<content>{good}</content>", outside=bad)
    data = head + feed.decode().replace("UTF-8", encoding).encode(encoding)
    held = cap.judge_all(data)
    assert [codes(judged) for judged in held.alerts] == [["enumeration"], [], ["enumeration"]]
    lines = [one.line for judged in held.alerts for one in judged.report.findings if one.code == "enumeration"]
    assert lines == [number for number, line in enumerate(data.splitlines(), start=1) if b"Dire<" in line]


def test_lines_of_a_pasted_alert_are_its_own(bad: str) -> None:
    pasted = HEAD.strip() + bad
    data = f"{HEAD}<rss><channel><item><description>\n\n{escape(pasted)}</description></item></channel></rss>".encode()
    found = cap.judge_all(data).alerts[0].report.findings
    assert [one.line for one in found] == [one.line for one in cap.judge(bad.encode()).findings]


def test_an_alert_directly_under_a_feed_is_found(good: str) -> None:
    (judged,) = cap.judge_all(atom("<title>TEST, with nothing in it</title>", outside=good)).alerts
    assert judged.report.alert is not None
    assert str(judged.place) == "alert 1"


def test_alerts_in_a_root_of_somebodys_own_are_counted(good: str, bad: str) -> None:
    held = cap.judge_all(f"<warnings>{good}{bad}</warnings>".encode())
    assert [str(judged.place) for judged in held.alerts] == ["alert 1", "alert 2"]
    assert [codes(judged) for judged in held.alerts] == [[], ["enumeration"]]


def test_an_alert_pasted_into_a_feed_as_text_is_found(bad: str) -> None:
    item = f"<item><title>TEST</title><description>{escape(HEAD + bad)}</description></item>"
    held = cap.judge_all(f'{HEAD}<rss version="2.0"><channel>{item}</channel></rss>'.encode())
    assert held.kind is FeedKind.RSS
    assert codes(held.alerts[0]) == ["enumeration"]


def test_an_envelope_is_opened(good: str, bad: str) -> None:
    parts = "".join(
        f"<contentObject><contentDescription>TEST {number}</contentDescription><xmlContent><embeddedXMLContent>{each}"
        "</embeddedXMLContent></xmlContent></contentObject>"
        for number, each in enumerate((good, bad))
    )
    held = cap.judge_all(
        f'<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0">{parts}</EDXLDistribution>'.encode()
    )
    assert held.kind is FeedKind.EDXL_DE
    assert [(str(judged.place), codes(judged)) for judged in held.alerts] == [
        ('entry 1 "TEST 0"', []),
        ('entry 2 "TEST 1"', ["enumeration"]),
    ]


def test_the_link_of_an_entry_that_holds_its_alert_is_not_a_further_one(good: str) -> None:
    held = cap.judge_all(atom(f'<link type="application/cap+xml" href="test.xml"/><content>{good}</content>'))
    assert (len(held.alerts), held.links) == (1, ())


def test_a_feed_that_only_links_holds_no_alert(good: str) -> None:
    link = '<link type="application/cap+xml" href="test.xml"/>'
    held = cap.judge_all(atom(link, link.replace("test", "other"), link))
    assert (held.alerts, [each.href for each in held.links]) == ((), ["test.xml", "other.xml"])


@pytest.mark.parametrize("data", [b"", b"<html/>", b"<!DOCTYPE feed><feed/>", b"<a>", b64encode(bytes(99))])
def test_what_is_neither_has_one_report_that_says_so(data: bytes) -> None:
    held = cap.judge_all(data)
    assert held.kind is None
    assert [judged.report for judged in held.alerts] == [cap.judge(data)]


def test_an_alert_that_is_too_large_stays_one_alert(good: str) -> None:
    data = (HEAD + good).encode()
    held = cap.judge_all(data, cap.Limits(size_bytes_max=100))
    assert [(judged.place, codes(judged)) for judged in held.alerts] == [(None, ["too-large-size"])]


def test_no_more_alerts_are_judged_than_a_feed_can_mean() -> None:
    alert = f'<alert xmlns="{cap.NAMESPACE}"/>'
    held = cap.judge_all(atom(*[alert] * (contents.ALERTS_MAX + 2)))
    assert (len(held.alerts), held.left_out) == (contents.ALERTS_MAX, 2)


def test_every_alert_in_the_feeds_of_the_corpus_is_judged(corpus: list[tuple[dict[str, object], bytes]]) -> None:
    held = {str(row["path"]): cap.judge_all(data) for row, data in corpus if row["kind"] != "alert"}
    valid = next(each for path, each in held.items() if path.endswith("bushfire_valid.edxlde"))
    assert len(valid.alerts) == 7
    assert all(judged.report.alert for judged in valid.alerts)
    assert sum(len(each.alerts) for each in held.values() if each.kind) >= 20


def test_a_namespace_that_has_no_canonical_form_hides_no_alert(good: str) -> None:
    """Found by fuzzing: such a namespace raised an error of the XML library."""
    (judged,) = cap.judge_all(atom(outside=good.replace("<alert ", '<alert xmlns:test="relative" '))).alerts
    assert judged.report.alert is not None
    assert not judged.is_exact


def test_a_feed_of_countless_namespaces_is_refused(good: str) -> None:
    """Each alert that is cut out takes them along: 100 kB of feed held a reader for 13 seconds."""
    declared = " ".join(f'xmlns:a{number}="urn:test:{number}"' for number in range(3000))
    data = atom(*[f"<content {declared}>{good}</content>"] * 3)
    with pytest.raises(feeds.FeedError) as refusal:
        feeds.read(data)
    assert refusal.value.code == "too-large-namespaces"
    assert [judged.report for judged in cap.judge_all(data).alerts] == [cap.judge(data)]


@pytest.mark.parametrize("entry", ["<entry/>", f'<alert xmlns="{cap.NAMESPACE}"/>'])
def test_a_feed_of_countless_entries_is_refused(entry: str) -> None:
    with pytest.raises(feeds.FeedError) as refusal:
        feeds.read(atom(outside=entry * 5001))
    assert refusal.value.code == "too-large-entries"
