"""The log of a real server: its checkpoint is signed, and its entries lead to it."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from tests.conftest import Server
from tests.live.duty import Duty
from tocsin.notice import GENESIS, EntryType, Status, entry_hash, from_b64
from tocsin.notice.signed_note import SignedNote
from tocsin.notice.statement import Statement, verify_statement


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
