"""``tocsin trust publish``: hand a signed roster or revocation list to a server. Its signatures are all it needs."""

from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.console import out

from . import server
from .documents import read_signed


def publish(
    file: Annotated[Path, typer.Argument(help="A signed roster (.tcr) or revocation list (.tcv).")],
    url: Annotated[str, typer.Option("--url", envvar="TOCSIN_URL", help="Address of the server.")],
) -> None:
    """Hand in a roster or revocation list. Open devices have it within seconds; handing it in again is harmless."""
    magic, data = read_signed(file)
    server.publish(url, magic, data)
    out.print(f"{file} is in force at {url}", markup=False)
