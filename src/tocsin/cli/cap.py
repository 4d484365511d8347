"""``tocsin cap``: check, show, convert and compare CAP messages. Works from the base install, without a server."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from tocsin import cap
from tocsin.cap import renderings
from tocsin.cap.signatures import Verdict as TrustVerdict

from .cap_input import read_document, read_senders
from .cap_report import print_contents
from .console import ExitStatus, Failure, out


class Verdict(IntEnum):
    """How ``check`` ends; 2 is kept for wrong use, 4 for no answer."""

    CLEAN = 0
    WARNINGS = 1
    ERRORS = 3
    NOT_TRUSTED = 5


class Form(StrEnum):
    GEOJSON = "geojson"
    TEXT = "text"


File = Annotated[
    str, typer.Argument(metavar="FILE|URL|-", help="A CAP document, its address, or - for standard input.")
]
SendersFile = Annotated[
    Path | None,
    typer.Option("--senders", help="JSON: the files of keys (PEM) that count for each sender.", show_default=False),
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Check, show, convert and compare CAP messages.", no_args_is_help=True)
    for command in (check, show, convert):
        group.command()(command)
    group.command("diff")(diff)
    app.add_typer(group, name="cap")


def check(
    file: File,
    senders: SendersFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print the report as SARIF 2.1.0.")] = False,
) -> None:
    """Say everything that is wrong with a CAP message, or with each in a feed, and whether it is to be trusted.

    Exit: 0 at most advice, 1 warnings, 3 errors; 5 if --senders was given and a message is not trusted; 2 wrong use, or
    a feed that only links; 4 no answer from the address.
    """
    held = cap.judge_all(read_document(file))
    if senders is not None:
        held = _with_trust(held, senders)
    if as_json:
        _print_json(renderings.contents_record(held, file))
    elif as_sarif:
        _print_json(renderings.contents_sarif(held, file))
    else:
        print_contents(held, file)
    raise typer.Exit(_status(held))


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


def _alert(file: str) -> cap.Alert:
    report = cap.judge(read_document(file))
    if report.alert is None:
        first = report.findings[0]
        raise Failure(f"{file} holds no alert that can be read. {first}", ExitStatus.WRONG_USE)
    return report.alert


def _with_trust(held: cap.Contents, senders: Path) -> cap.Contents:
    """Return *held* with the other verdict in each report, at the time of this machine."""
    registered, now = read_senders(senders), datetime.now(UTC)
    alerts = []
    for judged in held.alerts:
        try:
            trust = cap.verify(judged.document, registered, now)
        except cap.CapError:
            # What is no alert has no signature either; its report says why.
            alerts.append(judged)
        else:
            alerts.append(replace(judged, report=replace(judged.report, trust=trust)))
    return replace(held, alerts=tuple(alerts))


def _status(held: cap.Contents) -> int:
    if not held.alerts:
        return ExitStatus.WRONG_USE
    grades = {cap.Grade.ERROR: Verdict.ERRORS, cap.Grade.WARNING: Verdict.WARNINGS}
    reports = [judged.report for judged in held.alerts]
    worst = max(grades.get(report.gravest, Verdict.CLEAN) if report.gravest else Verdict.CLEAN for report in reports)
    asked = [report.trust for report in reports if report.trust is not None]
    if worst is not Verdict.ERRORS and any(trust.verdict is not TrustVerdict.TRUSTED for trust in asked):
        return Verdict.NOT_TRUSTED
    return worst


def _print_json(value: object) -> None:
    out.file.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
