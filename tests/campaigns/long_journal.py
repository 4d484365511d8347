"""A journal with a million entries, made through the journal's own door: a demo's exercises, alert and all clear.

Each notice and its CAP document are drafted as an order is, then given another id and another time; every signature is
real. It is made once and kept in ``.cache``, outside git; a campaign appends to it.
"""

import re
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count, islice
from pathlib import Path

import msgspec
from rich.progress import track

from tocsin.alarms import Board, fold
from tocsin.areas import load_ukraine
from tocsin.assembly import read_authority
from tocsin.client import open_folder
from tocsin.founding import HEARTBEAT_KEY, found_demo, read_key
from tocsin.issuing import Draft, Order, checkpoints, notice_of
from tocsin.issuing.drafting import draft
from tocsin.issuing.situation import Situation
from tocsin.journal.sqlite import SqliteJournal
from tocsin.notice import Domain, Kind, Level, Magic, SigningKey, Status, b64, id_from, seal
from tocsin.notice.statement import NOT_AUDITED
from tocsin.ports.journal import Appended, Issue

CACHE = Path(__file__).parents[2] / ".cache" / "long-journal"
# Notices of one transaction: the three indexes are written once for all of them.
BATCH = 20_000
# The indexes of a million entries fit in memory, so that each page is written once a batch.
CACHE_KIB = 512 * 1024
# An alarm lasts this long, and the next begins when it has ended.
ALARM_S = 60
# More than the ended alarms that a board keeps: a board folded from these is the board of them all.
FOLDED = 2_000


@dataclass(frozen=True, slots=True)
class Template:
    """A drafted order from which many are made."""

    drafted: Draft

    def issue(self, key: SigningKey, id: str, alarm: str, since: int, sent: int) -> Issue:
        old = self.drafted.notice
        expires = sent + old.expires - old.sent
        changed = {
            old.id: id, old.alarm: alarm, _time(old.since): _time(since), _time(old.sent): _time(sent),
            _time(old.expires): _time(expires),
        }  # fmt: skip
        cap = re.sub("|".join(changed), lambda found: changed[found[0]], self.drafted.cap.decode()).encode()
        notice = msgspec.structs.replace(
            old, id=id, alarm=alarm, since=since, sent=sent, effective=sent, expires=expires,
            cap=b64(sha256(cap).digest()),
        )  # fmt: skip
        order = msgspec.structs.replace(self.drafted.order, id=id, alarm=alarm if old.version > 1 else None)
        return Issue(notice, seal(key, Magic.NOTICE, notice).pack(), cap, order.digest())


def prepared(entries: int) -> Path:
    """Return the data folder of a demo authority whose journal has at least *entries* entries."""
    folder = CACHE / str(entries)
    if not folder.exists():
        unfinished = CACHE / f"{entries}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        _fill(unfinished, entries)
        unfinished.rename(folder)
    return folder


def _fill(folder: Path, entries: int) -> None:
    begun = int(time.time()) - entries * ALARM_S
    found_demo(folder, begun * 1000)
    data = open_folder(folder)
    journal = SqliteJournal.open_for_writing(folder, *read_authority(folder))
    try:
        assert journal._writer is not None
        journal._writer.pragma("cache_size", -CACHE_KIB)
        issues = _issues(data.keys(Domain.EXERCISE)[0], data.authority, begun)
        missing = entries - journal.head.position.sequence
        for done in track(range(0, missing, BATCH), "making a long journal"):
            batch = list(islice(issues, min(BATCH, missing - done)))
            assert isinstance(journal.append_notices(batch, batch[-1].notice.sent * 1000), Appended)
        _save_checkpoint(journal, read_key(folder, HEARTBEAT_KEY))
    finally:
        journal.close()


def _issues(key: SigningKey, authority: str, begun: int) -> Iterator[Issue]:
    alert, end = _templates(authority, begun)
    for since in count(begun, 2 * ALARM_S):
        id = id_from(secrets.token_bytes(16))
        yield alert.issue(key, id, id, since, since)
        yield end.issue(key, id_from(secrets.token_bytes(16)), id, since, since + ALARM_S)


def _templates(authority: str, now: int) -> tuple[Template, Template]:
    atlas = load_ukraine()

    def drafted(order: Order, board: Board, at: int) -> Draft:
        history = [alarm.notice for alarm in board.alarms.values()]
        frozen = draft(order, Situation(board, atlas, authority, "Demo", 1, at, lambda _: history, lambda _: ()))
        assert isinstance(frozen, Draft), frozen
        return frozen

    ids = [id_from(secrets.token_bytes(16)) for _ in range(2)]
    first = Order(
        id=ids[0], kind=Kind.ALERT, status=Status.EXERCISE, hazard="air_raid", level=Level.RED, regions=("UA-30",)
    )
    alert = drafted(first, Board(), now)
    last = Order(id=ids[1], kind=Kind.ALL_CLEAR, status=Status.EXERCISE, alarm=ids[0])
    return Template(alert), Template(drafted(last, fold(Board(), 1, alert.notice), now + ALARM_S))


def _save_checkpoint(journal: SqliteJournal, key: SigningKey) -> None:
    """Save what a server that stopped here would have saved."""
    board, head = Board(), journal.head
    # An even number of entries back from an odd end, and alarms that take two: the first of these begins an alarm.
    for entry in journal.entries(max(3, head.position.sequence // 2 * 2 - FOLDED - 1), FOLDED + 2):
        board = fold(board, entry.sequence, notice_of(entry))
    journal.save_checkpoint(checkpoints.state(head, board, NOT_AUDITED, key))


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")
