"""Opening a connection, and what has to hold before: a safe SQLite, synced commits, room on the disk.

Each gate that does not hold raises ``JournalFault`` with the rule and the way out.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from tocsin.ports.journal import JournalFault

from .schema import check_is_journal

FILE_NAME = "journal.sqlite"

# A start needs room for days of alerts; one that finds less would stop in the middle of an attack.
START_RESERVE_BYTES = 64 * 2**20
# Below this an order is refused before a byte is written: a checkpoint of the log and a clean stop still fit.
APPEND_RESERVE_BYTES = 16 * 2**20
# Only a recovery after a crash, or a last reader that closes, holds the file that long.
BUSY_WAIT_MS = 5_000
# The log shrinks back to this after a long read kept it from being emptied.
LOG_SIZE_BYTES_MAX = 64 * 2**20

_SYNCHRONOUS_FULL = 2
# The first release without the WAL-reset corruption, and the branches it was carried back to.
_SAFE = (3, 51, 3)
_SAFE_PATCHES = {(3, 50): 7, (3, 44): 6}


def is_safe_sqlite(version: str) -> bool:
    """Whether that SQLite is free of the WAL-reset corruption (3.7.0 to 3.51.2; fixed in 3.50.7 and 3.44.6 as well)."""
    numbers = tuple(int(part) for part in version.split("."))
    patch_min = _SAFE_PATCHES.get((numbers[0], numbers[1]))
    return numbers >= _SAFE or (patch_min is not None and numbers[2] >= patch_min)


def check_sqlite(version: str) -> None:
    if not is_safe_sqlite(version):
        raise JournalFault(
            f"SQLite {version} can corrupt a journal (WAL-reset bug, fixed in 3.51.3): install a newer apsw"
        )


def free_bytes(folder: Path) -> int:
    """Return what an ordinary user may still write on the file system of *folder*."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def check_room(folder: Path, reserve_bytes: int) -> None:
    if (free := free_bytes(folder)) < reserve_bytes:
        raise JournalFault(
            f"the disk under {folder} has {free / 2**20:.0f} MiB left, and {reserve_bytes // 2**20} MiB are kept in"
            " reserve: nothing was written; free some space"
        )


@contextmanager
def faults(file: Path) -> Iterator[None]:
    """Turn what SQLite reports about *file* into a ``JournalFault`` with a way out."""
    try:
        yield
    except apsw.FullError:
        raise JournalFault(f"the disk under {file} is full: nothing was written; free some space") from None
    except (apsw.NotADBError, apsw.CantOpenError) as why:
        raise JournalFault(f"{file} is not a journal, or cannot be read: {why}") from None
    except apsw.CorruptError as why:
        raise JournalFault(f"{file} is damaged: {why}. `tocsin journal verify` says where; restore a backup") from None
    except apsw.BusyError:
        raise JournalFault(f"{file} is held by another program for more than {BUSY_WAIT_MS // 1000} s") from None
    except apsw.Error as why:
        raise JournalFault(f"{file}: {type(why).__name__}: {why}. Nothing was acknowledged; check the disk") from None


def connect_writer(file: Path) -> apsw.Connection:
    """Open *file* for writing with synced commits, and see that SQLite took the settings."""
    connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(BUSY_WAIT_MS)
    check_is_journal(connection, str(file))
    make_durable(connection)
    return connection


def connect_reader(file: Path) -> apsw.Connection:
    connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(BUSY_WAIT_MS)
    check_is_journal(connection, str(file))
    return connection


def make_durable(connection: apsw.Connection) -> None:
    """Set WAL and ``synchronous=FULL``. Raises ``JournalFault`` if the file system does not let SQLite have them."""
    mode = connection.pragma("journal_mode", "wal")
    if mode != "wal":
        raise JournalFault(f"the journal mode is {mode}, not wal: put the data folder on a local disk")
    connection.pragma("synchronous", "full")
    if (level := connection.pragma("synchronous")) != _SYNCHRONOUS_FULL:
        raise JournalFault(f"synchronous is {level}, not {_SYNCHRONOUS_FULL} (full): an order could be lost")
    connection.pragma("journal_size_limit", LOG_SIZE_BYTES_MAX)
    connection.pragma("foreign_keys", 1)


def copy_database(source: apsw.Connection, file: Path) -> None:
    """Write a consistent copy of *source*, which is closed then, to the new *file*."""
    copy = apsw.Connection(str(file))
    try:
        with copy.backup("main", source, "main") as backup:
            backup.step(-1)
        make_durable(copy)
    finally:
        copy.close()
        source.close()


def copy_beside(file: Path, to: Path) -> None:
    """Write a consistent copy of another database of the data folder, *file*, while it is in use."""
    with faults(file):
        source = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
        source.set_busy_timeout(BUSY_WAIT_MS)
        copy_database(source, to)


def sync_folder(folder: Path) -> None:
    """Make names in *folder* durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
