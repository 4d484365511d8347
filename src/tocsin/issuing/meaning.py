"""What an order means: which alarm, which hazard, where, for how long.

What was named is never guessed at: a refusal says what would have worked.
"""

from collections.abc import Sequence

from tocsin.alarms import HAZARDS, Alarm, Hazard, State
from tocsin.areas import AmbiguousRegion, AreaError, Atlas
from tocsin.notice import ENDINGS, ID, Kind, Status

from .capform import regions_of_shapes
from .orders import ALARM_PREFIX_LENGTH_MIN, Order, Refusal
from .situation import CANDIDATES_MAX, Situation, candidates, described

EXPIRES_IN_MIN_S = 60
# How long an end is worth telling: a device that was away for longer need not wake anybody with it.
END_TOLD_S = 30 * 60
ID_LENGTH = 26


def alarm_meant(order: Order, situation: Situation) -> Alarm | Refusal | None:
    """Return the alarm that *order* changes; None for an alert, which begins one."""
    if order.kind is Kind.ALERT:
        if order.alarm is not None:
            return Refusal("alarm_named", "an alert begins a new alarm and names none; to change one order an `update`")
        return None
    if order.alarm is not None:
        return _alarm_named(order.alarm, order.status, situation)
    if not (order.hazard and order.regions):
        return Refusal(
            "alarm_missing",
            f"{order.kind} needs an alarm, or a hazard and regions that exactly one alarm has",
            candidates(situation, order.status),
        )
    return _alarm_matching(order, situation)


def _alarm_named(name: str, status: Status, situation: Situation) -> Alarm | Refusal:
    if not ID.fullmatch(name):
        if not ALARM_PREFIX_LENGTH_MIN <= len(name) <= ID_LENGTH or not name.isascii() or not name.isalnum():
            return Refusal(
                "alarm_malformed",
                f"alarm {name[:40]!r} is neither an id nor its first {ALARM_PREFIX_LENGTH_MIN} or more characters",
                candidates(situation, status),
            )
        named = situation.alarms_named(name)
        if len(named) > 1:
            of = [one for one in situation.board.alarms.values() if one.notice.alarm in named]
            return Refusal(
                "alarm_ambiguous", f"{name} begins the ids of several alarms", described(of, situation.atlas)
            )
        name = named[0] if named else name
    elif found := situation.alarm_of(name):
        name = found  # a later alert of the alarm names it as well as its first
    if alarm := situation.board.find(name):
        return alarm
    if history := situation.history(name):
        newest = history[-1]
        state = State.ENDED_CLEAR if newest.kind is Kind.ALL_CLEAR else State.ENDED_FALSE
        return Alarm(newest, 0, state)
    return Refusal("alarm_unknown", f"there is no alarm {name}", candidates(situation, status))


def _alarm_matching(order: Order, situation: Situation) -> Alarm | Refusal:
    regions = _resolved(order.regions, situation.atlas)
    if isinstance(regions, Refusal):
        return regions
    of_hazard = [
        one
        for one in situation.board.alarms.values()
        if one.notice.status is order.status and one.notice.hazard == order.hazard
    ]
    matching = [one for one in of_hazard if set(one.notice.regions) == regions]
    if len(matching) == 1:
        return matching[0]
    near = matching or [one for one in of_hazard if set(one.notice.regions) & regions] or of_hazard
    found = "several alarms have" if matching else "no alarm has"
    return Refusal(
        "alarm_not_one",
        f"{found} the hazard {str(order.hazard)[:40]} and exactly these regions; name the alarm",
        described(near, situation.atlas) or candidates(situation, order.status),
    )


def hazard_meant(order: Order, before: Alarm | None) -> Hazard | Refusal:
    """Return what *order* is about: what the alarm *before* is, or what it names."""
    code = before.notice.hazard if before else order.hazard
    if before and order.hazard not in (None, code):
        return Refusal(
            "hazard_differs", f"alarm {before.notice.alarm} is about {code}; another hazard is another alarm"
        )
    if code is None:
        return Refusal("hazard_missing", f"an alert needs a hazard: {', '.join(HAZARDS)}")
    if code not in HAZARDS:
        return Refusal("hazard_unknown", f"hazard {code[:40]!r} is unknown; known are {', '.join(HAZARDS)}")
    return HAZARDS[code]


def regions_meant(order: Order, before: Alarm | None, situation: Situation) -> tuple[str, ...] | Refusal:
    """Return where *order* holds or ends: the regions named and those that its shapes touch, else what held before."""
    if before and order.kind is not Kind.UPDATE:
        if order.shapes:
            return Refusal("shapes_unexpected", f"{order.kind} concerns the whole alarm and takes no shapes")
        named = _resolved(order.regions, situation.atlas)
        if isinstance(named, Refusal):
            return named
        if named and named != set(before.notice.regions):
            return Refusal(
                "regions_differ",
                f"{order.kind} concerns the whole alarm {before.notice.alarm}; to end it in a part of its area "
                "order an `update` with the regions that stay",
            )
        return before.notice.regions
    named = _resolved(order.regions, situation.atlas)
    touched = regions_of_shapes(order.shapes, situation.atlas)
    for one in (named, touched):
        if isinstance(one, Refusal):
            return one
    assert not isinstance(named, Refusal)
    assert not isinstance(touched, Refusal)
    if named | touched:
        return tuple(sorted(named | touched))
    if before:
        return before.notice.regions
    return Refusal("regions_missing", "an alert needs at least one region; there is no default area")


def _resolved(names: Sequence[str], atlas: Atlas) -> frozenset[str] | Refusal:
    codes = set()
    for name in names:
        try:
            codes.add(atlas.resolve(name).code)
        except AreaError as why:
            near = atlas.find(name, CANDIDATES_MAX)
            candidates: tuple[dict[str, object], ...] = tuple(
                {"region": one.code, "name": atlas.path_name(one.code, "uk")} for one in near
            )
            code = "region_ambiguous" if isinstance(why, AmbiguousRegion) else "region_unknown"
            return Refusal(code, str(why), candidates)
    return frozenset(codes)


def lasts_meant_s(order: Order, before: Alarm | None, hazard: Hazard, now: int) -> int | Refusal:
    """Return for how many seconds from *now* (Unix s) the notice holds, or is worth telling."""
    if order.kind in ENDINGS:
        return END_TOLD_S
    left_s = max(before.notice.expires - now, EXPIRES_IN_MIN_S) if before else hazard.lasts_default_s
    if order.expires_in_s is None:
        return left_s
    if order.expires_in_s < 0:
        return Refusal(
            "expires_past", f"expires lies {-order.expires_in_s} s in the past; an alert must end in the future"
        )
    if not EXPIRES_IN_MIN_S <= order.expires_in_s <= hazard.lasts_max_s:
        return Refusal(
            "expires_out_of_range",
            f"{order.expires_in_s} s are out of range; {hazard.code} lasts {EXPIRES_IN_MIN_S} to "
            f"{hazard.lasts_max_s} s, and an update prolongs it",
        )
    if order.kind is Kind.DISPUTED and order.expires_in_s < left_s:
        return Refusal(
            "expires_shortened",
            f"a disputed alarm holds as long as was ordered, {left_s} s more; leave expires_in_s out",
        )
    return order.expires_in_s
