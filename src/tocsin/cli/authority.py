"""``tocsin authority``: who the authority of a data folder is."""

from pathlib import Path
from typing import Annotated

import typer

from tocsin.assembly import StartRefused, read_authority
from tocsin.notice import DEMO, from_b64, key_id
from tocsin.settings import read_settings

from .console import ExitStatus, Failure, out


def register(app: typer.Typer) -> None:
    app.command()(authority)


def authority(
    data: Annotated[Path | None, typer.Option("--data", help="Folder of the authority.", show_default=False)] = None,
) -> None:
    """Show the authority's name and the fingerprints of its two roots."""
    folder = read_settings(data=data).data
    try:
        name, roots = read_authority(folder)
    except StartRefused as why:
        raise Failure(str(why), ExitStatus.WRONG_USE) from None
    out.print(f"authority  {name}{' (a demo: it can never become real)' if name == DEMO else ''}", markup=False)
    for domain, root in (("actual", roots.actual), ("exercise", roots.exercise)):
        out.print(f"root       {key_id(from_b64(root)).hex()}  {domain}", markup=False)
