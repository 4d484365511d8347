"""``SqliteRecords``: the port ``Records`` on one SQLite file (``tocsin.ports.records`` says what is promised).

One connection under one lock: a few writes for each order, none of them in the way of an alert.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Self

import apsw
import msgspec

from tocsin.notice import GENESIS
from tocsin.ports.records import (
    DETAIL_SIZE_BYTES_MAX,
    RECORDS_NAME,
    WHAT_LENGTH_MAX,
    AuditBroken,
    Audited,
    AuditEntry,
    Credential,
    Invitation,
    RecordsFault,
    SubmittedDraft,
    audit_detail,
    audit_hash,
)

from .schema import STATEMENTS, migrate

FILE_NAME = RECORDS_NAME

BUSY_WAIT_MS = 5_000
_READ_AT_ONCE_ENTRIES = 1_000
_SYNCHRONOUS_FULL = 2


class SqliteRecords:
    """The records of one authority. Made by ``open``."""

    def __init__(self, file: Path, connection: apsw.Connection) -> None:
        self._file, self._connection = file, connection
        self._lock = Lock()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the records of the data *folder*, or make them. Raises ``RecordsFault``.

        The command that invites people does so beside the server: each write takes the file's lock before it reads.
        """
        file = folder / FILE_NAME
        with _faults(file):
            connection = apsw.Connection(str(file))
            try:
                file.chmod(0o600)
                connection.set_busy_timeout(BUSY_WAIT_MS)
                _make_durable(connection, file)
                migrate(connection, str(file))
            except BaseException:
                connection.close()
                raise
        return cls(file, connection)

    @property
    def audited(self) -> Audited:
        return Audited(*self._audit_head(self._read("audit_head")))

    def append_audit(self, at_ms: int, what: str, who: str, detail: Mapping[str, Any]) -> AuditEntry:
        text = audit_detail(detail)
        if len(what) > WHAT_LENGTH_MAX or len(text.encode()) > DETAIL_SIZE_BYTES_MAX:
            raise ValueError(f"an audit entry {what[:WHAT_LENGTH_MAX]!r} with {len(text)} characters is too long")
        with self._transaction() as connection:
            sequence, before = self._audit_head(connection.execute(STATEMENTS["audit_head"]).fetchall())
            hash = audit_hash(before, sequence + 1, at_ms, what, who, text)
            entry = AuditEntry(sequence + 1, at_ms, what, who, text, hash)
            connection.execute(STATEMENTS["append_audit"], (entry.sequence, at_ms, what, who, text, hash))
        return entry

    @staticmethod
    def _audit_head(rows: list[Any]) -> tuple[int, bytes]:
        return rows[0] if rows else (0, GENESIS)

    def audit(self, after: int, most: int) -> list[AuditEntry]:
        return [AuditEntry(*row) for row in self._read("audit", after, most)]

    def verify_audit(self) -> AuditBroken | int:
        sequence, before = 0, GENESIS
        while entries := self.audit(sequence, _READ_AT_ONCE_ENTRIES):
            for entry in entries:
                if entry.sequence != sequence + 1:
                    return AuditBroken(sequence + 1, "the entry is missing")
                if entry.hash != audit_hash(before, entry.sequence, entry.at_ms, entry.what, entry.who, entry.detail):
                    return AuditBroken(entry.sequence, "the entry does not follow the one before it")
                sequence, before = entry.sequence, entry.hash
        return sequence

    def save_submitted(self, draft: SubmittedDraft) -> None:
        self._write("save_submitted", draft.id, msgspec.json.encode(draft))

    def submitted(self) -> list[SubmittedDraft]:
        return [msgspec.json.decode(body, type=SubmittedDraft) for (body,) in self._read("submitted")]

    def remove_submitted(self, id: str) -> None:
        self._write("remove_submitted", id)

    def save_invitation(self, invitation: Invitation) -> None:
        one = invitation
        self._write("save_invitation", one.token_hash, one.holder, one.name, one.expires_at)

    def invitation(self, token_hash: bytes) -> Invitation | None:
        rows = self._read("invitation", token_hash)
        return Invitation(*rows[0]) if rows else None

    def enrol(self, token_hash: bytes, credential: Credential) -> bool:
        one = credential
        with self._transaction() as connection:
            used = connection.execute(STATEMENTS["use_invitation"], (token_hash,)).fetchall()
            if used:
                row = (one.id, one.public, one.holder, one.name, one.enrolled_ms)
                connection.execute(STATEMENTS["save_credential"], row)
        return bool(used)

    def credential(self, id: bytes) -> Credential | None:
        rows = self._read("credential", id)
        return Credential(*rows[0]) if rows else None

    def credentials(self) -> list[Credential]:
        return [Credential(*row) for row in self._read("credentials")]

    def copy_to(self, file: Path) -> None:
        if file.exists():
            raise RecordsFault(f"{file} is there already; a copy never overwrites")
        with self._lock, _faults(file):
            copy = apsw.Connection(str(file))
            try:
                file.chmod(0o600)
                with copy.backup("main", self._connection, "main") as backup:
                    backup.step(-1)
                _make_durable(copy, file)
            finally:
                copy.close()

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _read(self, statement: str, *values: str | int | bytes) -> list[Any]:
        with self._lock, _faults(self._file):
            return self._connection.execute(STATEMENTS[statement], values).fetchall()

    def _write(self, statement: str, *values: str | int | bytes) -> None:
        with self._transaction() as connection:
            connection.execute(STATEMENTS[statement], values)

    @contextmanager
    def _transaction(self) -> Iterator[apsw.Connection]:
        with self._lock, _faults(self._file):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")


@contextmanager
def _faults(file: Path) -> Iterator[None]:
    """Turn what SQLite reports about *file* into a ``RecordsFault``."""
    try:
        yield
    except apsw.FullError:
        raise RecordsFault(f"the disk under {file} is full: nothing was written; free some space") from None
    except apsw.Error as why:
        raise RecordsFault(f"{file}: {type(why).__name__}: {why}. Nothing was written; check the disk") from None


def _make_durable(connection: apsw.Connection, file: Path) -> None:
    if connection.pragma("journal_mode", "wal") != "wal":
        raise RecordsFault(f"{file} cannot have a write-ahead log: put the data folder on a local disk")
    connection.pragma("synchronous", "full")
    if connection.pragma("synchronous") != _SYNCHRONOUS_FULL:
        raise RecordsFault(f"{file} is not synced: what people did could be lost")
