"""The plan: what a person edits (TOML), and how it becomes the rosters that a root signs.

One plan serves both domains: what cannot stand under a root is left out there. Which plans are unwise is said by
``faults``; what a roster must be, by ``tocsin.notice.roster``.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import msgspec

from tocsin.areas import Atlas
from tocsin.cli.console import ExitStatus, Failure
from tocsin.notice import (
    EVERYTHING,
    Domain,
    Holder,
    HolderKind,
    Revoker,
    Revokers,
    Role,
    Roster,
    RosterKey,
    Rule,
    Witness,
    b64,
    from_b64,
    key_id,
)

BOTH = (Domain.ACTUAL, Domain.EXERCISE)
# A machine that is kept offline has a poor clock; a roster from the future would make every notice unbelievable.
ISSUED_EARLIER_S = 3_600
_ONLY = {Role.HEARTBEAT: Domain.ACTUAL, Role.LINK_TEST: Domain.EXERCISE}

Names = tuple[str, ...]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class PlannedHolder(_Strict, frozen=True):
    """A person or a service as it stands in the plan."""

    id: str
    name: str
    roles: tuple[Role, ...]
    keys: Names = ()
    kinds: Names = EVERYTHING
    hazards: Names = EVERYTHING
    regions: Names = EVERYTHING
    regions_max: int = 0
    per_hour: int = 0
    domains: tuple[Domain, ...] = BOTH

    def roles_in(self, domain: Domain) -> tuple[Role, ...]:
        """Return the roles that it has under the root of *domain*, sorted."""
        if domain not in self.domains:
            return ()
        return tuple(sorted(role for role in self.roles if _ONLY.get(role, domain) is domain))


class PlannedRule(_Strict, frozen=True):
    people: int
    kinds: Names = EVERYTHING
    hazards: Names = EVERYTHING
    regions: Names = EVERYTHING
    domains: tuple[Domain, ...] = BOTH


class PlannedRevoker(_Strict, frozen=True):
    holder: str
    public: str


class PlannedRevokers(_Strict, frozen=True):
    threshold: int = 1
    key: tuple[PlannedRevoker, ...] = ()


class PlannedWitness(_Strict, frozen=True):
    name: str
    public: str
    url: str


class Plan(_Strict, frozen=True):
    """Everything that the rosters of both domains say, but for versions and roots."""

    authority: str
    expires: date
    rp_id: str = ""
    origins: Names = ()
    person: tuple[PlannedHolder, ...] = ()
    service: tuple[PlannedHolder, ...] = ()
    rule: tuple[PlannedRule, ...] = ()
    revokers: PlannedRevokers = PlannedRevokers()
    witness: tuple[PlannedWitness, ...] = ()

    @property
    def expires_at(self) -> int:
        """Unix seconds: the end of the day that is named, UTC."""
        return int(datetime.combine(self.expires, time(23, 59, 59), UTC).timestamp())

    def holders(self, domain: Domain) -> list[tuple[str, HolderKind, PlannedHolder]]:
        """Return each holder of *domain* with its place in the plan."""
        kinds = (("person", HolderKind.PERSON, self.person), ("service", HolderKind.SERVICE, self.service))
        return [
            (f"{word}[{number}] {one.id}", kind, one)
            for word, kind, listed in kinds
            for number, one in enumerate(listed, 1)
            if one.roles_in(domain)
        ]

    def rules(self, domain: Domain) -> list[tuple[str, PlannedRule]]:
        return [(f"rule[{number}]", one) for number, one in enumerate(self.rule, 1) if domain in one.domains]


@dataclass(frozen=True, slots=True)
class Founded:
    """What a roster has besides the plan. ``issued`` is Unix seconds."""

    domain: Domain
    root: bytes
    version: int
    issued: int


def read_plan(file: Path) -> Plan:
    """Read a plan. Raises ``Failure`` with the place and what is expected there."""
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Plan)
    except OSError as why:
        raise Failure(f"{file} cannot be read: {why.strerror}", ExitStatus.WRONG_USE) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise Failure(f"{file} is no TOML: {why}", ExitStatus.WRONG_USE) from None
    except msgspec.ValidationError as why:
        raise Failure(
            f"{file}: {why}. `tocsin trust init` writes a plan with every field explained", ExitStatus.WRONG_USE
        ) from None


def codes_of(regions: Iterable[str], atlas: Atlas) -> Names:
    """Return the canonical codes, sorted. Raises ``AreaError``."""
    named = tuple(regions)
    return named if named == EVERYTHING else tuple(sorted({atlas.resolve(one).code for one in named}))


def to_roster(plan: Plan, founded: Founded, atlas: Atlas) -> Roster:
    """Return the roster of *plan* under the root in *founded*. Raises ``AreaError`` and ``ValueError``."""
    holders, keys = [], []
    for _, kind, one in plan.holders(founded.domain):
        holders.append(_holder(one, kind, founded.domain, atlas))
        keys += [key_of(text, one.id) for text in one.keys]
    revokers = [_revoker(one) for one in plan.revokers.key]
    return Roster(
        roster=2,
        authority=plan.authority,
        domain=founded.domain,
        version=founded.version,
        issued=founded.issued,
        expires=plan.expires_at,
        root=b64(founded.root),
        rp_id=plan.rp_id,
        origins=tuple(sorted(plan.origins)),
        holders=tuple(sorted(holders, key=lambda one: one.id)),
        keys=tuple(sorted(keys, key=lambda one: one.id)),
        rules=tuple(_rule(one, atlas) for _, one in plan.rules(founded.domain)),
        revokers=Revokers(plan.revokers.threshold if revokers else 0, tuple(sorted(revokers, key=lambda one: one.id))),
        witnesses=tuple(
            Witness(one.name, one.public, one.url) for one in sorted(plan.witness, key=lambda one: one.name)
        ),
    )


def key_of(text: str, holder: str) -> RosterKey:
    """Return the key that *text* (base64url) spells. Its length tells its type. Raises ``ValueError``."""
    raw = from_b64(text)
    return RosterKey(key_id(raw).hex(), "ed25519" if len(raw) == 32 else "webauthn", text, holder)


def _holder(one: PlannedHolder, kind: HolderKind, domain: Domain, atlas: Atlas) -> Holder:
    return Holder(
        id=one.id,
        name=one.name,
        kind=kind,
        roles=one.roles_in(domain),
        kinds=_sorted(one.kinds),
        hazards=_sorted(one.hazards),
        regions=codes_of(one.regions, atlas),
        regions_max=one.regions_max,
        per_hour=one.per_hour,
    )


def _rule(one: PlannedRule, atlas: Atlas) -> Rule:
    return Rule(_sorted(one.kinds), _sorted(one.hazards), codes_of(one.regions, atlas), one.people)


def _revoker(one: PlannedRevoker) -> Revoker:
    return Revoker(key_id(from_b64(one.public)).hex(), one.public, one.holder)


def _sorted(words: Names) -> Names:
    return words if words == EVERYTHING else tuple(sorted(set(words)))
