"""A backup holds everything, a restore begins a new epoch, and no hostile archive gets a byte out of its folder."""

import io
import json
import os
import stat
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tests.journal.test_contract import damage_file
from tocsin.journal.backup import write_backup
from tocsin.journal.restore import restore_backup
from tocsin.journal.sqlite import FILE_NAME, SqliteJournal
from tocsin.notice import EntryType, Position
from tocsin.ports.journal import Checkpoint, JournalFault
from tocsin.records import SqliteRecords
from tocsin.testing.samples import AUTHORITY, NOW_MS, ROOTS, START, sample_issue

EPOCH = "aaaabbbbccccdddd"
Members = list[tuple[tarfile.TarInfo, bytes]]


@pytest.fixture
def archive(folder: Path, journal: SqliteJournal, tmp_path: Path) -> Path:
    file = tmp_path / "backup.tar"
    write_backup(folder, file)
    return file


def test_a_backup_of_a_journal_in_use_comes_back_whole(
    folder: Path, journal: SqliteJournal, archive: Path, tmp_path: Path
) -> None:
    before = journal.entries(0, 100)
    journal.append_notices([sample_issue("after the backup")], NOW_MS)
    head = restore_backup(archive, tmp_path / "again", EPOCH, NOW_MS + 5)
    again = SqliteJournal.open_for_writing(tmp_path / "again", AUTHORITY, ROOTS)
    assert again.head == head
    assert again.entries(0, 5) == before
    assert again.verify() == 6
    assert again.document(sample_issue("one").notice.cap) == sample_issue("one").cap
    for name in ("authority.json", "keys/issue-actual.key"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()
    again.close()


def test_a_restore_begins_a_new_epoch(archive: Path, tmp_path: Path) -> None:
    head = restore_backup(archive, tmp_path / "again", EPOCH, NOW_MS + 5)
    assert head.position == Position(EPOCH, 6)
    again = SqliteJournal.open_for_reading(tmp_path / "again")
    assert again.start.epoch == EPOCH != START.epoch
    assert (again.start.authority, again.start.roots) == (START.authority, START.roots)
    assert [entry.type for entry in again.entries(5, 9)] == [EntryType.EPOCH]
    again.close()


def test_a_restore_keeps_checkpoints(folder: Path, journal: SqliteJournal, tmp_path: Path) -> None:
    checkpoint = Checkpoint(4, b"{}", bytes(8), bytes(64))
    journal.save_checkpoint(checkpoint)
    write_backup(folder, tmp_path / "backup.tar")
    restore_backup(tmp_path / "backup.tar", tmp_path / "again", EPOCH, NOW_MS)
    again = SqliteJournal.open_for_reading(tmp_path / "again")
    assert again.newest_checkpoint() == checkpoint
    again.close()


def test_a_backup_and_what_comes_of_it_are_private(archive: Path, tmp_path: Path) -> None:
    restore_backup(archive, tmp_path / "again", EPOCH, NOW_MS)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    for path in (tmp_path / "again").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_an_atlas_goes_along(folder: Path, journal: SqliteJournal, tmp_path: Path) -> None:
    (folder / "atlas.json").write_text("{}")
    write_backup(folder, tmp_path / "backup.tar")
    restore_backup(tmp_path / "backup.tar", tmp_path / "again", EPOCH, NOW_MS)
    assert (tmp_path / "again" / "atlas.json").read_text() == "{}"


def test_the_records_go_along_while_they_are_in_use(folder: Path, journal: SqliteJournal, tmp_path: Path) -> None:
    records = SqliteRecords.open(folder)
    entry = records.append_audit(NOW_MS, "signed", "olena", {"draft": "a"})
    write_backup(folder, tmp_path / "backup.tar")
    records.append_audit(NOW_MS, "returned", "olena", {})
    records.close()
    restore_backup(tmp_path / "backup.tar", tmp_path / "again", EPOCH, NOW_MS)
    again = SqliteRecords.open(tmp_path / "again")
    assert again.audit(0, 10) == [entry]
    again.close()


def test_a_backup_never_overwrites(folder: Path, archive: Path) -> None:
    before = archive.read_bytes()
    with pytest.raises(JournalFault, match="never overwrites"):
        write_backup(folder, archive)
    assert archive.read_bytes() == before


def test_a_broken_journal_is_not_backed_up(folder: Path, journal: SqliteJournal, tmp_path: Path) -> None:
    journal.close()
    damage_file(folder / FILE_NAME, "UPDATE entry SET recorded_ms = 1 WHERE sequence = 4")
    with pytest.raises(JournalFault, match="no backup was written: entry 4"):
        write_backup(folder, tmp_path / "backup.tar")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["authority"]


def test_a_restore_needs_a_new_folder(folder: Path, archive: Path) -> None:
    with pytest.raises(JournalFault, match="is not empty"):
        restore_backup(archive, folder, EPOCH, NOW_MS)


def test_an_empty_folder_is_new_enough(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    restore_backup(archive, tmp_path / "again", EPOCH, NOW_MS)


def members_of(archive: Path) -> Members:
    with tarfile.open(archive) as tar:
        return [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]


def write_members(archive: Path, members: Members) -> None:
    with tarfile.open(archive, "w") as tar:
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))


def with_member(members: Members, name: str, content: bytes = b"x", type: bytes = tarfile.REGTYPE) -> Members:
    """Add a member, and name it in the manifest as an honest part."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = type, "/etc/passwd"
    member.size = len(content) if type == tarfile.REGTYPE else 0
    part = {"name": name, "size_bytes": member.size, "sha256": sha256(content).hexdigest()}
    return [*with_manifest(members, lambda manifest: manifest["parts"].append(part)), (member, content)]


def with_manifest(members: Members, change: Callable[[dict], object]) -> Members:  # type: ignore[type-arg]
    (first, document), *rest = members
    manifest = json.loads(document)
    change(manifest)
    document = json.dumps(manifest).encode()
    first.size = len(document)
    return [(first, document), *rest]


def with_content(members: Members, name: str, content: bytes) -> Members:
    changed = []
    for member, before in members:
        if member.name == name:
            member.size = len(content)
        changed.append((member, content if member.name == name else before))
    return changed


def honestly_with_content(members: Members, name: str, content: bytes) -> Members:
    def change(manifest: dict) -> None:  # type: ignore[type-arg]
        for part in manifest["parts"]:
            if part["name"] == name:
                part.update(size_bytes=len(content), sha256=sha256(content).hexdigest())

    return with_manifest(with_content(members, name, content), change)


def with_holes(members: Members) -> Members:
    """Make the last member, a key, a sparse file: 8 bytes that say they are a terabyte."""
    for member, _ in members[-1:]:
        member.pax_headers = {"GNU.sparse.map": f"{2**40},0", "GNU.sparse.size": str(2**40)}
    return members


HOSTILE: list[tuple[str, Callable[[Members], Members], str]] = [
    ("a path above", lambda all: with_member(all, "../evil"), "no backup does"),
    ("an absolute path", lambda all: with_member(all, "/evil"), "no backup does"),
    ("a path through keys", lambda all: with_member(all, "keys/../../evil.key"), "no backup does"),
    ("a file of another name", lambda all: with_member(all, "serve.lock"), "no backup does"),
    ("a symbolic link", lambda all: with_member(all, "keys/a.key", type=tarfile.SYMTYPE), "no plain file"),
    ("a hard link", lambda all: with_member(all, "keys/a.key", type=tarfile.LNKTYPE), "no plain file"),
    ("a device", lambda all: with_member(all, "keys/a.key", type=tarfile.CHRTYPE), "no plain file"),
    ("a file of holes", with_holes, "manifest says"),
    ("a member that no manifest names", lambda all: [*all, (tarfile.TarInfo("keys/b.key"), b"")], "manifest says"),
    ("a member twice", lambda all: [*all, all[1]], "manifest says"),
    ("a part less", lambda all: all[:-1], "does not hold what its manifest says"),
    ("no manifest", lambda all: all[1:], "does not come first"),
    ("an empty archive", lambda all: [], "does not come first"),
    ("a manifest of nonsense", lambda all: with_content(all, "manifest.json", b"{}"), "manifest cannot be read"),
    (
        "a newer format",
        lambda all: with_manifest(all, lambda manifest: manifest.update(backup=2)),
        "backup format 2; this Tocsin reads 1",
    ),
    (
        "a part said to be larger than the disk",
        lambda all: with_manifest(all, lambda manifest: manifest["parts"][0].update(size_bytes=2**60)),
        "free some space",
    ),
    (
        "a key said to be huge",
        lambda all: with_manifest(all, lambda manifest: manifest["parts"][-1].update(size_bytes=2**27)),
        "67108864 fit",
    ),
    ("a changed key", lambda all: with_content(all, "keys/issue-actual.key", b"no kez\n"), "is damaged"),
    ("a longer key", lambda all: with_content(all, "keys/issue-actual.key", b"no keys\n"), "manifest says"),
    ("a journal that is none", lambda all: honestly_with_content(all, FILE_NAME, b"none"), "is not a journal"),
    ("an authority that is none", lambda all: honestly_with_content(all, "authority.json", b"{}"), "cannot be read"),
    (
        "another authority",
        lambda all: honestly_with_content(
            all, "authority.json", json.dumps({"authority": "x", "roots": {"actual": "a", "exercise": "b"}}).encode()
        ),
        "never changes its authority",
    ),
]


@pytest.mark.parametrize(("change", "message"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_an_archive_that_is_not_as_written_restores_nothing(
    archive: Path, tmp_path: Path, change: Callable[[Members], Members], message: str
) -> None:
    write_members(archive, change(members_of(archive)))
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(JournalFault, match=message):
        restore_backup(archive, tmp_path / "again", EPOCH, NOW_MS)
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.parametrize("size", [0, 100, 512, 5000, 40_000])
def test_an_archive_that_ends_early_restores_nothing(archive: Path, tmp_path: Path, size: int) -> None:
    archive.write_bytes(archive.read_bytes()[:size])
    with pytest.raises(JournalFault, match="backup"):
        restore_backup(archive, tmp_path / "again", EPOCH, NOW_MS)
    assert not (tmp_path / "again").exists()


def test_a_broken_chain_in_an_honest_archive_restores_nothing(archive: Path, tmp_path: Path) -> None:
    members = members_of(archive)
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(next(content for member, content in members if member.name == FILE_NAME))
    damage_file(broken, "UPDATE entry SET recorded_ms = 1 WHERE sequence = 3")
    write_members(archive, honestly_with_content(members, FILE_NAME, broken.read_bytes()))
    with pytest.raises(JournalFault, match="nothing was restored: entry 3"):
        restore_backup(archive, tmp_path / "again", EPOCH, NOW_MS)
    assert not (tmp_path / "again").exists()
