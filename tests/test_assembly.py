"""What the start refuses, and what a running server notices about itself."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from tocsin import assembly
from tocsin.assembly import StartRefused, SteadyClock, open_desk, tell_of_expiries, walk_journal
from tocsin.founding import DEMO_LASTS_S, FoundingError, found_demo
from tocsin.ports.journal import Broken, JournalFault
from tocsin.settings import read_settings

NOW_MS = 1_790_000_000_000


def test_a_clock_behind_the_journal_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found_demo(tmp_path / "demo", NOW_MS)
    monkeypatch.setattr(SteadyClock, "now_ms", lambda _: NOW_MS - 3_600_000)
    with pytest.raises(StartRefused, match="3600 s after now by this machine's clock"):
        open_desk(read_settings(data=tmp_path / "demo"))


def test_a_clock_that_is_set_while_the_server_runs_changes_no_signed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SteadyClock()
    before = clock.now_ms()
    monkeypatch.setattr(assembly.time, "time_ns", lambda: 0)
    assert 0 <= clock.now_ms() - before < 60_000


@pytest.mark.parametrize("outcome", [Broken(2, "the hash does not fit"), JournalFault("a page is damaged")])
def test_the_walk_stops_issuing_at_whatever_it_finds(tmp_path: Path, outcome: Broken | JournalFault) -> None:
    class Journal:
        def verify(self, after: int, through: int) -> Any:
            if isinstance(outcome, JournalFault):
                raise outcome
            return outcome

    class Desk:
        journal, verified_from, fault = Journal(), 5, None

    desk = Desk()
    asyncio.run(walk_journal(cast(Any, desk)))
    assert desk.fault is not None
    assert "broken at entry" in desk.fault


def test_a_server_whose_roster_is_over_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found_demo(tmp_path / "demo", NOW_MS)
    monkeypatch.setattr(SteadyClock, "now_ms", lambda _: NOW_MS + (DEMO_LASTS_S + 1) * 1000)
    with pytest.raises(FoundingError, match=r"version 1, expired 0 days ago; .* `tocsin authority renew`"):
        open_desk(read_settings(data=tmp_path / "demo"))


@pytest.mark.parametrize(("days_left", "level"), [(31, None), (29, "warning"), (13, "error")])
def test_the_log_tells_of_a_roster_that_runs_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days_left: int, level: str | None
) -> None:
    found_demo(tmp_path / "demo", NOW_MS)
    now_ms = NOW_MS + DEMO_LASTS_S * 1000 - days_left * 86_400_000 - 1_000
    monkeypatch.setattr(SteadyClock, "now_ms", lambda _: now_ms)
    desk = open_desk(read_settings(data=tmp_path / "demo"))
    try:
        with capture_logs() as lines:

            async def tell_once() -> None:
                telling = asyncio.create_task(tell_of_expiries(desk))
                await asyncio.sleep(0)
                telling.cancel()

            asyncio.run(tell_once())
    finally:
        desk.close()
    assert {line["log_level"] for line in lines} == ({level} if level else set())
    assert {line["domain"] for line in lines} == ({"actual", "exercise"} if level else set())
