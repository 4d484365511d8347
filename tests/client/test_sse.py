"""Server-sent events come in pieces of any size and with any of three line ends."""

import pytest

from tocsin.client.sse import EVENT_SIZE_BYTES_MAX, EventParser, ServerEvent, StreamError

STREAM = (
    '\ufeffretry: 2500\n\n: a comment\nevent: notice\ndata: {"а":1}\nid: e-1\n\n'
    "data\ndata: two\ndata:three\nunknown: field\n\nevent: never\n\nid: e-2\0\ndata: x\n\nretry: soon\ndata: y\n\n"
)
EVENTS = [
    ServerEvent("notice", '{"а":1}', "e-1"),
    ServerEvent("message", "\ntwo\nthree", "e-1"),
    ServerEvent("message", "x", "e-1"),
    ServerEvent("message", "y", "e-1"),
]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000])
def test_pieces_and_line_ends_make_no_difference(piece: int, line_end: str) -> None:
    data = STREAM.replace("\n", line_end).encode()
    parser = EventParser()
    found = [event for at in range(0, len(data), piece) for event in parser.feed(data[at : at + piece])]
    found += list(parser.feed(b": end\n"))
    assert found == EVENTS
    assert parser.retry_ms == 2500


@pytest.mark.parametrize(("asked", "taken"), [("0", 1_000), ("999999999", 30_000), ("2500", 2_500)])
def test_nobody_is_sent_away_for_days_nor_back_at_once(asked: str, taken: int) -> None:
    parser = EventParser()
    assert list(parser.feed(f"retry: {asked}\n\n".encode())) == []
    assert parser.retry_ms == taken


def test_what_is_not_finished_is_not_told() -> None:
    assert list(EventParser().feed(b"event: notice\ndata: {}\n")) == []


@pytest.mark.parametrize("piece", [b"data: " + b"x" * 1_000_000 + b"\n", b"x" * 1_000_000])
def test_an_event_without_end_does_not_fill_the_memory(piece: bytes) -> None:
    parser = EventParser()
    for _ in range(EVENT_SIZE_BYTES_MAX // len(piece)):
        assert list(parser.feed(piece)) == []
    with pytest.raises(StreamError, match="larger than"):
        list(parser.feed(piece))


def test_many_events_are_not_taken_for_one_large_one() -> None:
    parser, event = EventParser(), b"data: " + b"x" * 1_000_000 + b"\n\n"
    assert sum(len(list(parser.feed(event))) for _ in range(EVENT_SIZE_BYTES_MAX // 1_000_000 + 2)) > 32


def test_bytes_that_are_no_text_do_not_end_the_stream() -> None:
    assert list(EventParser().feed(b"data: \xff\n\n")) == [ServerEvent("message", "\ufffd", "")]
