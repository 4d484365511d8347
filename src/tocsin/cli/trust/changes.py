"""What a new roster changes against the one before: read by the people who are about to sign it."""

from collections.abc import Iterable, Iterator

from tocsin.notice import Holder, Roster, RosterKey, from_b64

from .root_keys import fingerprint

_SCOPE = ("name", "roles", "kinds", "hazards", "regions", "regions_max", "per_hour")


def changes(before: Roster | None, after: Roster) -> list[str]:
    """Return a line for each change, new keys with their fingerprints. Without *before* all is new."""
    return [
        *_of_holders(before, after),
        *_of_keys(before, after),
        *_of_rules(before, after),
        *_of_the_rest(before, after),
    ]


def _of_holders(before: Roster | None, after: Roster) -> Iterator[str]:
    then = {one.id: one for one in before.holders} if before else {}
    now = {one.id: one for one in after.holders}
    for id in sorted(now.keys() - then.keys()):
        yield f"+ {now[id].kind} {id}: {described(now[id])}"
    for id in sorted(then.keys() - now.keys()):
        yield f"- {then[id].kind} {id}: {then[id].name} may do nothing any longer"
    for id in sorted(then.keys() & now.keys()):
        for field in _SCOPE:
            old, new = getattr(then[id], field), getattr(now[id], field)
            if old != new:
                yield f"~ {now[id].kind} {id}: {field} {_plain(old)} -> {_plain(new)}"


def _of_keys(before: Roster | None, after: Roster) -> Iterator[str]:
    then = {key.id: key for key in before.keys} if before else {}
    now = {key.id: key for key in after.keys}
    for id in sorted(now.keys() - then.keys(), key=lambda one: (now[one].holder, one)):
        yield f"+ key {id} of {now[id].holder} ({now[id].type}): {_mark(now[id])}"
    for id in sorted(then.keys() - now.keys(), key=lambda one: (then[one].holder, one)):
        yield f"- key {id} of {then[id].holder}: what it signed is believed no longer by devices that start anew"


def _of_rules(before: Roster | None, after: Roster) -> Iterator[str]:
    if before is None or before.rules != after.rules:
        for number, rule in enumerate(after.rules, 1):
            what = f"{_plain(rule.kinds)} about {_plain(rule.hazards)} in {_plain(rule.regions)}"
            yield f"= rule {number}: {rule.people} {'person' if rule.people == 1 else 'people'} for {what}"


def _of_the_rest(before: Roster | None, after: Roster) -> Iterator[str]:
    if before is None or before.revokers != after.revokers:
        yield f"= revokers: {after.revokers.threshold} of {len(after.revokers.keys)}"
        for one in after.revokers.keys:
            yield f"  revoker {one.id} of {one.holder}: {fingerprint(one.raw)}"
    if before is None or before.witnesses != after.witnesses:
        yield f"= witnesses: {_plain(one.name for one in after.witnesses)}"
    for field in ("rp_id", "origins", "root", "expires"):
        old, new = getattr(before, field) if before else None, getattr(after, field)
        if field == "root":
            old, new = (old and fingerprint(from_b64(old))), fingerprint(from_b64(new))
        if old is not None and old != new:
            yield f"~ {field}: {_plain(old)} -> {_plain(new)}"


def described(holder: Holder) -> str:
    """Return who *holder* is and what it may do, in one line."""
    limits = [
        text
        for number, text in (
            (holder.regions_max, f"at most {holder.regions_max} regions"),
            (holder.per_hour, f"at most {holder.per_hour} an hour"),
        )
        if number
    ]
    scope = f"{_plain(holder.kinds)} about {_plain(holder.hazards)} in {_plain(holder.regions)}"
    return ", ".join([f"{holder.name}: {_plain(holder.roles)}", scope, *limits])


def _mark(key: RosterKey) -> str:
    return fingerprint(key.raw)


def _plain(value: object) -> str:
    if isinstance(value, str | int):
        return str(value)
    listed = [str(one) for one in value] if isinstance(value, Iterable) else [str(value)]
    return "everything" if listed == ["*"] else ", ".join(listed) or "none"
