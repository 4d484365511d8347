"""The heartbeat: a short signed statement that a device is being served, and of what is in force.

``spec/notice.md``, "Heartbeat". When one is due is decided in ``tocsin.live``; whether one is believed, in
``verification``.
"""

import msgspec

from .chain import Position
from .documents import SignedDocument, require, require_integer, require_match
from .notice import ROSTER_VERSION_MAX
from .words import AUTHORITY, HASH, NONCE

HEARTBEAT_EVERY_S = 5
# Three missed ones: then a device says that it is not live.
HEARTBEAT_VALID_S = 15


class RosterVersions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    actual: int
    exercise: int


class RevocationVersions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Versions of the revocation lists; 0 where there is none."""

    actual: int
    exercise: int


class Heartbeat(SignedDocument, frozen=True, forbid_unknown_fields=True):
    """Time, head of the journal, hash of the board and of the entry at the head. Times are Unix milliseconds."""

    heartbeat: int
    authority: str
    time_ms: int
    valid_until_ms: int
    position: str
    chain: str
    board: str
    rosters: RosterVersions
    revocations: RevocationVersions
    nonce: str

    def __post_init__(self) -> None:
        require(self.heartbeat == 2, f"heartbeat format {self.heartbeat} is unknown; this is format 2")
        require_match(AUTHORITY, self.authority, "authority")
        require_integer(self.time_ms, "time_ms")
        require_integer(self.valid_until_ms, "valid_until_ms", self.time_ms + 1)
        Position.parse(self.position)
        require_match(HASH, self.chain, "chain")
        require_match(HASH, self.board, "board")
        for name in ("actual", "exercise"):
            require_integer(getattr(self.rosters, name), f"rosters.{name}", 1, ROSTER_VERSION_MAX)
            require_integer(getattr(self.revocations, name), f"revocations.{name}", 0, ROSTER_VERSION_MAX)
        require_match(NONCE, self.nonce, "nonce")
