"""What two readers could read differently is refused in words, the connection is closed, and the server goes on."""

from collections.abc import Iterator

import pytest

from tests.conftest import Server
from tests.live.wire import Wire
from tocsin.live.heads import BadHead, Head, read_head

HOST = b"Host: localhost\r\n"


@pytest.fixture
def wire(shared_server: Server) -> Iterator[Wire]:
    with Wire(shared_server.url) as wire:
        yield wire
    with Wire(shared_server.url) as after:
        assert after.ask("GET", "/healthz").status == 200


LINE = "request line"
FIELD = "NAME: VALUE"
LENGTH = "Content-Length is not one number"

BAD = {
    "bare line feeds": (b"GET /healthz HTTP/1.1\nHost: localhost\n\n\r\n\r\n", 400, LINE),
    "a bare line feed in a field": (b"GET /healthz HTTP/1.1\r\nA: b\nC: d\r\n\r\n", 400, FIELD),
    "a bare carriage return": (b"GET /healthz HTTP/1.1\r\nA: b\rC: d\r\n\r\n", 400, FIELD),
    "a folded field": (b"GET /healthz HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400, FIELD),
    "a folded first field": (b"GET /healthz HTTP/1.1\r\n A: b\r\n\r\n", 400, FIELD),
    "a blank before the colon": (b"GET /healthz HTTP/1.1\r\nContent-Length : 5\r\n\r\nabcde", 400, FIELD),
    "a field without a name": (b"GET /healthz HTTP/1.1\r\n: b\r\n\r\n", 400, FIELD),
    "a field without a colon": (b"GET /healthz HTTP/1.1\r\nHost\r\n\r\n", 400, FIELD),
    "NUL in a field": (b"GET /healthz HTTP/1.1\r\nA: b\0c\r\n\r\n", 400, FIELD),
    "NUL in the target": (b"GET /health\0z HTTP/1.1\r\n\r\n", 400, LINE),
    "an escape character in a field": (b"GET /healthz HTTP/1.1\r\nA: \x1b[31m\r\n\r\n", 400, FIELD),
    "two lengths": (b"POST /x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", 400, LENGTH),
    "one length twice": (b"POST /x HTTP/1.1\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\na", 400, LENGTH),
    "a list of lengths": (b"POST /x HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\na", 400, LENGTH),
    "a signed length": (b"POST /x HTTP/1.1\r\nContent-Length: +1\r\n\r\na", 400, LENGTH),
    "a negative length": (b"POST /x HTTP/1.1\r\nContent-Length: -1\r\n\r\na", 400, LENGTH),
    "a length in hex": (b"POST /x HTTP/1.1\r\nContent-Length: 0x1\r\n\r\na", 400, LENGTH),
    "an empty length": (b"POST /x HTTP/1.1\r\nContent-Length: \r\n\r\n", 400, LENGTH),
    "a length of 16 digits": (b"POST /x HTTP/1.1\r\nContent-Length: 0000000000000001\r\n\r\na", 400, LENGTH),
    "chunks": (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411, "Content-Length"),
    "chunks and a length": (
        b"POST /x HTTP/1.1\r\nContent-Length: 4\r\ntransfer-encoding: x\r\n\r\n0\r\n\r\n", 411, "Content-Length"
    ),
    "a body over the limit": (b"POST /x HTTP/1.1\r\nContent-Length: 2097153\r\n\r\n", 413, "2097152 bytes"),
    "a head of 17 KB": (b"GET /healthz HTTP/1.1\r\nA: " + b"a" * 17_000, 431, "16384 bytes"),
    "a request line of 17 KB": (b"GET /" + b"a" * 17_000, 431, "16384 bytes"),
    "a target of 9 KB": (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n", 400, LINE),
    "101 fields": (b"GET /healthz HTTP/1.1\r\n" + b"A: b\r\n" * 101 + b"\r\n", 431, "100 fields"),
    "no version": (b"GET /healthz\r\n\r\n", 400, LINE),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, LINE),
    "HTTP/0.9 in disguise": (b"GET /healthz HTTP/0.9\r\n\r\n", 400, LINE),
    "two blanks": (b"GET  /healthz HTTP/1.1\r\n\r\n", 400, LINE),
    "a blank in the target": (b"GET /health z HTTP/1.1\r\n\r\n", 400, LINE),
    "a fragment": (b"GET /healthz#a HTTP/1.1\r\n\r\n", 400, LINE),
    "a target that is no path": (b"GET healthz HTTP/1.1\r\n\r\n", 400, LINE),
    "an asterisk": (b"OPTIONS * HTTP/1.1\r\n\r\n", 400, LINE),
    "another scheme": (b"GET ftp://localhost/healthz HTTP/1.1\r\n\r\n", 400, LINE),
    "letters beyond ASCII": ("GET /тривога HTTP/1.1\r\n\r\n".encode(), 400, LINE),
    "a small method": (b"get /healthz HTTP/1.1\r\n\r\n", 400, LINE),
    "a tunnel": (b"CONNECT localhost:80 HTTP/1.1\r\n\r\n", 400, LINE),
    "a tunnel to a path": (b"CONNECT /healthz HTTP/1.1\r\n\r\n", 501, "method"),
    "an unknown method": (b"BREW /coffee HTTP/1.1\r\n\r\n", 501, "method"),
    "an empty line first": (b"\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n", 400, LINE),
    "TLS on a plain port": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n", 400, LINE),
    "a nonce with a blank": (b"GET /v1/stream?nonce=a%20b HTTP/1.1\r\n\r\n", 400, "nonce"),
    "a nonce of 65 characters": (b"GET /v1/stream?nonce=" + b"a" * 65 + b" HTTP/1.1\r\n\r\n", 400, "nonce"),
    "a nonce beyond ASCII": (b"GET /v1/stream?nonce=%D1%82 HTTP/1.1\r\n\r\n", 400, "nonce"),
    "a nonce that ends in a line": (b"GET /v1/stream?nonce=abc%0A HTTP/1.1\r\n\r\n", 400, "nonce"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_head_is_refused_in_words(wire: Wire, name: str) -> None:
    data, status, words = BAD[name]
    wire.send(data)
    answer = wire.answer()
    assert answer.status == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["connection"] == "close"
    assert answer.error["code"] == "bad_request"
    assert words in answer.error["message"]
    assert wire.ended()


def test_what_is_refused_as_second_leaves_the_first_answer_whole(wire: Wire) -> None:
    wire.send(wire.request("GET", "/v1/regions") + b"BAD\r\n\r\n" + wire.request("GET", "/healthz"))
    assert wire.answer().status == 200
    assert wire.answer().status == 400
    assert wire.ended()


GOOD = {
    "a field without a value": b"GET /healthz HTTP/1.1\r\n" + HOST + b"A:\r\n\r\n",
    "blanks around a value": b"GET /healthz HTTP/1.1\r\nHost:   localhost  \r\n\r\n",
    "a value beyond ASCII": b"GET /healthz HTTP/1.1\r\n" + HOST + "A: тривога\r\n\r\n".encode(),
    "a strange target": b"GET /healthz?a[]={}|^`<>\"' HTTP/1.1\r\n" + HOST + b"\r\n",
    "percent signs": b"GET /healthz?%zz%D1 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a port in the absolute form": b"GET HTTP://LOCALHOST:80/healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "IPv6 in the absolute form": b"GET http://[::1]:80/healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "an offer of HTTP/2": b"GET /healthz HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n" + HOST + b"\r\n",
    "an offer of WebSocket": b"GET /healthz HTTP/1.1\r\nConnection: upgrade\r\nupgrade: websocket\r\n" + HOST + b"\r\n",
    "a length of nothing": b"GET /healthz HTTP/1.1\r\nContent-Length: 0\r\n" + HOST + b"\r\n",
    "a body where none is read": b"GET /healthz HTTP/1.1\r\nContent-Length: 3\r\n" + HOST + b"\r\nabc",
    "100 fields": b"GET /healthz HTTP/1.1\r\n" + HOST + b"A: b\r\n" * 99 + b"\r\n",
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_merely_strange_is_answered_and_the_connection_kept(wire: Wire, name: str) -> None:
    for _ in range(3):
        assert wire.send(GOOD[name]).answer().status == 200
    assert [event.name for event in wire.follow().joined()] == ["", "snapshot", "heartbeat"]


@pytest.mark.parametrize("method", [b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"])
@pytest.mark.parametrize("target", [b"/healthz", b"/", b"//", b"/%2e%2e/", b"/?", b"/\\", b"/v1/alerts/x"])
def test_every_head_that_passes_is_understood_by_the_application(wire: Wire, method: bytes, target: bytes) -> None:
    answer = wire.send(method + b" " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n").answer(method.decode())
    assert answer.headers.get("connection") != "close"
    assert wire.ask("GET", "/healthz").status == 200


def test_a_value_of_nothing_but_blanks_costs_no_time() -> None:
    # A pattern that tries every split would take an hour here.
    for value in (b" " * 16_000 + b"\0", b" \t" * 8_000 + b"x", b"x " * 8_000 + b"\x7f"):
        assert read_head(b"GET / HTTP/1.1\r\nA:" + value + b"\r\n\r\n")


def test_a_head_says_what_the_door_asks() -> None:
    line = b"GET http://a.example/v1/stream?since=x HTTP/1.1\r\n"
    data = line + b"Last-Event-ID:  7 \r\nContent-Length: 2\r\nUpgrade: a\r\n\r\nok"
    head = read_head(data)
    assert isinstance(head, Head)
    assert (head.method, head.target, head.last_event_id, head.body_size) == (b"GET", b"/v1/stream?since=x", b"7", 2)
    assert data[head.size :] == b"ok"
    assert b"Upgrade" not in head.passed
    assert head.passed.endswith(b"\r\n\r\n")


def test_no_beginning_of_a_head_is_taken_for_the_whole() -> None:
    data = b"POST /a?b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\n"
    assert all(read_head(data[:size]) is None for size in range(len(data)))
    assert isinstance(read_head(data), Head)


def test_a_head_has_its_limit_to_the_byte() -> None:
    def padded(size: int) -> bytes:
        start = b"GET / HTTP/1.1\r\nA: "
        return start + b"a" * (size - len(start) - 4) + b"\r\n\r\n"

    assert isinstance(read_head(padded(16 * 1024)), Head)
    assert isinstance(read_head(padded(16 * 1024 + 1)), BadHead)
