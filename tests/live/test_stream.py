"""What a subscriber of a real server hears: whole, in order, once, signed, and the same as what is in force."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from selectors import EVENT_READ, DefaultSelector

import pytest

from tests.conftest import Server
from tests.live.duty import Duty
from tests.live.wire import Event, Wire, read_event
from tocsin.alarms import Board
from tocsin.client.holding import take
from tocsin.notice import Heartbeat, Kind, Notice, Position, Reason, Refused, Status, Trust, b64, from_b64

TOLD = {"notice": Status.ACTUAL, "exercise": Status.EXERCISE, "test": Status.TEST}


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for this module: every test goes on from where the one before left it."""
    one = Server(tmp_path_factory.mktemp("station") / "demo").start()
    yield one
    one.stop()
    assert not one.faults()


@pytest.fixture
def wire(station: Server) -> Iterator[Wire]:
    with Wire(station.url) as wire:
        yield wire


@pytest.fixture(scope="module")
def duty(station: Server) -> Iterator[Duty]:
    with closing(Duty(station)) as duty:
        yield duty


class Device:
    """Folds what it hears, and holds every heartbeat of its own position against its board."""

    def __init__(self, trust: Trust) -> None:
        self.trust, self.board, self.whole = trust, Board(), False
        self.position: Position | None = None
        self.compared: list[int] = []
        self._newest_ms = 0

    def hear(self, event: Event) -> None:
        match event.name:
            case "snapshot":
                self.position, self.board, self.whole = Position.parse(event.id), Board(), True
                for status in Status:
                    for envelope in event.data[status]:
                        self._take(envelope, status)
            case "notice" | "exercise" | "test":
                assert self.position
                assert event.sequence == self.position.sequence + 1
                self.position = Position.parse(event.id)
                self._take(event.data["envelope"], TOLD[event.name])
            case "heartbeat":
                self._compare(self._believed(event))

    def _take(self, envelope: str, status: Status) -> None:
        notice = self.trust.verify_event(from_b64(envelope), status)
        assert isinstance(notice, Notice)
        assert self.position
        self.board = take(self.board, notice, self.position.sequence)

    def _believed(self, event: Event) -> Heartbeat:
        heartbeat = self.trust.verify_heartbeat(from_b64(event.data["heartbeat"]), self._newest_ms)
        assert isinstance(heartbeat, Heartbeat)
        self._newest_ms = heartbeat.time_ms
        return heartbeat

    def _compare(self, heartbeat: Heartbeat) -> None:
        theirs = Position.parse(heartbeat.position)
        assert self.position
        assert theirs.sequence <= self.position.sequence, "a heartbeat came before the notice that it stands on"
        if self.whole and theirs == self.position:
            assert heartbeat.board == b64(self.board.root())
            self.compared.append(theirs.sequence)


def _heard(wire: Wire, count: int) -> list[Event]:
    """Return the next *count* events with an id."""
    heard = list(islice((event for event in wire.events() if event.id), count))
    assert len(heard) == count
    return heard


def test_a_stream_begins_with_retry_a_snapshot_and_a_heartbeat(wire: Wire, duty: Duty) -> None:
    retry, snapshot, heartbeat = wire.follow().joined()
    assert 1_000 <= retry.data["retry"] <= 4_000
    assert snapshot.data["position"] == snapshot.id == str(duty.position())
    assert list(snapshot.data) == ["position", "rosters", "revocations", "actual", "exercise", "test"]
    assert len(snapshot.data["rosters"]) == 2
    assert snapshot.fields == ("event", "data", "id")
    assert heartbeat.fields == ("event", "data")


def test_the_first_heartbeat_signs_the_nonce_and_no_other(wire: Wire, duty: Duty) -> None:
    trust, wrong = duty.trusting(), "another-nonce"
    first = from_b64(wire.follow("?nonce=a_nonce-1").joined()[-1].data["heartbeat"])
    believed = trust.verify_heartbeat(first, 0, "a_nonce-1")
    assert isinstance(believed, Heartbeat)
    refused = trust.verify_heartbeat(first, 0, wrong)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.NONCE
    second = trust.verify_heartbeat(from_b64(wire.named("heartbeat").data["heartbeat"]), believed.time_ms)
    assert isinstance(second, Heartbeat)
    assert second.nonce == ""
    assert second.time_ms > believed.time_ms


def test_each_status_comes_as_an_event_of_its_own(wire: Wire, duty: Duty) -> None:
    wire.follow().joined()
    issued = [duty.alert(status) for status in (Status.ACTUAL, Status.EXERCISE, Status.TEST)]
    issued.append(duty.all_clear(issued[0]))
    heard = _heard(wire, 4)
    assert [event.name for event in heard] == ["notice", "exercise", "test", "notice"]
    assert [event.id for event in heard] == [event.data["position"] for event in heard]
    assert [event.id for event in heard] == [one.position for one in issued]
    assert {event.fields for event in heard} == {("event", "data", "id")}
    trust = duty.trusting()
    for event, one in zip(heard, issued, strict=True):
        notice = trust.verify_event(from_b64(event.data["envelope"]), TOLD[event.name])
        assert isinstance(notice, Notice)
        assert (notice.id, notice.version) == (one.id, one.version)
    assert notice.kind is Kind.ALL_CLEAR


@pytest.mark.parametrize("way", ["header", "query"])
def test_who_returns_hears_exactly_what_it_missed(station: Server, duty: Duty, way: str) -> None:
    with Wire(station.url) as before:
        before.follow().joined()
        positions = [duty.alert().position for _ in range(12)]
        heard = [event.id for event in _heard(before, 5)]
    assert heard == positions[:5]
    with Wire(station.url) as again:
        headers = {"Last_Event_ID": heard[-1]} if way == "header" else {}
        again.follow(f"?since={heard[-1]}&nonce=n" if way == "query" else "?nonce=n", **headers)
        missed = again.joined()[1:-1]
        assert [event.name for event in missed] == ["notice"] * 7
        assert [event.id for event in missed] == positions[5:]
        assert duty.alert().position == _heard(again, 1)[0].id
    with Wire(station.url) as up_to_date:
        told = up_to_date.follow(f"?since={duty.position()}").joined()
        assert [event.name for event in told] == ["", "heartbeat"]


@pytest.mark.parametrize(
    "since",
    ["0000000000000000-1", "{epoch}-999999", "{epoch}--1", "{epoch}-01", "{epoch}-1x", "nonsense", "%00", "-", "🚨"],
)
def test_who_returns_from_nowhere_gets_a_snapshot(station: Server, since: str) -> None:
    with Wire(station.url) as first:
        epoch = first.follow().joined()[1].id.partition("-")[0]
    for query, headers in ((f"?since={since}", {}), ("", {"Last_Event_ID": since})):
        with Wire(station.url) as wire:
            query = query.replace("🚨", "%F0%9F%9A%A8").format(epoch=epoch)
            wire.follow(query, **{name: value.format(epoch=epoch) for name, value in headers.items()})
            assert [event.name for event in wire.joined()] == ["", "snapshot", "heartbeat"]


def test_who_joins_while_orders_are_given_misses_nothing_and_hears_nothing_twice(station: Server, duty: Duty) -> None:
    start, trust, over = duty.position(), duty.trusting(), threading.Event()

    def give() -> int:
        given = 0
        while not over.is_set():
            duty.alert((Status.ACTUAL, Status.EXERCISE)[given % 2])
            given += 1
        return given

    def come_and_go(_: int) -> int:
        """Return the last that was heard; the device itself checks that each comes once and in order."""
        device = Device(trust)
        device.position = start
        for _ in range(10):
            with Wire(station.url) as wire:
                wire.follow(f"?since={device.position}")
                for event in [*wire.joined(), *_heard(wire, 1)]:
                    device.hear(event)
        return device.position.sequence

    with ThreadPoolExecutor(4) as threads:
        giving = threads.submit(give)
        try:
            reached = list(threads.map(come_and_go, range(3)))
        finally:
            over.set()
    assert min(reached) >= start.sequence + 10
    assert max(reached) <= start.sequence + giving.result() == duty.position().sequence


def test_the_board_of_a_device_has_the_hash_of_the_heartbeats_at_any_moment(station: Server, duty: Duty) -> None:
    trust, over = duty.trusting(), threading.Event()

    def look() -> list[int]:
        compared = []
        while not over.is_set():
            with Wire(station.url) as wire:
                device = Device(trust)
                for event in wire.follow().joined():
                    device.hear(event)
                compared += device.compared
        return compared

    def stay() -> list[int]:
        device = Device(trust)
        with Wire(station.url) as wire:
            for event in wire.follow().events():
                device.hear(event)
                if event.name == "heartbeat" and over.is_set():
                    return device.compared
        raise AssertionError("the stream ended")

    with ThreadPoolExecutor(3) as threads:
        looking, staying = [threads.submit(look) for _ in range(2)], threads.submit(stay)
        try:
            for number in range(24):
                issued = duty.alert((Status.ACTUAL, Status.TEST)[number % 2])
                if number % 3:
                    duty.all_clear(issued, (Status.ACTUAL, Status.TEST)[number % 2])
        finally:
            over.set()
        assert len({moment for look in looking for moment in look.result()}) > 5
        assert staying.result()


class Crowd:
    """Hundreds of readers on one thread."""

    def __init__(self, url: str) -> None:
        self._url, self._selector = url, DefaultSelector()
        self.heard: dict[Wire, list[Event]] = {}

    def join(self, since: Position) -> Wire:
        wire = Wire(self._url)
        wire.follow(f"?since={since}")
        self.heard[wire] = []
        self._selector.register(wire.socket, EVENT_READ, wire)
        return wire

    def leave(self, wire: Wire) -> list[Event]:
        self._selector.unregister(wire.socket)
        wire.socket.close()
        return self.heard.pop(wire)

    def listen(self) -> None:
        """Take what has come."""
        for key, _ in self._selector.select(0.05):
            wire = key.data
            assert wire.more()
            *blocks, wire.buffer = wire.buffer.split(b"\n\n")
            self.heard[wire] += [event for event in map(read_event, blocks) if event.id]


def test_each_of_300_readers_hears_each_notice_once_in_order_while_others_come_and_go(
    station: Server, duty: Duty
) -> None:
    start, crowd = duty.position(), Crowd(station.url)
    staying = [crowd.join(start) for _ in range(300)]
    with ThreadPoolExecutor(1) as threads:
        orders = threads.submit(lambda: [duty.alert().position for _ in range(50)])
        passing = [crowd.join(start) for _ in range(5)]
        while not orders.done():
            crowd.listen()
            gone = crowd.leave(passing.pop(0))
            assert [event.sequence for event in gone] == list(range(start.sequence + 1, start.sequence + 1 + len(gone)))
            passing.append(crowd.join(start))
        positions = orders.result()
    while any(len(crowd.heard[wire]) < 50 for wire in staying):
        crowd.listen()
    for wire in [*staying, *passing]:
        heard = [event.id for event in crowd.leave(wire)]
        assert heard == positions[: len(heard)]


def test_every_stream_is_told_that_the_server_stops(server: Server) -> None:
    streams = [Wire(server.url).follow() for _ in range(20)]
    idle = Wire(server.url)
    assert idle.ask("GET", "/healthz").status == 200
    server.stop()
    for stream in streams:
        *_, last = stream.events()
        assert last.name == "end"
        assert last.data["reason"] == "stopping"
        stream.socket.close()
    assert idle.ended()
    idle.socket.close()
