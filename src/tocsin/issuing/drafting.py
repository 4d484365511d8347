"""From an order to a frozen notice: a decision, from data to data.

It resolves regions and the alarm meant, fills in texts and times, asks the life of the alarm whether the step exists,
and writes the CAP document. It signs nothing and writes nothing down: ``desk`` does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from tocsin.alarms import HAZARDS, Alarm, Board, Forbidden, Hazard, State, regions_left, state_after, step
from tocsin.areas import AmbiguousRegion, AreaError, Atlas
from tocsin.cap import CapError
from tocsin.notice import (
    ENDINGS,
    EVERY_CHANNEL,
    ID,
    DocumentError,
    Kind,
    Level,
    Notice,
    Status,
    Text,
    b64,
    encode_notice,
    geometry_hash,
    id_from,
)

from .capform import regions_of_shapes, write_document
from .orders import ALARM_PREFIX_LENGTH_MIN, Order, Refusal
from .texts import standard_text, with_first_word

EXPIRES_IN_MIN_S = 60
# How long an end is worth telling: a device that was away for longer need not wake anybody with it.
END_TOLD_S = 30 * 60
CANDIDATES_MAX = 10
ID_LENGTH = 26
_NO_HASH = b64(bytes(32))


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a draft depends on. Times are Unix seconds.

    *history* returns an alarm's notices, oldest first; *alarm_of* the alarm that the alert of an id belongs to.
    """

    board: Board
    atlas: Atlas
    authority: str
    issuer: str
    roster: int
    now: int
    history: Callable[[str], Sequence[Notice]]
    alarms_named: Callable[[str], Sequence[str]]
    alarm_of: Callable[[str], str | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Part:
    """A frozen notice, its bytes, and its CAP document."""

    notice: Notice
    document: bytes
    cap: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """What an order becomes, and what the person who signs should know.

    One part; several, each an alarm of its own, where one notice cannot hold the order. The first has the order's id.
    """

    order: Order
    parts: tuple[Part, ...]
    regions_ended: tuple[str, ...]
    warnings: tuple[str, ...] = field(default=())

    @property
    def notice(self) -> Notice:
        """The notice of the first part."""
        return self.parts[0].notice

    @property
    def cap(self) -> bytes:
        """The CAP document of the first part."""
        return self.parts[0].cap


def part_id(order: str, number: int) -> str:
    """Return the id of part *number* of an order that had to be split; the first has the order's own."""
    return order if number == 0 else id_from(sha256(f"{order} part {number}".encode()).digest()[:16])


def draft(order: Order, situation: Situation) -> Draft | Refusal:
    """Return the frozen notice for *order*, or why there can be none and the nearest thing that would work."""
    try:
        return _decided(order, situation)
    except AreaError as why:
        # What the order names was resolved with refusals of its own; this is a region that an alarm has from before.
        return Refusal(
            "atlas_differs", f"{why}; an alarm was ordered in another atlas: serve with that one to change it"
        )


def _decided(order: Order, situation: Situation) -> Draft | Refusal:
    before = _alarm_meant(order, situation)
    if isinstance(before, Refusal):
        return before
    if before is not None and before.notice.status is not order.status:
        return Refusal(
            "status_differs",
            f"alarm {before.notice.alarm} is {before.notice.status} and can only be changed as {before.notice.status}",
        )
    forbidden = step(before.state_at(situation.now) if before else State.NONE, order.kind)
    if isinstance(forbidden, Forbidden):
        return Refusal(forbidden.code, _about(before, forbidden.why), _candidates(situation, order.status))
    hazard = _hazard(order, before)
    if isinstance(hazard, Refusal):
        return hazard
    regions = _regions(order, before, situation)
    if isinstance(regions, Refusal):
        return regions
    lasts_s = _lasts_s(order, before, hazard, situation.now)
    if isinstance(lasts_s, Refusal):
        return lasts_s
    return _frozen(order, before, hazard, regions, lasts_s, situation)


def _alarm_meant(order: Order, situation: Situation) -> Alarm | Refusal | None:
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
            _candidates(situation, order.status),
        )
    return _alarm_matching(order, situation)


def _alarm_named(name: str, status: Status, situation: Situation) -> Alarm | Refusal:
    if not ID.fullmatch(name):
        if not ALARM_PREFIX_LENGTH_MIN <= len(name) <= ID_LENGTH or not name.isascii() or not name.isalnum():
            return Refusal(
                "alarm_malformed",
                f"alarm {name[:40]!r} is neither an id nor its first {ALARM_PREFIX_LENGTH_MIN} or more characters",
                _candidates(situation, status),
            )
        named = situation.alarms_named(name)
        if len(named) > 1:
            of = [one for one in situation.board.alarms.values() if one.notice.alarm in named]
            return Refusal(
                "alarm_ambiguous", f"{name} begins the ids of several alarms", _described(of, situation.atlas)
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
    return Refusal("alarm_unknown", f"there is no alarm {name}", _candidates(situation, status))


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
        _described(near, situation.atlas) or _candidates(situation, order.status),
    )


def _hazard(order: Order, before: Alarm | None) -> Hazard | Refusal:
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


def _regions(order: Order, before: Alarm | None, situation: Situation) -> tuple[str, ...] | Refusal:
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


def _lasts_s(order: Order, before: Alarm | None, hazard: Hazard, now: int) -> int | Refusal:
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


def _frozen(
    order: Order, before: Alarm | None, hazard: Hazard, regions: tuple[str, ...], lasts_s: int, situation: Situation
) -> Draft | Refusal:
    old = before.notice if before else None
    level = (order.level if order.kind in (Kind.ALERT, Kind.UPDATE) else None) or (old.level if old else Level.RED)
    shapes, geometry = _shapes(order, old)
    sent = max(situation.now, old.sent if old else 0)
    try:
        whole = Notice(
            notice=1,
            id=order.id,
            alarm=old.alarm if old else order.id,
            version=old.version + 1 if old else 1,
            kind=order.kind,
            status=order.status,
            authority=situation.authority,
            hazard=hazard.code,
            level=level,
            since=old.since if old else sent,
            sent=sent,
            effective=sent,
            expires=sent + lasts_s,
            atlas=situation.atlas.hash,
            regions=regions,
            shapes=shapes,
            geometry=geometry,
            text=_text(order, old, hazard, level, situation),
            issuer=situation.issuer,
            roster=situation.roster,
            channels=EVERY_CHANNEL,
            cap=_NO_HASH,
        )
        cap = write_document(whole, situation.history(whole.alarm), situation.atlas, order.parameters)
        notice = _fitted(_bound(whole, cap), situation.atlas)
        document = encode_notice(notice)
    except DocumentError as why:
        return Refusal("notice_" + why.code, str(why))
    except CapError as why:
        return Refusal("cap_" + why.code, str(why))
    forbidden = state_after(situation.board, notice) if situation.board.find(notice.alarm) or not old else None
    if isinstance(forbidden, Forbidden):
        return Refusal(forbidden.code, _about(before, forbidden.why))
    ended = _regions_ended(old, notice, situation.atlas) if old else ()
    return Draft(order, (Part(notice, document, cap),), ended, _warnings(notice, situation))


def _shapes(order: Order, old: Notice | None) -> tuple[tuple[str, ...], str]:
    if old and (order.kind is not Kind.UPDATE or not (order.shapes or order.regions)):
        return old.shapes, old.geometry
    return order.shapes, geometry_hash(order.shapes)


def _text(order: Order, old: Notice | None, hazard: Hazard, level: Level, situation: Situation) -> dict[str, Text]:
    texts = standard_text(order.kind, hazard, level) | order.text
    if order.kind in (Kind.ALERT, Kind.UPDATE):
        # Own words replace the prepared ones of all languages: a language left at its default may say another thing.
        texts = order.text or (_own_words(old, hazard, situation) if old else {}) or texts
    return _worded(texts, order.status, situation.authority)


def _own_words(old: Notice, hazard: Hazard, situation: Situation) -> dict[str, Text]:
    """Return the words of its own that the alarm has, none if they are the prepared ones."""
    newest = [one for one in situation.history(old.alarm) if one.kind in (Kind.ALERT, Kind.UPDATE)][-1]
    prepared = standard_text(newest.kind, hazard, newest.level)
    return newest.text if newest.text != _worded(prepared, newest.status, newest.authority) else {}


def _worded(texts: Mapping[str, Text], status: Status, authority: str) -> dict[str, Text]:
    return {language: with_first_word(texts[language], language, status, authority) for language in sorted(texts)}


def _regions_ended(old: Notice, notice: Notice, atlas: Atlas) -> tuple[str, ...]:
    """Return the regions that lose the alarm; children that gave way to their parent, or came from it, keep it."""
    if notice.kind in ENDINGS:
        return old.regions
    kept = {*notice.regions, *collapsed(notice.regions, atlas)}
    return tuple(code for code in regions_left(old, notice) if kept.isdisjoint({code, *atlas.ancestors(code)}))


def _bound(notice: Notice, cap: bytes) -> Notice:
    return _with(notice, cap=b64(sha256(cap).digest()))


def _fitted(notice: Notice, atlas: Atlas) -> Notice:
    """Return *notice* within its limit: shapes give way first, then children to a parent where all of them are in."""
    if _fits(notice):
        return notice
    notice = _with(notice, shapes=())
    return notice if _fits(notice) else _with(notice, regions=collapsed(notice.regions, atlas))


def collapsed(regions: Sequence[str], atlas: Atlas) -> tuple[str, ...]:
    """Return *regions* with children replaced by their parent wherever all of them are in; the area stays the same."""
    codes = set(regions)
    while True:
        parents = {atlas.region(code).parent for code in codes} - {None}
        full = {one for one in parents if one and codes.issuperset(atlas.children(one))}
        if not full:
            return tuple(sorted(codes))
        codes = (codes - {child for one in full for child in atlas.children(one)}) | full


def _fits(notice: Notice) -> bool:
    try:
        return bool(encode_notice(notice))
    except DocumentError:
        return False


def _with(notice: Notice, **changes: object) -> Notice:
    fields: dict[str, object] = {name: getattr(notice, name) for name in notice.__struct_fields__}
    return Notice(**(fields | changes))  # type: ignore[arg-type]  # the fields are the struct's own


def _warnings(notice: Notice, situation: Situation) -> tuple[str, ...]:
    if notice.kind is not Kind.ALERT:
        return ()
    return tuple(
        f"alarm {one.notice.alarm} about {notice.hazard} holds in {situation.atlas.path_name(code, 'en')} already"
        for one in situation.board.alarms.values()
        if one.notice.status is notice.status and one.notice.hazard == notice.hazard
        for code in one.notice.regions
        if code in notice.regions and one.state_at(situation.now) is not State.EXPIRED
    )[:CANDIDATES_MAX]


def _about(before: Alarm | None, why: str) -> str:
    return f"alarm {before.notice.alarm}: {why}" if before else why


def _candidates(situation: Situation, status: Status) -> tuple[dict[str, object], ...]:
    return _described([one for one in situation.board.alarms.values() if one.notice.status is status], situation.atlas)


def _described(alarms: Sequence[Alarm], atlas: Atlas) -> tuple[dict[str, object], ...]:
    newest = sorted(alarms, key=lambda one: -one.sequence)[:CANDIDATES_MAX]
    return tuple(
        {
            "alarm": one.notice.alarm,
            "hazard": one.notice.hazard,
            "level": one.notice.level,
            "since": one.notice.since,
            "regions": [atlas.path_name(code, "uk") for code in one.notice.regions[:CANDIDATES_MAX]],
        }
        for one in newest
    )
