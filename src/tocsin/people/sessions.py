"""Sessions: who is signed in. In memory only, so that a restart signs everybody out; short, since a desk is shared.

A token is known to the browser alone; here is its hash.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from secrets import token_urlsafe
from threading import Lock

IDLE_S = 15 * 60
LASTS_S = 8 * 3600  # a shift
# Of one person: more is a browser that loses its cookies.
SESSIONS_OF_ONE_MAX = 8
_TOKEN_SIZE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Session:
    """A person (id of a holder) at a console, and the key (id in hex) that opened it. Times are Unix seconds."""

    holder: str
    key: str
    opened: int
    seen: int

    def is_over(self, now: int) -> bool:
        return now >= self.seen + IDLE_S or now >= self.opened + LASTS_S


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was just opened, and its *token*, which is shown this once."""

    token: str
    session: Session


@dataclass(slots=True)
class Sessions:
    """All that are open. *now* returns Unix seconds."""

    now: Callable[[], int]
    _open: dict[bytes, Session] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def open(self, holder: str, key: str) -> SignedIn:
        """Open a session; of too many of one person the oldest goes."""
        now, token = self.now(), token_urlsafe(_TOKEN_SIZE_BYTES)
        session = Session(holder, key, now, now)
        with self._lock:
            self._open = {hash: one for hash, one in self._open.items() if not one.is_over(now)}
            theirs = [hash for hash, one in self._open.items() if one.holder == holder]
            for hash in theirs[: max(0, len(theirs) - SESSIONS_OF_ONE_MAX + 1)]:
                del self._open[hash]
            self._open[_hash(token)] = session
        return SignedIn(token, session)

    def find(self, token: str) -> Session | None:
        """Return the session of *token*, which was used just now; None if there is none or it is over."""
        now, hash = self.now(), _hash(token)
        with self._lock:
            session = self._open.pop(hash, None)
            if session is None or session.is_over(now):
                return None
            self._open[hash] = replace(session, seen=now)
            return self._open[hash]

    def look(self, token: str) -> Session | None:
        """Return the session of *token* without using it: a page that asks by itself keeps nobody signed in."""
        with self._lock:
            session = self._open.get(_hash(token))
        return None if session is None or session.is_over(self.now()) else session

    def close(self, token: str) -> Session | None:
        with self._lock:
            return self._open.pop(_hash(token), None)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
