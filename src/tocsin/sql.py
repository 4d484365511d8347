"""SQL that stands in ``.sql`` files beside its adapter: named statements, and numbered migrations that only go forward.

It knows no table. A database says in its header whose it is (SQLite file format, 1.3.17) and how far it was brought.
"""

import re
from collections.abc import Sequence
from importlib.resources import files

import apsw

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def read_statements(package: str) -> dict[str, str]:
    """Return the statements of ``statements.sql`` in *package*, by the names that stand above them."""
    _, *parts = _NAME.split((files(package) / "statements.sql").read_text(encoding="utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def read_migrations(package: str) -> list[str]:
    """Return the migrations in the folder ``migrations`` of *package*, in the order of their numbers."""
    folder = files(package) / "migrations"
    names = sorted(path.name for path in folder.iterdir() if path.name.endswith(".sql"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    return [(folder / name).read_text(encoding="utf-8") for name in names]


def migrate(connection: apsw.Connection, migrations: Sequence[str], application_id: int) -> None:
    """Bring the schema to the newest; each step is one transaction."""
    done = connection.pragma("user_version")
    for number, migration in enumerate(migrations[done:], start=done + 1):
        with connection:
            connection.execute(migration)
            connection.pragma("application_id", application_id)
            connection.pragma("user_version", number)
