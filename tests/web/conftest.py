"""A reader and an operator of the shared server; DEMO throughout."""

from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import Server
from tests.live.duty import Duty


@pytest.fixture
def reader(shared_server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shared_server.url, trust_env=False) as client:
        yield client


@pytest.fixture
def duty(shared_server: Server) -> Iterator[Duty]:
    duty = Duty(shared_server)
    with duty.operator.client:
        yield duty
