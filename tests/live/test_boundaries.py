"""A stream is taken over at any request boundary, and what stands around it is answered whole and in order."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.conftest import Server
from tests.live.porch import open_porch
from tests.live.wire import Wire, eventually
from tocsin.live.door import RESERVED_DESCRIPTORS


@pytest.fixture
def wire(shared_server: Server) -> Iterator[Wire]:
    with Wire(shared_server.url) as wire:
        yield wire


def _is_stream(wire: Wire) -> None:
    told = wire.joined()
    assert [event.name for event in told] == ["", "snapshot", "heartbeat"]


def test_a_stream_is_the_first_request(wire: Wire) -> None:
    head = wire.send(wire.request("GET", "/v1/stream")).head()
    assert head.status == 200
    assert head.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert head.headers["cache-control"] == "no-store, no-transform"
    assert head.headers["x-accel-buffering"] == "no"
    assert "content-length" not in head.headers
    assert "transfer-encoding" not in head.headers
    _is_stream(wire)


def test_a_stream_follows_an_answer_on_a_kept_connection(wire: Wire) -> None:
    assert wire.ask("GET", "/v1/board").status == 200
    assert wire.ask("GET", "/healthz").status == 200
    _is_stream(wire.follow())


def test_a_pipelined_stream_waits_for_the_whole_answer_before_it(wire: Wire) -> None:
    wire.send(wire.request("GET", "/v1/regions") + wire.request("GET", "/v1/stream"))
    tree = wire.answer()
    assert len(json.loads(tree.body)["regions"]) > 1000
    _is_stream(wire.streaming())


def test_a_stream_may_follow_many_pipelined_requests(wire: Wire) -> None:
    wire.send(wire.request("GET", "/healthz") * 100 + wire.request("GET", "/v1/stream"))
    assert {wire.answer().status for _ in range(100)} == {200}
    _is_stream(wire.streaming())


def test_pipelined_requests_are_answered_in_order(wire: Wire) -> None:
    targets = ["/v1/regions", "/healthz", "/v1/authority", "/v1/nothing-here", "/v1/board"]
    wire.send(b"".join(wire.request("GET", target) for target in targets))
    answers = [wire.answer() for _ in targets]
    assert [answer.status for answer in answers] == [200, 200, 200, 404, 200]
    found = [sorted(json.loads(answer.body)) for answer in answers]
    assert [keys[0] for keys in found] == ["atlas", "position", "authority", "error", "actual"]


def test_a_head_may_come_byte_by_byte(wire: Wire) -> None:
    for byte in wire.request("GET", "/healthz"):
        wire.send(bytes([byte]))
    assert wire.answer().status == 200
    for byte in wire.request("GET", "/v1/stream?nonce=bytewise"):
        wire.send(bytes([byte]))
    _is_stream(wire.streaming())


def test_two_heads_may_be_split_at_every_byte(shared_server: Server) -> None:
    with Wire(shared_server.url) as wire:
        both = wire.request("HEAD", "/healthz") + wire.request("GET", "/healthz")
        for at in range(1, len(both)):
            wire.send(both[:at]).send(both[at:])
            assert wire.answer("HEAD").status in (200, 405)
            assert wire.answer().status == 200


def test_a_stream_may_be_split_at_every_byte(shared_server: Server) -> None:
    with Wire(shared_server.url) as sample:
        head = sample.request("GET", "/v1/stream")
    for at in range(1, len(head), 3):
        with Wire(shared_server.url) as wire:
            wire.send(head[:at]).send(head[at:])
            _is_stream(wire.streaming())


def test_a_stream_follows_a_request_with_a_body(wire: Wire) -> None:
    body = b'{"no": "order"}'
    post = wire.request("POST", "/v1/operator/drafts", body, Content_Type="application/json")
    wire.send(post + wire.request("GET", "/v1/stream"))
    assert wire.answer().status == 401
    _is_stream(wire.streaming())


def test_a_body_that_looks_like_a_request_is_a_body(wire: Wire) -> None:
    inner = wire.request("GET", "/v1/stream")
    wire.send(wire.request("POST", "/v1/operator/drafts", inner) + wire.request("GET", "/healthz"))
    assert wire.answer().status == 401
    assert wire.answer().status == 200


@pytest.mark.parametrize("size", [70_000, 130_000, 262_144])
def test_a_large_body_passes_whole(wire: Wire, size: int) -> None:
    answer = wire.ask("POST", "/v1/operator/relay", b"<" * size, Content_Type="application/cap+xml")
    assert answer.status == 401
    _is_stream(wire.follow())


def test_a_body_that_was_refused_early_is_still_taken_as_one(wire: Wire) -> None:
    answer = wire.ask("POST", "/v1/operator/drafts", b"<" * 2_000_000)
    assert answer.status in (401, 413)
    _is_stream(wire.follow())


def test_a_head_request_for_the_stream_opens_none(wire: Wire) -> None:
    answer = wire.ask("HEAD", "/v1/stream")
    assert answer.status in (404, 405)
    _is_stream(wire.follow())


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_another_method_opens_no_stream(wire: Wire, method: str) -> None:
    assert wire.ask(method, "/v1/stream", b"{}").status in (404, 405)
    assert wire.ask("GET", "/healthz").status == 200


@pytest.mark.parametrize("target", ["/v1/stream/", "/v1/streams", "/v1//stream", "/V1/stream", "/v1/stream;a=b"])
def test_another_path_opens_no_stream(wire: Wire, target: str) -> None:
    assert wire.ask("GET", target).status == 404


def test_a_request_of_http_1_0_is_answered_and_closed(wire: Wire) -> None:
    wire.send(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
    assert wire.answer().status == 200
    assert wire.ended()


def test_a_stream_over_http_1_0_is_a_stream(wire: Wire) -> None:
    wire.send(b"GET /v1/stream HTTP/1.0\r\nHost: localhost\r\n\r\n")
    _is_stream(wire.streaming())


def test_a_connection_that_shall_close_is_closed_after_its_answer(wire: Wire) -> None:
    wire.send(wire.request("GET", "/healthz", Connection="close") + wire.request("GET", "/v1/stream"))
    assert wire.answer().status == 200
    assert wire.ended()


def test_a_target_in_absolute_form_is_understood(wire: Wire) -> None:
    wire.send(wire.request("GET", f"http://{wire.host}/v1/stream?nonce=absolute"))
    _is_stream(wire.streaming())


def test_who_expects_100_continue_is_told_to_go_on(wire: Wire) -> None:
    request = wire.request("POST", "/v1/operator/relay?id=x", b"<alert/>", Expect="100-continue")
    head, _, body = request.partition(b"\r\n\r\n")
    wire.send(head + b"\r\n\r\n")
    first = wire.answer()
    if first.status == 100:
        wire.send(body)
        first = wire.answer()
    else:
        wire.send(body)
    assert first.status == 401
    _is_stream(wire.follow())


def test_an_upgrade_is_not_taken(wire: Wire) -> None:
    answer = wire.ask(
        "GET",
        "/healthz",
        Connection="Upgrade",
        Upgrade="websocket",
        Sec_WebSocket_Version="13",
        Sec_WebSocket_Key="eA==",
    )
    assert answer.status == 200


def test_what_a_reader_sends_later_is_not_looked_at(wire: Wire) -> None:
    _is_stream(wire.follow())
    wire.send(wire.request("GET", "/healthz") + b"\0" * 100_000)
    with Wire(f"http://{wire.host}") as other:
        assert other.ask("GET", "/healthz").status == 200
    assert wire.named("heartbeat").data


def test_streams_leave_room_for_orders() -> None:
    with ExitStack() as open_until_the_end:
        porch = open_until_the_end.enter_context(open_porch(descriptors_max=RESERVED_DESCRIPTORS + 2))
        wires = [open_until_the_end.enter_context(Wire(porch.url)) for _ in range(4)]
        for wire in wires[:2]:
            wire.follow()
        eventually(lambda: porch.call(lambda: len(porch.hub) == 2))
        assert wires[2].ask("GET", "/v1/stream").status == 503
        assert wires[3].ask("GET", "/size").status in (200, 405)
