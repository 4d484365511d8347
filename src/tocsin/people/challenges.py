"""Challenges that need no memory until they are answered: random bytes and a time under a secret of this process.

Whoever asks for a million of them costs nothing, and pushes nobody's out. An answered one is remembered until it would
have lapsed, so that it answers once.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from threading import Lock

# A person looks for the key, and touches it twice.
CHALLENGE_LASTS_S = 300
_NOISE_SIZE_BYTES, _TIME_SIZE_BYTES, _MARK_SIZE_BYTES = 16, 8, 32
CHALLENGE_SIZE_BYTES = _NOISE_SIZE_BYTES + _TIME_SIZE_BYTES + _MARK_SIZE_BYTES


@dataclass(slots=True)
class Challenges:
    """Makes and redeems challenges. *now* returns Unix seconds; *noise* returns so many random bytes."""

    now: Callable[[], int]
    noise: Callable[[int], bytes] = token_bytes
    _secret: bytes = field(default_factory=lambda: token_bytes(32))
    _spent: set[bytes] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def make(self, purpose: bytes) -> bytes:
        """Return a challenge for one *purpose*; it is worth nothing for another."""
        head = self.noise(_NOISE_SIZE_BYTES) + self.now().to_bytes(_TIME_SIZE_BYTES, "big")
        return head + self._mark(purpose, head)

    def is_open(self, purpose: bytes, challenge: bytes) -> bool:
        """Whether *challenge* was made here for *purpose*, has not lapsed, and was not answered."""
        if len(challenge) != CHALLENGE_SIZE_BYTES:
            return False
        head, mark = challenge[:-_MARK_SIZE_BYTES], challenge[-_MARK_SIZE_BYTES:]
        if not hmac.compare_digest(mark, self._mark(purpose, head)):
            return False
        return self.now() < _made(challenge) + CHALLENGE_LASTS_S and challenge not in self._spent

    def spend(self, challenge: bytes) -> bool:
        """Use *challenge* up; False if somebody else has."""
        with self._lock:
            oldest = self.now() - CHALLENGE_LASTS_S
            self._spent = {one for one in self._spent if _made(one) > oldest}
            is_first = challenge not in self._spent
            self._spent.add(challenge)
        return is_first

    def _mark(self, purpose: bytes, head: bytes) -> bytes:
        return hmac.new(self._secret, purpose + b"\0" + head, sha256).digest()


def _made(challenge: bytes) -> int:
    return int.from_bytes(challenge[_NOISE_SIZE_BYTES : _NOISE_SIZE_BYTES + _TIME_SIZE_BYTES], "big")
