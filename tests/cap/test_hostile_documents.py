"""Documents that are meant to harm, or are no alert at all: each is refused with its own code."""

import pytest

from tocsin import cap

NAMESPACE = b'xmlns="urn:oasis:names:tc:emergency:cap:1.2"'
BOMB = b"""<!DOCTYPE alert [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]><alert>&e;&e;&e;&e;&e;&e;&e;&e;</alert>"""
OUTSIDE = b'<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/hostname">]><alert><note>&x;</note></alert>'
DECLARED = '<?xml version="1.0" encoding="UTF-16BE"?><!DOCTYPE alert><alert/>'

HOSTILE = {
    "a bare document type": (b"<!DOCTYPE alert><alert/>", "doctype"),
    "a document type in UTF-16": ("<!DOCTYPE alert><alert/>".encode("utf-16"), "doctype"),
    "a document type in UTF-16 without a mark": (DECLARED.encode("utf-16-be"), "doctype"),
    "a document type behind a long comment": (b"<!--" + b" " * 9000 + b"--><!DOCTYPE alert><alert/>", "doctype"),
    "a document type behind blanks": (b"\n \n<!DOCTYPE alert><alert/>", "doctype"),
    "an entity bomb": (BOMB, "doctype"),
    "an entity from a file": (OUTSIDE, "doctype"),
    "an entity in an attribute": (b'<!DOCTYPE a [<!ENTITY x "y">]><alert b="&x;"/>', "doctype"),
    "an entity without declaration": (b"<alert " + NAMESPACE + b"><note>&x;</note></alert>", "not-well-formed"),
    "depth 10,000": (b"<a>" * 10_000 + b"</a>" * 10_000, "too-large-depth"),
    "depth 100": (b"<alert " + NAMESPACE + b">" + b"<a>" * 99 + b"</a>" * 99 + b"</alert>", "too-large-depth"),
    "10 MB of text": (b"<alert " + NAMESPACE + b">" + b"x" * 10_000_000 + b"</alert>", "too-large-size"),
    "one text of 1.6 MB": (b"<alert " + NAMESPACE + b">" + b"x" * 1_600_000 + b"</alert>", "too-large-text"),
    "a comment of 1.6 MB": (b"<alert " + NAMESPACE + b"><!--" + b"x" * 1_600_000 + b"--></alert>", "too-large-text"),
    "100,000 elements": (b"<alert " + NAMESPACE + b">" + b"<a/>" * 100_000 + b"</alert>", "too-large-elements"),
    "50,000 elements": (b"<alert " + NAMESPACE + b">" + b"<a/>" * 50_000 + b"</alert>", "too-large-elements"),
    "no namespace": (b"<alert/>", "unknown-namespace"),
    "another namespace": (b'<alert xmlns="urn:example"/>', "unknown-namespace"),
    "another root": (b"<info " + NAMESPACE + b"/>", "unknown-root"),
    "an empty CAP 1.1": (b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1"/>', "missing-element"),
    "an empty CAP 1.0": (b'<alert xmlns="http://www.incident.com/cap/1.0"/>', "missing-element"),
    "a web page": (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "doctype"),
    "a web page that is XML": (b"<html><body>502 Bad Gateway</body></html>", "unknown-root"),
    "a web page that is no XML": (b"<html><br><body>502</html>", "not-well-formed"),
    "an Atom feed": (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "unknown-root"),
    "nothing": (b"", "empty-document"),
    "blanks": (b" \r\n\t", "empty-document"),
    "only a mark": (b"\xef\xbb\xbf", "not-well-formed"),
    "JSON": (b'{"alert": "active"}', "not-well-formed"),
    "the first half": (b"<alert " + NAMESPACE + b"><identifier>drill-1</iden", "not-well-formed"),
    "a null byte": (b"<alert " + NAMESPACE + b">\x00</alert>", "not-well-formed"),
    "bytes of another encoding": (b"<alert " + NAMESPACE + b"><note>\xff\xfe</note></alert>", "not-well-formed"),
    "an encoding nobody knows": (b'<?xml version="1.0" encoding="x-none"?><alert/>', "not-well-formed"),
    "two roots": (b"<alert " + NAMESPACE + b"/><alert/>", "not-well-formed"),
}


@pytest.mark.parametrize(("data", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_document_is_refused_with_its_code(data: bytes, code: str) -> None:
    with pytest.raises(cap.CapError) as refused:
        cap.read(data)
    assert refused.value.code == code
    assert len(str(refused.value)) < 1000


def test_a_web_page_is_called_a_web_page() -> None:
    for page in (b"<!DOCTYPE html><html/>", b"<!doctype HTML><html/>", b"<html/>"):
        with pytest.raises(cap.CapError, match=r"web page|well-formed"):
            cap.read(page)


def test_one_source_may_have_its_own_limits() -> None:
    data = b"<alert " + NAMESPACE + b">" + b"x" * 3_000_000 + b"</alert>"
    wide = cap.Limits(size_bytes_max=4_000_000, text_characters_max=4_000_000)
    with pytest.raises(cap.CapError) as refused:
        cap.read(data, wide)
    assert refused.value.code == "text-not-allowed"


def test_a_report_stays_short_however_much_is_wrong() -> None:
    with pytest.raises(cap.CapError) as refused:
        cap.read(b"<alert " + NAMESPACE + b">" + b"<a/>" * 5000 + b"</alert>")
    assert len(refused.value.findings) == 100
    assert str(refused.value).endswith("These are the first 100 faults; there are more.")
