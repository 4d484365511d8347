"""Whether frozen notices say what was ordered: asked before every signature, so that nobody signs blindly.

It trusts the bytes, the proven notices of the alarm and the signer's own atlas, never the server's preview. The rules
are those of ``tocsin.issuing.drafting``: an update changes nothing but what the order names. Who may order what is the
roster's business.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from msgspec.structs import replace

from tocsin.alarms import HAZARDS
from tocsin.areas import Atlas
from tocsin.issuing import Order, Refusal
from tocsin.issuing.capform import regions_of_shapes
from tocsin.issuing.fitting import collapsed, part_id
from tocsin.issuing.meaning import END_TOLD_S, EXPIRES_IN_MIN_S
from tocsin.issuing.texts import standard_text, with_first_word
from tocsin.notice import ENDINGS, Kind, Notice, Text, Trust, b64, geometry_hash

from .orders import Draft

# The server accepts requests whose time is off by 60 s; a notice dated further away was not frozen for this order.
SENT_OFF_S_MAX = 120

_WORDED = (Kind.ALERT, Kind.UPDATE)


@dataclass(frozen=True, slots=True)
class Signer:
    """What a signer knows by itself: its authority, its atlas, and the pinned roots.

    Without *trust* it believes of an alarm only what the operator's own keys have signed.
    """

    authority: str
    atlas: Atlas
    trust: Trust | None = None

    def codes(self, regions: tuple[str, ...]) -> frozenset[str]:
        """Return the canonical codes of *regions*. Raises ``UnknownRegion`` or ``AmbiguousRegion``."""
        return frozenset(self.atlas.resolve(text).code for text in regions)

    def disagreements(self, draft: Draft, order: Order, now: int, version: int | None = None) -> list[str]:
        """Return what in *draft* is not as ordered, in words; *version* is the one that the caller decided upon."""
        if len(draft.parts) == 1:
            found = self._about_one(draft, order, now, version)
            is_proven = order.kind is Kind.ALERT or draft.before is not None
            return [*found, *self._about_regions(draft, order)] if is_proven else found
        if order.kind is not Kind.ALERT:
            return [f"it became {len(draft.parts)} alarms, and only an alert can be split"]
        found = []
        for number, part in enumerate(draft.parts):
            one, its_order = Draft(draft.id, (part,)), replace(order, id=part_id(order.id, number))
            found += [f"part {number + 1}: {what}" for what in self._about_one(one, its_order, now, version)]
        return [*found, *self._about_regions(draft, order)]

    def _about_one(self, draft: Draft, order: Order, now: int, version: int | None) -> list[str]:
        """Return what is not as ordered in a draft of one part, its regions apart."""
        notice, before = draft.notice, draft.before
        found = [*_about_origin(draft, order, self.authority, now), *_about_words(draft, order)]
        if version is not None and notice.version != version:
            found.append(f"it has version {notice.version}, not {version}: the alarm moved on")
        if order.kind is not Kind.ALERT and before is None:
            return [*found, f"no notice of alarm {notice.alarm} is proven, so nothing shows what it changes"]
        return [
            *found,
            *_about_step(notice, before),
            *_about_shapes(notice, before, order),
            *_about_time(notice, before, order),
            *_about_text(draft, order),
        ]

    def _about_regions(self, draft: Draft, order: Order) -> Iterator[str]:
        before, ordered, frozen = draft.before, self.codes(order.regions), frozenset(draft.regions)
        if before is None or _changes_area(order):
            touched = regions_of_shapes(order.shapes, self.atlas)
            ordered |= frozenset() if isinstance(touched, Refusal) else touched
        else:
            ordered = ordered or frozenset(before.regions)
        is_other = any(part.notice.atlas != self.atlas.hash for part in draft.parts)
        if is_other and (order.regions or order.shapes or frozen != ordered):
            yield "its region codes were chosen in another atlas than the one here"
        elif frozen != ordered and leaves(frozen, self.atlas) != leaves(ordered, self.atlas):
            yield f"its regions are {', '.join(sorted(frozen))}, not {', '.join(sorted(ordered))}"


def ended_regions(draft: Draft, atlas: Atlas) -> tuple[str, ...]:
    """Return where *draft* ends the alarm, parents for children where all of them are in."""
    if draft.before is None:
        return ()
    if draft.notice.kind in ENDINGS:
        return draft.before.regions
    if draft.before.regions == draft.notice.regions:
        return ()
    return collapsed(sorted(leaves(draft.before.regions, atlas) - leaves(draft.notice.regions, atlas)), atlas)


def leaves(codes: Iterable[str], atlas: Atlas) -> frozenset[str]:
    """Children may give way to a parent where all of them are in, so areas are compared by their smallest parts."""
    everything = {below for code in codes for below in (code, *atlas.descendants(code))}
    return frozenset(code for code in everything if not atlas.children(code))


def _changes_area(order: Order) -> bool:
    return order.kind is Kind.UPDATE and bool(order.regions or order.shapes)


def _about_origin(draft: Draft, order: Order, authority: str, now: int) -> Iterator[str]:
    notice = draft.notice
    if notice.authority != authority:
        yield f"its authority is {notice.authority!r}, not {authority!r}"
    if notice.id != order.id:
        yield f"its id is {notice.id}, not {order.id}"
    if notice.status is not order.status:
        yield f"its status is {notice.status}, not {order.status}"
    if abs(notice.sent - now) > SENT_OFF_S_MAX:
        yield f"it is dated {notice.sent - now:+d} s from this machine's clock; compare the clocks"
    if notice.effective != notice.sent:
        yield f"it takes effect {notice.effective - notice.sent:+d} s from when it is sent"
    if notice.cap != b64(sha256(draft.parts[0].cap).digest()):
        yield "its CAP document is not the one that came with it"


def _about_words(draft: Draft, order: Order) -> Iterator[str]:
    notice = draft.notice
    if notice.kind is not order.kind:
        yield f"its kind is {notice.kind}, not {order.kind}"
    # An alarm may also be named by a later notice of it.
    is_named = notice.alarm.startswith(order.alarm or "") or order.alarm in {one.id for one in draft.history}
    if order.kind is not Kind.ALERT and not is_named:
        yield f"its alarm is {notice.alarm}, not {order.alarm}"
    if order.hazard is not None and notice.hazard != order.hazard:
        yield f"its hazard is {notice.hazard}, not {order.hazard}"
    if order.kind in _WORDED and order.level not in (None, notice.level):
        yield f"its level is {notice.level}, not {order.level}"


def _about_step(notice: Notice, before: Notice | None) -> Iterator[str]:
    if before is None:
        return  # an alert begins its own alarm, or is no notice
    if notice.version != before.version + 1:
        yield f"it has version {notice.version}, and the newest that is proven is {before.version}"
    if notice.status is not before.status:
        yield f"its status is {notice.status}, and the alarm's is {before.status}"
    if notice.hazard != before.hazard:
        yield f"its hazard is {notice.hazard}, and the alarm's is {before.hazard}"
    if notice.since != before.since:
        yield f"it holds since {notice.since}, and the alarm since {before.since}"


def _about_shapes(notice: Notice, before: Notice | None, order: Order) -> Iterator[str]:
    if before is None or _changes_area(order):
        shapes, geometry = order.shapes, geometry_hash(order.shapes)
    else:
        shapes, geometry = before.shapes, before.geometry
    # Shapes give way where the notice would be too large; their hash stays.
    if notice.shapes not in (shapes, ()) or notice.geometry != geometry:
        yield "its shapes are neither those ordered nor those of the alarm"


def _about_time(notice: Notice, before: Notice | None, order: Order) -> Iterator[str]:
    lasts_s, hazard = notice.expires - notice.effective, HAZARDS.get(notice.hazard)
    if order.kind in ENDINGS:
        expected_s = END_TOLD_S
    elif order.expires_in_s is not None:
        expected_s = order.expires_in_s
    elif before is not None:
        expected_s = max(before.expires - notice.sent, EXPIRES_IN_MIN_S)
        # Where the clock of the server was set back, what was left is counted from the notice before.
        if 0 < lasts_s - expected_s <= SENT_OFF_S_MAX and notice.sent == before.sent:
            return
    else:
        expected_s = hazard.lasts_default_s if hazard else lasts_s
    if lasts_s != expected_s:
        yield f"it lasts {lasts_s} s, not {expected_s} s"


def _about_text(draft: Draft, order: Order) -> Iterator[str]:
    notice, before = draft.notice, draft.before
    if notice.hazard not in HAZARDS:
        yield f"its hazard {notice.hazard} is unknown here"
        return
    level = (order.level if order.kind in _WORDED else None) or (before.level if before else notice.level)
    if notice.level is not level:
        yield f"its level is {notice.level}, not {level}"
    expected = _expected_text(draft, order)
    for language in sorted(expected.keys() | notice.text.keys()):
        if notice.text.get(language) != expected.get(language):
            yield f"its text in {language!r} is not the one of this order"


def _expected_text(draft: Draft, order: Order) -> dict[str, Text]:
    notice = draft.notice
    texts = _prepared(notice) | order.text
    if order.kind in _WORDED:
        texts = order.text or _own_words(draft) or texts
    return _worded(texts, notice)


def _own_words(draft: Draft) -> dict[str, Text]:
    """Return the words of its own that the alarm has, none if they are the prepared ones."""
    worded = [one for one in draft.history if one.kind in _WORDED]
    newest = worded[-1] if worded else None
    return newest.text if newest and newest.text != _worded(_prepared(newest), newest) else {}


def _prepared(notice: Notice) -> dict[str, Text]:
    return standard_text(notice.kind, HAZARDS[notice.hazard], notice.level)


def _worded(texts: dict[str, Text], notice: Notice) -> dict[str, Text]:
    return {
        language: with_first_word(text, language, notice.status, notice.authority) for language, text in texts.items()
    }
