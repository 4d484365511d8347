"""A report as plain values, for JSON. The names are stable: scripts read them."""

from tocsin.cap.errors import Finding
from tocsin.cap.judging import Report


def report_record(report: Report, name: str) -> dict[str, object]:
    """Return *report* on the document called *name* as values that JSON can write."""
    return {
        "document": name,
        "version": report.version or None,
        "outcome": report.outcome,
        "well_formed": report.is_well_formed,
        "schema_valid": report.has_the_form,
        "trust": None if report.trust is None else str(report.trust),
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
