"""How ``tocsin cap check`` shows its report to a person: what is wrong with each alert, and whether it is believed.

The two verdicts stand apart and never colour each other.
"""

from shlex import quote
from urllib.parse import urljoin

from rich.markup import escape
from rich.table import Table

from tocsin import cap
from tocsin.cap.feeds import Link
from tocsin.cap.signatures import Verdict as TrustVerdict
from tocsin.cap.signatures import signature_count

from .cap_input import is_address
from .console import out

# Enough to see where a feed leads; the rest is in the feed.
_LINKS_SHOWN_MAX = 5

_COLOURS = {cap.Grade.ERROR: "red", cap.Grade.WARNING: "yellow", cap.Grade.ADVICE: "cyan"}
_OUTCOMES = {
    cap.Outcome.ACCEPT: "accepted",
    cap.Outcome.QUARANTINE: "quarantined: a person has to look at it",
    cap.Outcome.REJECT: "rejected: no alert can be made of it",
}
_TRUST_COLOURS = {TrustVerdict.TRUSTED: "green", TrustVerdict.INVALID: "bold red"}


def print_contents(held: cap.Contents, name: str) -> None:
    """Print the report on each alert in the document *name*, and where else alerts are."""
    for judged in held.alerts:
        if judged.place is not None:
            out.print(f"[bold reverse] {escape(str(judged.place))} [/]")
        _print_report(judged, name)
        _print_trust(judged)
    if held.left_out:
        out.print(f"{held.left_out} more alerts were left out: split the document.")
    if held.kind is not None:
        _print_links(held, name)


def _print_links(held: cap.Contents, name: str) -> None:
    inside, links = len(held.alerts), [_address(link, name) for link in held.links]
    holds = "no alert itself" if not inside else "1 alert" if inside == 1 else f"{inside} alerts"
    out.print(f"{escape(name)}: {held.kind}, holds {holds} and links to {len(links)}.")
    if not links:
        return
    for link in links[:_LINKS_SHOWN_MAX]:
        out.print(f"  {link}", markup=False)
    if len(links) > _LINKS_SHOWN_MAX:
        out.print(f"  and {len(links) - _LINKS_SHOWN_MAX} more")
    example = quote(links[0]) if is_address(links[0]) else "URL"
    out.print(f"Nothing was loaded. To check one of them: tocsin cap check {example}", markup=False)


def _address(link: Link, name: str) -> str:
    """Return *link* as far as it can be told from the document *name*, which may be no address."""
    base = urljoin(name if is_address(name) else "", link.base)
    return urljoin(base, link.href)


def _print_report(judged: cap.Judged, name: str) -> None:
    report = judged.report
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
    place = f", {judged.place}" if judged.place else ""
    out.print(f"{escape(name + place)}: {_OUTCOMES[report.outcome]} ({counts}).")


def _print_trust(judged: cap.Judged) -> None:
    trust = judged.report.trust
    if trust is not None:
        colour = _TRUST_COLOURS.get(trust.verdict, "yellow")
        exact = "" if judged.is_exact else " The alert could not be cut out of its feed byte for byte."
        out.print(f"Trust: [{colour}]{trust.verdict.upper()}[/] ({trust.reason}). {escape(trust.words)}{exact}")
        for signature in trust.signatures:
            if signature.key:
                out.print(f"  key {signature.key} (SHA-256): {signature.verdict}")
    else:
        count = signature_count(judged.document)
        carried = "no signature" if count == 0 else "a signature" if count == 1 else f"{count} signatures"
        out.print(f"Trust: not asked for. The message carries {carried}; --senders FILE says whose keys count.")
