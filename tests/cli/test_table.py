"""The command and its table: every entry can be called, help is quick, a missing extra is named."""

import subprocess
import sys

import pytest

from tocsin.cli import main, table
from tocsin.cli.console import ExitStatus, Failure
from tocsin.cli.table import ENTRIES, Entry, load


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_entry_of_the_table_has_a_command_with_help(entry: Entry, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([entry.name, "--help"])
    assert ended.value.code == 0
    assert f"tocsin {entry.name}" in capsys.readouterr().out


def test_help_lists_every_command_and_the_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert all(entry.name in shown for entry in ENTRIES)
    assert "3 refused by the server" in " ".join(shown.split())


def test_help_reads_no_command() -> None:
    code = (
        "import sys\nfrom tocsin.cli import main\ntry:\n main(['--help'])\nexcept SystemExit:\n"
        " pass\nprint([name for name in ('httpx', 'shapely', 'cryptography', 'uvicorn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_command_whose_extra_is_missing_names_it_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise ModuleNotFoundError("No module named 'httpx'", name="httpx")

    monkeypatch.setattr(table, "import_module", missing)
    with pytest.raises(Failure) as caught:
        load(Entry("watch", "watch", ""))
    assert str(caught.value) == "tocsin watch needs the extra: pip install 'tocsin[server]' (httpx is missing)"
    assert caught.value.status is ExitStatus.WRONG_USE


def test_a_misspelt_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["alrt"])
    assert ended.value.code == 2
    assert "Did you mean 'alert'" in capsys.readouterr().err


def test_no_command_stands_in_the_table_twice() -> None:
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
