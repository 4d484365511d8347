"""What comes of an order, a signature, a roster: the answers of the desk, and who hears of them."""

from dataclasses import dataclass
from typing import Protocol

from tocsin.notice import Notice
from tocsin.ports.journal import Entry

from .acceptance import Learned
from .waiting import Waiting


class Audience(Protocol):
    """Who hears at once of what was appended."""

    def publish(self, entry: Entry, notice: Notice) -> None: ...

    def publish_trust(self, entry: Entry) -> None: ...


@dataclass(frozen=True, slots=True)
class Issued:
    """In the journal, on disk: an entry and a notice for each part. *again*: it was there before this call."""

    entries: tuple[Entry, ...]
    notices: tuple[Notice, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class Submitted:
    """Kept on disk until *missing* people more have signed, of *people*. *again*: this signature was known."""

    waiting: Waiting
    people: int
    missing: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Returned:
    """A draft that will not be issued: it went back to its author."""

    waiting: Waiting


@dataclass(frozen=True, slots=True)
class Accepted:
    """A roster or a revocation list that is in the journal; *again*: it was before this call, and *entry* is None."""

    learned: Learned
    entry: Entry | None
    again: bool = False
