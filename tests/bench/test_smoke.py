"""The bench runs: a figure that nobody can make again is no figure."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_fan_out_is_measured_beside_the_reference_and_nothing_is_lost() -> None:
    command = [sys.executable, "-m", "bench.fanout", "--smoke"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "x C" in done.stdout
