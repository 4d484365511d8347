"""What has to hold before a journal is opened, and what a refusal says."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from tocsin.journal.sqlite import FILE_NAME, SqliteJournal
from tocsin.journal.sqlite.opening import is_safe_sqlite
from tocsin.notice import Roots
from tocsin.ports.journal import JournalFault
from tocsin.testing.samples import AUTHORITY, NOW_MS, ROOTS, START, sample_issue


def open_again(folder: Path) -> SqliteJournal:
    return SqliteJournal.open_for_writing(folder, AUTHORITY, ROOTS)


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ("3.40.1", False),
        ("3.44.5", False),
        ("3.44.6", True),
        ("3.45.3", False),
        ("3.50.6", False),
        ("3.50.7", True),
        ("3.50.10", True),
        ("3.51.2", False),
        ("3.51.3", True),
        ("3.52.0", True),
        ("4.0.0", True),
    ],
)
def test_a_sqlite_with_the_corruption_bug_is_told_from_a_safe_one(version: str, safe: bool) -> None:
    assert is_safe_sqlite(version) is safe


def test_a_start_refuses_an_unsafe_sqlite(
    folder: Path, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.close()
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.40.1")
    with pytest.raises(JournalFault, match=r"SQLite 3\.40\.1 can corrupt a journal.*install a newer apsw"):
        open_again(folder)
    with pytest.raises(JournalFault, match=r"SQLite 3\.40\.1"):
        SqliteJournal.open_for_reading(folder)


def test_a_commit_is_synced(folder: Path, journal: SqliteJournal) -> None:
    head = (folder / FILE_NAME).read_bytes()[:20]
    assert head[18:20] == b"\x02\x02"  # SQLite file format, 1.3.3: the file is in WAL mode for everybody
    assert journal._writer is not None
    assert journal._writer.pragma("synchronous") == 2


def test_a_start_on_a_disk_with_too_little_room_is_refused(
    folder: Path, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.close()
    monkeypatch.setattr("tocsin.journal.sqlite.opening.free_bytes", lambda _: 63 * 2**20)
    with pytest.raises(JournalFault, match=r"63 MiB left, and 64 MiB are kept in reserve.*free some space"):
        open_again(folder)


def test_an_order_below_the_reserve_is_refused_and_the_next_is_taken(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = journal.head
    with monkeypatch.context() as full:
        full.setattr("tocsin.journal.sqlite.opening.free_bytes", lambda _: 15 * 2**20)
        with pytest.raises(JournalFault, match="nothing was written"):
            journal.append_notices([sample_issue("four")], NOW_MS)
        assert journal.head == head
    journal.append_notices([sample_issue("four")], NOW_MS)
    assert journal.verify() == 6


def test_a_folder_without_a_journal_says_how_to_make_one(folder: Path) -> None:
    with pytest.raises(JournalFault, match=r"there is no journal in .*authority"):
        open_again(folder)


@pytest.mark.parametrize("content", [b"", b"<alert/>", bytes(8192)], ids=["empty", "text", "zeros"])
def test_a_file_that_is_no_journal_is_refused(folder: Path, content: bytes) -> None:
    (folder / FILE_NAME).write_bytes(content)
    with pytest.raises(JournalFault, match="is not a journal"):
        open_again(folder)
    assert (folder / FILE_NAME).read_bytes() == content


def test_the_database_of_another_program_is_refused(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as other:
        other.execute("CREATE TABLE entry (sequence INTEGER PRIMARY KEY)")
    with pytest.raises(JournalFault, match="is not a journal"):
        open_again(folder)


def test_a_journal_of_a_newer_tocsin_is_refused(folder: Path, journal: SqliteJournal) -> None:
    journal.close()
    with closing(sqlite3.connect(folder / FILE_NAME)) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalFault, match="schema 99; this Tocsin knows 1: run the newer Tocsin"):
        open_again(folder)


def test_a_data_folder_never_changes_its_authority(folder: Path, journal: SqliteJournal) -> None:
    journal.close()
    swapped = Roots(ROOTS.exercise, ROOTS.actual)
    for authority, roots in (("other.example", ROOTS), (AUTHORITY, swapped)):
        with pytest.raises(JournalFault, match="never changes its authority"):
            SqliteJournal.open_for_writing(folder, authority, roots)
    open_again(folder).close()


def test_a_journal_is_made_once(folder: Path, journal: SqliteJournal) -> None:
    journal.close()
    with pytest.raises(JournalFault, match="is there already"):
        SqliteJournal.create(folder, START, NOW_MS)
    open_again(folder).close()


def test_a_creation_that_was_cut_off_leaves_nothing_in_the_way(folder: Path) -> None:
    (folder / f"{FILE_NAME}.new").write_bytes(b"half of a journal")
    journal = SqliteJournal.create(folder, START, NOW_MS)
    assert journal.verify() == 1
    journal.close()


def test_the_journal_is_private_to_its_user(folder: Path, journal: SqliteJournal) -> None:
    files = [path for path in folder.iterdir() if path.name.startswith((FILE_NAME, "serve"))]
    assert {path.name for path in files} >= {FILE_NAME, f"{FILE_NAME}-wal", "serve.lock"}
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}


_HOLD = """
import sys
from pathlib import Path
from tocsin.journal.sqlite import SqliteJournal
from tocsin.testing.samples import AUTHORITY, ROOTS
journal = SqliteJournal.open_for_writing(Path(sys.argv[1]), AUTHORITY, ROOTS)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_writer_is_told_which_process_holds_the_folder_until_it_is_killed(
    folder: Path, journal: SqliteJournal
) -> None:
    journal.close()
    command = [sys.executable, "-c", _HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(JournalFault, match=f"in use by process {holder.pid};"):
            open_again(folder)
        reader = SqliteJournal.open_for_reading(folder)
        assert reader.verify() == 5
        with pytest.raises(JournalFault, match="not open for writing"):
            reader.append_notices([sample_issue("four")], NOW_MS)
        reader.close()
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    open_again(folder).close()


def test_a_reader_follows_its_writer(folder: Path, journal: SqliteJournal) -> None:
    reader = SqliteJournal.open_for_reading(folder)
    journal.append_notices([sample_issue("four")], NOW_MS)
    assert reader.head == journal.head
    reader.close()


def test_an_entry_can_be_neither_changed_nor_removed_nor_left_out(journal: SqliteJournal) -> None:
    assert journal._writer is not None
    for sql in (
        "UPDATE entry SET recorded_ms = 0 WHERE sequence = 2",
        "DELETE FROM entry WHERE sequence = 5",
        "INSERT INTO entry VALUES (7, 0, 1, x'00', zeroblob(32))",
        "INSERT OR REPLACE INTO entry VALUES (5, 0, 1, x'00', zeroblob(32))",
    ):
        with pytest.raises(apsw.ConstraintError, match=r"never|one more"):
            journal._writer.execute(sql)
    assert journal.verify() == 5
