"""Orders by command against a real demo server: what works, and each wrong order with its words and exit status."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.client.test_operator import DRILL
from tests.conftest import Server
from tocsin.areas import load_ukraine
from tocsin.cli import giving, main
from tocsin.client import Operator, Signer, new_id, open_folder
from tocsin.issuing import Order
from tocsin.notice import Domain, Kind, Level, Status

DONE_WITHIN_S = 60


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str

    @property
    def issued(self) -> dict[str, object]:
        assert self.status == 0, self.err
        return dict(json.loads(self.out))


Run = Callable[..., Outcome]


@pytest.fixture
def run(own_server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command line against the server, as from a script."""
    monkeypatch.setenv("TOCSIN_DATA", str(own_server.data))
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

    def command(*words: str) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        captured = capsys.readouterr()
        code = ended.value.code
        return Outcome(code if isinstance(code, int) else 0, captured.out, " ".join(captured.err.split()))

    return command


@pytest.fixture
def alarm(run: Run) -> Iterator[str]:
    """An alarm in Vyshhorodskyi raion, ended again after the test if it was not in it."""
    id = str(run("alert", "--region", "Вишгородський район", *RED, "--yes", "--json").issued["alarm"])
    yield id
    run("all-clear", id, "--yes")


RED = ("--hazard", "air_raid", "--level", "red")


def board(server: Server) -> dict[str, Any]:
    with urlopen(f"{server.url}/v1/board") as answer:
        return dict(json.load(answer))


def position(server: Server) -> str:
    return str(board(server)["position"])


def on_board(server: Server, status: str = "actual") -> dict[str, dict[str, object]]:
    return {one["alarm"]: one for one in board(server)[status]}


def test_the_life_of_an_alarm_by_command(run: Run, own_server: Server) -> None:
    alarm = str(run("alert", "--region", "UA-30", *RED, "--yes", "--json").issued["alarm"])
    assert on_board(own_server)[alarm]["state"] == "in_force"
    wider = run("update", alarm[:8], "--add-region", "Київська область", "--level", "yellow", "--yes", "--json")
    assert wider.issued["version"] == 2
    assert on_board(own_server)[alarm]["regions"] == ["UA32000000000030281", "UA80000000000093317"]
    assert on_board(own_server)[alarm]["level"] == "yellow"
    assert run("disputed", alarm, "--yes").status == 0
    assert on_board(own_server)[alarm]["state"] == "disputed"
    assert run("update", alarm, "--remove-region", "UA-32", "--expires-in", "90m", "--yes").status == 0
    assert on_board(own_server)[alarm]["regions"] == ["UA80000000000093317"]
    ended = run("all-clear", "--region", "UA-30", "--hazard", "air_raid", "--yes")
    assert re.fullmatch(rf"DEMO actual all_clear: alarm {alarm} version 5 position [0-9a-f]{{16}}-\d+\n", ended.out)
    assert alarm not in on_board(own_server)


def test_a_false_alarm_ends_it_as_one(run: Run, alarm: str, own_server: Server) -> None:
    assert run("false-alarm", alarm, "--yes").status == 0
    with urlopen(f"{own_server.url}/v1/alarms/{alarm}") as answer:
        assert json.load(answer)["state"] == "ended_false"


def test_own_words_reach_the_notice(run: Run, own_server: Server) -> None:
    words = ("--headline", "en=Practice of the suite", "--instruction", "en=Do nothing")
    alarm = str(run("alert", "--region", "UA-46", *RED, *words, "--yes", "--json").issued["alarm"])
    assert on_board(own_server)[alarm]["text"] == {
        "en": {"headline": "DEMO: Practice of the suite", "instruction": "Do nothing"}
    }
    run("all-clear", alarm, "--yes")


def test_the_same_id_goes_out_once(run: Run) -> None:
    id = new_id()
    first = run("alert", "--region", "UA-46", *RED, "--id", id, "--yes", "--json")
    assert first.issued == run("alert", "--region", "UA-46", *RED, "--id", id, "--yes", "--json").issued
    other = run("alert", "--region", "UA-30", *RED, "--id", id, "--yes")
    assert (other.status, "id_used" in other.err) == (3, True)
    run("all-clear", id, "--yes")


def test_a_drill_is_no_alarm_and_real_orders_do_not_touch_it(run: Run, own_server: Server) -> None:
    drill = run("exercise", "alert", "--region", "UA-46", "--hazard", "flood", "--yes", "--json").issued["alarm"]
    assert drill in on_board(own_server, "exercise")
    assert drill not in on_board(own_server)
    crossed = run("all-clear", str(drill), "--yes")
    assert crossed.status == 3
    assert "exercise" in crossed.err
    assert run("exercise", "update", str(drill), "--level", "yellow", "--yes").status == 0
    assert run("exercise", "all-clear", str(drill), "--yes").status == 0


def test_a_cap_message_is_relayed_once_under_its_own_status(run: Run, tmp_path: Path, own_server: Server) -> None:
    now = board(own_server)["time_ms"] // 1000
    file = tmp_path / "drill.xml"
    sent = DRILL.replace(b"2026-09-21T14", time_of(now)).replace(b"2026-09-21T16", time_of(now + 7_200))
    file.write_bytes(sent)
    first = run("relay", str(file), "--yes", "--json").issued
    assert first == run("relay", str(file), "--yes", "--json").issued
    assert first["alarm"] in on_board(own_server, "exercise")
    run("exercise", "all-clear", str(first["alarm"]), "--yes")


def time_of(seconds: int) -> bytes:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H}".encode()


def test_watch_shows_the_board_once(run: Run, alarm: str) -> None:
    shown = run("watch", "--once")
    assert shown.out.startswith("DEMO  live")
    assert "Vyshhorodskyi raion, Kyiv Oblast  air_raid  red level" in shown.out
    assert alarm in shown.out
    place = run("watch", "--once", "--region", "Вишгородська громада", "--region", "UA-46").out
    assert "Vyshhorodska hromada, Vyshhorodskyi raion, Kyiv Oblast: ALARM" in place
    assert "Lviv Oblast: clear" in place


WRONG: list[tuple[str, int, str]] = [
    ("alert --region UA-30 --hazard air_raid --level red", 2, "Give --yes to issue without asking"),
    ("alert --region UA-99 {red} --yes", 2, "no region is called 'UA-99'"),
    ("alert --region Вишгродський {red} --yes", 2, "Вишгородський район"),
    ("alert --region Павлівська {red} --yes", 2, "Павлівська громада, Володимирський район"),
    ("alert --region Павлівська-громада {red} --yes", 2, "regions, use a code"),
    ("alert --hazard air_raid --level red --yes", 2, "Missing option '--region'"),
    ("alert --region UA-30 --level red --yes", 2, "Missing option '--hazard'"),
    ("alert --region UA-30 --hazard air_raid --yes", 2, "Missing option '--level'"),
    ("alert --region UA-30 --hazard air_raid --level green --yes", 2, "green"),
    ("alert --region UA-30 --hazard air_rade --level red --yes", 3, "known are air_raid, artillery_shelling"),
    ("alert --region UA-30 {red} --expires-in soon --yes", 2, "write 45s, 90m, 2h, 1h30m or 1d"),
    ("alert --region UA-30 {red} --expires-in -2h --yes", 2, "no duration above zero"),
    ("alert --region UA-30 {red} --expires-in 1s --yes", 3, "air_raid lasts 60 to 345600 s"),
    ("alert --region UA-30 {red} --expires-in 90d --yes", 3, "and an update prolongs it"),
    ("alert --region UA-30 {red} --headline Practice --yes", 2, "LANGUAGE=TEXT"),
    ("alert --region UA-30 {red} --instruction en=Nothing --yes", 2, "needs a --headline en="),
    ("alert --region UA-30 {red} --headline en={long} --yes", 3, "201 characters; 200 fit. Text is never cut"),
    ("alert --region UA-30 {red} --id 7 --yes", 2, "26 characters a-z2-7"),
    ("alert --region UA-30 {red} --data /nowhere --yes", 2, "choose its folder with --data or TOCSIN_DATA"),
    ("alert --region UA-30 {red} --url nowhere --yes", 2, "is no address like http://127.0.0.1:8000"),
    ("update zzzz --level red --yes", 3, "there is no alarm zzzz"),
    ("update zz --level red --yes", 3, "neither an id nor its first 4 or more characters"),
    ("update zzzz --add-region UA-30 --yes", 3, "No alarm that has not ended begins with 'zzzz'"),
    ("update {alarm} --yes", 2, "nothing to change"),
    ("update {alarm} --region UA-30 --add-region UA-32 --yes", 2, "use either it or --add-region"),
    ("update {alarm} --remove-region UA-30 --yes", 2, "so it cannot end there alone"),
    ("update {alarm} --remove-region 74 --yes", 2, "`tocsin all-clear` ends the alarm"),
    ("update {alarm} --add-region Атлантида --yes", 2, "no region is called 'Атлантида'"),
    ("all-clear --yes", 2, "name the alarm, or give both --region and --hazard"),
    ("all-clear --region UA-30 --yes", 2, "give both --region and --hazard"),
    ("all-clear {alarm} --region UA-30 --hazard air_raid --yes", 2, "not both"),
    ("all-clear --region UA-46 --hazard air_raid --yes", 3, "name the alarm {alarm}"),
    ("all-clear --region UA-46 --hazard tsunami --yes", 3, "no alarm has the hazard tsunami"),
    ("all-clear {ended} --yes", 3, "the alarm has ended; `alert` begins a new one"),
    ("update {ended} --level red --yes", 3, "the alarm has ended"),
    ("disputed {ended} --yes", 3, "the alarm has ended"),
    ("false-alarm zzzz --yes", 3, "there is no alarm zzzz"),
    ("exercise alert --region UA-30 --yes", 2, "Missing option '--hazard'"),
    ("exercise all-clear {alarm} --yes", 3, "is actual and can only be changed as actual"),
    ("exercise false-alarm {alarm} --yes", 2, "No such command 'false-alarm'"),
    ("relay /nowhere.xml --yes", 2, "/nowhere.xml cannot be read"),
    ("relay {csv} --yes", 2, "cannot be relayed"),
    ("watch --once --region Атлантида", 2, "no region is called 'Атлантида'"),
    ("replay /nowhere.csv --from 2023-03-28 --to 2023-03-30", 2, "/nowhere.csv cannot be read"),
    ("replay {csv} --from 2023-03-28 --to 2023-03-30", 2, "bad.csv, row 2, column finished_at: 'never' is no time"),
    ("replay {atlantis} --from 2023-03-28 --to 2023-03-30", 2, "row 2, column oblast or region: no region is called"),
    ("replay {csv} --from 2023-03-30 --to 2023-03-28", 2, "the window is empty"),
    ("replay {csv} --from 28.03.2023 --to 2023-03-30", 2, "neither a date like 2023-03-28"),
    ("replay {csv} --from 2023-03-28 --to 2023-03-30 --speed 0", 2, "the speed is 0"),
    ("replay {csv} --from 2023-03-28 --to 2023-03-30 --limit 0", 2, "--limit"),
    ("replay {csv} --from 2023-03-28 --to 2023-03-30 --give-up never", 2, "is no duration"),
]


@pytest.fixture(scope="module")
def standing(own_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What the wrong orders are about: an alarm in Vyshhorodskyi raion, one that has ended, and two bad files."""
    folder = open_folder(own_server.data)
    files = tmp_path_factory.mktemp("history")
    head = "region,started_at,finished_at,naive"
    times = "2023-03-28 10:00:00+00:00,2023-03-28 11:00:00+00:00"
    (files / "bad.csv").write_text(f"{head}\nKyiv City,2023-03-28 10:00:00+00:00,never,False\n")
    (files / "atlantis.csv").write_text(f"{head}\nAtlantis,{times},False\n")
    keys = {Domain.ACTUAL: folder.keys(Domain.ACTUAL)}
    with Operator(folder.address, keys, Signer(folder.authority, load_ukraine())) as duty:
        alarm, ended = (duty.order(an_alert(region)).alarm for region in ("Вишгородський район", "UA-05"))
        duty.order(an_end(ended))
        yield {
            "red": "--hazard air_raid --level red", "alarm": alarm, "ended": ended, "long": "x" * 201,
            "csv": str(files / "bad.csv"), "atlantis": str(files / "atlantis.csv"),
        }  # fmt: skip
        duty.order(an_end(alarm))


def an_alert(region: str) -> Order:
    return Order(
        id=new_id(), kind=Kind.ALERT, status=Status.ACTUAL, hazard="air_raid", level=Level.RED, regions=(region,)
    )  # fmt: skip


def an_end(alarm: str) -> Order:
    return Order(id=new_id(), kind=Kind.ALL_CLEAR, status=Status.ACTUAL, alarm=alarm)


@pytest.mark.parametrize(("line", "status", "said"), WRONG, ids=[line for line, _, _ in WRONG])
def test_a_wrong_order_is_named_and_nothing_is_written(
    run: Run, standing: dict[str, str], own_server: Server, line: str, status: int, said: str
) -> None:
    before = position(own_server)
    outcome = run(*line.format(**standing).split())
    assert said.format(**standing) in re.sub("[│╭╮╰╯─ ]+", " ", outcome.err)
    assert outcome.status == status
    assert position(own_server) == before


def test_no_server_is_said_with_the_id_that_makes_another_try_harmless(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving, "operator", partial(giving.operator, give_up_s=0.0))
    outcome = run("alert", "--region", "UA-30", *RED, "--url", "http://127.0.0.1:9", "--yes")
    assert outcome.status == 4
    assert re.search("Give it again with --id [a-z2-7]{26}: it goes out once", outcome.err)


def at_a_terminal(server: Server, typed: bytes, *words: str) -> tuple[int, str]:
    """Run a command at a terminal, type *typed* when it asks, and return its status and what the terminal showed."""
    here, there = pty.openpty()
    environment = os.environ | {"TOCSIN_DATA": str(server.data), "COLUMNS": "100", "TERM": "xterm"}
    command = [sys.executable, "-m", "tocsin", *words]
    with subprocess.Popen(command, stdin=there, stdout=there, stderr=there, env=environment) as process:
        os.close(there)
        shown = b""
        while b"to stop:" not in shown:
            shown += os.read(here, 4096)
        os.write(here, typed)
        while True:
            try:
                shown += os.read(here, 4096)
            except OSError:  # the other end is closed
                break
        status = process.wait(DONE_WITHIN_S)
    os.close(here)
    return status, re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())


def test_at_a_terminal_an_order_is_shown_and_takes_its_word(own_server: Server) -> None:
    words = ("alert", "--region", "UA-48", *RED)
    status, shown = at_a_terminal(own_server, b"yes\n", *words)
    assert status == 1
    assert "DEMO Alert" in shown
    assert "Mykolaiv Oblast" in shown
    assert "Type “air_raid 1” to sign it" in shown
    assert "Not confirmed; nothing was signed and nothing was written" in shown
    held = [one for one in on_board(own_server).values() if one["regions"] == ["UA48000000000039575"]]
    assert not held

    status, shown = at_a_terminal(
        own_server, b"exercise flood 1\n", "exercise", "alert", "--region", "UA-48", "--hazard", "flood"
    )
    assert status == 0
    assert "DEMO EXERCISE Alert" in shown
    assert "DEMO exercise alert: alarm" in shown


def test_an_order_that_one_notice_cannot_hold_becomes_alarms_that_are_issued_together(run: Run) -> None:
    atlas = load_ukraine()
    raions = [one.code for one in atlas.regions if one.level == 2 and len(atlas.children(one.code)) > 1]
    regions = [word for raion in raions for word in ("--region", atlas.children(raion)[0])]
    issued = run("exercise", "alert", *regions, "--hazard", "flood", "--yes", "--json").issued
    alarms = [issued["alarm"], *(one["alarm"] for one in issued["others"])]  # type: ignore[attr-defined]  # JSON
    assert len(alarms) > 1
    for alarm in alarms:
        assert run("exercise", "all-clear", alarm, "--yes").status == 0
