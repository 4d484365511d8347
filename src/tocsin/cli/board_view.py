"""The board as a person sees it in a terminal: what holds where, since when, and whether that is current.

It draws what it is given. Silence is never shown as safety: without a live stream there is no word of "nothing".
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tocsin.alarms import Board, Holding, PlaceState, State, in_force, place_state
from tocsin.areas import Atlas
from tocsin.client import Follower
from tocsin.notice import ENDINGS, Notice, Status

from .preview import EXERCISE_STYLE, LEVEL_STYLES, LEVEL_WORDS, first_words, shown_time

STATE_WORDS = {
    State.IN_FORCE: "in force",
    State.DISPUTED: "disputed, stays in force",
    State.EXPIRED: "expired, not confirmed clear",
}
PLACE_WORDS = {
    PlaceState.ALARM: "ALARM",
    PlaceState.PARTIAL: "part of the area",
    PlaceState.EXPIRED: "expired, not confirmed clear",
    PlaceState.CLEAR: "clear",
}
PLACE_STYLES = {
    PlaceState.ALARM: "bold white on red",
    PlaceState.PARTIAL: "bold red",
    PlaceState.EXPIRED: "bold yellow",
    PlaceState.CLEAR: "green",
}
NOT_LIVE = "NOT LIVE"
NOT_LIVE_STYLE = "bold white on magenta"
STATUS_TITLES = {Status.ACTUAL: "In force", Status.EXERCISE: "EXERCISE, not real", Status.TEST: "TEST, not real"}


@dataclass(frozen=True)
class Sight:
    """What is looked at: all of the board, or the places with these codes; and whether it is a demo."""

    atlas: Atlas
    places: tuple[str, ...]
    demo: bool

    def holdings(self, board: Board, now: int, status: Status) -> list[Holding]:
        """Return what holds in the places, or everywhere, by name of the region."""
        found = [one for one in in_force(board, now, status) if self.concerns((one.region,))]
        return sorted(found, key=lambda one: (self.name(one.region), one.alarm.notice.since))

    def concerns(self, regions: Iterable[str]) -> bool:
        """Whether one of *regions* is, holds, or lies in one of the places; always if none was named."""
        covers = self.covers
        return not self.places or any(covers(a, b) or covers(b, a) for a in regions for b in self.places)

    def covers(self, region: str, place: str) -> bool:
        return region == place or (self._known(region, place) and self.atlas.covers(region, place))

    def name(self, code: str) -> str:
        return self.atlas.path_name(code, "en") if self._known(code) else code

    def _known(self, *codes: str) -> bool:
        # The authority may use another edition of the atlas; a code that is not in this one is shown as it is.
        return self._codes.issuperset(codes)

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(region.code for region in self.atlas.regions)


def board_view(follower: Follower, sight: Sight, now: float) -> RenderableType:
    """Return the whole screen at the moment *now*."""
    parts: list[RenderableType] = [_head(follower, sight, now)]
    signed_now = follower.signed_now(now)
    parts += _places(follower, sight, now)
    for status in Status:
        if holdings := sight.holdings(follower.board, signed_now, status):
            parts.append(_table(status, holdings, sight))
    if follower.is_live(now) and not follower.board.alarms and not sight.places:
        parts.append(Text("Nothing is in force."))
    return Group(*parts)


def plain_lines(follower: Follower, sight: Sight, now: float) -> Iterator[str]:
    """Yield the board as lines of text, one for each region and alarm, the state of the line first."""
    yield _head(follower, sight, now).plain
    signed_now = follower.signed_now(now)
    for place in sight.places if follower.is_live(now) else ():
        yield f"{sight.name(place)}: {PLACE_WORDS[_state_of(follower.board, place, sight, signed_now)]}"
    for status in Status:
        for one in sight.holdings(follower.board, signed_now, status):
            *what, since, state = _cells(one, sight)
            first = first_words(one.alarm.notice) or "ACTUAL"
            yield "  ".join([first, *what, f"since {since}", state, one.alarm.notice.alarm])
    if follower.is_live(now) and not follower.board.alarms and not sight.places:
        yield "Nothing is in force."


def notice_line(notice: Notice, sight: Sight, signed_by: Sequence[str] = ()) -> str:
    """Return one notice as one line: DEMO, EXERCISE or TEST first, the names of those who signed last."""
    regions = "; ".join(map(sight.name, notice.regions))
    level = [] if notice.kind in ENDINGS else [LEVEL_WORDS[notice.level]]
    what = [shown_time(notice.sent), notice.kind, notice.hazard, *level, regions]
    names = [f"signed by {', '.join(signed_by)}"] if signed_by else []
    return "  ".join([first_words(notice) or "ACTUAL", *what, f"{notice.alarm} version {notice.version}", *names])


def _head(follower: Follower, sight: Sight, now: float) -> Text:
    demo = "DEMO  " if sight.demo else ""
    ago_s = follower.heard_ago_s(now)
    known = "nothing was heard yet" if ago_s is None else f"last heard {ago_s:.0f} s ago"
    if follower.is_live(now):
        return Text(f"{demo}live, {known}", "bold")
    return Text(f"{demo}{NOT_LIVE}: {known}; what is shown may be over, or more may be in force", NOT_LIVE_STYLE)


def _places(follower: Follower, sight: Sight, now: float) -> Iterator[RenderableType]:
    for place in sight.places:
        name = sight.name(place)
        if follower.is_live(now):
            state = _state_of(follower.board, place, sight, follower.signed_now(now))
            yield Text.assemble(f"{name}: ", (f" {PLACE_WORDS[state]} ", PLACE_STYLES[state]))
        else:
            yield Text.assemble(f"{name}: ", (f" {NOT_LIVE} ", NOT_LIVE_STYLE))


def _state_of(board: Board, place: str, sight: Sight, now: int) -> PlaceState:
    covers: Callable[[str, str], bool] = sight.covers
    return place_state(place, in_force(board, now), covers)[0]


def _table(status: Status, holdings: Sequence[Holding], sight: Sight) -> Table:
    style = "bold" if status is Status.ACTUAL else EXERCISE_STYLE
    table = Table(
        "region", "hazard", "level", "since", "state", title=Text(STATUS_TITLES[status], style), title_justify="left"
    )
    for one in holdings:
        region, hazard, level, since, state = _cells(one, sight)
        level_style = LEVEL_STYLES[one.alarm.notice.level] if status is Status.ACTUAL else ""
        table.add_row(Text(region), hazard, Text(level, level_style), since, state)
    return table


def _cells(one: Holding, sight: Sight) -> tuple[str, str, str, str, str]:
    notice = one.alarm.notice
    since = shown_time(notice.since)
    return sight.name(one.region), notice.hazard, LEVEL_WORDS[notice.level], since, STATE_WORDS[one.state]
