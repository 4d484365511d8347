"""A report as SARIF 2.1.0, which code hosts and editors show beside the lines of a file."""

from tocsin.cap.catalogue import CATALOGUE, Grade
from tocsin.cap.errors import Finding
from tocsin.cap.judging import Report

_LEVELS = {Grade.ERROR: "error", Grade.WARNING: "warning", Grade.ADVICE: "note"}


def sarif(report: Report, name: str) -> dict[str, object]:
    """Return the SARIF log for *report* on the document called *name*."""
    codes = sorted({finding.code for finding in report.findings})
    rules = [{"id": code, "shortDescription": {"text": f"{code} ({CATALOGUE[code].clause})"}} for code in codes]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "tocsin cap check", "rules": rules}},
                "results": [_result(finding, name) for finding in report.findings],
            }
        ],
    }


def _result(finding: Finding, name: str) -> dict[str, object]:
    found = f" Found: {finding.found}." if finding.found else ""
    return {
        "ruleId": finding.code,
        "level": _LEVELS[finding.grade],
        "message": {"text": f"{finding.path}: {finding.rule}{found} {finding.remedy}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": name},
                    "region": {"startLine": max(finding.line or 1, 1)},
                },
                "logicalLocations": [{"fullyQualifiedName": finding.path}],
            }
        ],
    }
