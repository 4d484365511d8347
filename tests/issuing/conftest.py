"""An office of a test's own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.issuing.office import Office, found


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority that nobody has opened yet; copied, since each sync of a disk takes its time."""
    folder = tmp_path_factory.mktemp("founded")
    found(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path, founded: Path) -> Path:
    return Path(shutil.copytree(founded, tmp_path / "office"))


@pytest.fixture
def office(folder: Path) -> Iterator[Office]:
    office = Office(folder)
    yield office
    office.close()
