"""Where ``tocsin cap`` takes its bytes from: a file, standard input, an address; and whose keys it believes.

An address goes through the one guarded client (``tocsin.fetch``), which is in the extra ``server``.
"""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.cap import feeds
from tocsin.cap.signatures import Senders
from tocsin.sources.pins import PinsError, read_pins

from .console import ExitStatus, Failure

if TYPE_CHECKING:
    from tocsin.fetch import GuardedClient

# One byte more than is ever read, so that a file without end is called too large and not waited for.
_READ_BYTES_MAX = feeds.FEED_LIMITS.size_bytes_max + 1


def read_document(name: str) -> bytes:
    """Return the bytes of the file or address *name*, or of standard input for ``-``. Raises ``Failure``."""
    if name == "-":
        return sys.stdin.buffer.read(_READ_BYTES_MAX)
    if is_address(name):
        return _fetched(name)
    try:
        with Path(name).open("rb") as stream:
            return stream.read(_READ_BYTES_MAX)
    except OSError as why:
        raise Failure(f"{name} cannot be read: {why.strerror}", ExitStatus.WRONG_USE) from why


def is_address(name: str) -> bool:
    return name.lower().startswith(("http://", "https://"))


def read_senders(path: Path) -> Senders:
    """Return the keys that are believed. Raises ``Failure``."""
    try:
        return read_pins(path)
    except PinsError as why:
        raise Failure(str(why), ExitStatus.WRONG_USE) from why


def _fetched(url: str) -> bytes:
    try:
        from tocsin.ports.fetch import Failed, Fetched, Forbidden, NotModified
        from tocsin.sources.cap_feed.source import FEED_FETCH_LIMITS

        outcome = asyncio.run(guarded_client().get(url, limits=FEED_FETCH_LIMITS))
    except ModuleNotFoundError as missing:
        raise Failure(
            f"An address needs the extra: pip install 'tocsin[server]' ({missing.name} is missing). A file needs none.",
            ExitStatus.WRONG_USE,
        ) from missing
    match outcome:
        case Fetched(_, body):
            return body
        case Forbidden(code, why):
            raise Failure(f"{url} is not loaded ({code}): {why}", ExitStatus.WRONG_USE)
        case Failed(code, why):
            raise Failure(f"{url} was not loaded ({code}): {why}", ExitStatus.UNREACHABLE)
        case NotModified():
            raise Failure(f"{url} says that nothing has changed, to whom it has told nothing.", ExitStatus.UNREACHABLE)


def guarded_client() -> "GuardedClient":
    """Return the client that reaches public addresses only."""
    from tocsin.fetch import GuardedClient

    return GuardedClient()
