"""``tocsin cap``: check, show, convert and compare CAP messages. Works from the base install, without a server."""

import json
import sys
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from tocsin import cap
from tocsin.cap import renderings

from .console import ExitStatus, Failure, out


class Verdict(IntEnum):
    """How ``check`` ends; 2 is kept for wrong use."""

    CLEAN = 0
    WARNINGS = 1
    ERRORS = 3


class Form(StrEnum):
    GEOJSON = "geojson"
    TEXT = "text"


_COLOURS = {cap.Grade.ERROR: "red", cap.Grade.WARNING: "yellow", cap.Grade.ADVICE: "cyan"}
_OUTCOMES = {
    cap.Outcome.ACCEPT: "accepted",
    cap.Outcome.QUARANTINE: "quarantined: a person has to look at it",
    cap.Outcome.REJECT: "rejected: no alert can be made of it",
}

File = Annotated[str, typer.Argument(metavar="FILE|-", help="A CAP document, or - for standard input.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Check, show, convert and compare CAP messages.", no_args_is_help=True)
    for command in (check, show, convert):
        group.command()(command)
    group.command("diff")(diff)
    app.add_typer(group, name="cap")


def check(
    file: File,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print the report as SARIF 2.1.0.")] = False,
) -> None:
    """Say everything that is wrong with a CAP message. Exit: 0 at most advice, 1 warnings, 3 errors, 2 wrong use."""
    report = cap.judge(_bytes(file))
    if as_json:
        _print_json(renderings.report_record(report, file))
    elif as_sarif:
        _print_json(renderings.sarif(report, file))
    else:
        _print_report(report, file)
    raise typer.Exit(_verdict(report))


def show(file: File) -> None:
    """Print what a CAP message says, as text."""
    out.file.write(renderings.plain(_alert(file)))


def convert(file: File, to: Annotated[Form, typer.Option("--to", help="The form to print.")] = Form.GEOJSON) -> None:
    """Print a CAP message as GeoJSON or as plain text."""
    alert = _alert(file)
    out.file.write(renderings.geojson(alert) if to is Form.GEOJSON else renderings.plain(alert))


def diff(before: File, after: File) -> None:
    """Print what differs between two CAP messages. Exit: 0 the same, 1 different, 2 wrong use."""
    changes = renderings.differences(_alert(before), _alert(after))
    for change in changes:
        out.print(f"[bold]{escape(change.path)}[/bold]")
        for sign, colour, text in (("-", "red", change.before), ("+", "green", change.after)):
            if text:
                out.print(f"  [{colour}]{sign} {escape(text)}[/{colour}]")
    raise typer.Exit(ExitStatus.NOT_DONE if changes else 0)


def _bytes(file: str) -> bytes:
    # One byte more than is ever read, so that a file without end is called too large and not waited for.
    most = cap.LIMITS.size_bytes_max + 1
    if file == "-":
        return sys.stdin.buffer.read(most)
    try:
        with Path(file).open("rb") as stream:
            return stream.read(most)
    except OSError as why:
        raise Failure(f"{file} cannot be read: {why.strerror}", ExitStatus.WRONG_USE) from why


def _alert(file: str) -> cap.Alert:
    report = cap.judge(_bytes(file))
    if report.alert is None:
        first = report.findings[0]
        raise Failure(f"{file} holds no alert that can be read. {first}", ExitStatus.WRONG_USE)
    return report.alert


def _verdict(report: cap.Report) -> Verdict:
    grades = {cap.Grade.ERROR: Verdict.ERRORS, cap.Grade.WARNING: Verdict.WARNINGS}
    return Verdict.CLEAN if report.gravest is None else grades.get(report.gravest, Verdict.CLEAN)


def _print_json(value: object) -> None:
    out.file.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def _print_report(report: cap.Report, file: str) -> None:
    if report.alert is not None:
        alert = report.alert
        out.print(f"[bold]{escape(alert.identifier)}[/bold] from {escape(alert.sender)}, {escape(alert.sent_text)}")
        out.print(f"{alert.status} {alert.msg_type}, CAP {report.version}")
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    for finding in report.findings:
        colour = _COLOURS[finding.grade]
        table.add_row(
            str(finding.line or ""), f"[{colour}]{finding.grade}[/{colour}]", f"[bold]{finding.code}[/bold]",
            escape(finding.path),
        )  # fmt: skip
        found = f" Found: {finding.found}." if finding.found else ""
        table.add_row("", "", "", escape(f"{finding.rule}{found} {finding.remedy} ({finding.clause})"))
    if report.findings:
        out.print(table)
    counts = ", ".join(f"{sum(one.grade is grade for one in report.findings)} {grade}" for grade in cap.Grade)
    out.print(f"{escape(file)}: {_OUTCOMES[report.outcome]} ({counts}). Trust was not asked for.")
