"""``tocsin journal``, ``backup`` and ``restore`` as someone on duty types them."""

import json
from base64 import b64decode
from pathlib import Path

import pytest

from tests.journal.test_contract import damage_file
from tocsin.cli import main
from tocsin.journal.sqlite import FILE_NAME, SqliteJournal
from tocsin.testing.samples import AUTHORITY, sample_issue


def run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def test_verify_says_how_many_entries_are_right(
    folder: Path, journal: SqliteJournal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("journal", "verify", "--data", folder) == 0
    assert f"5 entries are right, up to {journal.head.position}" in capsys.readouterr().out


def test_verify_names_the_first_broken_entry_and_fails(
    folder: Path, journal: SqliteJournal, capsys: pytest.CaptureFixture[str]
) -> None:
    journal.close()
    damage_file(folder / FILE_NAME, "UPDATE entry SET recorded_ms = 1 WHERE sequence IN (3, 5)")
    assert run("journal", "verify", "--data", folder) == 1
    assert "Entry 3 is broken: its hash is not" in capsys.readouterr().err


def test_export_writes_a_line_for_each_entry(
    folder: Path, journal: SqliteJournal, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run("journal", "export", "--json", "-", "--data", folder) == 0
    lines = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert [(line["sequence"], line["type"]) for line in lines] == [
        (1, "epoch"),
        (2, "roster"),
        (3, "notice"),
        (4, "notice"),
        (5, "notice"),
    ]
    assert lines[0]["document"]["authority"] == AUTHORITY
    assert lines[0]["recorded"] == "2026-09-21T14:13:20.000Z"
    assert lines[2]["document"]["id"] == sample_issue("one").notice.id
    assert b64decode(lines[2]["body"]) == sample_issue("one").envelope
    assert lines[4]["hash"] == journal.head.chain.hex()


def test_export_writes_a_cap_file_for_each_alert(folder: Path, journal: SqliteJournal, tmp_path: Path) -> None:
    assert run("journal", "export", "--cap", tmp_path / "cap", "--data", folder) == 0
    issues = [sample_issue(name) for name in ("one", "two", "three")]
    written = {path.name: path.read_bytes() for path in (tmp_path / "cap").iterdir()}
    assert written == {f"{issue.notice.id}.xml": issue.cap for issue in issues}


def test_a_backup_comes_back_by_command(
    folder: Path, journal: SqliteJournal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("backup", tmp_path / "b.tar", "--data", folder) == 0
    assert str(journal.head.position) in capsys.readouterr().out
    assert run("restore", tmp_path / "b.tar", "--data", tmp_path / "again") == 0
    assert run("journal", "verify", "--data", tmp_path / "again") == 0
    assert "6 entries are right" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["journal", "verify"], "there is no journal in"),
        (["journal", "export", "--json", "-"], "there is no journal in"),
        (["journal", "export"], "--json FILE, --cap FOLDER, or both"),
        (["backup", "nowhere/b.tar"], "no folder nowhere"),
        (["backup", "b.tar"], "there is no journal in"),
        (["restore", "missing.tar"], "missing.tar"),
        (["restore", "text.tar"], "cannot be read as a backup"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_gets_one_line_that_names_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("text.tar").write_text("no archive, but a text that is long enough" * 40)
    assert run(*arguments, "--data", "data") == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["text.tar"]
