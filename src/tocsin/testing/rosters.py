"""Rosters for tests: services that issue alone, people with software keys or passkeys, in a few words.

Nothing made here can be taken for a real authority's: the roots are the test's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.notice import (
    EVERYTHING,
    Domain,
    Envelope,
    Holder,
    HolderKind,
    Magic,
    Revoker,
    Revokers,
    Role,
    Roster,
    RosterKey,
    Rule,
    SigningKey,
    Witness,
    b64,
    key_id,
    seal,
)

ONE_PERSON = (Rule(EVERYTHING, EVERYTHING, EVERYTHING, 1),)
TWO_PEOPLE = (Rule(("disputed",), EVERYTHING, EVERYTHING, 1), Rule(EVERYTHING, EVERYTHING, EVERYTHING, 2))


@dataclass(frozen=True, slots=True)
class Member:
    """A holder and its public keys: raw Ed25519 ones, or COSE keys."""

    holder: Holder
    publics: tuple[bytes, ...]

    def listed(self) -> list[RosterKey]:
        return [
            RosterKey(key_id(one).hex(), "ed25519" if len(one) == 32 else "webauthn", b64(one), self.holder.id)
            for one in self.publics
        ]


def service(id: str, *publics: bytes, roles: Sequence[Role] = (Role.ISSUE,), name: str = "", **scope: object) -> Member:
    """Return a service with *roles*; *scope* replaces fields of its ``Holder``."""
    return Member(_holder(id, name or f"Service {id}", HolderKind.SERVICE, roles, scope), publics)


def person(
    id: str,
    *publics: bytes,
    roles: Sequence[Role] = (Role.APPROVER, Role.AUTHOR),
    name: str = "",
    **scope: object,
) -> Member:
    """Return a person with *roles*; *scope* replaces fields of its ``Holder``."""
    return Member(_holder(id, name or f"Person {id}", HolderKind.PERSON, roles, scope), publics)


def roster_of(
    authority: str,
    domain: Domain,
    root: SigningKey,
    members: Sequence[Member],
    issued: int,
    *,
    version: int = 1,
    lasts_s: int = 10**7,
    rules: Sequence[Rule] = ONE_PERSON,
    rp_id: str = "",
    origins: Sequence[str] = (),
    revokers: Sequence[SigningKey] = (),
    revokers_needed: int = 1,
    witnesses: Sequence[Witness] = (),
) -> Roster:
    """Return the roster of *members* under *root*; *issued* is Unix seconds."""
    revoking = sorted((Revoker(one.id.hex(), b64(one.public), "Revoker") for one in revokers), key=lambda one: one.id)
    return Roster(
        roster=2,
        authority=authority,
        domain=domain,
        version=version,
        issued=issued,
        expires=issued + lasts_s,
        root=b64(root.public),
        rp_id=rp_id,
        origins=tuple(sorted(origins)),
        holders=tuple(sorted((one.holder for one in members), key=lambda one: one.id)),
        keys=tuple(sorted((key for one in members for key in one.listed()), key=lambda one: one.id)),
        rules=tuple(rules),
        revokers=Revokers(revokers_needed if revoking else 0, tuple(revoking)),
        witnesses=tuple(sorted(witnesses, key=lambda one: one.name)),
    )


def sealed(roster: Roster, root: SigningKey) -> Envelope:
    return seal(root, Magic.ROSTER, roster)


def _holder(id: str, name: str, kind: HolderKind, roles: Sequence[Role], scope: dict[str, object]) -> Holder:
    fields: dict[str, object] = {
        "kinds": EVERYTHING,
        "hazards": EVERYTHING,
        "regions": EVERYTHING,
        "regions_max": 0,
        "per_hour": 0,
    }
    return Holder(id, name, kind, tuple(sorted(roles)), **(fields | scope))  # type: ignore[arg-type]  # the struct's own fields
