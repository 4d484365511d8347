"""From an order to a frozen notice, or several: a decision, from data to data.

It fills in texts and times, asks the life of the alarm whether the step exists, and writes the CAP document. What was
meant is found out in ``meaning``, what gives way where it does not fit in ``fitting``. It signs nothing and writes
nothing down: ``desk`` does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from tocsin.alarms import Alarm, Forbidden, Hazard, State, regions_left, state_after, step
from tocsin.areas import AreaError, Atlas
from tocsin.cap import CapError
from tocsin.notice import (
    ENDINGS,
    EVERY_CHANNEL,
    DocumentError,
    Kind,
    Level,
    Notice,
    Status,
    Text,
    b64,
    encode_notice,
    geometry_hash,
)

from .capform import write_document
from .fitting import collapsed, fit, with_changes
from .meaning import alarm_meant, hazard_meant, lasts_meant_s, regions_meant
from .orders import Order, Refusal
from .situation import CANDIDATES_MAX, Situation, candidates
from .texts import standard_text, with_first_word

_NO_HASH = b64(bytes(32))


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
    before = alarm_meant(order, situation)
    if isinstance(before, Refusal):
        return before
    if before is not None and before.notice.status is not order.status:
        return Refusal(
            "status_differs",
            f"alarm {before.notice.alarm} is {before.notice.status} and can only be changed as {before.notice.status}",
        )
    forbidden = step(before.state_at(situation.now) if before else State.NONE, order.kind)
    if isinstance(forbidden, Forbidden):
        return Refusal(forbidden.code, _about(before, forbidden.why), candidates(situation, order.status))
    hazard = hazard_meant(order, before)
    if isinstance(hazard, Refusal):
        return hazard
    regions = regions_meant(order, before, situation)
    if isinstance(regions, Refusal):
        return regions
    lasts_s = lasts_meant_s(order, before, hazard, situation.now)
    if isinstance(lasts_s, Refusal):
        return lasts_s
    return _frozen(order, before, hazard, regions, lasts_s, situation)


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
            shapes=(),
            geometry=geometry,
            text=_text(order, old, hazard, level, situation),
            issuer=situation.issuer,
            roster=situation.roster,
            channels=EVERY_CHANNEL,
            cap=_NO_HASH,
        )
        fitted = fit(whole, shapes, situation.atlas, situation.people_needed)
        if isinstance(fitted, Refusal):
            return fitted
        # The CAP document has room for all regions and shapes, unless the order becomes several alarms.
        written = [whole] if len(fitted) == 1 else fitted
        parts = tuple(
            _part(notice, one, shapes, order.parameters, situation) for notice, one in zip(fitted, written, strict=True)
        )
    except DocumentError as why:
        return Refusal("notice_" + why.code, str(why))
    except CapError as why:
        return Refusal("cap_" + why.code, str(why))
    notice = parts[0].notice
    forbidden = state_after(situation.board, notice) if situation.board.find(notice.alarm) or not old else None
    if isinstance(forbidden, Forbidden):
        return Refusal(forbidden.code, _about(before, forbidden.why))
    ended = _regions_ended(old, notice, situation.atlas) if old else ()
    return Draft(order, parts, ended, _warnings(parts, situation))


def _part(
    notice: Notice, written: Notice, shapes: tuple[str, ...], parameters: dict[str, str], situation: Situation
) -> Part:
    """Return *notice* bound to its CAP document, which says what *written* says, with all *shapes*."""
    cap = write_document(written, shapes, situation.history(written.alarm), situation.atlas, parameters)
    bound = with_changes(notice, cap=b64(sha256(cap).digest()))
    return Part(bound, encode_notice(bound), cap)


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


def _warnings(parts: Sequence[Part], situation: Situation) -> tuple[str, ...]:
    if parts[0].notice.kind is not Kind.ALERT:
        return ()
    split = [f"the order does not fit one notice: it becomes {len(parts)} alarms, and each has to be ended"]
    alike = [warning for part in parts for warning in _like(part.notice, situation)]
    return (*(split if len(parts) > 1 else ()), *alike)[:CANDIDATES_MAX]


def _like(notice: Notice, situation: Situation) -> Iterator[str]:
    """Yield which alarms about the same hazard hold where *notice* warns."""
    for one in situation.board.alarms.values():
        if one.notice.status is notice.status and one.notice.hazard == notice.hazard:
            if one.state_at(situation.now) is State.EXPIRED:
                continue
            for code in one.notice.regions:
                if code in notice.regions:
                    where = situation.atlas.path_name(code, "en")
                    yield f"alarm {one.notice.alarm} about {notice.hazard} holds in {where} already"


def _about(before: Alarm | None, why: str) -> str:
    return f"alarm {before.notice.alarm}: {why}" if before else why
