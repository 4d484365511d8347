"""The journal in SQLite keeps the contract of every journal."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tocsin.journal.sqlite import FILE_NAME, SqliteJournal
from tocsin.testing.journal import Damage, JournalContract
from tocsin.testing.samples import AUTHORITY, NOW_MS, ROOTS, START

# What someone with a hand on the file may do: the triggers keep honest programs off, not dishonest people.
_ANYTHING_GOES = "DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_never_removed; PRAGMA foreign_keys = 0;"

_DAMAGES = {
    Damage.FLIPPED_BIT: """
        UPDATE entry SET body = CAST(substr(body, 1, 40) || x'00' || substr(body, 42) AS BLOB) WHERE sequence = :at""",
    Damage.OTHER_TIME: "UPDATE entry SET recorded_ms = recorded_ms + 1 WHERE sequence = :at",
    Damage.MISSING: "DELETE FROM entry WHERE sequence = :at",
    Damage.SWAPPED_WITH_NEXT: """
        UPDATE entry SET sequence = -sequence WHERE sequence IN (:at, :at + 1);
        UPDATE entry SET sequence = CASE sequence WHEN -:at THEN :at + 1 ELSE :at END WHERE sequence < 0""",
    Damage.LYING_INDEX: "UPDATE notice SET version = 7 WHERE sequence = :at",
    Damage.MISSING_DOCUMENT: """
        DELETE FROM document WHERE hash = (SELECT document FROM notice WHERE sequence = :at)""",
    Damage.FLIPPED_BIT_IN_DOCUMENT: """
        UPDATE document SET body = CAST(substr(body, 1, 9) || x'00' || substr(body, 11) AS BLOB)
        WHERE hash = (SELECT document FROM notice WHERE sequence = :at)""",
}


def damage_file(file: Path, sql: str, sequence: int = 0) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(_ANYTHING_GOES)
        connection.execute("PRAGMA ignore_check_constraints = 1")
        for statement in sql.split(";"):
            connection.execute(statement, {"at": sequence})
        connection.commit()


class TestSqliteJournal(JournalContract):
    def create(self, folder: Path) -> SqliteJournal:
        return SqliteJournal.create(folder, START, NOW_MS)

    def open(self, folder: Path) -> SqliteJournal:
        return SqliteJournal.open_for_writing(folder, AUTHORITY, ROOTS)

    def damage(self, folder: Path, damage: Damage, sequence: int) -> None:
        damage_file(folder / FILE_NAME, _DAMAGES[damage], sequence)

    def file_name(self) -> str:
        return FILE_NAME
