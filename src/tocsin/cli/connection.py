"""From the options of a command to a folder, an atlas and an operator."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tocsin.areas import Atlas, load_ukraine, read_atlas
from tocsin.client import DataFolder, Operator, Signer, open_folder
from tocsin.client.operator import GIVE_UP_S
from tocsin.notice import Domain, Trust

from .console import ExitStatus, Failure
from .regions import ATLAS_FILE


def address_of(folder: DataFolder, url: str | None) -> Callable[[], str]:
    """Return where the server is: *url* if given, else what the running server left in the folder."""
    if url is None:
        return folder.address
    if not url.startswith(("http://", "https://")):
        raise Failure(f"--url {url!r} is no address like http://127.0.0.1:8000", ExitStatus.WRONG_USE)
    chosen = url.rstrip("/")
    return lambda: chosen


def atlas_of(folder: DataFolder) -> Atlas:
    """Return the atlas that the authority imported, else that of Ukraine. Raises ``AreaError``."""
    path = folder.path / ATLAS_FILE
    return read_atlas(path.read_bytes()) if path.exists() else load_ukraine()


def trust_of(folder: DataFolder, atlas: Atlas) -> Trust:
    """Return the pinned roots of *folder*, with what lies above each region: scopes are given by oblast."""
    return replace(folder.trust, lineage=atlas.lineage)


def operator(data: Path, url: str | None, domain: Domain, give_up_s: float = GIVE_UP_S) -> Operator:
    """Return an operator who can sign in *domain* and in no other. Raises ``FolderError``."""
    folder = open_folder(data)
    atlas = atlas_of(folder)
    signer = Signer(folder.authority, atlas, trust_of(folder, atlas))
    return Operator(address_of(folder, url), {domain: folder.keys(domain)}, signer, give_up_s)
