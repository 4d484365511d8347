"""What a device holds: the newest notice of each alarm that it has verified.

Unlike the server's fold (``tocsin.alarms.fold``) it may begin in the middle of an alarm's life and may have missed a
version, so the higher version wins. A server that was restored from a backup may contradict that: ``worse_in``.
"""

from tocsin.alarms import ENDED, Alarm, Board, State
from tocsin.notice import ENDINGS, Kind, Level, Notice

# A snapshot names the ends of the last 30 minutes; each raion of Ukraine ending four alarms in that time stays below.
ENDED_HELD_MAX = 1_024

_STATES = {
    Kind.ALERT: State.IN_FORCE,
    Kind.UPDATE: State.IN_FORCE,
    Kind.DISPUTED: State.DISPUTED,
    Kind.ALL_CLEAR: State.ENDED_CLEAR,
    Kind.FALSE_ALARM: State.ENDED_FALSE,
}


def is_news(board: Board, notice: Notice) -> bool:
    """Whether *board* holds no version of the alarm that is as new as *notice*.

    An end that was signed later ends an alarm whatever its version: a server restored from a backup counts anew.
    """
    held = board.find(notice.alarm)
    if held is None or held.notice.version < notice.version:
        return True
    return notice.kind in ENDINGS and held.state not in ENDED and held.notice.sent < notice.sent


def worse_in(served: Board, board: Board) -> list[Alarm]:
    """Return what *served* has in force where *board* holds another notice of the alarm that says less."""
    return [
        one
        for name, one in served.alarms.items()
        if (held := board.find(name)) and held.notice.id != one.notice.id and _is_worse(one.notice, held.notice)
    ]


def is_worth_telling(board: Board, notice: Notice, now: int) -> bool:
    """Whether *notice*, which is news to *board*, is still told at *now* (Unix s).

    What has expired alarms nobody any more. An end is told while the alarm is held here: whoever acted on it waits.
    """
    return now < notice.expires or (notice.kind in ENDINGS and notice.alarm in board.alarms)


def is_older(board: Board, notice: Notice) -> bool:
    """Whether *board* holds a newer version of the alarm than *notice*."""
    held = board.find(notice.alarm)
    return held is not None and held.notice.version > notice.version


def _is_worse(one: Notice, other: Notice) -> bool:
    """In force is worse than ended, red than yellow, and of two that are alike the later word counts."""
    if other.kind in ENDINGS:
        return True
    return one.level is Level.RED if one.level is not other.level else one.sent > other.sent


def take(board: Board, notice: Notice, sequence: int) -> Board:
    """Return *board* with *notice* in the place of whatever it held of that alarm."""
    alarm = Alarm(notice, sequence, _STATES[notice.kind])
    alarms = {name: one for name, one in board.alarms.items() if name != notice.alarm}
    ended = {name: one for name, one in board.ended.items() if name != notice.alarm}
    if alarm.state not in ENDED:
        return Board(alarms | {notice.alarm: alarm}, ended)
    kept = list(ended.items())[-(ENDED_HELD_MAX - 1) :]
    return Board(alarms, dict(kept) | {notice.alarm: alarm})
