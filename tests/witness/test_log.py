"""The log of a real server: its checkpoint is signed, and its entries lead to it."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.conftest import Server
from tests.live.duty import Duty
from tests.live.test_feed import Station
from tocsin.notice import GENESIS, EntryType, Status, entry_hash, from_b64
from tocsin.notice.signed_note import SignedNote
from tocsin.notice.statement import Statement, verify_statement
from tocsin.testing.samples import sample_issue
from tocsin.web import log
from tocsin.web.log import log_routes


@pytest.fixture
def duty(shared_server: Server) -> Iterator[Duty]:
    with closing(Duty(shared_server)) as one:
        yield one


def test_the_entries_lead_to_the_signed_checkpoint(shared_server: Server, duty: Duty) -> None:
    duty.alert(Status.TEST)
    answer = httpx.get(f"{shared_server.url}/v1/log/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    statement = verify_statement(SignedNote.read(answer.text), duty.trusting())
    assert isinstance(statement, Statement)
    chain, after = GENESIS, 0
    while after < statement.position.sequence:
        page = httpx.get(f"{shared_server.url}/v1/log/entries", params={"after": after, "limit": 2}).json()
        assert page["epoch"] == statement.position.epoch
        assert len(page["entries"]) <= 2
        for one in page["entries"]:
            assert one["sequence"] == after + 1
            chain = entry_hash(
                chain, one["sequence"], one["recorded_ms"], EntryType(one["type"]), from_b64(one["body"])
            )
            after = one["sequence"]
    assert chain == statement.chain


def test_after_the_head_there_is_nothing_yet(shared_server: Server, duty: Duty) -> None:
    head = duty.position()
    page = httpx.get(f"{shared_server.url}/v1/log/entries", params={"after": head.sequence}).json()
    assert page == {"epoch": head.epoch, "head": head.sequence, "entries": []}


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=0", "limit=1001", f"after={2**53}"])
def test_a_question_beyond_the_limits_is_refused(shared_server: Server, query: str) -> None:
    answer = httpx.get(f"{shared_server.url}/v1/log/entries?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "parameter_invalid"


def pages(station: Station, after: int = 0) -> Iterator[dict[str, Any]]:
    """Ask for one page after another, as far as there are any."""
    app = FastAPI()
    app.include_router(log_routes(station.desk))

    async def ask(after: int) -> dict[str, Any]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test.example") as client:
            answer = await client.get("/v1/log/entries", params={"after": after, "limit": 1000})
            return dict(answer.json())

    while (page := asyncio.run(ask(after)))["entries"]:
        yield page
        after = page["entries"][-1]["sequence"]


def test_a_page_ends_at_so_many_bytes_and_the_next_one_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "BODIES_SIZE_BYTES_MAX", 10_000)
    with closing(Station(tmp_path)) as station:
        station.issue(*[sample_issue(f"n {number}") for number in range(100)])
        read = [page["entries"] for page in pages(station)]
        sequences = [one["sequence"] for page in read for one in page]
        assert sequences == list(range(1, station.desk.head.position.sequence + 1))
        sizes = [sum(len(from_b64(one["body"])) for one in page) for page in read]
        assert len(sizes) > 5
        assert all(size <= 10_000 for size in sizes)


def test_what_is_being_appended_is_not_shown_yet(tmp_path: Path) -> None:
    with closing(Station(tmp_path)) as station:
        head = station.desk.head
        station.issue(sample_issue("one"))
        station.desk.head = head
        (page,) = pages(station)
        assert page["head"] == head.position.sequence == page["entries"][-1]["sequence"]
