"""Real history through the whole way: a real server, a real stream, and a kill in the middle."""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from tests.cli.test_history import OFFICIAL, VOLUNTEER, here
from tests.conftest import Server
from tocsin.cli import main
from tocsin.client import ActualNotice, Event, NotBelieved, Stream, open_folder
from tocsin.notice import Kind

TWO_DAYS = ("--from", "2023-03-28", "--to", "2023-03-30")
DONE_WITHIN_S = 90


def replay(server: Server, *words: str) -> int:
    """Replay in this process and return the exit status."""
    with pytest.raises(SystemExit) as ended:
        main(["replay", *words, "--data", str(server.data)])
    return int(ended.value.code or 0)


def notices(events: Iterator[Event]) -> Iterator[ActualNotice]:
    for event in events:
        assert not isinstance(event, NotBelieved), event
        if isinstance(event, ActualNotice):
            yield event


def test_two_days_of_history_come_whole_through_a_kill_and_are_told_once(server: Server) -> None:
    folder = open_folder(server.data)
    told = notices(Stream(folder.address, folder.trust).events())
    command = [sys.executable, "-m", "tocsin", "replay", str(here(OFFICIAL)), *TWO_DAYS, "--speed", "60000"]
    with subprocess.Popen(
        [*command, "--data", str(server.data)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        seen = list(islice(told, 30))
        server.kill()
        server.start()
        out, err = process.communicate(timeout=DONE_WITHIN_S)
    assert process.returncode == 0, err
    assert "DEMO replay, run " in err
    assert "45 alerts, 44 all clears, 0 done" in err
    assert "89 orders issued" in out
    assert "The board says the same as the file: 1 of 45 alerts have not ended" in out

    seen += islice(told, 89 - len(seen))
    kinds = [event.notice.kind for event in seen]
    assert (kinds.count(Kind.ALERT), kinds.count(Kind.ALL_CLEAR)) == (45, 44)
    assert len({event.notice.id for event in seen}) == 89


def test_a_run_goes_on_by_its_name_and_issues_nothing_twice(
    own_server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (str(here(OFFICIAL)), *TWO_DAYS, "--speed", "1e9", "--run", "again")
    assert replay(own_server, *words, "--limit", "20") == 0
    assert "20 alerts" in capsys.readouterr().err
    assert replay(own_server, *words) == 0
    captured = capsys.readouterr()
    (done,) = re.findall(r"45 alerts, 44 all clears, (\d+) done", captured.err)
    assert int(done) > 0
    assert "1 of 45 alerts have not ended" in captured.out


def test_the_minute_in_which_22_oblasts_went_on_alert(own_server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    window = ("--from", "2024-03-28T10:09", "--to", "2024-03-28T10:10", "--speed", "1e6")
    assert replay(own_server, str(here(OFFICIAL)), *window) == 0
    assert "22 of 22 alerts have not ended" in capsys.readouterr().out


def test_the_volunteer_file_is_played_as_well(own_server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    window = ("--from", "2024-05-28T06:00", "--to", "2024-05-28T12:00", "--speed", "1e9")
    assert replay(own_server, str(here(VOLUNTEER)), *window) == 0
    assert "The board says the same as the file" in capsys.readouterr().out


def test_a_window_without_alerts_plays_nothing(own_server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    window = ("--from", "2021-01-01", "--to", "2021-01-02")
    assert replay(own_server, str(here(OFFICIAL)), *window) == 0
    assert "nothing to play" in capsys.readouterr().err


def test_history_is_played_in_no_real_authority(
    own_server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real = (own_server.data / "authority.json").read_text().replace('"demo": true', '"demo": false')
    (tmp_path / "authority.json").write_text(real.replace('"authority": "demo"', '"authority": "city.example"'))
    with pytest.raises(SystemExit) as ended:
        main(["replay", str(here(OFFICIAL)), *TWO_DAYS, "--data", str(tmp_path), "--url", own_server.url])
    assert ended.value.code == 2
    assert "History is only played in a demo authority" in capsys.readouterr().err


def test_a_board_that_differs_from_the_file_ends_with_a_failure(
    own_server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tocsin.cli.replay.open_at_the_end", lambda *_: {"a" * 26: "UA80000000000093317"})
    window = ("--from", "2024-03-28T10:09", "--to", "2024-03-28T10:10", "--speed", "1e6")
    assert replay(own_server, str(here(OFFICIAL)), *window) == 1
    assert "Kyiv is not on the board" in capsys.readouterr().err
