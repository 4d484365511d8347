"""The built apps: built first if a source file is newer than they are."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import hatch_build  # noqa: E402  # it lies beside pyproject.toml, where the build backend looks for it


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the built citizen page."""
    if hatch_build.is_stale(ROOT):
        hatch_build.build(ROOT)
    return ROOT / "src/tocsin/web/apps/citizen"
