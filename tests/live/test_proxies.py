"""Behind a real nginx and a real Caddy, as ``docs/proxy.md`` sets them up, nothing changes for a reader."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.conftest import Server
from tests.live.duty import Duty, sequence
from tests.live.proxies import caddy, make_certificate, nginx
from tests.live.wire import Wire
from tocsin.notice import Heartbeat, from_b64


class Front:
    """A demo server, its operator, and the proxy in front of it."""

    def __init__(self, url: str, trusted: str, duty: Duty) -> None:
        self.url, self.trusted, self.duty = url, trusted, duty

    def wire(self, receive_bytes: int = 0) -> Wire:
        return Wire(self.url, self.trusted, receive_bytes)


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def front(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    certificate = make_certificate(folder)
    server = Server(folder / "demo").start()
    with closing(Duty(server)) as duty, request.param(folder, server.url, certificate) as url:
        yield Front(url, str(certificate[0]), duty)
    server.stop()
    assert not server.faults()


def test_the_first_heartbeat_comes_at_once_through_the_proxy(front: Front) -> None:
    with front.wire() as wire:
        asked_ms = time.time_ns() // 1_000_000
        told = wire.follow("?nonce=through").joined()
        assert [event.name for event in told] == ["", "snapshot", "heartbeat"]
        believed = front.duty.trusting().verify_heartbeat(from_b64(told[-1].data["heartbeat"]), asked_ms - 1, "through")
        assert isinstance(believed, Heartbeat)


def test_a_notice_comes_through_the_proxy_at_once_and_whole(front: Front) -> None:
    with front.wire() as wire:
        wire.follow().joined()
        for _ in range(5):
            issued = front.duty.alert()
            # The next thing is the notice itself: nothing waits in a buffer for what comes after it.
            event = next(event for event in wire.events() if event.name != "heartbeat")
            assert event.id == issued.position


def test_a_reader_resumes_through_the_proxy(front: Front) -> None:
    with front.wire() as wire:
        before = wire.follow().joined()[1].id
    positions = [front.duty.alert().position for _ in range(8)]
    with front.wire() as wire:
        assert [event.id for event in wire.follow(Last_Event_ID=before).joined()[1:-1]] == positions
    with front.wire() as wire:
        assert [event.id for event in wire.follow(f"?since={positions[4]}").joined()[1:-1]] == positions[5:]


def test_kept_connections_to_the_server_carry_answers_and_streams_in_any_order(front: Front) -> None:
    def ask(number: int) -> None:
        with front.wire() as wire:
            for one in range(10):
                target = ("/healthz", "/v1/board", "/v1/regions")[(number + one) % 3]
                assert wire.ask("GET", target).status == 200
                if one % 5 == 4:
                    with front.wire() as stream:
                        assert [event.name for event in stream.follow().joined()] == ["", "snapshot", "heartbeat"]
            wire.follow().joined()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(24)))


def test_a_body_passes_and_an_order_can_be_given_through_the_proxy(front: Front) -> None:
    with front.wire() as wire:
        answer = wire.ask("POST", "/v1/operator/relay", b"<" * 200_000, Content_Type="application/cap+xml")
        assert answer.status == 401
        wire.follow().joined()


def test_a_slow_reader_behind_the_proxy_holds_up_nobody(front: Front) -> None:
    words = "This is practice of the test suite, and nothing is the matter. " * 12
    with front.wire(receive_bytes=4096) as slow, front.wire() as quick:
        slow.follow()
        quick.follow().joined()
        last = [front.duty.alert(words=words) for _ in range(40)][-1]
        assert next(event for event in quick.events() if event.id == last.position)
        # It has lost nothing either: what it had not read waited on the way.
        heard = [event.sequence for event in slow.joined() if event.id]
        while not heard or heard[-1] < sequence(last):
            event = slow.event()
            heard += [event.sequence] if event.id else []
        assert heard == list(range(heard[0], sequence(last) + 1))


def test_a_reader_that_goes_is_gone_behind_the_proxy_too(front: Front) -> None:
    for _ in range(30):
        with front.wire() as wire:
            wire.follow().joined()
    with front.wire() as wire:
        assert wire.ask("GET", "/healthz").status == 200
