"""``tocsin authority``: who the authority of a data folder is; founding a real one; a new roster for a stopped server.

Roots and rosters are made offline (``tocsin trust``); here are only public ones.
"""

from pathlib import Path
from time import time_ns
from typing import Annotated

import typer

from tocsin.assembly import StartRefused, read_authority
from tocsin.founding import FoundingError, found, read_key_file, renew, root_keys_in
from tocsin.issuing import UntrustedEntry
from tocsin.notice import DEMO, Domain, Magic, Roots, b64, from_b64
from tocsin.ports.journal import JournalFault
from tocsin.settings import read_settings

from .console import ExitStatus, Failure, out
from .trust.documents import read_signed
from .trust.root_keys import fingerprint
from .trust.showing import print_trust
from .trust.statement import read_statement

_Data = Annotated[Path | None, typer.Option("--data", help="Folder of the authority.", show_default=False)]


def register(app: typer.Typer) -> None:
    group = typer.Typer(invoke_without_command=True, help="Show who the authority of a data folder is, or found one.")
    group.callback()(authority)
    group.command("found")(found_real)
    group.command("renew")(renew_stopped)
    app.add_typer(group, name="authority")


def authority(context: typer.Context, data: _Data = None) -> None:
    """Show the authority's name and the fingerprints of its two roots; or found one."""
    if context.invoked_subcommand is not None:
        return
    name, roots = _read(read_settings(data=data).data)
    out.print(f"authority  {name}{' (a demo: it can never become real)' if name == DEMO else ''}", markup=False)
    for domain in Domain:
        out.print(f"root       {domain:<9} {fingerprint(from_b64(getattr(roots, domain)))}", markup=False)


def found_real(
    roots: Annotated[Path, typer.Option("--roots", help="authority.json of `tocsin trust init`; public.")],
    roster: Annotated[list[Path], typer.Option("--roster", help="Signed roster; one for each domain.")],
    heartbeat: Annotated[Path, typer.Option("--heartbeat", help="This server's key of `tocsin trust keygen`.")],
    data: _Data = None,
) -> None:
    """Make the data folder of a real authority from its public roots and first rosters. No root key comes here."""
    folder = read_settings(data=data).data
    statement = read_statement(roots)
    if lying_about := root_keys_in(roots if roots.is_dir() else roots.parent):
        raise Failure(
            f"{lying_about[0]} is a root's private key, and it must not be on a server; bring {roots.name} alone",
            ExitStatus.WRONG_USE,
        )
    public = Roots(*(b64(statement.roots[domain]) for domain in Domain))
    try:
        key = read_key_file(heartbeat)
        trust = found(folder, statement.authority, public, _rosters(roster), key, time_ns() // 1_000_000)
    except (FoundingError, JournalFault) as why:
        raise Failure(f"Not founded: {why}", ExitStatus.WRONG_USE) from None
    print_trust(trust)
    out.print(
        f"\n{statement.authority} is founded in {folder}; `tocsin serve` runs it. {heartbeat} was copied to "
        f"{folder / 'keys'}: keep no other copy",
        markup=False,
    )


def renew_stopped(
    roster: Annotated[list[Path], typer.Argument(help="Signed rosters, in the order of their versions.")],
    data: _Data = None,
) -> None:
    """Give new rosters to a server that is stopped; a running one takes them by `tocsin trust publish`."""
    folder = read_settings(data=data).data
    name, roots = _read(folder)
    try:
        trust = renew(folder, name, roots, _rosters(roster), time_ns() // 1_000_000)
    except (FoundingError, UntrustedEntry, JournalFault) as why:
        raise Failure(f"Nothing was changed: {why}", ExitStatus.WRONG_USE) from None
    print_trust(trust)


def _rosters(files: list[Path]) -> list[bytes]:
    found_here = []
    for file in files:
        magic, data = read_signed(file)
        if magic is not Magic.ROSTER:
            raise Failure(f"{file} is no roster", ExitStatus.WRONG_USE)
        found_here.append(data)
    return found_here


def _read(folder: Path) -> tuple[str, Roots]:
    try:
        return read_authority(folder)
    except StartRefused as why:
        raise Failure(str(why), ExitStatus.WRONG_USE) from None
