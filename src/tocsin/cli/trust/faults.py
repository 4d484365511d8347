"""What is wrong or unwise in a plan: each fault with its place, the rule, and the way out.

A fault keeps a roster from being signed, a warning does not. The forms of single fields are the roster's own business;
here is what only the whole shows: orders that nobody could give, alarms that nobody could end.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from itertools import product

from tocsin.alarms import HAZARDS
from tocsin.areas import AreaError, Atlas
from tocsin.notice import EVERYTHING, Domain, HolderKind, Kind, Role

from .plan import Plan, PlannedHolder, PlannedRule, codes_of, key_of

# A new roster takes a meeting: the people with the root, and everybody's new passkey read aloud.
EXPIRY_WARNING_S = 30 * 86_400
EXPIRY_URGENT_S = 14 * 86_400
_ORDERING = {Role.AUTHOR, Role.APPROVER}


class Gravity(StrEnum):
    FAULT = "fault"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """Where in the plan, what is wrong there, and what to do."""

    gravity: Gravity
    place: str
    what: str
    way_out: str


@dataclass(frozen=True, slots=True)
class _Able:
    """Somebody who may order: where and what about, with regions as codes."""

    holder: PlannedHolder
    is_person: bool
    regions: tuple[str, ...]

    def covers(self, kind: Kind, hazard: str, region: str, atlas: Atlas) -> bool:
        one = self.holder
        return (
            (one.kinds == EVERYTHING or kind in one.kinds)
            and (one.hazards == EVERYTHING or hazard in one.hazards)
            and (self.regions == EVERYTHING or not set(self.regions).isdisjoint(atlas.lineage(region)))
        )


def findings(plan: Plan, atlas: Atlas, now: int) -> list[Finding]:
    """Return what is wrong with *plan* at *now* (Unix seconds), faults first."""
    found = [*_about_expiry(plan, now), *_about_words(plan, atlas), *_about_keys(plan)]
    if not any(one.gravity is Gravity.FAULT for one in found):
        for domain in Domain:
            found += _about_rules(plan, domain, atlas)
        found += [*_about_servers(plan), *_about_revokers(plan)]
    return sorted(dict.fromkeys(found), key=lambda one: one.gravity)


def _about_expiry(plan: Plan, now: int) -> Iterator[Finding]:
    left_s = plan.expires_at - now
    if left_s <= 0:
        yield _fault("expires", f"the plan ended on {plan.expires}", "name a later day")
    elif left_s < EXPIRY_WARNING_S:
        yield _warning("expires", f"only {left_s // 86_400} days are left", "name a later day: a year is usual")


def _about_words(plan: Plan, atlas: Atlas) -> Iterator[Finding]:
    scopes: list[tuple[str, PlannedHolder | PlannedRule]] = [(place, one) for place, one in _everybody(plan)]
    scopes += [(place, one) for domain in Domain for place, one in plan.rules(domain)]
    for place, one in scopes:
        for kind in () if one.kinds == EVERYTHING else one.kinds:
            if kind not in list(Kind):
                yield _fault(f"{place}.kinds", f"{kind!r} is no kind of notice", f"one of {', '.join(Kind)}, or *")
        for hazard in () if one.hazards == EVERYTHING else one.hazards:
            if hazard not in HAZARDS:
                near = ", ".join(get_close_matches(hazard, HAZARDS) or HAZARDS)
                yield _fault(f"{place}.hazards", f"{hazard!r} is no hazard", f"one of {near}, or *")
        for region in () if one.regions == EVERYTHING else one.regions:
            try:
                atlas.resolve(region)
            except AreaError as why:
                yield _fault(f"{place}.regions", str(why), "`tocsin regions find` shows codes and names")
    for place, one in _everybody(plan):
        is_person = place.startswith("person")
        allowed = _ORDERING if is_person else set(Role) - _ORDERING
        strange = ", ".join(role for role in one.roles if role not in allowed)
        if strange or not one.roles:
            what = f"{strange} is not for this" if strange else "there is none"
            yield _fault(f"{place}.roles", what, f"choose of {', '.join(sorted(allowed))}")


def _about_keys(plan: Plan) -> Iterator[Finding]:
    owners = Counter(key for _, one in _everybody(plan) for key in one.keys)
    revoking = {one.public for one in plan.revokers.key}
    for place, one in _everybody(plan):
        is_person = place.startswith("person")
        if not one.keys:
            way_out = "paste what `tocsin trust requests` prints" if is_person else "`tocsin trust keygen` makes one"
            yield _warning(f"{place}.keys", "there is no key, so it can do nothing", way_out)
        for key in one.keys:
            if owners[key] > 1:
                yield _fault(f"{place}.keys", f"{key[:12]}… is listed more than once", "one key belongs to one holder")
            if key in revoking:
                yield _fault(f"{place}.keys", f"{key[:12]}… is a revoker's key too", "make a key for each purpose")
            yield from _about_key(place, key, one.id, is_person, plan)


def _about_key(place: str, key: str, holder: str, is_person: bool, plan: Plan) -> Iterator[Finding]:
    try:
        found = key_of(key, holder)
    except ValueError as why:
        yield _fault(f"{place}.keys", f"{key[:12]}… is no key: {why}", "paste the whole line that was printed")
        return
    if (found.type == "webauthn") is not is_person:
        what = "a person signs with a passkey" if is_person else "a service has an ed25519 key"
        yield _fault(f"{place}.keys", f"{key[:12]}… is {found.type}, and {what}", "compare where it came from")
    elif is_person and not plan.rp_id:
        yield _fault("rp_id", "people have passkeys, and no host name is given for them", "name the console's host")


def _about_rules(plan: Plan, domain: Domain, atlas: Atlas) -> Iterator[Finding]:
    rules = plan.rules(domain)
    if not rules or any(words != EVERYTHING for words in _words(rules[-1][1])):
        yield _fault(
            rules[-1][0] if rules else "rule",
            f"the last rule for {domain} is not for everything",
            "end with a rule that has only `people`",
        )
        return
    able = [
        _Able(one, kind is HolderKind.PERSON, codes_of(one.regions, atlas))
        for _, kind, one in plan.holders(domain)
        if one.keys and {*_ORDERING, Role.ISSUE} & {*one.roles_in(domain)}
    ]
    if not able:
        yield _warning("person", f"nobody can order under {domain}", "list people with their passkeys")
        return
    yield from _out_of_reach(rules, able, domain, atlas)
    yield from _too_few(rules, able, domain)


def _out_of_reach(
    rules: list[tuple[str, PlannedRule]], able: list[_Able], domain: Domain, atlas: Atlas
) -> Iterator[Finding]:
    """Yield a finding for each rule and kind that asks for more people than there are where somebody may begin."""
    regions = {code for one in able for code in one.regions if one.regions != EVERYTHING}
    regions |= {code for _, one in rules for code in codes_of(one.regions, atlas) if one.regions != EVERYTHING}
    places = sorted(regions) or [atlas.regions[0].code]
    told: dict[tuple[str, Kind], list[str]] = {}
    why: dict[tuple[str, Kind], str] = {}
    for hazard, region in product(HAZARDS, places):
        for kind in Kind:
            place, people, few = _shortage(rules, able, (kind, hazard, region), atlas)
            if few and (kind is not Kind.ALERT or people):
                told.setdefault((place, kind), []).append(f"{hazard} in {region}")
                why.setdefault((place, kind), few)
    for (place, kind), where in told.items():
        more = f" and {len(where) - 1} more" if len(where) > 1 else ""
        yield _fault(
            place,
            f"{domain}: nobody can order {kind} about {where[0]}{more}: {why[place, kind]}",
            "list more people there, or ask for fewer in this rule",
        )


def _shortage(
    rules: list[tuple[str, PlannedRule]], able: list[_Able], what: tuple[Kind, str, str], atlas: Atlas
) -> tuple[str, int, str]:
    """Return the place of the rule for *what*, how many people are there, and why they are too few, if they are.

    Where nobody may order at all, nothing is missing: it is not this authority's business.
    """
    kind, hazard, region = what
    place, rule = next((place, one) for place, one in rules if _applies(one, kind, hazard, region, atlas))
    here = [one for one in able if one.covers(kind, hazard, region, atlas)]
    people = {one.holder.id: one.holder for one in here if one.is_person}
    begins = any(one.covers(Kind.ALERT, hazard, region, atlas) for one in able)
    if not begins or any(not one.is_person for one in here):
        return place, len(people), ""
    if len(people) < rule.people:
        names = ", ".join(sorted(people)) or "nobody"
        return place, len(people), f"it takes {rule.people} people, and there is {names}"
    if rule.people > 1 and not any(Role.APPROVER in one.roles for one in people.values()):
        return place, len(people), f"none of {', '.join(sorted(people))} has the role approver"
    return place, len(people), ""


def _too_few(rules: list[tuple[str, PlannedRule]], able: list[_Able], domain: Domain) -> Iterator[Finding]:
    most, people = max(one.people for _, one in rules), sum(one.is_person for one in able)
    if people == most:
        yield _warning(
            "person",
            f"{domain}: {people} people, and orders take all of them; one who is ill stops everything",
            "list at least one person more",
        )


def _about_servers(plan: Plan) -> Iterator[Finding]:
    keys = [
        key for _, _, one in plan.holders(Domain.ACTUAL) if Role.HEARTBEAT in one.roles_in(Domain.ACTUAL)
        for key in one.keys
    ]  # fmt: skip
    if not keys:
        yield _fault(
            "service",
            "no key has the role heartbeat, so no device could ever be live",
            "`tocsin trust keygen` on the server",
        )
    elif len(keys) == 1:
        yield _warning(
            "service",
            "there is one heartbeat key; if it is lost, no device is live until a new roster is signed",
            "make a second one, and keep it where the second server will be",
        )


def _about_revokers(plan: Plan) -> Iterator[Finding]:
    keys, threshold = len(plan.revokers.key), plan.revokers.threshold
    if not keys:
        yield _warning(
            "revokers", "nobody can take a stolen key away but the root", "`tocsin trust keygen --revoker` makes a key"
        )
    elif not 1 <= threshold <= keys:
        yield _fault("revokers.threshold", f"{threshold} of {keys} keys", f"from 1 to {keys}")
    elif threshold == keys > 1:
        yield _warning("revokers", f"all {keys} keys are needed; one that is lost stops it", "list one more")


def _everybody(plan: Plan) -> Iterable[tuple[str, PlannedHolder]]:
    for word, listed in (("person", plan.person), ("service", plan.service)):
        for number, one in enumerate(listed, 1):
            yield f"{word}[{number}] {one.id}", one


def _applies(rule: PlannedRule, kind: Kind, hazard: str, region: str, atlas: Atlas) -> bool:
    if not (rule.kinds == EVERYTHING or kind in rule.kinds) or not (
        rule.hazards == EVERYTHING or hazard in rule.hazards
    ):
        return False
    listed = codes_of(rule.regions, atlas)
    return listed == EVERYTHING or any(one in atlas.lineage(region) or region in atlas.lineage(one) for one in listed)


def _words(rule: PlannedRule) -> tuple[tuple[str, ...], ...]:
    return rule.kinds, rule.hazards, rule.regions


def _fault(place: str, what: str, way_out: str) -> Finding:
    return Finding(Gravity.FAULT, place, what, way_out)


def _warning(place: str, what: str, way_out: str) -> Finding:
    return Finding(Gravity.WARNING, place, what, way_out)
