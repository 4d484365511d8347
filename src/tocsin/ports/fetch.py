"""Loading something from an address that a stranger may have chosen.

What the second floor must keep (``tocsin.fetch`` does): nothing inside the house is reached, whatever the address or
the names say; every answer is bounded in bytes and time; an outcome is a value, a fault of the network no exception.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How much one answer may cost. A source that needs more gets limits of its own."""

    # 95 % of alerts have less than 18 kB; what is larger carries sound or unfolded borders.
    wire_bytes_max: int = 256 * 1024
    body_bytes_max: int = 1024 * 1024
    # XML compresses about twentyfold at best; a bomb a thousandfold.
    ratio_max: int = 20
    # From the question to the last byte, names and redirects included: a tar pit holds nobody longer.
    deadline_s: float = 10.0
    redirects_max: int = 3


FETCH_LIMITS = FetchLimits()


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask it later whether anything has changed. Empty where it gave none."""

    etag: str = ""
    last_modified: str = ""


NO_VALIDATORS = Validators()


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer with status 200. *url* is where it came from after redirects; *content_type* is often wrong."""

    url: str
    body: bytes
    content_type: str
    validators: Validators


@dataclass(frozen=True, slots=True)
class NotModified:
    """Nothing has changed since the validators were given."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The server took what was posted: a status from 200 to 299. *body* is its answer."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Not loaded, by a rule of ours; asking again changes nothing. ``code`` is stable, ``why`` says the way out."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Not loaded this time. *status* is that of the answer, 0 where there was none."""

    code: str
    why: str
    status: int = 0


class Fetch(Protocol):
    """The one guarded way out."""

    async def get(
        self, url: str, validators: Validators = NO_VALIDATORS, limits: FetchLimits = FETCH_LIMITS
    ) -> Fetched | NotModified | Forbidden | Failed:
        """Load *url*, or learn that it is as it was when *validators* were given. Redirects are checked each."""
        ...

    async def post(
        self, url: str, body: bytes, headers: dict[str, str], limits: FetchLimits = FETCH_LIMITS
    ) -> Delivered | Forbidden | Failed:
        """Send *body*. A redirect is not followed: what was meant for one server is not told another."""
        ...
