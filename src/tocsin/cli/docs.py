"""``tocsin docs``: the pages of the documentation that are drawn from code."""

import typer

from .console import out


def register(app: typer.Typer) -> None:
    pages = typer.Typer(help="Draw the pages of the documentation that are made from code.", no_args_is_help=True)
    pages.command()(lifecycle)
    pages.callback()(_page)
    app.add_typer(pages, name="docs")


def _page() -> None:
    pass


def lifecycle() -> None:
    """Print docs/lifecycle.md: the life of an alarm as a diagram and a table."""
    from tocsin.alarms import draw

    out.file.write(draw())
