"""Attacks on a server, and what a device that follows it hears: an edited file, a stolen key that is taken away."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import Server
from tests.journal.test_contract import damage_file
from tests.live.duty import Duty
from tests.web.authority import AUTHORITY, REVOKER, ROOTS, office_in
from tocsin.client import Stream, Unreachable
from tocsin.client.events import Event, Heard, KeysRevoked
from tocsin.journal.sqlite import FILE_NAME
from tocsin.notice import Domain, Magic, Revocation, RevokedKey, Trust, seal
from tocsin.testing.passkeys import SoftPasskey

# The issue's promise to open devices; the machine may be slow, and then the test says so.
OBEYED_WITHIN_S = 10.0
# LOWERED stands for the first notice with another level, :at for its sequence.
LOWERED = "UPDATE entry SET body = LOWERED WHERE sequence = :at"
THIEF = SoftPasskey.from_words("a stolen passkey", "localhost", "http://localhost")


def wait_for(heard: Iterator[Event], kind: type[Any], within_s: float) -> Any:
    """Return the next event of *kind*; others come at least every five seconds."""
    deadline = time.monotonic() + within_s
    for event in heard:
        if isinstance(event, kind):
            return event
        assert time.monotonic() < deadline, f"no {kind.__name__} within {within_s} s"
    raise AssertionError("the stream ended")


def test_a_revocation_reaches_an_open_device_which_stays_live(tmp_path: Path) -> None:
    with office_in(tmp_path / "practice") as office:
        office.publish({"thief": ("Stolen key", THIEF.public)}, version=2)
        trust = Trust(AUTHORITY, {domain: root.public for domain, root in ROOTS.items()})
        address = office.origin.replace("localhost", "127.0.0.1")
        heard = Stream(lambda: address, trust).events()
        wait_for(heard, Heard, 20)
        listed = (RevokedKey(THIEF.id.hex(), "stolen", ()),)
        document = Revocation(1, AUTHORITY, Domain.ACTUAL, 1, int(time.time()), listed)
        answer = httpx.post(
            f"{office.origin}/v1/revocations", content=seal(REVOKER, Magic.REVOCATION, document).pack(), trust_env=False
        )
        assert answer.status_code == 201, answer.text
        assert wait_for(heard, KeysRevoked, OBEYED_WITHIN_S) == KeysRevoked(Domain.ACTUAL, 1)
        beat = wait_for(heard, Heard, OBEYED_WITHIN_S)
        assert beat.heartbeat.revocations.actual == 1
        heard.close()


def test_a_journal_with_a_notice_that_was_edited_on_disk_is_not_served(tmp_path: Path) -> None:
    server = edited(tmp_path / "data", LOWERED)
    with pytest.raises(AssertionError, match="Not started: the journal is broken at entry"):
        server.start()


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param("UPDATE entry SET recorded_ms = recorded_ms + 1 WHERE sequence = :at", id="a time"),
        pytest.param("UPDATE notice SET alarm = id || 'x'", id="an index"),
    ],
)
def test_a_journal_that_was_edited_where_a_start_does_not_look_issues_nothing_more(tmp_path: Path, edit: str) -> None:
    server = edited(tmp_path / "data", edit).start()
    try:
        assert "broken at entry" in until_fault(server)["message"]
        duty = Duty(server)
        duty.operator.give_up_s = 0
        with pytest.raises(Unreachable, match="nothing can be issued: the journal is broken at entry"):
            duty.alert()
        duty.close()
    finally:
        server.stop()


def edited(data: Path, sql: str) -> Server:
    """Return a server with two alarms in its journal, which *sql* was done to while it was stopped."""
    server = Server(data)
    server.start()
    duty = Duty(server)
    duty.alert()
    duty.alert()
    duty.close()
    server.stop()
    file = server.data / FILE_NAME
    with closing(sqlite3.connect(file)) as connection:
        sequence, body = connection.execute("SELECT sequence, body FROM entry WHERE type = 1 LIMIT 1").fetchone()
    lowered = body.replace(b'"level":"red"', b'"level":"rex"')
    assert lowered != body
    damage_file(file, sql.replace("LOWERED", f"x'{lowered.hex()}'"), sequence)
    return server


def until_fault(server: Server) -> dict[str, str]:
    """Return what the server says of its health once the walk over its journal has found the fault."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = httpx.get(f"{server.url}/healthz", trust_env=False)
        if answer.status_code == 503:
            return dict(answer.json())
        time.sleep(0.05)
    raise AssertionError("the server found no fault")
