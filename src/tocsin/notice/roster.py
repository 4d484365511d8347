"""The roster: who may order what and where, with which keys, and how many people it takes (``spec/roster.md``).

It says who there is. Whether a notice is believed under it is ``verification``'s to say, and which people sit at which
console is nobody's business here.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from enum import StrEnum
from functools import cached_property

import msgspec

from . import passkeys
from .documents import SignedDocument, require, require_integer, require_match, require_text
from .keys import key_id
from .notice import ROSTER_VERSION_MAX, Notice
from .words import AUTHORITY, DEMO, HAZARD, REGION_CODE, Domain, Kind, from_b64

HOLDERS_MAX = 128  # what an oblast's duty rooms have together
KEYS_MAX = 256  # two each
RULES_MAX = 32
ORIGINS_MAX = 8
REVOKERS_MAX = 16
WITNESSES_MAX = 8
PEOPLE_MAX = 8  # the signatures that fit an envelope
REGIONS_LISTED_MAX = 200  # every raion of a country; a larger scope is named by what lies above
HAZARDS_LISTED_MAX = 64
REGIONS_CEILING_MAX = 1_000
PER_HOUR_MAX = 10_000
NAME_LENGTH_MAX = 80
URL_LENGTH_MAX = 200
RP_ID_LENGTH_MAX = 253
PUBLIC_SIZE_BYTES = 32

EVERYTHING = ("*",)

_KEY_ID = re.compile(r"[0-9a-f]{16}")
_HOLDER_ID = re.compile(r"[a-z0-9-]{1,32}")
_HOST = r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?"
_RP_ID = re.compile(f"(?:{_HOST})?")
_ORIGIN = re.compile(rf"https://{_HOST}(?::[1-9][0-9]{{0,4}})?|http://localhost(?::[1-9][0-9]{{0,4}})?")
_WITNESS_URL = re.compile(rf"(?:https://{_HOST}|http://localhost)(?::[1-9][0-9]{{0,4}})?(?:/[A-Za-z0-9._~/-]*)?")

# Returns a region's code and those of all that lie above it; nothing for a region that is not known.
Lineage = Callable[[str], Collection[str]]


def nowhere(_: str) -> Collection[str]:
    """The lineage of one who knows no region."""
    return ()


class Role(StrEnum):
    APPROVER = "approver"
    AUTHOR = "author"
    HEARTBEAT = "heartbeat"
    ISSUE = "issue"
    LINK_TEST = "link-test"
    SOURCE = "source"


class HolderKind(StrEnum):
    PERSON = "person"
    SERVICE = "service"


_ROLES = {
    HolderKind.PERSON: {Role.AUTHOR, Role.APPROVER},
    HolderKind.SERVICE: {Role.HEARTBEAT, Role.ISSUE, Role.LINK_TEST, Role.SOURCE},
}


class Holder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person or a service: what it may do, what about, where, and how often."""

    id: str
    name: str
    kind: HolderKind
    roles: tuple[Role, ...]
    kinds: tuple[str, ...]
    hazards: tuple[str, ...]
    regions: tuple[str, ...]
    regions_max: int
    per_hour: int

    def __post_init__(self) -> None:
        require_match(_HOLDER_ID, self.id, "holder id")
        require_text(self.name, f"name of {self.id}", 1, NAME_LENGTH_MAX)
        require(self.roles and rises(self.roles), f"roles of {self.id} are not sorted, or repeat")
        require(set(self.roles) <= _ROLES[self.kind], f"{self.id} is a {self.kind} and has a role that it cannot have")
        _require_scope(self.kinds, self.hazards, self.regions, self.id)
        require_integer(self.regions_max, f"regions_max of {self.id}", 0, REGIONS_CEILING_MAX)
        require_integer(self.per_hour, f"per_hour of {self.id}", 0, PER_HOUR_MAX)

    def covers(self, notice: Notice, lineage: Lineage, before: Notice | None = None) -> bool:
        """Whether *notice* lies in this holder's scope: its kind, its hazard, their number, and each of its regions.

        *before* is what it follows: what a notice leaves or ends counts like what it names.
        """
        return (
            _is_listed(notice.kind, self.kinds)
            and _is_listed(notice.hazard, self.hazards)
            and (self.regions_max == 0 or len(notice.regions) <= self.regions_max)
            and all(_is_listed_or_below(code, self.regions, lineage) for code in _concerned(notice, before))
        )


class RosterKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key: its id (16 hex digits), its public bytes in base64url, and the id of its holder."""

    id: str
    type: str
    public: str
    holder: str

    def __post_init__(self) -> None:
        require(self.type in ("ed25519", "webauthn"), f"key {self.id} is of unknown type {self.type!r}")
        raw = _require_public(self.id, self.public)
        if self.type == "webauthn":
            require(passkeys.is_cose_key(raw), f"key {self.id} is no COSE key of ES256 in its one form")
        else:
            require(len(raw) == PUBLIC_SIZE_BYTES, f"public key of {self.id} has {len(raw)} bytes, not 32")

    @property
    def raw(self) -> bytes:
        return from_b64(self.public)


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many people a notice takes, for those that the rule applies to."""

    kinds: tuple[str, ...]
    hazards: tuple[str, ...]
    regions: tuple[str, ...]
    people: int

    def __post_init__(self) -> None:
        _require_scope(self.kinds, self.hazards, self.regions, "a rule")
        require_integer(self.people, "people of a rule", 1, PEOPLE_MAX)

    def is_about(self, kind: Kind, hazard: str) -> bool:
        return _is_listed(kind, self.kinds) and _is_listed(hazard, self.hazards)

    def is_for(self, region: str, lineage: Lineage) -> bool:
        """Whether *region* is, lies below, or lies above one of this rule's."""
        return self.regions == EVERYTHING or _overlap(region, self.regions, lineage)


class Revoker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An Ed25519 key that can only take keys away."""

    id: str
    public: str
    holder: str

    def __post_init__(self) -> None:
        raw = _require_public(self.id, self.public)
        require(len(raw) == PUBLIC_SIZE_BYTES, f"public key of {self.id} has {len(raw)} bytes, not 32")
        require_text(self.holder, f"holder of {self.id}", 1, NAME_LENGTH_MAX)

    @property
    def raw(self) -> bytes:
        return from_b64(self.public)


class Revokers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who can take keys away, and how many of them it takes."""

    threshold: int
    keys: tuple[Revoker, ...]

    def __post_init__(self) -> None:
        require(len(self.keys) <= REVOKERS_MAX, f"a roster lists at most {REVOKERS_MAX} revokers")
        require(rises([key.id for key in self.keys]), "revokers are not sorted by id, or repeat")
        require_integer(self.threshold, "threshold of the revokers", min(1, len(self.keys)), len(self.keys))


class Witness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody elsewhere who watches the journal: name, Ed25519 key, address."""

    name: str
    public: str
    url: str

    def __post_init__(self) -> None:
        require_match(AUTHORITY, self.name, "name of a witness")
        require(len(_bytes_of(self.public, self.name)) == PUBLIC_SIZE_BYTES, f"key of {self.name} has not 32 bytes")
        require_match(_WITNESS_URL, self.url, f"address of {self.name}")
        require(len(self.url) <= URL_LENGTH_MAX, f"address of {self.name} has over {URL_LENGTH_MAX} characters")

    @property
    def raw(self) -> bytes:
        return from_b64(self.public)


class Roster(SignedDocument, frozen=True, forbid_unknown_fields=True, dict=True):
    """Who may do what under one root. Times are Unix seconds."""

    roster: int
    authority: str
    domain: Domain
    version: int
    issued: int
    expires: int
    root: str
    rp_id: str
    origins: tuple[str, ...]
    holders: tuple[Holder, ...]
    keys: tuple[RosterKey, ...]
    rules: tuple[Rule, ...]
    revokers: Revokers
    witnesses: tuple[Witness, ...]

    def __post_init__(self) -> None:
        require(self.roster == 2, f"roster format {self.roster} is unknown; this is format 2")
        require_match(AUTHORITY, self.authority, "authority")
        require_integer(self.version, "version", 1, ROSTER_VERSION_MAX)
        require_integer(self.issued, "issued")
        require_integer(self.expires, "expires", self.issued + 1)
        require(len(_bytes_of(self.root, "root")) == PUBLIC_SIZE_BYTES, "root has not 32 bytes")
        self._require_place()
        self._require_holders()
        self._require_keys()
        require(1 <= len(self.rules) <= RULES_MAX, f"a roster has 1 to {RULES_MAX} rules")
        last = self.rules[-1]
        require(last.kinds == last.hazards == last.regions == EVERYTHING, "the last rule is not for everything")
        require(len(self.witnesses) <= WITNESSES_MAX, f"a roster lists at most {WITNESSES_MAX} witnesses")
        require(rises([one.name for one in self.witnesses]), "witnesses are not sorted by name, or repeat")

    def _require_place(self) -> None:
        require(len(self.rp_id) <= RP_ID_LENGTH_MAX, f"rp_id has over {RP_ID_LENGTH_MAX} characters")
        require_match(_RP_ID, self.rp_id, "rp_id")
        require(len(self.origins) <= ORIGINS_MAX, f"a roster lists at most {ORIGINS_MAX} origins")
        require(rises(self.origins), "origins are not sorted, or repeat")
        for origin in self.origins:
            require_match(_ORIGIN, origin, "origin")
        require(bool(self.rp_id) == bool(self.origins), "rp_id and origins go together")

    def _require_holders(self) -> None:
        require(1 <= len(self.holders) <= HOLDERS_MAX, f"a roster lists 1 to {HOLDERS_MAX} holders")
        require(rises([holder.id for holder in self.holders]), "holders are not sorted by id, or repeat")
        for holder in self.holders:
            strange = Role.LINK_TEST if self.domain is Domain.ACTUAL else Role.HEARTBEAT
            require(strange not in holder.roles, f"{holder.id} has the role {strange}, which is not for {self.domain}")

    def _require_keys(self) -> None:
        require(1 <= len(self.keys) <= KEYS_MAX, f"a roster lists 1 to {KEYS_MAX} keys")
        require(rises([key.id for key in self.keys]), "keys are not sorted by id, or repeat")
        for key in self.keys:
            holder = self._holders.get(key.holder)
            require(holder, f"key {key.id} is of {key.holder!r}, who is not listed")
            assert holder
            is_person = holder.kind is HolderKind.PERSON
            allowed = ("webauthn", "ed25519") if is_person and self.authority == DEMO else ("webauthn",)
            require(key.type in (allowed if is_person else ("ed25519",)), f"{holder.id} cannot hold key {key.id}")
            require(key.type != "webauthn" or self.rp_id, f"key {key.id} is a passkey, and rp_id is empty")

    @cached_property
    def _holders(self) -> dict[str, Holder]:
        return {holder.id: holder for holder in self.holders}

    @cached_property
    def _keys(self) -> dict[bytes, RosterKey]:
        return {bytes.fromhex(key.id): key for key in self.keys}

    def key(self, id: bytes) -> RosterKey | None:
        """Return the key of that *id* (8 bytes)."""
        return self._keys.get(id)

    def holder_of(self, key: RosterKey) -> Holder:
        """Return who holds *key*, one of this roster's."""
        return self._holders[key.holder]

    def people_needed(self, notice: Notice, lineage: Lineage, before: Notice | None = None) -> int:
        """Return how many people *notice* takes: as many as the region that takes most, of it and of *before*.

        An update may end an alarm where it held, so it takes what an all clear takes if that is more.
        """
        kinds = (Kind.UPDATE, Kind.ALL_CLEAR) if notice.kind is Kind.UPDATE else (notice.kind,)
        regions = _concerned(notice, before)
        return max(self._people(kind, notice.hazard, code, lineage) for kind in kinds for code in regions)

    def _people(self, kind: Kind, hazard: str, region: str, lineage: Lineage) -> int:
        about = [rule for rule in self.rules if rule.is_about(kind, hazard)]
        if lineage(region):
            return next(rule.people for rule in about if rule.is_for(region, lineage))
        # Who does not know where the region lies takes it to lie wherever it takes most people.
        everywhere = next(at for at, rule in enumerate(about) if rule.regions == EVERYTHING)
        return max(rule.people for rule in about[: everywhere + 1])


def rises(texts: Sequence[str]) -> bool:
    """Whether *texts* are sorted by code point without repeats."""
    return list(texts) == sorted(set(texts))


def _concerned(notice: Notice, before: Notice | None) -> frozenset[str]:
    return frozenset(notice.regions) | frozenset(before.regions if before else ())


def _require_scope(kinds: Sequence[str], hazards: Sequence[str], regions: Sequence[str], whose: str) -> None:
    _require_list(kinds, {kind.value for kind in Kind}, len(Kind), f"kinds of {whose}")
    _require_list(hazards, HAZARD, HAZARDS_LISTED_MAX, f"hazards of {whose}")
    _require_list(regions, REGION_CODE, REGIONS_LISTED_MAX, f"regions of {whose}")


def _require_list(found: Sequence[str], allowed: re.Pattern[str] | set[str], most: int, name: str) -> None:
    if tuple(found) == EVERYTHING:
        return
    require(1 <= len(found) <= most and rises(found), f"{name} are not 1 to {most}, sorted and without repeats")
    for one in found:
        if isinstance(allowed, re.Pattern):
            require_match(allowed, one, name)
        else:
            require(one in allowed, f"{name} have {one!r}, which is unknown")


def _is_listed(word: str, listed: Sequence[str]) -> bool:
    return tuple(listed) == EVERYTHING or word in listed


def _is_listed_or_below(code: str, listed: Sequence[str], lineage: Lineage) -> bool:
    return tuple(listed) == EVERYTHING or not set(listed).isdisjoint({code, *lineage(code)})


def _overlap(code: str, listed: Iterable[str], lineage: Lineage) -> bool:
    above = {code, *lineage(code)}
    return any(one in above or code in lineage(one) for one in listed)


def _require_public(id: str, public: str) -> bytes:
    require_match(_KEY_ID, id, "key id")
    raw = _bytes_of(public, id)
    require(key_id(raw).hex() == id, f"key {id} does not have the id of its public key")
    return raw


def _bytes_of(text: str, name: str) -> bytes:
    try:
        return from_b64(text)
    except ValueError as why:
        raise msgspec.ValidationError(f"public key of {name}: {why}") from None
