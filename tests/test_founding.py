"""Founding a demo authority: whole or not at all, and its secrets stay in its folder."""

import json
import stat
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import httpx
import pytest

from tests.conftest import Server
from tests.live.duty import Duty
from tocsin import founding
from tocsin.assembly import read_authority
from tocsin.founding import FoundingError, found_demo, read_key
from tocsin.journal.sqlite import SqliteJournal
from tocsin.notice import DEMO, Domain, EntryType, HolderKind, Role, Trust, from_b64
from tocsin.ports.journal import JournalFault

NOW_MS = 1_790_000_000_000
PEOPLE = ("author", "approver")
KEYS = ("heartbeat", *(f"{name}-{domain}" for domain in Domain for name in (*PEOPLE, "root")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "authorities" / "demo"


def test_a_demo_authority_is_whole(folder: Path) -> None:
    found_demo(folder, NOW_MS)
    name, roots = read_authority(folder)
    assert name == DEMO
    assert json.loads((folder / "authority.json").read_text())["demo"] is True
    assert (folder / "README.txt").read_text().startswith("DEMO AUTHORITY")
    journal = SqliteJournal.open_for_writing(folder, name, roots)
    entries = journal.entries(0, 10)
    journal.close()
    assert [entry.type for entry in entries] == [EntryType.EPOCH, EntryType.ROSTER, EntryType.ROSTER]
    trust = Trust(DEMO, {Domain.ACTUAL: from_b64(roots.actual), Domain.EXERCISE: from_b64(roots.exercise)})
    for entry in entries[1:]:
        learned = trust.learn(entry.body)
        assert isinstance(learned, Trust)
        trust = learned
    for domain in Domain:
        roster = trust.rosters[domain]
        people = {name: roster.key(read_key(folder, f"{name}-{domain}").id) for name in PEOPLE}
        assert {name: key and roster.holder_of(key).kind for name, key in people.items()} == dict.fromkeys(
            PEOPLE, HolderKind.PERSON
        )
    actual = trust.rosters[Domain.ACTUAL]
    server = actual.key(read_key(folder, "heartbeat").id)
    assert server is not None
    assert actual.holder_of(server).roles == (Role.HEARTBEAT,)
    assert all(actual.key(read_key(folder, f"{name}-exercise").id) is None for name in PEOPLE)


def test_its_keys_are_their_owners_alone(folder: Path) -> None:
    found_demo(folder, NOW_MS)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "keys").stat().st_mode) == 0o700
    files = sorted((folder / "keys").iterdir())
    assert [file.stem for file in files] == sorted(KEYS)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_no_two_have_a_key_or_an_epoch_in_common(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        found_demo(folder, NOW_MS)
    assert len({read_key(folder, name).seed for folder in folders for name in KEYS}) == 2 * len(KEYS)
    starts = [SqliteJournal.open_for_reading(folder) for folder in folders]
    assert starts[0].start.epoch != starts[1].start.epoch
    for journal in starts:
        journal.close()


def test_an_empty_folder_is_taken(folder: Path) -> None:
    folder.mkdir(parents=True)
    found_demo(folder, NOW_MS)
    assert (folder / "authority.json").is_file()


@pytest.mark.parametrize("there", ["authority.json", ".hidden", "journal.sqlite"])
def test_a_folder_that_holds_anything_is_left_as_it_is(folder: Path, there: str) -> None:
    folder.mkdir(parents=True)
    (folder / there).write_text("mine")
    with pytest.raises(FoundingError, match="is not empty; a data folder never changes its authority"):
        found_demo(folder, NOW_MS)
    assert {file.name: file.read_text() for file in folder.iterdir()} == {there: "mine"}
    assert list(folder.parent.iterdir()) == [folder]


def test_a_second_founding_changes_nothing(folder: Path) -> None:
    found_demo(folder, NOW_MS)
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    with pytest.raises(FoundingError):
        found_demo(folder, NOW_MS + 1)
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for folder in (file, file / "below"):
        with pytest.raises(FoundingError, match=r"no authority can be made in .*: (Not a directory|File exists)"):
            found_demo(folder, NOW_MS)
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    "fault", [JournalFault("no room"), OSError(28, "No space left on device"), KeyboardInterrupt()]
)
@pytest.mark.parametrize("step", ["write_key", "seal"])
def test_a_founding_that_is_cut_off_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str, fault: BaseException
) -> None:
    calls: list[int] = []
    real = getattr(founding, step)

    def fail_later(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise fault
        return real(*arguments)

    monkeypatch.setattr(founding, step, fail_later)
    with pytest.raises((type(fault), FoundingError)):
        found_demo(folder, NOW_MS)
    assert list(folder.parent.iterdir()) == []
    monkeypatch.undo()
    found_demo(folder, NOW_MS)


class TestSecrets:
    """A private key is in its file and nowhere else: in no log, no answer, no journal, no export."""

    def spellings(self, server: Server) -> dict[str, list[bytes]]:
        spelt = {}
        for name in KEYS:
            seed = read_key(server.data, name).seed
            url = (server.data / "keys" / f"{name}.key").read_text().strip().encode()
            spelt[name] = [seed, seed.hex().encode(), url, b64encode(seed), repr(seed).encode()[2:-1]]
        return spelt

    @pytest.mark.parametrize("log", ["text", "json"])
    def test_no_seed_leaves_its_file(self, tmp_path: Path, log: str) -> None:
        server = Server(tmp_path / "demo", ("--log", log)).start()
        duty = Duty(server)
        outputs = [json.dumps([str(duty.operator), repr(read_key(server.data, "heartbeat"))]).encode()]
        with duty.operator.client, httpx.Client(base_url=server.url, trust_env=False) as client:
            issued = duty.alert()
            paths = (
                "/v1/authority",
                "/v1/board",
                "/v1/alarms",
                f"/v1/alarms/{issued.alarm}",
                f"/v1/alerts/{issued.id}",
            )
            for path in (*paths, "/healthz", "/openapi.json", "/keys/heartbeat.key", "/../keys/root-actual.key", "/"):
                answer = client.get(path)
                outputs += [answer.content, str(answer.headers).encode()]
            for path in ("/v1/operator/drafts", "/v1/operator/relay"):
                outputs.append(client.post(path, content=b"{}", headers={"Authorization": "Tocsin x"}).content)
            with client.stream("GET", "/v1/stream") as stream:
                outputs.append(next(chunk for chunk in stream.iter_bytes() if b"heartbeat" in chunk))
        server.stop()
        export = ["journal", "export", "--data", str(server.data), "--json", "-", "--cap", str(tmp_path / "cap")]
        exported = subprocess.run([sys.executable, "-m", "tocsin", *export], capture_output=True, timeout=60)
        assert exported.returncode == 0, exported.stderr
        outputs.append(exported.stdout + exported.stderr)
        # The links that sign a demo's two people in are meant to be seen; a real person has no software key.
        said = server.log.read_text().splitlines()
        outputs += [line.encode() for line in said if "/console/#/demo/" not in line]
        files = [file for file in tmp_path.rglob("*") if file.is_file()]
        outputs += [file.read_bytes() for file in files if file.suffix != ".key" and file != server.log]
        for name, spellings in self.spellings(server).items():
            for spelling in spellings:
                assert not any(spelling in output for output in outputs), name

    @pytest.mark.parametrize("form", ["text", "json"])
    def test_a_traceback_in_the_log_shows_no_variables(self, form: str) -> None:
        program = (
            "import structlog; from tocsin.logs import set_up_logs\n"
            f"set_up_logs({form!r}, 'info')\n"
            "def fail():\n"
            "    seed = 'se' + 'cret'\n"
            "    raise ValueError('wrong')\n"
            "try: fail()\n"
            "except ValueError: structlog.get_logger().exception('failed')\n"
        )
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
        assert "ValueError: wrong" in ended.stderr
        assert "secret" not in ended.stderr
