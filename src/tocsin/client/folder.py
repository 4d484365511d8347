"""The data folder, as far as a client reads it: who the authority is, its service keys, where its server listens.

It writes nothing: an authority is made by ``tocsin.cli.authority``, the address is left there by a running server, and
what a device remembers is ``memory``'s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tocsin.notice import DEMO, Domain, Roots, SigningKey, Trust, from_b64

from .failures import FolderError

AUTHORITY_FILE = "authority.json"
ADDRESS_FILE = "address.json"
KEYS_FOLDER = "keys"
SEEN_FILE = "trust-seen.json"
# Whose software keys may lie in a folder, by the beginning of the file's name: a demo's two people, or a service.
_HOLDERS = ("author", "approver", "service")

# Asked before each attempt: a server that was started again may listen elsewhere.
Address = Callable[[], str]


class _Authority(msgspec.Struct, frozen=True):
    authority: str
    demo: bool
    roots: Roots


class _Running(msgspec.Struct, frozen=True):
    url: str


@dataclass(frozen=True, slots=True)
class DataFolder:
    """A folder that holds an authority. Build it with ``open_folder``."""

    path: Path
    authority: str
    roots: dict[Domain, bytes]

    @property
    def demo(self) -> bool:
        return self.authority == DEMO

    @property
    def trust(self) -> Trust:
        """Return the pinned authority and roots; rosters come with the stream."""
        return Trust(self.authority, self.roots)

    @property
    def seen(self) -> Path:
        """Where a device that follows from this folder remembers whom it trusts."""
        return self.path / SEEN_FILE

    def keys(self, domain: Domain) -> tuple[SigningKey, ...]:
        """Return the keys that order under the root of *domain*: a demo's two people, or a service.

        Raises ``FolderError`` if there is none.
        """
        files = [self.path / KEYS_FOLDER / f"{holder}-{domain}.key" for holder in _HOLDERS]
        found = [file for file in files if file.exists()]
        if not found:
            raise FolderError(f"there is no {files[-1]}, nor the keys of a demo's two people: nothing can be ordered")
        return tuple(_key(file, domain) for file in found)

    def address(self) -> str:
        """Return the address of the running server. Raises ``FolderError`` if none has left one."""
        path = self.path / ADDRESS_FILE
        data = _read(path, "the address of a running server; start one with `tocsin serve`, or give --url")
        try:
            return msgspec.json.decode(data, type=_Running).url
        except msgspec.MsgspecError as why:
            raise FolderError(f"{path} cannot be read ({why}); start the server again") from why


def open_folder(path: Path) -> DataFolder:
    """Read who the authority of the folder is. Raises ``FolderError``."""
    data = _read(path / AUTHORITY_FILE, "the authority; choose its folder with --data or TOCSIN_DATA")
    try:
        read = msgspec.json.decode(data, type=_Authority)
        roots = {Domain.ACTUAL: from_b64(read.roots.actual), Domain.EXERCISE: from_b64(read.roots.exercise)}
    except (msgspec.MsgspecError, ValueError) as why:
        raise FolderError(f"{path / AUTHORITY_FILE} cannot be read: {why}") from why
    if read.demo != (read.authority == DEMO):
        raise FolderError(f"{path / AUTHORITY_FILE} contradicts itself: {read.authority!r} with demo {read.demo}")
    return DataFolder(path, read.authority, roots)


def _key(path: Path, domain: Domain) -> SigningKey:
    text = _read(path, f"a key that signs {domain} notices").decode(errors="replace").strip()
    try:
        return SigningKey.from_seed(from_b64(text))
    except ValueError as why:
        raise FolderError(f"{path} is no key: one line of base64url for 32 bytes is expected") from why


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as why:
        raise FolderError(f"there is no {path}: it would hold {what}") from why
    except OSError as why:
        raise FolderError(f"{path} cannot be read ({why.strerror}); it holds {what}") from why
