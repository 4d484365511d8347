"""Whether a frozen notice says what was ordered: asked before every signature, so that nobody signs blindly.

It trusts the bytes and the signer's own atlas, never the server's preview. Who may order what is the roster's business.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from tocsin.areas import Atlas
from tocsin.notice import Kind, Notice, Status, b64

from .orders import Draft, Order

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
        found = [*_about_origin(draft, order.id, order.status, self.authority, now), *_about_words(notice, order)]
        if version is not None and notice.version != version:
            found.append(f"it has version {notice.version}, not {version}: the alarm moved on")
        if order.regions is not None:
            found += self._about_regions(notice, order)
        return found

    def disagreements_of_relay(self, draft: Draft, id: str, status: Status, now: int) -> list[str]:
        """Like ``disagreements``, for a CAP message of *status* that the server turned into a notice."""
        return list(_about_origin(draft, id, status, self.authority, now))

    def _about_regions(self, notice: Notice, order: Order) -> Iterator[str]:
        if notice.atlas != self.atlas.hash:
            yield "its region codes were chosen in another atlas than the one here"
            return
        ordered, frozen = self.codes(order.regions or ()), frozenset(notice.regions)
        if self._leaves(ordered) != self._leaves(frozen):
            yield f"its regions are {', '.join(sorted(frozen))}, not {', '.join(sorted(ordered))}"

    def _leaves(self, codes: frozenset[str]) -> frozenset[str]:
        """Children may give way to a parent where all of them are in, so areas are compared by their smallest parts."""
        below = {code: self.atlas.descendants(code) for code in codes}
        everything = codes.union(*below.values()) if below else codes
        return frozenset(code for code in everything if not self.atlas.children(code))


def _about_origin(draft: Draft, id: str, status: Status, authority: str, now: int) -> Iterator[str]:
    notice = draft.notice
    if notice.authority != authority:
        yield f"its authority is {notice.authority!r}, not {authority!r}"
    if notice.id != id:
        yield f"its id is {notice.id}, not {id}"
    if notice.status is not status:
        yield f"its status is {notice.status}, not {status}"
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
    if order.level is not None and notice.level is not order.level:
        yield f"its level is {notice.level}, not {order.level}"
    if order.expires_in_s is not None and notice.expires - notice.effective != order.expires_in_s:
        yield f"it lasts {notice.expires - notice.effective} s, not {order.expires_in_s} s"
    for language, text in (order.text or {}).items():
        frozen = notice.text.get(language)
        if frozen is None or frozen.instruction != text.instruction or not _says(frozen.headline, text.headline):
            yield f"its text in {language!r} is not the one ordered"


def _says(frozen: str, ordered: str) -> bool:
    """The server puts DEMO, EXERCISE or TEST first; nothing else may change."""
    return frozen == ordered or frozen.endswith(f": {ordered}")
