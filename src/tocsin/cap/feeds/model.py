"""What a feed says about its alerts. All texts are as they stand there; a text that is missing is empty.

Addresses are not resolved and dates not read: a feed's dates come in every form there is and serve for comparing only.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class FeedError(ValueError):
    """The document is no feed that can be read; ``code`` is stable, the text names the rule and the way out."""

    def __init__(self, code: str, rule: str, remedy: str, found: str = "") -> None:
        shown = f" Found: {found!r}." if found else ""
        super().__init__(f"{rule}{shown} {remedy}")
        self.code = code


class FeedKind(StrEnum):
    ATOM = "atom"
    RSS = "rss"
    EDXL_DE = "edxl-de"
    # An address may hold the alert itself, or several in a root of somebody's own making.
    ALERTS = "alerts"


@dataclass(frozen=True, slots=True)
class Link:
    """Where an alert may be. *base* is the xml:base that *href* is relative to, empty for the feed's own address."""

    href: str
    base: str = ""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A whole alert that stands inside the feed, as a document of its own.

    *is_exact* tells that these are the feed's own bytes. Where they are not (the alert borrows a namespace from the
    feed, or the encoding does not allow to cut it out), the alert is the same and a signature over it may not hold.
    *lines_before* it stand in the feed; ``None`` where its lines are not those of the feed.
    """

    document: bytes
    is_exact: bool
    lines_before: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Key:
    """How a summary names the alert that it stands for (``Reference`` has the same three)."""

    sender: str
    identifier: str
    sent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. ``links`` are likely first; ``is_summary`` says that CAP elements stand in the entry itself.

    A summary is not an alert, whatever it holds: the alert is behind a link or nowhere.
    """

    id: str = ""
    title: str = ""
    updated: str = ""
    links: tuple[Link, ...] = ()
    alerts: tuple[Embedded, ...] = ()
    key: Key | None = None
    is_summary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed without entries is quiet, not broken. ``next_page`` leads on where there are more entries (RFC 5005)."""

    kind: FeedKind
    id: str = ""
    title: str = ""
    updated: str = ""
    entries: tuple[Entry, ...] = ()
    next_page: Link | None = None
