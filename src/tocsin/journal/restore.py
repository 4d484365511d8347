"""Bringing an authority back from a backup, into a new folder and under a new epoch.

An archive is foreign until proven: names, types and sizes are held against what a backup may hold before a byte is
written, contents against the manifest, and the chain from its first entry to its last.
"""

import os
import re
import shutil
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import IO

import msgspec

from tocsin.notice import Roots
from tocsin.ports.journal import Broken, Head, JournalFault
from tocsin.ports.records import RECORDS_NAME

from .backup import ATLAS_NAME, AUTHORITY_NAME, CHUNK_BYTES, FORMAT, KEYS_NAME, MANIFEST_NAME, Manifest, Part
from .sqlite import FILE_NAME, SqliteJournal
from .sqlite.opening import START_RESERVE_BYTES, free_bytes, sync_folder

# The largest atlas so far has 3 MB; keys and the rest are far smaller.
SMALL_PART_SIZE_BYTES_MAX = 64 * 2**20
MANIFEST_SIZE_BYTES_MAX = 2**20
# A backup has a handful of members; more is no backup.
MEMBERS_MAX = 64
_NAME = re.compile(
    rf"{FILE_NAME}|{RECORDS_NAME}|{AUTHORITY_NAME}|{ATLAS_NAME}|{KEYS_NAME}/[a-z0-9][a-z0-9-]{{0,60}}\.key"
)


class _Authority(msgspec.Struct, frozen=True):
    authority: str
    roots: Roots


def restore_backup(file: Path, folder: Path, epoch: str, recorded_ms: int) -> Head:
    """Bring the backup *file* back into *folder*, which is new or empty, and begin *epoch*. Return the new head.

    Nothing appears in *folder* unless all of it is right. Raises ``JournalFault``.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise JournalFault(f"{folder} is not empty; a restore needs a new folder and never overwrites")
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _extract(file, work)
        head = _begin(work, epoch, recorded_ms)
        _sync(work)
        work.rename(folder)
    except BaseException:
        shutil.rmtree(work)
        raise
    sync_folder(folder.parent)
    return head


def _extract(file: Path, work: Path) -> None:
    try:
        with tarfile.open(file, "r:") as tar:
            first = tar.next()
            if first is None or first.name != MANIFEST_NAME:
                raise JournalFault(f"{file} is no backup: {MANIFEST_NAME} does not come first")
            manifest = _manifest(file, tar, first)
            parts = {part.name: part for part in manifest.parts}
            _check_parts(file, manifest, free_bytes(work))
            for _ in range(MEMBERS_MAX):
                if (member := tar.next()) is None:
                    break
                _extract_part(file, tar, member, parts.pop(member.name, None), work)
            if parts or tar.next() is not None:
                raise JournalFault(f"{file} does not hold what its manifest says: {', '.join(parts) or 'too much'}")
    except (tarfile.TarError, OSError, EOFError, ValueError) as why:
        raise JournalFault(f"{file} cannot be read as a backup: {why}") from None


def _manifest(file: Path, tar: tarfile.TarFile, member: tarfile.TarInfo) -> Manifest:
    content = _content(file, tar, member, MANIFEST_SIZE_BYTES_MAX)
    try:
        manifest = msgspec.json.decode(content.read(), type=Manifest)
    except msgspec.DecodeError as why:
        raise JournalFault(f"{file} is no backup: its manifest cannot be read: {why}") from None
    if manifest.backup != FORMAT:
        raise JournalFault(f"{file} has backup format {manifest.backup}; this Tocsin reads {FORMAT}: use a newer one")
    return manifest


def _check_parts(file: Path, manifest: Manifest, free: int) -> None:
    names = [part.name for part in manifest.parts]
    if len(names) != len(set(names)) or not {FILE_NAME, AUTHORITY_NAME} <= set(names):
        raise JournalFault(f"{file} is no backup: it holds {', '.join(names)[:200]}")
    for part in manifest.parts:
        if not _NAME.fullmatch(part.name):
            raise JournalFault(f"{file} holds {part.name[:80]!r}, which no backup does; nothing was restored")
        if part.name not in (FILE_NAME, RECORDS_NAME) and part.size_bytes > SMALL_PART_SIZE_BYTES_MAX:
            raise JournalFault(f"{file}: {part.name} has {part.size_bytes} bytes; {SMALL_PART_SIZE_BYTES_MAX} fit")
    needed = sum(part.size_bytes for part in manifest.parts) + START_RESERVE_BYTES
    if needed > free:
        raise JournalFault(f"{file} needs {needed // 2**20} MiB and there are {free // 2**20}: free some space")


def _extract_part(file: Path, tar: tarfile.TarFile, member: tarfile.TarInfo, part: Part | None, work: Path) -> None:
    if part is None or member.size != part.size_bytes:
        raise JournalFault(f"{file}: {member.name[:80]!r} is not what the manifest says; nothing was restored")
    content, target = _content(file, tar, member, part.size_bytes), work / part.name
    target.parent.mkdir(mode=0o700, exist_ok=True)
    digest = sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != part.sha256:
        raise JournalFault(f"{file}: {part.name} is damaged; nothing was restored: take an older backup")


def _content(file: Path, tar: tarfile.TarFile, member: tarfile.TarInfo, size_bytes_max: int) -> IO[bytes]:
    """Return the content of a plain member; links and devices are none."""
    plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE)
    content = tar.extractfile(member) if plain and member.size <= size_bytes_max else None
    if content is None:
        raise JournalFault(f"{file}: {member.name[:80]!r} is no plain file of an allowed size; nothing was restored")
    return content


def _begin(work: Path, epoch: str, recorded_ms: int) -> Head:
    try:
        owner = msgspec.json.decode((work / AUTHORITY_NAME).read_bytes(), type=_Authority)
    except msgspec.DecodeError as why:
        raise JournalFault(f"{AUTHORITY_NAME} in the backup cannot be read: {why}") from None
    journal = SqliteJournal.open_for_writing(work, owner.authority, owner.roots)
    try:
        if isinstance(broken := journal.verify(), Broken):
            raise JournalFault(
                f"nothing was restored: entry {broken.sequence} of the journal in the backup: {broken.what}"
            )
        return journal.begin_epoch(epoch, recorded_ms).head
    finally:
        journal.close()


def _sync(work: Path) -> None:
    for path in sorted(work.rglob("*")):
        if path.is_dir():
            sync_folder(path)
            continue
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    sync_folder(work)
