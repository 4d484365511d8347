"""What tests share: a real server in a process of its own, with a demo authority in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

START_S_MAX = 30


@dataclass
class Server:
    """A running `tocsin demo` or other *command*. ``data`` is its folder; stop, kill and start it at will."""

    data: Path
    options: tuple[str, ...] = ()
    command: str = "demo"
    log: Path = field(init=False)
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.log = self.data.parent / f"{self.data.name}.log"

    @property
    def url(self) -> str:
        return str(json.loads((self.data / "address.json").read_text())["url"])

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> "Server":
        """Start the server and wait until it answers."""
        port = ("--port", "0") if "--port" not in self.options else ()
        command = [sys.executable, "-m", "tocsin", self.command, "--data", str(self.data), *port, *self.options]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stderr=log, stdout=log, env=os.environ | {"TOCSIN_LOG": "json"})
        give_up = time.monotonic() + START_S_MAX
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise AssertionError(f"the server did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.01)
        return self

    def _answers(self) -> bool:
        address = self.data / "address.json"
        return address.exists() and bool(text := address.read_text()) and json.loads(text)["pid"] == self.pid

    def kill(self) -> None:
        """End the process as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the process to end, and wait until it has."""
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(20)

    def faults(self) -> list[str]:
        """Return the lines of the log that warn or worse."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [
            line for line in lines if any(f'"level": "{level}"' in line for level in ("warning", "error", "critical"))
        ]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of a test's own. A warning in its log fails the test."""
    one = Server(tmp_path / "demo").start()
    yield one
    one.stop()
    assert not one.faults()


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for tests that only read, or that keep to alarms of their own."""
    one = Server(tmp_path_factory.mktemp("shared") / "demo").start()
    yield one
    one.stop()
    assert not one.faults()
