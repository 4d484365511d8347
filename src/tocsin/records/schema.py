"""The SQL of the records, read from the ``.sql`` files beside this module, and the forward-only migrations."""

import re
from importlib.resources import files

import apsw

from tocsin.ports.records import RecordsFault

# "Toco" in ASCII, in the file's header (SQLite file format, 1.3.17): tells the records from any other database.
APPLICATION_ID = 0x546F636F

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


def migrate(connection: apsw.Connection, name: str) -> None:
    """Bring the schema to the newest, each step in one transaction. Raises ``RecordsFault`` for what is not ours."""
    done, mark = connection.pragma("user_version"), connection.pragma("application_id")
    if mark != APPLICATION_ID and (mark or connection.execute("SELECT count(*) FROM sqlite_schema").get):
        raise RecordsFault(f"{name} does not hold an office's records; point --data at a Tocsin data folder")
    if done > len(MIGRATIONS):
        raise RecordsFault(
            f"{name} has schema {done}; this Tocsin knows {len(MIGRATIONS)}: run the newer Tocsin that wrote it"
        )
    for number, migration in enumerate(MIGRATIONS[done:], start=done + 1):
        with connection:
            connection.execute(migration)
            connection.pragma("application_id", APPLICATION_ID)
            connection.pragma("user_version", number)
