"""The SQL of the journal, read from the ``.sql`` files beside this module, and the forward-only migrations."""

import re
from importlib.resources import files

import apsw

from tocsin.ports.journal import JournalFault

# "Tocs" in ASCII, in the file's header (SQLite file format, 1.3.17): tells a journal from any other database.
APPLICATION_ID = 0x546F6373

_HERE = files(__package__)
_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def _read_statements() -> dict[str, str]:
    _, *parts = _NAME.split((_HERE / "statements.sql").read_text(encoding="utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _read_migrations() -> list[str]:
    names = sorted(path.name for path in (_HERE / "migrations").iterdir() if path.name.endswith(".sql"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    return [(_HERE / "migrations" / name).read_text(encoding="utf-8") for name in names]


STATEMENTS = _read_statements()
MIGRATIONS = _read_migrations()


def check_is_journal(connection: apsw.Connection, name: str) -> None:
    """Raise ``JournalFault`` if the file is no journal, or one of a newer schema."""
    if connection.pragma("application_id") != APPLICATION_ID:
        raise JournalFault(f"{name} is not a journal; point --data at a Tocsin data folder")
    version = connection.pragma("user_version")
    if version > len(MIGRATIONS):
        raise JournalFault(
            f"{name} has schema {version}; this Tocsin knows {len(MIGRATIONS)}: run the newer Tocsin that wrote it"
        )


def migrate(connection: apsw.Connection) -> None:
    """Bring the schema to the newest; each step is one transaction."""
    done = connection.pragma("user_version")
    for number, migration in enumerate(MIGRATIONS[done:], start=done + 1):
        with connection:
            connection.execute(migration)
            connection.pragma("application_id", APPLICATION_ID)
            connection.pragma("user_version", number)
