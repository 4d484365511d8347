"""The revocation list: keys that are taken away between two rosters (``spec/roster.md``, "Revocation list").

It can only take away. Whether a list is believed is ``verification``'s to say.
"""

import re

import msgspec

from .documents import SignedDocument, require, require_integer, require_match, require_text
from .notice import ROSTER_VERSION_MAX
from .roster import KEYS_MAX, rises
from .words import AUTHORITY, HASH, Domain

REASON_LENGTH_MAX = 200
SPARED_MAX = 512  # what one key can have standing, with what led to it

_KEY_ID = re.compile(r"[0-9a-f]{16}")


class RevokedKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key that counts no longer, why, and the hashes of the notices that stand although it signed them."""

    key: str
    reason: str
    spared: tuple[str, ...]

    def __post_init__(self) -> None:
        require_match(_KEY_ID, self.key, "key id")
        require_text(self.reason, f"reason for {self.key}", 1, REASON_LENGTH_MAX)
        require(len(self.spared) <= SPARED_MAX, f"at most {SPARED_MAX} notices of key {self.key} can be spared")
        require(rises(self.spared), f"notices spared of {self.key} are not sorted, or repeat")
        for one in self.spared:
            require_match(HASH, one, "hash of a spared notice")


class Revocation(SignedDocument, frozen=True, forbid_unknown_fields=True):
    """All keys of a domain that are taken away. ``issued`` is Unix seconds."""

    revocation: int
    authority: str
    domain: Domain
    version: int
    issued: int
    keys: tuple[RevokedKey, ...]

    def __post_init__(self) -> None:
        require(self.revocation == 1, f"revocation format {self.revocation} is unknown; this is format 1")
        require_match(AUTHORITY, self.authority, "authority")
        require_integer(self.version, "version", 1, ROSTER_VERSION_MAX)
        require_integer(self.issued, "issued")
        require(1 <= len(self.keys) <= KEYS_MAX, f"a revocation list names 1 to {KEYS_MAX} keys")
        require(rises([one.key for one in self.keys]), "keys are not sorted, or repeat")

    def revokes(self, key: str, document: str = "") -> bool:
        """Whether *key* (16 hex digits) counts no longer for the notice with the hash *document*, or for anything."""
        return any(one.key == key and document not in one.spared for one in self.keys)

    def takes_back(self, newer: "Revocation", listed: frozenset[str]) -> bool:
        """Whether *newer* gives back anything that this list took, of the keys that are still *listed*."""
        then = {one.key: one for one in newer.keys}
        return any(
            one.key in listed and (one.key not in then or not set(then[one.key].spared) <= set(one.spared))
            for one in self.keys
        )
