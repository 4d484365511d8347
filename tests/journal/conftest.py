"""A data folder as a running authority leaves it: journal, ``authority.json`` and keys, none of them of anyone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tocsin.journal.sqlite import SqliteJournal
from tocsin.ports.journal import Appended
from tocsin.testing.samples import AUTHORITY, NOW_MS, ROOTS, START, sample_issue, sample_roster


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an authority and no journal yet."""
    folder = tmp_path / "authority"
    (folder / "keys").mkdir(parents=True)
    owner = {"authority": AUTHORITY, "demo": False, "roots": {"actual": ROOTS.actual, "exercise": ROOTS.exercise}}
    (folder / "authority.json").write_text(json.dumps(owner))
    (folder / "keys" / "issue-actual.key").write_text("no key\n")
    return folder


@pytest.fixture
def journal(folder: Path) -> Iterator[SqliteJournal]:
    """The journal of ``folder``, open for writing, with a roster and three notices: five entries."""
    journal = SqliteJournal.create(folder, START, NOW_MS)
    journal.append_roster(sample_roster(), NOW_MS)
    for name in ("one", "two", "three"):
        assert isinstance(journal.append_notices([sample_issue(name)], NOW_MS), Appended)
    yield journal
    journal.close()
