"""The lock file that lets one process write a data folder: ``serve.lock``, held by ``flock``.

The kernel lets go of it when the process ends, however it ends. The file itself stays: removing it would let
two hold it.
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tocsin.ports.journal import JournalFault

LOCK_NAME = "serve.lock"


@dataclass(frozen=True, slots=True)
class WriterLock:
    """Held until ``release`` or the end of the process."""

    _descriptor: int

    @classmethod
    def acquire(cls, folder: Path) -> Self:
        """Take the lock of *folder*. Raises ``JournalFault`` that names the process that holds it."""
        try:
            descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as why:
            raise JournalFault(f"{folder / LOCK_NAME} cannot be opened: {why.strerror}") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise JournalFault(
                f"{folder} is in use by process {holder}; one process writes a data folder: stop that one first"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        os.close(self._descriptor)
