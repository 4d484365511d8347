"""What sources remember, a file for each: written whole and put in place at once, so that a crash leaves the old one.

A file that is lost or damaged costs repeats, which are held once; so it is begun anew and not mourned.
"""

import os
from pathlib import Path

import msgspec

from tocsin.ports.source import NOTHING_KNOWN, Memory


class FileMemories:
    """Implements ``tocsin.ports.source.Memories`` in *folder*, which is made if it is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def load(self, source: str) -> Memory:
        try:
            return msgspec.json.decode(self._path(source).read_bytes(), type=Memory)
        except (FileNotFoundError, msgspec.DecodeError):
            return NOTHING_KNOWN

    def store(self, source: str, memory: Memory) -> None:
        path = self._path(source)
        new = path.with_suffix(".new")
        with new.open("wb") as stream:
            stream.write(msgspec.json.encode(memory))
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, source: str) -> Path:
        # Names of sources are a-z, 0-9 and - (``listing``): none leads out of the folder.
        return self._folder / f"{source}.json"
