"""The short form of the fuzzing campaign: the same inputs each time."""

import pytest

from tests.campaigns.fuzz_cap import mutate


@pytest.mark.campaign
def test_no_spoilt_document_breaks_the_reader() -> None:
    mutate(executions=1500, seed=20261124)
