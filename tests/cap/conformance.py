"""The page docs/cap-conformance.md: what is found in each document of the development corpus.

    python -m tests.cap.conformance           print the page
    python -m tests.cap.conformance --write   write it

Exit status 1 if the verdict on the form differs from that of the schema anywhere.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tocsin import cap

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "data" / "cap"
PAGE = ROOT / "docs" / "cap-conformance.md"

HEAD = """# CAP: what is found in the development corpus

Made by `python -m tests.cap.conformance --write`. The corpus is `../shared/data/cap`; *schema* is the verdict of the
OASIS schema of that version as the index of the corpus records it, *form* is ours.

"""


def rows() -> list[tuple[dict[str, Any], cap.Report]]:
    index = [json.loads(line) for line in (CORPUS / "INDEX.jsonl").read_text("utf-8").splitlines()]
    return [(row, cap.judge((CORPUS / row["path"]).read_bytes())) for row in index]


def differs(row: dict[str, Any], report: cap.Report) -> bool:
    return row["kind"] == "alert" and report.has_the_form is not row["xsd_valid"]


def missed(row: dict[str, Any], report: cap.Report) -> set[str]:
    return set(row.get("lint", ())) - {finding.code for finding in report.findings} - {"references-same-identifier"}


def inside(others: list[dict[str, Any]]) -> list[str]:
    """Return the table of the documents that are no alert: what they hold, and where they lead."""
    lines = [
        "",
        "What is no alert may hold some; each is judged by itself (`tocsin.cap.judge_all`).",
        "",
        "| document | read as | alerts inside | links | findings inside |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in others:
        held = cap.judge_all((CORPUS / row["path"]).read_bytes())
        outcomes = Counter(judged.report.outcome for judged in held.alerts)
        alerts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())) if held.kind else ""
        counts = Counter(finding.code for judged in held.alerts for finding in judged.report.findings)
        codes = ", ".join(code if count == 1 else f"{code} x{count}" for code, count in sorted(counts.items()))
        lines.append(f"| {row['path']} | {held.kind or 'nothing'} | {alerts or '-'} | {len(held.links)} | {codes} |")
    return lines


def page() -> tuple[str, int]:
    found = rows()
    alerts = [(row, report) for row, report in found if row["kind"] == "alert"]
    other = [row["path"] for row, report in alerts if differs(row, report)]
    lost = [row["path"] for row, report in alerts if missed(row, report)]
    outcomes = Counter((row["intended"], report.outcome) for row, report in found)
    same = len(alerts) - len(other)
    lines = [
        f"- {len(found)} documents, {len(alerts)} of them alerts; no crash",
        f"- form equals schema on {same} of {len(alerts)} alerts; not on: {', '.join(other) or '-'}",
        f"- faults that the index lists and we do not report: {', '.join(lost) or 'none'}",
        "",
        "| meant as | accept | quarantine | reject |",
        "| --- | --- | --- | --- |",
    ]
    for intended in sorted({row["intended"] for row, _ in found}):
        counts = " | ".join(str(outcomes[intended, outcome]) for outcome in cap.Outcome)
        lines.append(f"| {intended} | {counts} |")
    lines += [
        "",
        "| document | meant as | schema | form | outcome | findings |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row, report in found:
        schema = {True: "valid", False: "invalid", None: "no alert"}[row.get("xsd_valid")]
        form = "valid" if report.has_the_form else "invalid"
        counts = Counter(finding.code for finding in report.findings)
        codes = ", ".join(code if count == 1 else f"{code} x{count}" for code, count in sorted(counts.items()))
        lines.append(f"| {row['path']} | {row['intended']} | {schema} | {form} | {report.outcome} | {codes} |")
    lines += inside([row for row, _ in found if row["kind"] != "alert"])
    return HEAD + "\n".join(lines) + "\n", len(other)


def main() -> None:
    text, others = page()
    if "--write" in sys.argv[1:]:
        PAGE.write_text(text, "utf-8")
    else:
        sys.stdout.write(text)
    sys.exit(others > 0)


if __name__ == "__main__":
    main()
