"""A disk that remembers what was synced: the images that a power cut may leave, at every point of a recorded run.

The model: a write that was not synced may be there, be lost, or be there in part, each sector on its own and in any
order. What was synced is there. A file that was never synced may be missing. It knows one process and no lying disk.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import apsw

BASE = "unix"  # what SQLite uses by itself
SECTOR_BYTES = 512
SHARED_MEMORY = "-shm"  # made anew by whoever opens the journal first


@dataclass(frozen=True, slots=True)
class Write:
    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    file: str


@dataclass(frozen=True, slots=True)
class Delete:
    file: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The caller was told that everything up to *sequence* is on disk."""

    sequence: int


Event = Write | Truncate | Sync | Delete | Acknowledged


class _File(apsw.VFSFile):
    def __init__(self, filename: apsw.URIFilename | str, flags: list[int], log: list[Event]) -> None:
        super().__init__(BASE, filename, flags)
        self._name = Path(filename.filename() if isinstance(filename, apsw.URIFilename) else filename).name
        self._log = log

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self._log.append(Write(self._name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        super().xTruncate(size)
        self._log.append(Truncate(self._name, size))

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._log.append(Sync(self._name))


class _Disk(apsw.VFS):
    def __init__(self, log: list[Event]) -> None:
        super().__init__("recording", BASE, makedefault=True)
        self._log = log

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        assert name is not None
        return _File(name, flags, self._log)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        self._log.append(Delete(Path(filename).name))


@contextmanager
def recorded() -> Iterator[list[Event]]:
    """Record what SQLite does to files that are opened within."""
    log: list[Event] = []
    disk = _Disk(log)
    try:
        yield log
    finally:
        disk.unregister()


@dataclass
class _Content:
    durable: bytearray | None
    pending: list[Write | Truncate] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cut:
    """The power fails before event *at*; the first *acknowledged* entries were told to be on disk."""

    at: int
    acknowledged: int
    files: dict[str, _Content]

    def images(self, random: Random, shuffled: int) -> Iterator[dict[str, bytes]]:
        """Yield files as they may be found: nothing pending, everything pending, and *shuffled* mixtures."""
        yield {name: bytes(one.durable) for name, one in self.files.items() if one.durable is not None}
        yield {name: _applied(one, one.pending) for name, one in self.files.items()}
        for _ in range(shuffled):
            yield {name: _applied(one, list(_some(one.pending, random))) for name, one in self.files.items()}


def cuts(log: list[Event], before: dict[str, bytes], acknowledged: int) -> Iterator[Cut]:
    """Yield every point at which the power can fail in *log*, which began with the synced files *before*."""
    files = {name: _Content(bytearray(content)) for name, content in before.items()}
    for at, event in enumerate(log):
        yield Cut(at, acknowledged, files)
        match event:
            case Write(file) | Truncate(file):
                files.setdefault(file, _Content(None)).pending.append(event)
            case Sync(file):
                content = files.setdefault(file, _Content(None))
                files[file] = _Content(bytearray(_applied(content, content.pending)))
            case Delete(file):
                files.pop(file, None)
            case Acknowledged(sequence):
                acknowledged = sequence
    yield Cut(len(log), acknowledged, files)


def _applied(content: _Content, events: list[Write | Truncate]) -> bytes:
    data = bytearray(content.durable or b"")
    for event in events:
        match event:
            case Write(_, offset, written):
                data.extend(bytes(max(0, offset - len(data))))
                data[offset : offset + len(written)] = written
            case Truncate(_, size):
                del data[size:]
    return bytes(data)


def _some(events: list[Write | Truncate], random: Random) -> Iterator[Write | Truncate]:
    for event in events:
        fate = random.random()
        if fate < 0.4:
            yield event
        elif fate < 0.7 and isinstance(event, Write):
            for at in range(0, len(event.data), SECTOR_BYTES):
                if random.random() < 0.5:
                    yield Write(event.file, event.offset + at, event.data[at : at + SECTOR_BYTES])
