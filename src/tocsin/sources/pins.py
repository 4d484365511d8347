"""Whose keys count, read from a list that a person keeps: JSON with the files of keys (PEM) for each sender.

What a key proves is said by ``tocsin.cap.signatures``. The list is as safe as the folder that it lies in.
"""

from pathlib import Path

import msgspec

from tocsin.cap.signatures import Senders, SendersError

# A certificate has 2 kB; a thousand senders with ten each stay below.
FILE_BYTES_MAX = 32 * 1024 * 1024


class PinsError(ValueError):
    """A list of senders cannot be used; the text names the file and the way out."""

    code = "senders-list"


def read_pins(path: Path) -> Senders:
    """Return the keys listed in the file *path*; the files of keys are found from its folder. Raises ``PinsError``."""
    try:
        listed = msgspec.json.decode(_bytes(path), type=dict[str, str | list[str]])
    except msgspec.DecodeError as why:
        example = '{"warnings@example.org": ["certificate.pem", "public-key.pem"]}'
        raise PinsError(f"{path} is no list of senders ({why}): write it as {example}") from why
    try:
        return Senders.from_pem({sender: _keys(path.parent, files) for sender, files in listed.items()})
    except SendersError as why:
        raise PinsError(f"{path}: {why}") from why


def _keys(folder: Path, files: str | list[str]) -> bytes:
    names = [files] if isinstance(files, str) else files
    return b"\n".join(_bytes(folder / name) for name in names)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(FILE_BYTES_MAX)
    except OSError as why:
        raise PinsError(f"{path} cannot be read: {why.strerror}") from why
