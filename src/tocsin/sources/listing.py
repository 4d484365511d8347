"""The sources of an authority, read from one file that a person keeps: where each is, how often it is asked, whose keys
count there.

What an alert from a source becomes is no business of this file: all of it is held for a person.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from tocsin.cap import LIMITS
from tocsin.cap.signatures import NO_SENDERS, Relaxation
from tocsin.ports.fetch import FETCH_LIMITS
from tocsin.sources.cap_feed import Settings
from tocsin.sources.pins import FILE_BYTES_MAX, read_pins

# A publisher takes more for an attack; a minute is what national services ask for.
EVERY_S_MIN = 20
# Three polls without an answer: silence means nothing any more.
STALE_AFTER_POLLS = 3

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class ListingError(ValueError):
    """The file of sources cannot be used; the text names the place and the way out."""

    code = "sources-list"


class _Source(msgspec.Struct, forbid_unknown_fields=True):
    """One source as it is written down. A source whose alerts carry sound needs a larger ``alert_bytes_max``."""

    name: str
    kind: Literal["cap-feed"]
    url: str
    every_s: Annotated[int, msgspec.Meta(ge=EVERY_S_MIN, le=86_400)] = 60
    senders: str = ""
    relaxations: list[Relaxation] = []
    alert_bytes_max: Annotated[int, msgspec.Meta(ge=1024, le=LIMITS.size_bytes_max)] = FETCH_LIMITS.body_bytes_max


@dataclass(frozen=True, slots=True)
class Listed:
    """One source of the file. *name* is what it is remembered under."""

    name: str
    every_s: int
    settings: Settings

    @property
    def stale_after_s(self) -> int:
        return STALE_AFTER_POLLS * self.every_s


def read_listing(path: Path) -> tuple[Listed, ...]:
    """Return the sources in the file *path*. Raises ``ListingError``, and ``PinsError`` for the keys of one."""
    try:
        with path.open("rb") as stream:
            written = msgspec.json.decode(stream.read(FILE_BYTES_MAX), type=list[_Source])
    except OSError as why:
        raise ListingError(f"{path} cannot be read: {why.strerror}") from why
    except msgspec.DecodeError as why:
        example = '[{"name": "rivers", "kind": "cap-feed", "url": "https://example.org/alerts.atom"}]'
        raise ListingError(f"{path} is no list of sources ({why}): write it as {example}") from why
    names = [each.name for each in written]
    for each in written:
        if not _NAME.fullmatch(each.name):
            raise ListingError(f"{path}: {each.name!r} is no name: use up to 40 of a-z, 0-9 and -.")
        if names.count(each.name) > 1:
            raise ListingError(
                f"{path}: two sources are called {each.name}: what is known of one would hide the other."
            )
    return tuple(_listed(each, path.parent) for each in written)


def _listed(written: _Source, folder: Path) -> Listed:
    settings = Settings(
        url=written.url,
        senders=read_pins(folder / written.senders) if written.senders else NO_SENDERS,
        relaxations=frozenset(written.relaxations),
        alert_limits=replace(
            FETCH_LIMITS,
            body_bytes_max=written.alert_bytes_max,
            wire_bytes_max=max(FETCH_LIMITS.wire_bytes_max, written.alert_bytes_max),
        ),
    )
    return Listed(written.name, written.every_s, settings)
