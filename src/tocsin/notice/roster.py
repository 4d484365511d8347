"""The roster: the signed list of keys under one root. First form: services with roles (``spec/notice.md``, "Roster").

It says which keys there are. Whether a notice is believed under it is ``verification``'s to say.
"""

import re
from enum import StrEnum

import msgspec

from .documents import SignedDocument, require, require_integer, require_match, require_text
from .keys import key_id
from .notice import ROSTER_VERSION_MAX
from .words import AUTHORITY, Domain, from_b64

KEYS_MAX = 32  # what fits the envelope anyway
HOLDER_LENGTH_MAX = 80
_KEY_ID = re.compile(r"[0-9a-f]{16}")


class Role(StrEnum):
    HEARTBEAT = "heartbeat"
    ISSUE = "issue"


class RosterKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key: its id (16 hex digits), its raw public key in base64url, who holds it and what it may do."""

    id: str
    type: str
    public: str
    holder: str
    roles: tuple[Role, ...]

    def __post_init__(self) -> None:
        require_match(_KEY_ID, self.id, "key id")
        require(self.type == "ed25519", f"key {self.id} is of unknown type {self.type!r}")
        try:
            raw = from_b64(self.public)
        except ValueError as why:
            raise msgspec.ValidationError(f"public key of {self.id}: {why}") from None
        require(len(raw) == 32, f"public key of {self.id} has {len(raw)} bytes, not 32")
        require(key_id(raw).hex() == self.id, f"key {self.id} does not have the id of its public key")
        require_text(self.holder, "holder", 1, HOLDER_LENGTH_MAX)
        require(
            self.roles and list(self.roles) == sorted(set(self.roles)), f"roles of {self.id} are not sorted, or repeat"
        )

    @property
    def raw(self) -> bytes:
        return from_b64(self.public)


class Roster(SignedDocument, frozen=True, forbid_unknown_fields=True):
    """Who may issue and who may say that all is well, under one root. Times are Unix seconds."""

    roster: int
    authority: str
    domain: Domain
    version: int
    issued: int
    expires: int
    keys: tuple[RosterKey, ...]

    def __post_init__(self) -> None:
        require(self.roster == 1, f"roster format {self.roster} is unknown; this is format 1")
        require_match(AUTHORITY, self.authority, "authority")
        require_integer(self.version, "version", 1, ROSTER_VERSION_MAX)
        require_integer(self.issued, "issued")
        require_integer(self.expires, "expires", self.issued + 1)
        require(1 <= len(self.keys) <= KEYS_MAX, f"a roster lists 1 to {KEYS_MAX} keys")
        ids = [key.id for key in self.keys]
        require(ids == sorted(set(ids)), "keys are not sorted by id, or repeat")

    def key(self, id: bytes, role: Role) -> RosterKey | None:
        """Return the key of that *id* if the roster gives it *role*."""
        return next((key for key in self.keys if key.id == id.hex() and role in key.roles), None)
