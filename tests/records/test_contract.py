"""The SQLite records keep what the port promises."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest

from tocsin.ports.records import RecordsFault
from tocsin.records import FILE_NAME, SqliteRecords
from tocsin.testing.records import NOW_MS, RecordsContract


class TestSqliteRecords(RecordsContract):
    def open(self, folder: Path) -> SqliteRecords:
        return SqliteRecords.open(folder)

    def edit(self, folder: Path, sequence: int, field: str, value: object) -> None:
        connection = apsw.Connection(str(folder / FILE_NAME))
        for trigger in ("audit_is_never_changed", "audit_is_never_removed"):
            connection.execute(f"DROP TRIGGER {trigger}")
        if field:
            connection.execute(f"UPDATE audit SET {field} = ? WHERE sequence = ?", (value, sequence))
        else:
            connection.execute("DELETE FROM audit WHERE sequence = ?", (sequence,))
        connection.close()

    def file_name(self) -> str:
        return FILE_NAME


def test_the_file_itself_refuses_an_edit(tmp_path: Path) -> None:
    records = SqliteRecords.open(tmp_path)
    records.append_audit(NOW_MS, "signed", "olena", {})
    connection = apsw.Connection(str(tmp_path / FILE_NAME))
    for statement in ("UPDATE audit SET who = 'taras'", "DELETE FROM audit"):
        with pytest.raises(apsw.ConstraintError):
            connection.execute(statement)
    connection.close()
    records.close()


def test_nobody_else_reads_it(tmp_path: Path) -> None:
    SqliteRecords.open(tmp_path).close()
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_two_processes_make_one_chain(tmp_path: Path) -> None:
    server, command = SqliteRecords.open(tmp_path), SqliteRecords.open(tmp_path)
    with ThreadPoolExecutor(2) as threads:
        for records in (server, command):
            threads.submit(lambda one: [one.append_audit(NOW_MS, "invited", "", {}) for _ in range(30)], records)
    assert server.verify_audit() == 60
    assert server.audited == command.audited
    server.close()
    command.close()


def test_another_database_is_left_alone(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / FILE_NAME))
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(RecordsFault, match="does not hold an office's records"):
        SqliteRecords.open(tmp_path)
    (tmp_path / FILE_NAME).write_bytes(b"no database at all" * 100)
    with pytest.raises(RecordsFault):
        SqliteRecords.open(tmp_path)


def test_records_of_a_newer_tocsin_are_left_alone(tmp_path: Path) -> None:
    SqliteRecords.open(tmp_path).close()
    connection = apsw.Connection(str(tmp_path / FILE_NAME))
    connection.pragma("user_version", 99)
    connection.close()
    with pytest.raises(RecordsFault, match="run the newer Tocsin"):
        SqliteRecords.open(tmp_path)
