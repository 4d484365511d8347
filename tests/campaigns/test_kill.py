"""The short form of the kill campaign."""

import time
from pathlib import Path
from random import Random

import pytest

from tests.campaigns.kill import Campaign
from tocsin.founding import found_demo


@pytest.mark.campaign
def test_no_acknowledged_order_is_lost_by_a_kill(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    found_demo(folder, time.time_ns() // 1_000_000)
    report = Campaign(folder, Random(20261124)).run(kills=10, operators=2)
    assert report.kills >= 10
    assert report.kills_with_orders_open > 0
    assert report.acknowledged > 10
