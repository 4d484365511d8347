"""The form of CAP 1.2: every place that breaks it is named, with path and line."""

from collections.abc import Callable

import pytest

from tocsin import cap

Change = Callable[[str], str]


@pytest.fixture
def document(drill: cap.Alert) -> str:
    return cap.write(drill).decode()


def findings(text: str) -> list[tuple[str, str]]:
    with pytest.raises(cap.CapError) as refused:
        cap.read(text.encode())
    return [(finding.code, finding.path) for finding in refused.value.findings]


def swapped(first: str, second: str) -> Change:
    """Exchange two elements, each of which stands on a line of its own."""

    def change(text: str) -> str:
        lines = text.splitlines()
        one, other = (next(i for i, line in enumerate(lines) if f"<{name}>" in line) for name in (first, second))
        lines[one], lines[other] = lines[other], lines[one]
        return "\n".join(lines)

    return change


def put(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


BROKEN: dict[str, tuple[Change, str, str]] = {
    "sent before sender": (swapped("sent", "sender"), "wrong-order", "alert/sender"),
    "expires after headline": (swapped("expires", "headline"), "wrong-order", "alert/info[1]/expires"),
    "polygon after circle": (swapped("polygon", "circle"), "wrong-order", "alert/info[1]/area[1]/polygon[1]"),
    "source before everything": (put("<identifier>", "<source/><identifier>"), "wrong-order", "alert/identifier"),
    "value before name": (swapped("valueName", "value"), "wrong-order", "alert/info[1]/area[1]/geocode[1]/valueName"),
    "an element behind the signature": (
        put("  <info>", '<S xmlns="http://www.w3.org/2000/09/xmldsig#"/><info>'), "wrong-order", "alert/info[1]"),
    "no status": (put("<status>Exercise</status>", ""), "missing-element", "alert/status"),
    "no urgency": (put("<urgency>Immediate</urgency>", ""), "missing-element", "alert/info[1]/urgency"),
    "no area name": (put("<areaDesc>ТЕСТ: навчальний район</areaDesc>", ""), "missing-element",
                     "alert/info[1]/area[1]/areaDesc"),
    "two senders": (put("  <sent>", "<sender>x</sender><sent>"), "repeated-element", "alert/sender"),
    "a word of its own": (put("Exercise<", "Drill<"), "enumeration", "alert/status"),
    "a blank around a word": (put("Public<", "Public <"), "enumeration", "alert/scope"),
    "lower case": (put("Extreme<", "extreme<"), "enumeration", "alert/info[1]/severity"),
    "an old certainty": (put("Likely<", "Very Likely<"), "enumeration", "alert/info[1]/certainty"),
    "a date with Z": (put("06-00:00<", "06Z<"), "date-z", "alert/sent"),
    "a date with a fraction": (put("06-00:00<", "06.5-00:00<"), "date-fraction", "alert/sent"),
    "a date without offset": (put("06-00:00<", "06<"), "date-naive", "alert/sent"),
    "30 February": (put("2026-03-01T04", "2026-02-30T04"), "date-bad", "alert/sent"),
    "an offset of 15 hours": (put("06-00:00<", "06+15:00<"), "date-bad", "alert/sent"),
    "the end of all days": (put("2026-03-01T04:05:06", "9999-12-31T24:00:00"), "date-bad", "alert/sent"),
    "an empty date": (put("2026-03-01T05:05:06-00:00", ""), "date-bad", "alert/info[1]/expires"),
    "a language in words": (put("age>uk<", "age>the Ukrainian<"), "datatype", "alert/info[1]/language"),
    "a height in metres": (put("</geocode>", "</geocode><altitude>10 m</altitude>"), "datatype",
                           "alert/info[1]/area[1]/altitude"),
    "a number of a million digits": (put("</geocode>", f"</geocode><altitude>{'9' * 1_000_000}</altitude>"), "datatype",
                                     "alert/info[1]/area[1]/altitude"),
    "a link with a broken escape": (put("    <area>", "<web>https://example.org/%zz</web><area>"), "datatype",
                                    "alert/info[1]/web"),
    "a link of a megabyte": (put("    <area>", f"<web>https://example.org/{'a' * 1_000_000}</web><area>"), "datatype",
                             "alert/info[1]/web"),
    "an element nobody knows": (put("  <scope>", "<reference/><scope>"), "unknown-element", "alert/reference"),
    "an element of another house": (put("  <scope>", '<x xmlns="urn:example"/><scope>'), "foreign-element", "alert/x"),
    "an attribute": (put("<status>", '<status x="1">'), "attribute-not-allowed", "alert/status"),
    "an element that says it is nil": (put("<status>", '<status nil="true">'), "missing-element", "alert/status"),
    "text between elements": (put("  <scope>", "{{ scope }}<scope>"), "text-not-allowed", "alert"),
    "markup in a text": (put("Exercise of", "<b>Exercise</b> of"), "markup-in-text", "alert/note"),
    "an empty identifier": (put("drill-1", ""), "empty-identifier", "alert/identifier"),
    "a blank sender": (put("demo@example.org", "  "), "empty-sender", "alert/sender"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "code", "path"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_form_is_named_with_its_place(document: str, change: Change, code: str, path: str) -> None:
    assert findings(change(document)) == [(code, path)]


def test_everything_that_is_broken_is_reported_at_once(document: str) -> None:
    for change in (put("Exercise<", "Drill<"), put("06-00:00<", "06Z<"), put("Extreme<", "Dire<"), put("uk<", "u_k<")):
        document = change(document)
    assert [code for code, _ in findings(document)] == ["date-z", "enumeration", "datatype", "enumeration"]


def test_a_finding_names_line_found_rule_and_remedy(document: str) -> None:
    with pytest.raises(cap.CapError) as refused:
        cap.read(document.replace("Extreme<", "extreme <").encode())
    (finding,) = refused.value.findings
    assert finding.line == document[: document.index("Extreme<")].count("\n") + 1
    assert finding.found == "extreme"
    assert "Extreme, Severe, Moderate, Minor, Unknown" in finding.rule
    assert finding.remedy == "Write Extreme, without blanks around it."


def test_a_text_is_read_across_comments(document: str) -> None:
    split = document.replace("Це не справжня", "Це <!-- hidden -->не <?x y?>справ<![CDATA[жня]]>")
    assert cap.read(split.encode()) == cap.read(document.encode())


def test_an_optional_element_that_says_it_is_nil_is_missing(document: str) -> None:
    nil = put("<headline>", '<headline nil="true">')(document)
    assert cap.read(nil.encode()).infos[0].headline == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251", "koi8-u"])
def test_any_declared_encoding_is_read(document: str, encoding: str) -> None:
    declared = document.replace("encoding='UTF-8'", f"encoding='{encoding.removesuffix('-sig')}'")
    assert cap.read(declared.encode(encoding)) == cap.read(document.encode())


def test_a_line_break_before_the_declaration_is_forgiven(document: str) -> None:
    assert cap.read(b"\r\n" + document.encode()) == cap.read(document.encode())
    assert cap.read(b"\xef\xbb\xbf\n" + document.encode()) == cap.read(document.encode())


def test_lines_are_counted_from_the_true_beginning(document: str) -> None:
    with pytest.raises(cap.CapError) as refused:
        cap.read(b"\n\n\n" + put("Extreme<", "Dire<")(document).encode())
    assert refused.value.findings[0].line == document[: document.index("Extreme<")].count("\n") + 4


def test_blanks_around_a_date_and_a_link_are_no_part_of_them(document: str) -> None:
    loose = put("<sent>2026-03-01T04:05:06-00:00<", "<sent>\n 2026-03-01T04:05:06-00:00 <")(document)
    assert cap.read(loose.encode()).sent_text == "2026-03-01T04:05:06-00:00"


def test_a_missing_or_empty_language_is_american_english(document: str) -> None:
    for text in ("", "<language/>"):
        assert cap.read(put("<language>uk</language>", text)(document).encode()).infos[0].language == "en-US"


def test_lists_are_split_at_any_white_space_and_kept_together_by_quotes(document: str) -> None:
    text = put("  <info>", '<references>a,b,2025-01-01T00:00:00+00:00\n\t c,d,e  half,one </references>'
                           '<incidents>flood "two words"</incidents><info>')(document)  # fmt: skip
    alert = cap.read(text.encode())
    assert alert.references == (cap.Reference("a", "b", "2025-01-01T00:00:00+00:00"), cap.Reference("c", "d", "e"))
    assert alert.incidents == ("flood", "two words")


def test_a_signature_at_the_end_is_no_part_of_the_alert(document: str) -> None:
    signed = put("</alert>", '<S xmlns="http://www.w3.org/2000/09/xmldsig#"><a b="c">x</a></S></alert>')(document)
    assert cap.read(signed.encode()) == cap.read(document.encode())
