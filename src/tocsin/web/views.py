"""Alarms and notices as JSON: views of the board and the journal, made from the signed notice (``spec/stream.md``)."""

from typing import Any

import msgspec

from tocsin.alarms import Alarm, Board
from tocsin.issuing import notice_of
from tocsin.notice import Notice, Position, Status, b64
from tocsin.ports.journal import Entry


def alarm_view(alarm: Alarm, now: int, epoch: str) -> dict[str, Any]:
    notice = alarm.notice
    return {
        "authority": notice.authority,
        "alarm": notice.alarm,
        "id": notice.id,
        "version": notice.version,
        "kind": notice.kind,
        "status": notice.status,
        "state": alarm.state_at(now),
        "hazard": notice.hazard,
        "level": notice.level,
        "since": notice.since,
        "sent": notice.sent,
        "effective": notice.effective,
        "expires": notice.expires,
        "regions": list(notice.regions),
        "text": {language: msgspec.to_builtins(text) for language, text in notice.text.items()},
        "position": str(Position(epoch, alarm.sequence)),
    }


def board_view(board: Board, now_ms: int, position: Position) -> dict[str, Any]:
    view: dict[str, Any] = {"position": str(position), "hash": b64(board.root()), "time_ms": now_ms}
    for status in Status:
        of = [alarm for alarm in board.alarms.values() if alarm.notice.status is status]
        view[status] = [alarm_view(alarm, now_ms // 1000, position.epoch) for alarm in of]
    return view


def alert_view(entry: Entry, epoch: str) -> dict[str, Any]:
    notice = notice_of(entry)
    return {
        "position": str(Position(epoch, entry.sequence)),
        "recorded_ms": entry.recorded_ms,
        "notice": msgspec.to_builtins(notice),
        "envelope": b64(entry.body),
    }


def history_view(entry: Entry, epoch: str) -> dict[str, Any]:
    notice = notice_of(entry)
    return {
        "id": notice.id,
        "version": notice.version,
        "kind": notice.kind,
        "level": notice.level,
        "sent": notice.sent,
        "position": str(Position(epoch, entry.sequence)),
        "envelope": b64(entry.body),
    }


def issued_view(entry: Entry, notice: Notice, epoch: str) -> dict[str, Any]:
    return {
        "position": str(Position(epoch, entry.sequence)),
        "id": notice.id,
        "alarm": notice.alarm,
        "version": notice.version,
    }
