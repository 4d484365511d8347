"""``tocsin journal``, ``tocsin backup`` and ``tocsin restore``: the record on disk, without a server.

They read beside a running server. What a right chain, a backup and an export are stands in ``tocsin.journal``.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tocsin.journal.backup import write_backup
from tocsin.journal.export import write_cap_files, write_json_lines
from tocsin.journal.restore import restore_backup
from tocsin.journal.sqlite import SqliteJournal
from tocsin.ports.journal import Broken, JournalFault

from . import options
from .console import ExitStatus, Failure, err, out

# Entries between two looks at the progress bar: a tenth of a second.
_SLICE = 10_000


def register(app: typer.Typer) -> None:
    journal = typer.Typer(help="Verify and export the journal.", no_args_is_help=True)
    journal.command("verify")(verify)
    journal.command("export")(export)
    app.add_typer(journal, name="journal")
    app.command("backup")(backup)
    app.command("restore")(restore)


def verify(data: options.Data = options.DATA_DEFAULT) -> None:
    """Walk the whole chain and name the first broken entry. A server may be running."""
    with _plainly(), _opened(data) as journal:
        head = journal.head
        found = _walk(journal, head.position.sequence)
    if isinstance(found, Broken):
        raise Failure(
            f"Entry {found.sequence} is broken: {found.what}.\nThe {found.sequence - 1} before it are right. Keep this"
            " folder as it is, and bring the last backup back with `tocsin restore`.",
            ExitStatus.NOT_DONE,
        )
    out.print(f"{found} entries are right, up to {head.position}, {head.chain.hex()}", markup=False)


def export(
    json: Annotated[Path | None, typer.Option("--json", help="JSON lines to this file; - is standard output.")] = None,
    cap: Annotated[Path | None, typer.Option("--cap", help="One CAP file for each alert to this folder.")] = None,
    data: options.Data = options.DATA_DEFAULT,
) -> None:
    """Write the journal as JSON lines, as CAP files, or both."""
    if json is None and cap is None:
        raise Failure("Choose what to export: --json FILE, --cap FOLDER, or both", ExitStatus.WRONG_USE)
    with _plainly(), _opened(data) as journal:
        if json is not None:
            err.print(f"{_export_json(journal, json)} entries to {json}", markup=False)
        if cap is not None:
            err.print(f"{write_cap_files(journal, cap)} alerts to {cap}", markup=False)


def backup(
    file: Annotated[Path, typer.Argument(help="File to write; it must not exist.")],
    data: options.Data = options.DATA_DEFAULT,
) -> None:
    """Copy journal, authority, keys and atlas to one file, while a server runs. It holds private keys."""
    with _plainly(), err.status("copying and verifying"):
        manifest = write_backup(data, file)
    out.print(f"{file}: all of {data} up to {manifest.position}, verified; it holds private keys", markup=False)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `tocsin backup` wrote.")],
    data: Annotated[Path, typer.Option("--data", envvar="TOCSIN_DATA", help="New folder for the authority.")],
) -> None:
    """Begin again from a backup in a new folder, under a new epoch; the chain is verified first."""
    with _plainly(), err.status("unpacking and verifying"):
        head = restore_backup(file, data, token_hex(8), int(time.time() * 1000))
    out.print(f"{data} begins at {head.position}; devices that knew the life before get a snapshot", markup=False)


def _walk(journal: SqliteJournal, last: int) -> Broken | int:
    columns = TextColumn("entries"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("", total=last)
        for after in range(0, last, _SLICE):
            found = journal.verify(after, min(after + _SLICE, last))
            if isinstance(found, Broken):
                return found
            progress.advance(task, found)
    rest = journal.verify(last)
    return rest if isinstance(rest, Broken) else last + rest


def _export_json(journal: SqliteJournal, file: Path) -> int:
    if str(file) == "-":
        return write_json_lines(journal, sys.stdout.buffer)
    with file.open("wb") as stream:
        return write_json_lines(journal, stream)


@contextmanager
def _opened(data: Path) -> Iterator[SqliteJournal]:
    journal = SqliteJournal.open_for_reading(data)
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except JournalFault as why:
        raise Failure(str(why), ExitStatus.WRONG_USE) from None
    except OSError as why:
        raise Failure(f"{why.filename or 'a file'}: {why.strerror}", ExitStatus.WRONG_USE) from None
