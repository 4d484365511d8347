"""A report as SARIF 2.1.0, which code hosts and editors show beside the lines of a file."""

from tocsin.cap.catalogue import CATALOGUE, Grade
from tocsin.cap.contents import Contents, Judged, Place
from tocsin.cap.errors import Finding
from tocsin.cap.judging import Report
from tocsin.cap.renderings.records import trust_record

_LEVELS = {Grade.ERROR: "error", Grade.WARNING: "warning", Grade.ADVICE: "note"}


def sarif(report: Report, name: str) -> dict[str, object]:
    """Return the SARIF log for *report* on the document called *name*."""
    return contents_sarif(Contents(None, (Judged(None, b"", report),)), name)


def contents_sarif(contents: Contents, name: str) -> dict[str, object]:
    """Return one SARIF log for all alerts in the document called *name*. Trust stands beside the results."""
    found = [(judged.place, finding) for judged in contents.alerts for finding in judged.report.findings]
    codes = sorted({finding.code for _, finding in found})
    rules = [{"id": code, "shortDescription": {"text": f"{code} ({CATALOGUE[code].clause})"}} for code in codes]
    trusted = [(judged.place, judged.report.trust) for judged in contents.alerts if judged.report.trust is not None]
    run: dict[str, object] = {
        "tool": {"driver": {"name": "tocsin cap check", "rules": rules}},
        "results": [_result(finding, place, name) for place, finding in found],
    }
    if trusted:
        run["properties"] = {
            "trust": [{"place": str(place) if place else None} | trust_record(trust) for place, trust in trusted]
        }
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _result(finding: Finding, place: Place | None, name: str) -> dict[str, object]:
    found = f" Found: {finding.found}." if finding.found else ""
    path = f"{place.word}[{place.number}]/{finding.path}" if place else finding.path
    return {
        "ruleId": finding.code,
        "level": _LEVELS[finding.grade],
        "message": {"text": f"{_place(place)}{finding.path}: {finding.rule}{found} {finding.remedy}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": name},
                    "region": {"startLine": max(finding.line or 1, 1)},
                },
                "logicalLocations": [{"fullyQualifiedName": path}],
            }
        ],
    }


def _place(place: Place | None) -> str:
    return f"{place}: " if place else ""
