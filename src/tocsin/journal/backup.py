"""A whole authority in one file: a tar of journal, records, ``authority.json``, keys, and the atlas if there is one.

A backup is taken while the server runs and read again before it has its name. It holds private keys: mode 0600. How one
is brought back is in ``restore``.
"""

import os
import tarfile
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO

import msgspec

from tocsin.ports.journal import Broken, JournalFault
from tocsin.ports.records import RECORDS_NAME

from .sqlite import FILE_NAME, SqliteJournal
from .sqlite.opening import copy_beside, sync_folder

AUTHORITY_NAME = "authority.json"
ATLAS_NAME = "atlas.json"
KEYS_NAME = "keys"
MANIFEST_NAME = "manifest.json"
FORMAT = 1
CHUNK_BYTES = 2**20


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a backup: its name in the data folder, its size and SHA-256 in hex digits."""

    name: str
    size_bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first member of a backup: what else is in it, and the position up to which it goes."""

    backup: int
    position: str
    parts: tuple[Part, ...]


def write_backup(folder: Path, file: Path) -> Manifest:
    """Write the authority in *folder* to *file*, which must not exist. Raises ``JournalFault``.

    The journal in it is verified from its first entry to its last, and the file is read back.
    """
    if file.exists():
        raise JournalFault(f"{file} is there already; a backup never overwrites another")
    if not file.parent.is_dir():
        raise JournalFault(f"there is no folder {file.parent} to write a backup to")
    with tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as name:
        work = Path(name)
        position = _copy_journal(folder, work)
        sources = {FILE_NAME: work / FILE_NAME} | dict(_beside_journal(folder))
        # After the journal, whose checkpoints name the head of what is audited: a copy made before would seem cut off.
        if (folder / RECORDS_NAME).is_file():
            copy_beside(folder / RECORDS_NAME, work / RECORDS_NAME)
            sources[RECORDS_NAME] = work / RECORDS_NAME
        manifest = Manifest(FORMAT, position, tuple(_part(part, path) for part, path in sources.items()))
        _write(work / "archive", manifest, sources)
        _read_back(work / "archive", manifest)
        os.link(work / "archive", file)
    sync_folder(file.parent)
    return manifest


def digest_of(stream: IO[bytes] | None) -> str:
    assert stream is not None
    digest = sha256()
    while chunk := stream.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _copy_journal(folder: Path, work: Path) -> str:
    journal = SqliteJournal.open_for_reading(folder)
    try:
        journal.copy_to(work / FILE_NAME)
    finally:
        journal.close()
    copy = SqliteJournal.open_for_reading(work)
    try:
        if isinstance(broken := copy.verify(), Broken):
            raise JournalFault(f"no backup was written: entry {broken.sequence} of the journal: {broken.what}")
        return str(copy.head.position)
    finally:
        copy.close()


def _beside_journal(folder: Path) -> Iterator[tuple[str, Path]]:
    if not (folder / AUTHORITY_NAME).is_file():
        raise JournalFault(f"there is no {folder / AUTHORITY_NAME}: without it no server would start from the backup")
    yield AUTHORITY_NAME, folder / AUTHORITY_NAME
    if (folder / ATLAS_NAME).is_file():
        yield ATLAS_NAME, folder / ATLAS_NAME
    for path in sorted((folder / KEYS_NAME).glob("*.key")):
        yield f"{KEYS_NAME}/{path.name}", path


def _part(name: str, path: Path) -> Part:
    with path.open("rb") as stream:
        return Part(name, path.stat().st_size, digest_of(stream))


def _write(archive: Path, manifest: Manifest, sources: dict[str, Path]) -> None:
    descriptor = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream, tarfile.open(fileobj=stream, mode="w") as tar:
        document = msgspec.json.encode(manifest)
        tar.addfile(_member(MANIFEST_NAME, len(document)), BytesIO(document))
        for part in manifest.parts:
            with sources[part.name].open("rb") as source:
                tar.addfile(_member(part.name, part.size_bytes), source)
        tar.close()
        stream.flush()
        os.fsync(stream.fileno())


def _member(name: str, size_bytes: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size_bytes, 0o600
    return member


def _read_back(archive: Path, manifest: Manifest) -> None:
    expected = {part.name: part.sha256 for part in manifest.parts}
    with tarfile.open(archive, "r:") as tar:
        found = {member.name: digest_of(tar.extractfile(member)) for member in tar if member.name != MANIFEST_NAME}
    if found != expected:
        raise JournalFault("the backup could not be read back as it was written; nothing was kept: check the disk")
