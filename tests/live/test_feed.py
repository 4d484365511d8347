"""What a reader is told on joining, over a long journal and at any time of day."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.live.porch import Porch, open_porch
from tests.live.wire import Event, Wire, read_event
from tocsin.alarms import fold
from tocsin.areas import load_ukraine
from tocsin.issuing import Desk
from tocsin.journal.sqlite import SqliteJournal
from tocsin.live import Broadcast, Feed
from tocsin.notice import Domain, Heartbeat, Kind, Notice, Position, Roster, Status, Trust, from_b64
from tocsin.ports.journal import Appended, Issue
from tocsin.records import SqliteRecords
from tocsin.testing.samples import AUTHORITY, KEY, NOW_MS, ROOTS, START, sample_issue, sample_roster


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.ms = NOW_MS + 10_000

    def now_ms(self) -> int:
        return self.ms


class Station:
    """A desk over a real journal of test data, and its feed."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.journal = SqliteJournal.create(folder, START, NOW_MS)
        trust = Trust(AUTHORITY, {Domain.ACTUAL: from_b64(ROOTS.actual), Domain.EXERCISE: from_b64(ROOTS.exercise)})
        for domain in Domain:
            self.journal.append_roster(sample_roster(domain), NOW_MS)
            learned = trust.learn(sample_roster(domain))
            assert isinstance(learned, Trust)
            trust = learned
        desk = Desk.open(self.journal, SqliteRecords.open(folder), load_ukraine(), trust, KEY, self.clock)
        assert isinstance(desk, Desk)
        self.desk, self.feed = desk, Feed(desk)

    def close(self) -> None:
        self.desk.close()

    def issue(self, *issues: Issue) -> None:
        appended = self.journal.append_notices(issues, self.clock.ms)
        assert isinstance(appended, Appended)
        for entry, issue in zip(appended.entries, issues, strict=True):
            self.desk.board = fold(self.desk.board, entry.sequence, issue.notice)
            self.desk.head = appended.head
            if self.desk.audience is not None:
                self.desk.audience.publish(entry, issue.notice)

    def told(self, since: int) -> list[Event]:
        return _events(b"".join(self.feed.since(str(Position(START.epoch, since)))))

    def snapshot(self) -> dict[str, list[Notice]]:
        (event,) = _events(self.feed.snapshot())
        assert event.name == "snapshot"
        trust = self.desk.trust
        return {status: [_notice(trust, one, status) for one in event.data[status]] for status in Status}


def _events(data: bytes) -> list[Event]:
    return [read_event(block) for block in data.split(b"\n\n") if block]


def _notice(trust: Trust, envelope: str, status: Status) -> Notice:
    notice = trust.verify_event(from_b64(envelope), status)
    assert isinstance(notice, Notice)
    return notice


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with closing(Station(tmp_path)) as station:
        yield station


FIRST = 3  # the start of the epoch and two rosters


def test_a_gap_of_a_thousand_is_told_and_a_longer_one_is_a_snapshot(station: Station) -> None:
    station.issue(*[sample_issue(f"n {number}") for number in range(1_010)])
    head = FIRST + 1_010
    told = station.told(head - 1_000)
    assert [event.sequence for event in told] == list(range(head - 999, head + 1))
    assert {event.name for event in told} == {"test"}
    assert [event.name for event in station.told(head - 1_001)] == ["snapshot"]
    assert station.told(head) == []
    assert [event.name for event in station.told(head + 1)] == ["snapshot"]


def test_what_was_missed_is_the_same_for_everybody_as_the_journal_grows(station: Station) -> None:
    for number in range(30):
        station.issue(sample_issue(f"n {number}"))
        head = FIRST + number + 1
        for since in (FIRST, head - 1, max(FIRST, head - 7)):
            told = station.told(since)
            assert [event.sequence for event in told] == list(range(since + 1, head + 1))
            entries = station.journal.entries(since, 100)
            assert [from_b64(event.data["envelope"]) for event in told] == [entry.body for entry in entries]


def test_rosters_are_told_in_their_place_and_the_start_of_an_epoch_is_not(station: Station) -> None:
    station.issue(sample_issue("one"))
    told = station.told(0)
    assert [event.name for event in told] == ["roster", "roster", "test"]
    assert [event.sequence for event in told] == [2, 3, 4]
    roster = station.desk.trust.learn(from_b64(told[1].data["roster"]))
    assert isinstance(roster, Trust)
    assert all(isinstance(one, Roster) for one in roster.rosters.values())


def test_an_end_is_in_the_snapshot_for_half_an_hour(station: Station) -> None:
    station.issue(sample_issue("stays"), sample_issue("ends"), sample_issue("end", "ends", 2, Kind.ALL_CLEAR))
    ended_at = sample_issue("end", "ends", 2, Kind.ALL_CLEAR).notice.sent
    for seconds, kinds in ((0, 2), (30 * 60, 2), (31 * 60, 1), (24 * 3600, 1)):
        station.clock.ms = (ended_at + seconds) * 1000
        told = station.snapshot()[Status.TEST]
        assert len(told) == kinds
        assert told[0].kind is Kind.ALERT
        assert all(notice.kind is Kind.ALL_CLEAR for notice in told[1:])


def test_a_snapshot_holds_the_newest_notice_of_each_alarm_by_status(station: Station) -> None:
    for status in Status:
        station.issue(sample_issue(f"{status}", status=status))
        station.issue(sample_issue(f"{status} 2", f"{status}", 2, Kind.UPDATE, status))
    told = station.snapshot()
    assert all([notice.version for notice in told[status]] == [2] for status in Status)


def test_one_snapshot_serves_all_until_something_happens(station: Station) -> None:
    station.issue(sample_issue("one"))
    first = station.feed.snapshot()
    assert station.feed.snapshot() is first
    station.issue(sample_issue("two"))
    assert len(station.feed.snapshot()) > len(first)


def test_a_heartbeat_for_all_is_not_older_than_one_that_signed_a_nonce_in_the_same_second(station: Station) -> None:
    def heard(data: bytes, newest_ms: int) -> int:
        (event,) = _events(data)
        found = station.desk.trust.verify_heartbeat(from_b64(event.data["heartbeat"]), newest_ms)
        assert isinstance(found, Heartbeat)
        return found.time_ms

    shared_ms = heard(station.feed.heartbeat(), 0)
    station.clock.ms += 500
    assert heard(station.feed.heartbeat(), 0) == shared_ms
    newest_ms = heard(station.feed.heartbeat("mine"), shared_ms)
    station.clock.ms += 100
    newest_ms = heard(station.feed.beat(), newest_ms)
    assert heard(station.feed.heartbeat(), newest_ms) == newest_ms


@pytest.fixture
def porch(station: Station) -> Iterator[Porch]:
    with open_porch(station.feed) as porch:
        station.desk.audience = Broadcast(porch.keeper.rooms)
        yield porch


def test_a_reader_that_fell_behind_returns_with_its_position_and_has_missed_nothing(
    station: Station, porch: Porch
) -> None:
    issued = iter([sample_issue(f"n {number}") for number in range(3_000)])
    with Wire(porch.url, receive_bytes=4096) as slow:
        slow.follow().joined()
        while porch.call(len, porch.hub):
            porch.call(station.issue, *[next(issued) for _ in range(50)])
        told = list(slow.events())
    assert (told[-1].name, told[-1].data["reason"]) == ("end", "slow")
    heard = [event.sequence for event in told[:-1]]
    while len(heard) < station.desk.head.position.sequence - FIRST:
        with Wire(porch.url) as again:
            missed = again.follow(f"?since={START.epoch}-{heard[-1]}").joined()[1:-1]
        assert "snapshot" not in [event.name for event in missed]
        heard += [event.sequence for event in missed]
    assert heard == list(range(FIRST + 1, station.desk.head.position.sequence + 1))


def test_a_thousand_missed_notices_fit_on_the_way_in(station: Station, porch: Porch) -> None:
    porch.call(station.issue, *[sample_issue(f"n {number}") for number in range(1_000)])
    with Wire(porch.url, receive_bytes=4096) as reader:
        told = reader.follow(f"?since={START.epoch}-{FIRST}").joined()
        assert [event.sequence for event in told[1:-1]] == list(range(FIRST + 1, FIRST + 1_001))
        porch.call(station.issue, sample_issue("live"))
        assert reader.event().sequence == FIRST + 1_001


def test_a_heartbeat_goes_out_to_everybody_and_says_what_was_told(
    station: Station, porch: Porch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tocsin.live.broadcast.HEARTBEAT_EVERY_S", 0.05)
    monkeypatch.setattr("tocsin.live.hub.HEARTBEAT_SPREAD_S", 0.01)

    async def beat() -> asyncio.Task[Any]:
        broadcast = station.desk.audience
        assert isinstance(broadcast, Broadcast)
        return asyncio.get_running_loop().create_task(broadcast.beat())

    with Wire(porch.url) as one, Wire(porch.url) as two:
        for wire in (one, two):
            wire.follow("?nonce=mine").joined()
        beating = porch.run(beat())
        for _ in range(3):
            first, second = one.named("heartbeat"), two.named("heartbeat")
            assert first == second
            assert station.desk.trust.verify_heartbeat(from_b64(first.data["heartbeat"]), 0, "")
        porch.call(beating.cancel)
