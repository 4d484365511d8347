"""The table of commands: name, what it is for, the module that has it. The one place that a new command is entered.

A module in the table has ``register(app)``, which adds its commands to a Typer application.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from .console import EXIT_STATUSES, ExitStatus, Failure


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    module: str
    summary: str


ENTRIES = (
    Entry("demo", "serve", "Make a demo authority if there is none, and run its server."),
    Entry("serve", "serve", "Run the server of an authority."),
    Entry("alert", "orders", "Warn regions of a danger."),
    Entry("update", "orders", "Change level, regions or expiry of an alarm."),
    Entry("disputed", "orders", "Say that an alarm is being checked; it stays in force."),
    Entry("all-clear", "orders", "End an alarm: the danger is over."),
    Entry("false-alarm", "orders", "End an alarm: there was no danger."),
    Entry("exercise", "exercise", "Drills: the same orders, never taken for real."),
    Entry("relay", "relay", "Issue what a CAP 1.2 file says."),
    Entry("cap", "cap", "Check, show, convert and compare CAP messages."),
    Entry("watch", "watch", "A live board in the terminal."),
    Entry("witness", "witness", "Watch a server from elsewhere, and say what does not agree."),
    Entry("replay", "replay", "Play real history back in a demo authority."),
    Entry("regions", "regions", "Find regions, or import those of another country."),
    Entry("trust", "trust", "Who may order: roots, rosters, revocations."),
    Entry("authority", "authority", "Show who the authority of a data folder is, or found one."),
    Entry("operator", "people", "Let a person in, who signs with a passkey."),
    Entry("journal", "journal", "Verify and export the journal."),
    Entry("backup", "journal", "Copy the journal while it is in use."),
    Entry("restore", "journal", "Begin again from a backup, with a new epoch."),
    Entry("docs", "docs", "Draw the pages of the documentation that are made from code."),
    Entry("settings", "settings", "Show every setting, its value and where it comes from."),
)


class EntryCommand(TyperCommand):
    """A command that is known by its entry until it is called."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.name, help=entry.summary)
        self._entry = entry

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        return load(self._entry).make_context(info_name, args, parent, **extra)


def load(entry: Entry) -> Any:
    """Return the real command of *entry*. Raises ``Failure`` if what it needs is not installed."""
    try:
        module = import_module(f"{__package__}.{entry.module}")
    except ModuleNotFoundError as why:
        if (why.name or "").startswith("tocsin"):
            raise
        raise Failure(
            f"tocsin {entry.name} needs the extra: pip install 'tocsin[server]' ({why.name} is missing)",
            ExitStatus.WRONG_USE,
        ) from why
    part = typer.Typer()
    part.callback()(_nothing)
    if entry.name == "regions":
        part.add_typer(module.app, name=entry.name)
    else:
        module.register(part)
    return typer.main.get_group(part).commands[entry.name]


class Table(TyperGroup):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for entry in ENTRIES:
            self.add_command(EntryCommand(entry))


def _nothing() -> None:
    """Make even a module with a single command a group."""


app = typer.Typer(cls=Table, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback(epilog=EXIT_STATUSES)
def tocsin() -> None:
    """Tocsin, an open public-warning server: one order, every phone, siren and screen."""
