"""What a hostile relay or a lying server does, and the verdict that a witness in another process finds."""

import json
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Server
from tests.live.duty import Duty, sequence
from tests.witness.observer import LyingRelay, Observer
from tocsin.notice import Status, b64, from_b64
from tocsin.notice.signed_note import SignedNote, cosigned_at
from tocsin.notice.statement import Statement, verify_statement

Watch = Callable[..., Observer]


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Watch]:
    """Start witnesses that are ended with the test."""
    started: list[Observer] = []

    def start(url: str, server: Server, *also: str, pin: str = "") -> Observer:
        started.append(Observer(tmp_path, url, pin or str(server.data), also))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def relay(server: Server) -> Iterator[LyingRelay]:
    with closing(LyingRelay(server.url)) as one:
        yield one


@pytest.fixture
def duty(server: Server) -> Iterator[Duty]:
    with closing(Duty(server)) as one:
        yield one


@pytest.fixture
def twin(server: Server, tmp_path: Path) -> Iterator[Server]:
    """A second server on a raw copy of the first one's folder: the same epoch, the same keys. Not started."""
    server.stop()
    shutil.copytree(server.data, tmp_path / "twin" / "demo")
    server.start()
    other = Server(tmp_path / "twin" / "demo")
    yield other
    other.stop()


def test_where_all_is_well_every_head_is_cosigned_and_nothing_is_found(
    server: Server, duty: Duty, witness: Watch
) -> None:
    roots = "&".join(f"{domain}={b64(root)}" for domain, root in duty.trust.roots.items())
    observer = witness(server.url, server, pin=f"{server.url}/#authority=demo&{roots}")
    issued = duty.alert()
    duty.all_clear(issued)
    assert observer.seen(str(duty.position()))["cosigned"]
    newest, *older = [SignedNote.read(one) for one in observer.checkpoints()]
    statement = verify_statement(newest, duty.trusting())
    assert isinstance(statement, Statement)
    assert statement.position == duty.position()
    for note in (newest, *older):
        assert cosigned_at(note, "observer", from_b64(observer.public))
    assert observer.verdicts() == []
    assert observer.stop() == 0


def test_one_alert_that_a_relay_drops_is_withheld(
    server: Server, relay: LyingRelay, duty: Duty, witness: Watch
) -> None:
    observer = witness(relay.url, server)
    relay.joined()
    first = duty.alert()
    mark = f"-{sequence(first) + 1}".encode()
    relay.tampering = lambda event: b"" if mark in event else event
    dropped = duty.alert()
    assert sequence(dropped) == sequence(first) + 1
    found = observer.found("withheld")
    assert found["sequence"] == sequence(dropped)
    assert found["where"].endswith("/v1/stream")
    assert set(observer.verdicts()) == {"withheld"}
    assert observer.stop() == 1


def test_an_alert_left_out_of_the_snapshot_is_withheld(
    server: Server, relay: LyingRelay, duty: Duty, witness: Watch
) -> None:
    issued = duty.alert()

    def leave_out(event: bytes) -> bytes:
        if not event.startswith(b"event: snapshot"):
            return event
        name, data, *rest = event.split(b"\n")
        told = json.loads(data.removeprefix(b"data: "))
        return b"\n".join([name, b"data: " + json.dumps(told | {"actual": []}).encode(), *rest])

    relay.tampering = leave_out
    found = witness(relay.url, server).found("withheld")
    assert found["sequence"] == sequence(issued)


def test_another_notice_in_the_place_of_an_entry_is_altered(
    server: Server, relay: LyingRelay, duty: Duty, witness: Watch
) -> None:
    first = duty.alert()
    observer = witness(relay.url, server)
    relay.joined()
    envelope = server_envelope(duty, first.id)

    def play_again(event: bytes) -> bytes:
        if not event.startswith(b"event: notice"):
            return event
        name, data, *rest = event.split(b"\n")
        told = json.loads(data.removeprefix(b"data: "))
        return b"\n".join([name, b"data: " + json.dumps(told | {"envelope": envelope}).encode(), *rest])

    relay.tampering = play_again
    second = duty.alert()
    assert observer.found("altered")["sequence"] == sequence(second)


def server_envelope(duty: Duty, id: str) -> str:
    return str(duty.operator.get(f"/v1/alerts/{id}").json()["envelope"])


def test_a_frozen_relay_is_silence(server: Server, relay: LyingRelay, duty: Duty, witness: Watch) -> None:
    observer = witness(relay.url, server)
    observer.seen(str(duty.position()))
    relay.tampering = lambda event: b""
    relay.answers = frozen()
    observer.found("silence")
    observer.until(lambda line: line.get("verdict") == "silence" and line["where"].endswith("/v1/log"))
    assert set(observer.verdicts()) == {"silence"}


def frozen() -> Callable[[str, bytes], bytes]:
    """Answer every path for ever as it was answered first."""
    first: dict[str, bytes] = {}
    return lambda path, body: first.setdefault(path, body)


def test_a_server_that_is_gone_is_unreachable_and_then_silent(server: Server, duty: Duty, witness: Watch) -> None:
    observer = witness(server.url, server)
    observer.seen(str(duty.position()))
    server.kill()
    observer.found("unreachable")
    observer.found("silence")


def test_two_histories_on_two_ways_are_a_fork(server: Server, twin: Server, duty: Duty, witness: Watch) -> None:
    twin.start()
    observer = witness(server.url, server, twin.url)
    observer.seen(str(duty.position()))
    with closing(Duty(twin)) as other:
        duty.alert(Status.EXERCISE)
        other.alert(Status.EXERCISE)
        found = observer.found("fork")
    mine, theirs = observer.evidence()[0]["evidence"]
    texts = [Statement.read(SignedNote.read(one).text) for one in (mine, theirs) if one.startswith("demo/tocsin/")]
    assert found["evidence"] == [mine, theirs]
    assert len({one.position.epoch for one in texts}) == 1
    cosigned = observer.checkpoints()
    duty.alert(Status.EXERCISE)
    observer.until(lambda line: line["event"] == "seen" and not line["cosigned"])
    assert observer.checkpoints() == cosigned
    assert observer.stop() == 1


def test_a_server_put_back_to_an_old_copy_is_rolled_back_and_then_a_fork(
    server: Server, twin: Server, relay: LyingRelay, duty: Duty, witness: Watch
) -> None:
    relay.upstream = server.url
    issued = [duty.alert(), duty.alert()]
    observer = witness(relay.url, server)
    observer.seen(issued[-1].position)
    twin.start()
    relay.upstream = twin.url
    assert observer.found("rolled_back")["where"].endswith("/v1/log")
    with closing(Duty(twin)) as other:
        for _ in range(3):
            other.alert()
    fork = observer.until(lambda line: line.get("verdict") == "fork" and line["where"].endswith("/v1/log"))
    assert fork["sequence"] == sequence(issued[0])
    assert [SignedNote.read(one) for one in fork["evidence"]]


def test_what_was_seen_is_remembered_by_the_next_run(server: Server, twin: Server, duty: Duty, witness: Watch) -> None:
    issued = duty.alert()
    first = witness(server.url, server)
    first.seen(issued.position)
    assert first.stop() == 0
    twin.start()
    assert witness(twin.url, server).found("rolled_back")["message"].count(issued.position) == 1


def test_a_restore_is_named_with_what_it_lost(
    server: Server, relay: LyingRelay, duty: Duty, witness: Watch, tmp_path: Path
) -> None:
    backup, again = tmp_path / "backup.sqlite", tmp_path / "again"
    tocsin = [sys.executable, "-m", "tocsin"]
    subprocess.run([*tocsin, "backup", str(backup), "--data", str(server.data)], check=True, capture_output=True)
    issued = [duty.alert(), duty.alert()]
    observer = witness(relay.url, server)
    observer.seen(issued[-1].position)
    subprocess.run([*tocsin, "restore", str(backup), "--data", str(again)], check=True, capture_output=True)
    for name in ("authority.json", "keys"):
        if not (again / name).exists():
            (shutil.copytree if name == "keys" else shutil.copy)(server.data / name, again / name)
    restored = Server(again).start()
    try:
        relay.upstream = restored.url
        found = observer.found("restored")
        assert found["sequence"] == sequence(issued[0])
        assert f"entries {sequence(issued[0])} to {sequence(issued[1])}" in found["message"]
        with closing(Duty(restored)) as other:
            assert observer.seen(str(other.position()))["cosigned"]
    finally:
        restored.stop()
    assert not {"fork", "broken", "rolled_back"} & set(observer.verdicts())


def test_entries_that_do_not_lead_to_the_signed_head_are_broken(
    server: Server, relay: LyingRelay, duty: Duty, witness: Watch
) -> None:
    duty.alert()

    def spoil(path: str, body: bytes) -> bytes:
        if not path.startswith("/v1/log/entries"):
            return body
        page = json.loads(body)
        page["entries"][-1]["recorded_ms"] += 1
        return json.dumps(page).encode()

    relay.answers = spoil
    observer = witness(relay.url, server)
    assert observer.found("broken")["evidence"]
    relay.answers = lambda path, body: body
    observer.until(lambda line: line["event"] == "over" and line["verdict"] == "broken")
    assert observer.seen(str(duty.position()))["cosigned"]


def test_a_second_witness_on_the_same_state_does_not_start(server: Server, witness: Watch) -> None:
    first = witness(server.url, server)
    first.until(lambda line: line["event"] == "seen")
    command = [sys.executable, "-m", "tocsin", "witness", server.url, "--pin", str(server.data)]
    files = ["--state", str(first.folder / "observer.json"), "--key", str(first.folder / "observer.key")]
    ended = subprocess.run([*command, *files], capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2
    assert "another witness runs on" in ended.stderr


def test_the_lines_of_a_note_are_standard_base64(server: Server, duty: Duty, witness: Watch) -> None:
    observer = witness(server.url, server)
    observer.seen(str(duty.position()))
    (note,) = observer.checkpoints()
    assert len(b64decode(note.split("\n")[2], validate=True)) == 32
