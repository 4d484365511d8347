"""The verdict on a document: everything that is wrong is found, and what becomes of it follows the tables."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tocsin import cap
from tocsin.cap.catalogue import CATALOGUE

Corpus = list[tuple[dict[str, Any], bytes]]

NEVER_A_FINDING = {"references-same-identifier"}


@pytest.fixture
def document(drill: cap.Alert) -> str:
    return cap.write(drill).decode()


def judged(document: str, old: str, new: str) -> cap.Report:
    assert old in document
    return cap.judge(document.replace(old, new).encode())


def codes(report: cap.Report) -> set[str]:
    return {finding.code for finding in report.findings}


def test_what_we_write_has_no_finding(document: str) -> None:
    report = cap.judge(document.encode())
    assert report.findings == ()
    assert report.outcome is cap.Outcome.ACCEPT
    assert report.message is not None
    assert report.message.data == document.encode()


def test_the_form_is_judged_as_the_schema_judges_it(corpus: Corpus) -> None:
    alerts = [(row, data) for row, data in corpus if row["kind"] == "alert"]
    wrong = [row["path"] for row, data in alerts if cap.judge(data).has_the_form is not row["xsd_valid"]]
    assert not wrong


def test_every_fault_that_the_index_lists_is_found(corpus: Corpus) -> None:
    missed = []
    for row, data in corpus:
        if row["kind"] == "alert":
            missed += [(row["path"], code) for code in set(row["lint"]) - NEVER_A_FINDING - codes(cap.judge(data))]
    # A placeholder in a polygon is one fault, a placeholder in the head another; both templates are never alerts.
    assert not [one for one in missed if "template" not in one[0]]


def test_good_alerts_are_accepted(corpus: Corpus) -> None:
    kept = [
        row["path"]
        for row, data in corpus
        if row["kind"] == "alert" and row["intended"] == "valid" and cap.judge(data).outcome is not cap.Outcome.ACCEPT
    ]
    # It has nothing to tell: required elements only, and no info.
    assert kept == ["google-cap-library/testdata/no_optional_fields.cap"]


def test_every_finding_is_complete_and_in_the_catalogue(corpus: Corpus) -> None:
    for row, data in corpus:
        for finding in cap.judge(data).findings:
            assert finding.code in CATALOGUE, row["path"]
            assert finding.clause
            assert finding.remedy.endswith("."), finding
            assert finding.line is not None or finding.layer is cap.Layer.DOCUMENT, (row["path"], finding)


ACCEPT, QUARANTINE, REJECT = cap.Outcome.ACCEPT, cap.Outcome.QUARANTINE, cap.Outcome.REJECT
FATES = [
    ("<identifier>drill-1</identifier>", "", "missing-element", REJECT),
    ("drill-1", "", "empty-identifier", REJECT),
    ("<status>Exercise<", "<status>Drill<", "enumeration", REJECT),
    ("<urgency>Immediate</urgency>", "", "missing-element", QUARANTINE),
    ("<severity>Extreme<", "<severity><", "enumeration", QUARANTINE),
    ("Alert</msgType>", "Cancel</msgType>", "references-missing", QUARANTINE),
    ("Alert</msgType>", "Update</msgType>", "references-missing", ACCEPT),
    ("04:05:06-00:00</sent>", "04:05:06</sent>", "date-naive", QUARANTINE),
    ("04:05:06-00:00</sent>", "04:05:06Z</sent>", "date-z", ACCEPT),
    ("<expires>2026-", "<expires>2569-", "year-buddhist", QUARANTINE),
    ("<expires>2026-", "<expires>2025-", "expires-before-sent", QUARANTINE),
    ("50.2,30.2 50.1,30.1</polygon>", "50.2,30.2 50.1,30.2</polygon>", "polygon-unclosed", ACCEPT),
    ("50.2,30.2 50.1,30.1</polygon>", "50.1,30.1</polygon>", "polygon-short", ACCEPT),
    ("50.1,30.1 50.2,30.1", "100.1,30.1 50.2,30.1", "polygon-lat-range", QUARANTINE),
    ("50.1,30.1 50.2,30.1 50.2,30.2", "50.1,30.1 50.2,30.2 50.2,30.1 50.1,30.2", "polygon-self-intersecting", ACCEPT),
    ("Public</scope>", "Restricted</scope>", "restriction-missing", QUARANTINE),
    ("  <scope>", "  {{ here }}<scope>", "text-not-allowed", REJECT),
    ("НАВЧАННЯ", "&lt;b&gt;НАВЧАННЯ&lt;/b&gt;", "html-in-text", ACCEPT),
    ("<certainty>Likely<", "<certainty>Very Likely<", "certainty-very-likely", ACCEPT),
]


@pytest.mark.parametrize(("old", "new", "code", "fate"), FATES, ids=[f"{one[2]} {one[1][:12]}" for one in FATES])
def test_what_becomes_of_a_fault(document: str, old: str, new: str, code: str, fate: cap.Outcome) -> None:
    report = judged(document, old, new)
    assert code in codes(report)
    assert report.outcome is fate
    assert report.alert is not None or fate is not ACCEPT


def test_an_area_of_which_nothing_is_left_is_quarantined_not_widened(document: str) -> None:
    start, end = document.index("<circle>"), document.index("</area>")
    bare = document[:start] + document[end:]
    assert judged(bare, "50.1,30.1 50.2,30.1", "()").outcome is QUARANTINE
    assert judged(document, "50.1,30.1 50.2,30.1", "()").outcome is ACCEPT


def test_a_message_from_the_future_is_kept_apart(document: str) -> None:
    report = cap.judge(document.encode(), now=datetime(2026, 2, 1, tzinfo=UTC))
    assert codes(report) == {"sent-in-future"}
    assert report.outcome is QUARANTINE


def test_a_comb_of_thousands_of_teeth_is_not_searched_for_crossings(document: str) -> None:
    teeth = [f"{i % 2 * 10 + i / 1e5:.5f},{i % 2 * 10 - i / 1e5:.5f}" for i in range(7000)]
    comb = " ".join([*teeth, teeth[0]])
    report = judged(document, "50.1,30.1 50.2,30.1 50.2,30.2 50.1,30.1", comb)
    assert "polygon-unchecked" in codes(report)


def test_a_report_on_thousands_of_faults_is_short_and_asks_for_a_person(document: str) -> None:
    report = judged(document, "    <area>", "<parameter><valueName/><value/></parameter>" * 4000 + "<area>")
    assert len(report.findings) == 100
    assert report.outcome is QUARANTINE


def test_the_two_verdicts_are_kept_apart(document: str) -> None:
    assert cap.judge(document.encode()).trust is None


def test_profiles_are_asked_only_by_those_who_claim_them(corpus: Corpus) -> None:
    by_path = {row["path"]: data for row, data in corpus}
    good = cap.judge(by_path["google-cap-library/testdata/canada.cap"])
    assert not [one for one in good.findings if one.code.startswith("cap-cp")]
    bad = cap.judge(by_path["google-cap-library/testdata/canada_errors.cap"])
    assert "cap-cp-references" in codes(bad) or "references-missing" in codes(bad)


def test_every_code_in_use_has_its_row_in_the_catalogue() -> None:
    used = "".join(path.read_text("utf-8") for path in Path(cap.__file__).parent.rglob("*.py"))
    assert not [code for code in CATALOGUE if f'"{code}"' not in used and code not in MADE_OF_PARTS]


MADE_OF_PARTS = {
    "empty-identifier", "empty-sender", "identifier-chars", "sender-chars", "too-large-size", "too-large-depth",
    "too-large-elements", "too-large-text", "polygon-lat-range", "polygon-lon-range", "date-z-older",
    "date-fraction-older", "date-naive-older", "expires-before-sent", "expires-before-effective",
    "expires-before-onset",
}  # fmt: skip
