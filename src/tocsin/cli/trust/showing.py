"""``tocsin trust show``: who may do what, how many people it takes, and how long it holds."""

from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Annotated

import typer
from rich.table import Column, Table

from tocsin.cli.console import ExitStatus, Failure, err, out
from tocsin.notice import Domain, Magic, Refused, Revocation, Roster, Trust, from_b64

from . import server
from .documents import read_revocation, read_roster, read_signed
from .faults import EXPIRY_URGENT_S, EXPIRY_WARNING_S
from .root_keys import fingerprint
from .statement import Statement, read_statement


def show(
    source: Annotated[
        str | None, typer.Argument(help="A roster or revocation file, or the address of a server.")
    ] = None,
    roots: Annotated[
        Path | None, typer.Option("--roots", help="authority.json, to check signatures against; or its folder.")
    ] = None,
    data: Annotated[Path | None, typer.Option("--data", help="On the server: the folder of the authority.")] = None,
) -> None:
    """Show who may do what. With --roots, signatures are checked against roots that you have."""
    if source is None and data is not None:
        # Read only here: the rest works without the server extra.
        from tocsin.cli.office import trust_in

        print_trust(trust_in(data))
        return
    if source is None:
        raise Failure("Name a file or an address, or give --data", ExitStatus.WRONG_USE)
    statement = read_statement(roots) if roots else None
    if source.startswith(("http://", "https://")):
        _show_server(source, statement)
        return
    magic, body = read_signed(Path(source))
    if magic is Magic.REVOCATION:
        print_revocation(read_revocation(body, source))
        return
    if statement is not None:
        learned = statement.trust().learn(body)
        if isinstance(learned, Refused):
            raise Failure(f"{source} is not to be believed: {learned.message}", ExitStatus.REFUSED)
        out.print("signed by the root that you have", style="green")
    print_roster(read_roster(body, source))


def _show_server(url: str, statement: Statement | None) -> None:
    told = server.get(url, "/v1/authority")
    if statement is None:
        statement = _as_told(told, url)
        err.print(
            "The roots are what the server says. Compare them with the card, or give --roots:",
            style="yellow",
            markup=False,
        )
    trust = server.learned(statement.trust(), told, url)
    print_trust(trust)


def _as_told(told: object, url: str) -> Statement:
    try:
        content: dict[str, dict[str, str]] = dict(told)  # type: ignore[call-overload]  # whatever it is, it is tried
        return Statement(str(content["authority"]), {domain: from_b64(content["roots"][domain]) for domain in Domain})
    except (TypeError, KeyError, ValueError) as why:
        raise Failure(f"{url} does not answer as a Tocsin: {why!r}", ExitStatus.UNREACHABLE) from None


def print_trust(trust: Trust) -> None:
    """Print the rosters and revocation lists of *trust*."""
    for domain in Domain:
        if domain in trust.rosters:
            print_roster(trust.rosters[domain])
        if domain in trust.revocations:
            print_revocation(trust.revocations[domain])


def print_roster(roster: Roster) -> None:
    """Print who may do what under *roster*."""
    out.print(f"\n{roster.authority}, {roster.domain}, version {roster.version}", style="bold", markup=False)
    out.print(f"root     {fingerprint(from_b64(roster.root))}", markup=False)
    text, style = validity(roster, int(time()))
    out.print(f"expires  {text}", style=style, markup=False)
    heads = ("id", "name", "roles", "kinds", "hazards", "regions", "limits", "keys")
    table = Table(*(Column(head, overflow="fold") for head in heads), box=None, pad_edge=False)
    for one in roster.holders:
        keys = [f"{key.id} {key.type}" for key in roster.keys if key.holder == one.id]
        limits = [f"{one.regions_max} regions"] if one.regions_max else []
        limits += [f"{one.per_hour}/h"] if one.per_hour else []
        table.add_row(
            one.id, one.name, "\n".join(one.roles), _words(one.kinds), _words(one.hazards), _words(one.regions),
            "\n".join(limits), "\n".join(keys) or "none",
        )  # fmt: skip
    out.print(table, markup=False)
    for number, rule in enumerate(roster.rules, 1):
        scope = f"{_words(rule.kinds, ', ')} about {_words(rule.hazards, ', ')} in {_words(rule.regions, ', ')}"
        out.print(f"rule {number}   {rule.people} for {scope}", markup=False)
    keys_revoking = ", ".join(f"{one.holder} {one.id}" for one in roster.revokers.keys) or "nobody"
    out.print(f"revoking {roster.revokers.threshold} of: {keys_revoking}", markup=False)
    for witness in roster.witnesses:
        out.print(f"witness  {witness.name} {witness.url}", markup=False)


def print_revocation(revocation: Revocation) -> None:
    """Print which keys are taken away."""
    head = f"\n{revocation.authority}, {revocation.domain}, revocation list, version {revocation.version}"
    out.print(head, style="bold", markup=False)
    for one in revocation.keys:
        out.print(f"revoked  {one.key}  {one.reason}; {len(one.spared)} notices spared", markup=False)


def validity(roster: Roster, now: int) -> tuple[str, str]:
    """Return until when *roster* holds, in words, and the colour of how urgent that is."""
    left_s = roster.expires - now
    day = f"{datetime.fromtimestamp(roster.expires, UTC):%Y-%m-%d %H:%M} UTC"
    if left_s <= 0:
        return f"{day}: it is over. Nothing is believed; sign and publish a new roster now", "bold red"
    if left_s < EXPIRY_WARNING_S:
        style = "bold red" if left_s < EXPIRY_URGENT_S else "yellow"
        return f"{day}: {left_s // 86_400} days are left; sign and publish a new roster", style
    return f"{day}: {left_s // 86_400} days are left", ""


def _words(words: tuple[str, ...], between: str = "\n") -> str:
    return "everything" if words == ("*",) else between.join(words)
