"""A full or broken disk under an order: it is refused, nothing is half done, and the next is taken afterwards."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest

from tests.journal.power import BASE
from tocsin.journal.sqlite import SqliteJournal
from tocsin.ports.journal import Appended, Issue, JournalFault
from tocsin.testing.samples import AUTHORITY, NOW_MS, ROOTS, START, sample_issue


@dataclass
class Fault:
    """Fails every write or sync from the *left*-th on, once it is armed."""

    error: type[apsw.Error]
    syncs_only: bool
    left: int | None = None

    def strike(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            raise self.error("injected")


class _File(apsw.VFSFile):
    def __init__(self, filename: apsw.URIFilename | str, flags: list[int], fault: Fault) -> None:
        super().__init__(BASE, filename, flags)
        self._fault = fault

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        if not self._fault.syncs_only:
            self._fault.strike()
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._fault.strike()
        super().xSync(flags)


class _Disk(apsw.VFS):
    def __init__(self, fault: Fault) -> None:
        super().__init__("failing", BASE, makedefault=True)
        self._fault = fault

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        assert name is not None
        return _File(name, flags, self._fault)


@contextmanager
def disk_with(fault: Fault) -> Iterator[None]:
    disk = _Disk(fault)
    try:
        yield
    finally:
        disk.unregister()


def struck(journal: SqliteJournal, issues: list[Issue], fault: Fault, moment: int) -> object:
    """Append *issues* while the disk fails from *moment* on; return the fault if it was told."""
    fault.left = moment
    try:
        return journal.append_notices(issues, NOW_MS)
    except JournalFault as why:
        return why
    finally:
        fault.left = None


def fill(journal: SqliteJournal) -> None:
    for number in range(1000):
        assert isinstance(journal.append_notices([sample_issue(f"n {number}")], NOW_MS), Appended)


@pytest.mark.parametrize(
    "fault",
    [Fault(apsw.FullError, False), Fault(apsw.IOError, False), Fault(apsw.IOError, True)],
    ids=["the disk is full", "writes fail", "syncs fail"],
)
def test_an_order_that_the_disk_refuses_at_any_moment_is_not_half_done(folder: Path, fault: Fault) -> None:
    SqliteJournal.create(folder, START, NOW_MS).close()
    with disk_with(fault):
        journal = SqliteJournal.open_for_writing(folder, AUTHORITY, ROOTS)
        assert isinstance(journal.append_notices([sample_issue("first")], NOW_MS), Appended)
        refused = 0
        for moment in range(100):
            head, issues = journal.head, [sample_issue(f"a {moment}"), sample_issue(f"b {moment}")]
            if isinstance(struck(journal, issues, fault, moment), Appended):
                break
            refused += 1
            assert journal.head == head
            assert journal.verify() == head.position.sequence
            assert isinstance(journal.append_notices(issues, NOW_MS), Appended)
        assert refused >= (1 if fault.syncs_only else 5)
        last = journal.head
        journal.close()
    again = SqliteJournal.open_for_writing(folder, AUTHORITY, ROOTS)
    assert again.head == last
    assert again.verify() == last.position.sequence
    again.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB."""
    mounted = tmp_path / "small"
    mounted.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(mounted)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small file system takes root; the injected faults above cover the same")
    yield mounted
    subprocess.run(["umount", str(mounted)], check=True)


def test_a_disk_that_fills_up_refuses_orders_until_there_is_space_again(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tocsin.journal.sqlite.opening.free_bytes", lambda _: 2**40)
    journal = SqliteJournal.create(small_disk, START, NOW_MS)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1024 * 1024))
    with pytest.raises(JournalFault, match="is full: nothing was written; free some space"):
        fill(journal)
    head = journal.head
    assert head.position.sequence > 10
    assert journal.verify() == head.position.sequence
    ballast.unlink()
    assert isinstance(journal.append_notices([sample_issue("after")], NOW_MS), Appended)
    assert journal.verify() == head.position.sequence + 1
    journal.close()
