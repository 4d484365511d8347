"""``tocsin settings``: every setting, its value and where that comes from."""

import os

import typer
from rich.table import Table

from tocsin.settings import SettingsError, read_settings, table

from .console import ExitStatus, Failure, out


def register(app: typer.Typer) -> None:
    app.command()(settings)


def settings() -> None:
    """Show every setting: name, default, environment variable, meaning, value and where the value comes from."""
    try:
        rows = table(read_settings(), dict(os.environ))
    except SettingsError as why:
        raise Failure("\n".join(why.lines), ExitStatus.WRONG_USE) from None
    shown = Table("name", "value", "from", "default", "environment", "meaning", box=None, pad_edge=False)
    for row in rows:
        shown.add_row(row.name, row.value, row.origin, row.default, row.variable, row.meaning)
    out.print(shown, markup=False)
