"""Where an alarm stands when its draft is to be issued: whether the draft still follows, and if not, what changed."""

from tocsin.alarms import Alarm, Board, Forbidden, State, state_after, step
from tocsin.areas import AreaError, Atlas
from tocsin.notice import Notice
from tocsin.ports.journal import Entry, Journal

from .fitting import part_id
from .meaning import EXPIRES_IN_MIN_S
from .orders import Refusal

# The code that a person who lost a race is shown; what changed stands in the message.
MOVED_ON = "alarm_moved_on"
REGIONS_TOLD_MAX = 5


def hindrance(notice: Notice, board: Board, atlas: Atlas, now: int) -> Refusal | None:
    """Return why *notice* cannot be issued at *now* (Unix s), if it cannot."""
    standing = board.find(notice.alarm)
    if standing is not None and standing.notice.version >= notice.version:
        return moved_on(standing, notice, atlas)
    # The life is asked for the time of signing and for now: an alarm may have expired between the two.
    soon = step(standing.state_at(now) if standing else State.NONE, notice.kind)
    for after in (state_after(board, notice), soon):
        if isinstance(after, Forbidden):
            return Refusal(after.code, f"alarm {notice.alarm}: {after.why}")
    if notice.expires - now < EXPIRES_IN_MIN_S // 2:
        return Refusal("draft_lapsed", "the notice expires before anybody could act on it; order it again")
    return None


def moved_on(standing: Alarm, notice: Notice, atlas: Atlas) -> Refusal:
    """Return what the loser of a race is told: that another notice came first, and what it says."""
    newest = standing.notice
    return Refusal(
        MOVED_ON,
        f"alarm {notice.alarm} moved on to version {newest.version} after version {notice.version} was drafted: "
        f"{newest.issuer} ordered {newest.kind}, level {newest.level}, in {_places(newest, atlas)}. Look again and "
        "decide anew",
        ({"alarm": newest.alarm, "version": newest.version, "kind": newest.kind, "level": newest.level,
          "issuer": newest.issuer, "sent": newest.sent, "regions": list(newest.regions)},),
    )  # fmt: skip


def issued_together(journal: Journal, id: str) -> tuple[Entry, ...]:
    """Return the entries that the order *id*, which was issued, became."""
    found = journal.alert(id)
    assert found is not None
    entries, digest = [found[0]], found[1]
    while (more := journal.alert(part_id(id, len(entries)))) and more[1] == digest:
        entries.append(more[0])
    return tuple(entries)


def _places(notice: Notice, atlas: Atlas) -> str:
    names = []
    for code in notice.regions[:REGIONS_TOLD_MAX]:
        try:
            names.append(atlas.path_name(code, "en"))
        except AreaError:
            names.append(code)
    more = len(notice.regions) - len(names)
    return "; ".join(names) + (f" and {more} more" if more else "")
