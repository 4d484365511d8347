"""``SqliteJournal``: the port ``Journal`` on one SQLite file (``tocsin.ports.journal`` says what is promised).

One connection writes and one reads, each under its own lock, so that a read in one thread never waits for the disk and
never sees half an order. A walk and a copy open connections of their own.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, Self

import apsw

from tocsin.notice import (
    GENESIS,
    EntryType,
    Envelope,
    EpochStart,
    Magic,
    Position,
    Roots,
    Status,
    b64,
    decode,
    encode,
    encode_notice,
    entry_hash,
)
from tocsin.ports.journal import (
    AlreadyIssued,
    Appended,
    Broken,
    Checkpoint,
    Entry,
    Head,
    Issue,
    JournalFault,
    MovedOn,
)

from . import opening, verification
from .lock import WriterLock
from .opening import APPEND_RESERVE_BYTES, FILE_NAME, START_RESERVE_BYTES, faults, sync_folder
from .schema import STATEMENTS, migrate

# The newest may be damaged; an older one only makes a start slower.
CHECKPOINTS_KEPT = 4

_Row = tuple[Any, ...]


class SqliteJournal:
    """The record of one authority. Made by ``create``, ``open_for_writing`` or ``open_for_reading``."""

    def __init__(self, file: Path, writer: apsw.Connection | None, lock: WriterLock | None) -> None:
        self._file = file
        self._writer, self._lock = writer, lock
        self._reader = opening.connect_reader(file)
        self._writing, self._reading = Lock(), Lock()
        self._start = _read_start(self._reader, file)

    @classmethod
    def create(cls, folder: Path, start: EpochStart, recorded_ms: int) -> Self:
        """Make the journal of a new data *folder* and open it for writing. Raises ``JournalFault``.

        It is made under another name and then renamed: a start that is cut off leaves no half journal.
        """
        file, unfinished = folder / FILE_NAME, folder / f"{FILE_NAME}.new"
        lock = WriterLock.acquire(folder)
        try:
            if file.exists():
                raise JournalFault(f"{file} is there already; a data folder has one journal for ever")
            opening.check_sqlite(apsw.sqlite_lib_version())
            opening.check_room(folder, START_RESERVE_BYTES)
            unfinished.unlink(missing_ok=True)
            with faults(file):
                _make(unfinished, start, recorded_ms)
            unfinished.rename(file)
            sync_folder(folder)
        except BaseException:
            lock.release()
            raise
        return cls._open_locked(file, lock)

    @classmethod
    def open_for_writing(cls, folder: Path, authority: str, roots: Roots) -> Self:
        """Open the journal of *folder* as its one writer. Raises ``JournalFault`` for every gate that does not hold.

        *authority* and *roots* are those of ``authority.json``; a data folder never changes them.
        """
        lock = WriterLock.acquire(folder)
        try:
            _check_start(folder)
            opening.check_room(folder, START_RESERVE_BYTES)
        except BaseException:
            lock.release()
            raise
        journal = cls._open_locked(folder / FILE_NAME, lock)
        try:
            journal._check_owner(authority, roots)
        except BaseException:
            journal.close()
            raise
        return journal

    @classmethod
    def open_for_reading(cls, folder: Path) -> Self:
        """Open the journal of *folder* beside its writer, or without one. Raises ``JournalFault``."""
        _check_start(folder)
        with faults(folder / FILE_NAME):
            return cls(folder / FILE_NAME, None, None)

    @classmethod
    def _open_locked(cls, file: Path, lock: WriterLock) -> Self:
        try:
            with faults(file):
                writer = opening.connect_writer(file)
                migrate(writer)
                return cls(file, writer, lock)
        except BaseException:
            lock.release()
            raise

    @property
    def start(self) -> EpochStart:
        """The newest start of an epoch: whose journal this is."""
        return self._start

    @property
    def head(self) -> Head:
        ((sequence, hash),) = self._read("head")
        return Head(Position(self._start.epoch, sequence), hash)

    def append_notices(self, issues: Sequence[Issue], recorded_ms: int) -> Appended | AlreadyIssued | MovedOn:
        _check_issues(issues)
        with self._transaction() as writer:
            for issue in issues:
                if found := writer.execute(STATEMENTS["alert"], (issue.notice.id,)).fetchone():
                    return AlreadyIssued(_entry(found[:5]), found[5] == issue.order)
            for issue in issues:
                version = _version(writer, issue.notice.alarm)
                if issue.notice.version != version + 1:
                    writer.execute("ROLLBACK")
                    return MovedOn(issue.notice.alarm, _version(writer, issue.notice.alarm))
                entry = _append(writer, EntryType.NOTICE, issue.envelope, recorded_ms)
                _append_issue(writer, entry.sequence, issue)
            return self._commit(writer, len(issues))

    def append_roster(self, envelope: bytes, recorded_ms: int) -> Appended:
        Envelope.unpack(envelope, Magic.ROSTER)
        with self._transaction() as writer:
            _append(writer, EntryType.ROSTER, envelope, recorded_ms)
            return self._commit(writer, 1)

    def append_revocation(self, envelope: bytes, recorded_ms: int) -> Appended:
        Envelope.unpack(envelope, Magic.REVOCATION)
        with self._transaction() as writer:
            _append(writer, EntryType.REVOCATION, envelope, recorded_ms)
            return self._commit(writer, 1)

    def begin_epoch(self, epoch: str, recorded_ms: int) -> Appended:
        """Append the start of a new *epoch*: positions of the life before are unknown to it. For a restore only."""
        start = EpochStart(epoch, self._start.authority, self._start.roots)
        with self._transaction() as writer:
            _append(writer, EntryType.EPOCH, encode(start), recorded_ms)
            appended = self._commit(writer, 1)
        self._start = start
        return Appended(appended.entries, Head(Position(epoch, appended.head.position.sequence), appended.head.chain))

    def entries(self, after: int, most: int) -> list[Entry]:
        return [_entry(row) for row in self._read("entries", after, most)]

    def alert(self, id: str) -> tuple[Entry, bytes] | None:
        rows = self._read("alert", id)
        return (_entry(rows[0][:5]), rows[0][5]) if rows else None

    def history(self, alarm: str) -> list[Entry]:
        return [_entry(row) for row in self._read("history", alarm)]

    def alarms_named(self, prefix: str, most: int) -> list[str]:
        return [alarm for (alarm,) in self._read("alarms_named", prefix, most)]

    def newest_alarms(self, status: Status, most: int) -> list[Entry]:
        return [_entry(row) for row in self._read("newest_alarms", status.value, most)]

    def document(self, hash: str) -> bytes | None:
        rows = self._read("document", hash)
        return rows[0][0] if rows else None

    def rosters(self) -> Iterator[Entry]:
        return iter([_entry(row) for row in self._read("rosters")])

    def revocations(self) -> Iterator[Entry]:
        return iter([_entry(row) for row in self._read("revocations")])

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        with self._transaction() as writer:
            row = (checkpoint.sequence, checkpoint.document, checkpoint.key, checkpoint.signature)
            writer.execute(STATEMENTS["save_checkpoint"], row)
            writer.execute(STATEMENTS["forget_checkpoints"], (CHECKPOINTS_KEPT,))
            writer.execute("COMMIT")

    def newest_checkpoint(self) -> Checkpoint | None:
        rows = self._read("newest_checkpoint")
        return Checkpoint(*rows[0]) if rows else None

    def verify(self, after: int = 0, through: int | None = None) -> Broken | int:
        with faults(self._file):
            connection = opening.connect_reader(self._file)
            try:
                return verification.walk(connection, after, through)
            finally:
                connection.close()

    def copy_to(self, file: Path) -> None:
        """Write a consistent copy to *file*, which must not exist, and sync it. Raises ``JournalFault``."""
        if file.exists():
            raise JournalFault(f"{file} is there already; a copy never overwrites")
        with faults(file):
            opening.copy_database(opening.connect_reader(self._file), file)
        sync_folder(file.parent)

    def close(self) -> None:
        """Let go of the file and of the lock."""
        with self._writing, self._reading:
            self._reader.close()
            if self._writer:
                self._writer.close()
            if self._lock:
                self._lock.release()
            self._writer = self._lock = None

    def _check_owner(self, authority: str, roots: Roots) -> None:
        if (self._start.authority, self._start.roots) != (authority, roots):
            raise JournalFault(
                f"{self._file} is the journal of {self._start.authority!r}, and authority.json names {authority!r} or"
                " other roots: a data folder never changes its authority; make a new folder, or restore authority.json"
            )

    def _read(self, statement: str, *values: str | int) -> list[_Row]:
        with self._reading, faults(self._file):
            return self._reader.execute(STATEMENTS[statement], values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[apsw.Connection]:
        """Hold the writer. What was not committed at the end is undone."""
        with self._writing:
            if self._writer is None:
                raise JournalFault(f"{self._file} is not open for writing")
            opening.check_room(self._file.parent, APPEND_RESERVE_BYTES)
            with faults(self._file):
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                finally:
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")

    def _commit(self, writer: apsw.Connection, appended: int) -> Appended:
        sequence, hash = writer.execute(STATEMENTS["head"]).get
        rows = writer.execute(STATEMENTS["entries"], (sequence - appended, appended)).fetchall()
        writer.execute("COMMIT")
        return Appended(tuple(map(_entry, rows)), Head(Position(self._start.epoch, sequence), hash))


def _check_start(folder: Path) -> None:
    opening.check_sqlite(apsw.sqlite_lib_version())
    if not (folder / FILE_NAME).is_file():
        raise JournalFault(
            f"there is no journal in {folder}; `tocsin demo` makes a demo authority, `tocsin restore` brings one back"
        )


def _make(file: Path, start: EpochStart, recorded_ms: int) -> None:
    connection = apsw.Connection(str(file))
    try:
        file.chmod(0o600)
        opening.make_durable(connection)
        migrate(connection)
        with connection:
            _append(connection, EntryType.EPOCH, encode(start), recorded_ms)
    finally:
        connection.close()


def _read_start(reader: apsw.Connection, file: Path) -> EpochStart:
    row = reader.execute(STATEMENTS["epoch"]).fetchone()
    if row is None:
        raise JournalFault(f"{file} has lost its first entry: restore a backup")
    return decode(row[0], EpochStart)


def _check_issues(issues: Sequence[Issue]) -> None:
    if not issues or len({issue.notice.id for issue in issues}) < len(issues):
        raise ValueError("an append takes at least one notice, and each id once")
    for issue in issues:
        if Envelope.unpack(issue.envelope, Magic.NOTICE).document != encode_notice(issue.notice):
            raise ValueError(f"the envelope does not hold the notice {issue.notice.id}")
        if b64(sha256(issue.cap).digest()) != issue.notice.cap:
            raise ValueError(f"notice {issue.notice.id} is bound to another CAP document")


def _version(writer: apsw.Connection, alarm: str) -> int:
    row = writer.execute(STATEMENTS["alarm_version"], (alarm,)).fetchone()
    return row[0] if row else 0


def _append(writer: apsw.Connection, type: EntryType, body: bytes, recorded_ms: int) -> Entry:
    sequence, before = writer.execute(STATEMENTS["head"]).fetchone() or (0, GENESIS)
    hash = entry_hash(before, sequence + 1, recorded_ms, type, body)
    entry = Entry(sequence + 1, recorded_ms, type, body, hash)
    writer.execute(STATEMENTS["append_entry"], (entry.sequence, recorded_ms, type.value, body, hash))
    return entry


def _append_issue(writer: apsw.Connection, sequence: int, issue: Issue) -> None:
    notice = issue.notice
    row = (sequence, notice.id, notice.alarm, notice.version, notice.status.value, notice.cap, issue.order)
    writer.execute(STATEMENTS["append_notice"], row)
    writer.execute(STATEMENTS["append_document"], (notice.cap, issue.cap))


def _entry(row: _Row) -> Entry:
    sequence, recorded_ms, type, body, hash = row
    return Entry(sequence, recorded_ms, EntryType(type), body, hash)
