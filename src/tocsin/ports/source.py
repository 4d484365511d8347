"""Something alerts come in from. It hands over judged messages and issues nothing: a person or a rule decides later.

What the second floor must keep (``tocsin.testing.source`` is its contract): a message comes once; one that is no longer
listed is not cancelled; a source that cannot be read changes nothing but its own standing. What it remembers is a value
that the caller stores after it has dealt with the messages, so that a crash in between repeats them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from tocsin.cap import Reference, Report
from tocsin.ports.fetch import NO_VALIDATORS, Validators


class Standing(StrEnum):
    """Whether silence means anything. Only of a ``FRESH`` source "nothing new" is news."""

    NEVER_READ = "never-read"
    FRESH = "fresh"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Known:
    """A message that came before: where it was, how the list dated it, the hash of its bytes, and its name if any."""

    url: str
    updated: str
    digest: str
    reference: Reference | None
    is_listed: bool = True


@dataclass(frozen=True, slots=True)
class Memory:
    """What a source knows from poll to poll. *read_at* is when the source was last read as a whole."""

    validators: Validators = NO_VALIDATORS
    known: tuple[Known, ...] = ()
    read_at: datetime | None = None

    def standing(self, now: datetime, stale_after: timedelta) -> Standing:
        if self.read_at is None:
            return Standing.NEVER_READ
        return Standing.FRESH if now - self.read_at <= stale_after else Standing.STALE


NOTHING_KNOWN = Memory()


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came. ``report`` holds both verdicts, and the alert as far as it can be understood.

    *document* are the bytes to keep; the report is made from what was signed of them, where anything was.
    """

    url: str
    document: bytes
    report: Report


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that could not be loaded or read. ``code`` is stable."""

    url: str
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Polled:
    """One poll. *gone* are messages that the list has dropped: they still hold until they expire."""

    memory: Memory
    received: tuple[Received, ...] = ()
    gone: tuple[Reference, ...] = ()
    troubles: tuple[Trouble, ...] = ()


class Source(Protocol):
    async def poll(self, memory: Memory, now: datetime) -> Polled:
        """Look once for messages that *memory* does not know, at the time of receipt *now* (aware).

        Nothing is raised for what the other side does.
        """
        ...


class Inbox(Protocol):
    """Where messages wait for a person. Nothing that comes in here is issued by itself."""

    def hold(self, source: str, received: Received) -> None:
        """Keep *received* from the source called *source*, durably before this returns.

        The same bytes may come again after a crash; they are kept once.
        """
        ...

    def lapse(self, source: str, gone: Reference) -> None:
        """Note that *source* lists a message no more. It is no cancellation; it still holds until it expires."""
        ...


class Memories(Protocol):
    """What each source remembers, kept across restarts."""

    def load(self, source: str) -> Memory:
        """Return what was stored for *source*, or ``NOTHING_KNOWN``."""
        ...

    def store(self, source: str, memory: Memory) -> None:
        """Keep *memory*, durably before this returns."""
        ...
