"""Whether a frozen notice says what was ordered: asked before every signature, so that nobody signs blindly.

It trusts the bytes and the signer's own atlas, never the server's preview. Who may order what is the roster's business.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from tocsin.areas import Atlas
from tocsin.issuing import Order
from tocsin.issuing.texts import with_first_word
from tocsin.notice import ENDINGS, Kind, Notice, b64

from .orders import Draft

# The server accepts requests whose time is off by 60 s; a notice dated further away was not frozen for this order.
SENT_OFF_S_MAX = 120


@dataclass(frozen=True, slots=True)
class Signer:
    """What a signer knows by itself: its authority and its atlas."""

    authority: str
    atlas: Atlas

    def codes(self, regions: tuple[str, ...]) -> frozenset[str]:
        """Return the canonical codes of *regions*. Raises ``UnknownRegion`` or ``AmbiguousRegion``."""
        return frozenset(self.atlas.resolve(text).code for text in regions)

    def disagreements(self, draft: Draft, order: Order, now: int, version: int | None = None) -> list[str]:
        """Return what in *draft* is not as ordered, in words; *version* is the one that the caller decided upon."""
        notice = draft.notice
        found = [*_about_origin(draft, order, self.authority, now), *_about_words(notice, order)]
        if version is not None and notice.version != version:
            found.append(f"it has version {notice.version}, not {version}: the alarm moved on")
        if order.regions:
            found += self._about_regions(notice, order)
        return found

    def _about_regions(self, notice: Notice, order: Order) -> Iterator[str]:
        if notice.atlas != self.atlas.hash:
            yield "its region codes were chosen in another atlas than the one here"
            return
        ordered, frozen = self.codes(order.regions), frozenset(notice.regions)
        asked, got = self._leaves(ordered), self._leaves(frozen)
        # Shapes add the regions that they touch; they take none away.
        if not asked <= got or (asked != got and not order.shapes):
            yield f"its regions are {', '.join(sorted(frozen))}, not {', '.join(sorted(ordered))}"

    def _leaves(self, codes: frozenset[str]) -> frozenset[str]:
        """Children may give way to a parent where all of them are in, so areas are compared by their smallest parts."""
        below = {code: self.atlas.descendants(code) for code in codes}
        everything = codes.union(*below.values())
        return frozenset(code for code in everything if not self.atlas.children(code))


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
    if notice.cap != b64(sha256(draft.cap).digest()):
        yield "its CAP document is not the one that came with it"


def _about_words(notice: Notice, order: Order) -> Iterator[str]:
    if notice.kind is not order.kind:
        yield f"its kind is {notice.kind}, not {order.kind}"
    if order.kind is not Kind.ALERT and order.alarm and not notice.alarm.startswith(order.alarm):
        yield f"its alarm is {notice.alarm}, not {order.alarm}"
    if order.hazard is not None and notice.hazard != order.hazard:
        yield f"its hazard is {notice.hazard}, not {order.hazard}"
    if order.kind in (Kind.ALERT, Kind.UPDATE) and order.level not in (None, notice.level):
        yield f"its level is {notice.level}, not {order.level}"
    lasts_s = notice.expires - notice.effective
    if order.kind not in ENDINGS and order.expires_in_s not in (None, lasts_s):
        yield f"it lasts {lasts_s} s, not {order.expires_in_s} s"
    for language, text in order.text.items():
        # The server puts DEMO, EXERCISE or TEST first; nothing else may change.
        if notice.text.get(language) != with_first_word(text, language, notice.status, notice.authority):
            yield f"its text in {language!r} is not the one ordered"
