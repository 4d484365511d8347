"""A report as plain values, for JSON. The names are stable: scripts read them."""

from typing import TYPE_CHECKING

from tocsin.cap.contents import Contents, Place
from tocsin.cap.errors import Finding
from tocsin.cap.judging import Report

if TYPE_CHECKING:
    from tocsin.cap.signatures import Trust


def contents_record(contents: Contents, name: str) -> dict[str, object]:
    """Return the report on the document called *name*; on each alert, if it is something that holds alerts."""
    if contents.kind is None:
        (only,) = contents.alerts
        return report_record(only.report, name)
    return {
        "document": name,
        "kind": contents.kind,
        "alerts": [
            report_record(judged.report, name, judged.place) | {"exact": judged.is_exact} for judged in contents.alerts
        ],
        "links": [link.href for link in contents.links],
        "left_out": contents.left_out,
    }


def report_record(report: Report, name: str, place: Place | None = None) -> dict[str, object]:
    """Return *report* on the document called *name*, or on the alert at *place* in it, as values for JSON."""
    return {
        "document": name,
        "place": None if place is None else {place.word: place.number, "title": place.title},
        "version": report.version or None,
        "outcome": report.outcome,
        "well_formed": report.is_well_formed,
        "schema_valid": report.has_the_form,
        "trust": None if report.trust is None else trust_record(report.trust),
        "identifier": report.alert.identifier if report.alert else None,
        "sender": report.alert.sender if report.alert else None,
        "sent": report.alert.sent_text if report.alert else None,
        "findings": [finding_record(finding) for finding in report.findings],
    }


def finding_record(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.grade,
        "layer": finding.layer,
        "path": finding.path,
        "line": finding.line,
        "clause": finding.clause,
        "found": finding.found,
        "rule": finding.rule,
        "remedy": finding.remedy,
    }


def trust_record(trust: "Trust") -> dict[str, object]:
    """Return the verdict *trust* as values that JSON can write."""
    return {
        "verdict": trust.verdict,
        "reason": trust.reason,
        "words": trust.words,
        "relaxations": sorted(trust.relaxations),
        "signatures": [
            {"verdict": each.verdict, "reason": each.reason, "key_sha256": each.key or None}
            for each in trust.signatures
        ],
    }
