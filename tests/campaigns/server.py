"""The real ``tocsin serve`` in a process of its own, to be killed and started again. On a free port of loopback."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

# A start that takes longer has failed; the campaign prints how long starts really take.
START_GIVE_UP_S = 60.0
POLL_S = 0.005


@dataclass(frozen=True, slots=True)
class Server:
    """One life of the server over *folder*."""

    folder: Path
    process: subprocess.Popen[bytes]
    began_s: float

    @classmethod
    def start(cls, folder: Path) -> "Server":
        """Start it without waiting for it."""
        command = [sys.executable, "-m", "tocsin", "serve", "--data", str(folder), "--port", "0", "--log", "json"]
        with (folder.parent / "server.log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        return cls(folder, process, time.monotonic())

    def wait_until_serving(self) -> float:
        """Return the seconds from the start of the process to its first answer."""
        with httpx.Client(trust_env=False) as client:
            while time.monotonic() < self.began_s + START_GIVE_UP_S:
                if self.process.poll() is not None:
                    raise AssertionError(f"the server did not start: {self.log()}")
                if self._answers(client):
                    return time.monotonic() - self.began_s
                time.sleep(POLL_S)
        raise AssertionError(f"the server does not serve after {START_GIVE_UP_S} s: {self.log()}")

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(30) in (0, -signal.SIGTERM), self.log()

    def log(self) -> str:
        return (self.folder.parent / "server.log").read_text(errors="replace")[-2_000:]

    def _answers(self, client: httpx.Client) -> bool:
        try:
            left = json.loads((self.folder / "address.json").read_bytes())
            # After a kill the address of the life before still lies there.
            return bool(left["pid"] == self.process.pid and client.get(f"{left['url']}/healthz").is_success)
        except (OSError, ValueError, httpx.TransportError):
            return False
