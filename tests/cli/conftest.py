"""A server of this package's own: replays fill its board, and commands look at all of it."""

from collections.abc import Iterator

import pytest

from tests.conftest import Server


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for one module of tests."""
    one = Server(tmp_path_factory.mktemp("own") / "demo").start()
    yield one
    one.stop()
    assert not one.faults()
