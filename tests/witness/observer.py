"""A witness in a process of its own, and a relay that can lie about everything, the log too."""

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx

from tests.browser.hostile import Relay

Line = dict[str, Any]
# How soon something is found is tested with the time passed in; here a busy machine may take its time.
PATIENCE_S = 120


class LyingRelay(Relay):
    """A relay that also tampers with answers: *answers* takes a path and what the server said."""

    def __init__(self, upstream: str) -> None:
        super().__init__(upstream)
        self.answers: Callable[[str, bytes], bytes] = lambda path, body: body
        self._beats = threading.Event()
        self.tampering = self._listen

    def _listen(self, event: bytes) -> bytes:
        if event.startswith(b"event: heartbeat"):
            self._beats.set()
        return event

    def joined(self) -> None:
        """Wait until somebody follows the stream and has been told what is in force."""
        assert self._beats.wait(PATIENCE_S)

    def _pass(self, handler: BaseHTTPRequestHandler) -> None:
        try:
            answer = httpx.get(self.upstream + handler.path)
        except httpx.HTTPError:
            return
        body = self.answers(handler.path, answer.content)
        handler.send_response(answer.status_code)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


class Observer:
    """A running `tocsin witness`; its lines are read as they come."""

    def __init__(self, folder: Path, url: str, pin: str, also: Sequence[str] = (), name: str = "observer") -> None:
        self.folder = folder
        files = ["--state", str(folder / f"{name}.json"), "--key", str(folder / f"{name}.key")]
        others = [part for one in also for part in ("--also", one)]
        command = [sys.executable, "-m", "tocsin", "witness", url, "--pin", pin, "--name", name, "--json", *files]
        self._process = subprocess.Popen(
            [*command, *others, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._lines: queue.Queue[Line] = queue.Queue()
        self.heard: list[Line] = []
        assert self._process.stderr
        self.public = self._process.stderr.readline().partition("key ")[2].partition(",")[0]
        self.url = self._process.stderr.readline().rpartition(" ")[2].strip()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(json.loads(line))

    def until(self, is_it: Callable[[Line], bool], within_s: float = PATIENCE_S) -> Line:
        """Return the first line, of those heard already too, of which *is_it* is true."""
        for line in self.heard:
            if is_it(line):
                return line
        give_up = time.monotonic() + within_s
        while (left_s := give_up - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left_s)
            except queue.Empty:
                break
            self.heard.append(line)
            if is_it(line):
                return line
        raise AssertionError(f"it was not said within {within_s} s; said was {self.heard}")

    def seen(self, position: str) -> Line:
        return self.until(lambda line: line["event"] == "seen" and line["position"] == position)

    def found(self, verdict: str, within_s: float = PATIENCE_S) -> Line:
        return self.until(lambda line: line["event"] == "found" and line["verdict"] == verdict, within_s)

    def verdicts(self) -> list[str]:
        while not self._lines.empty():
            self.heard.append(self._lines.get())
        return [line["verdict"] for line in self.heard if line["event"] == "found"]

    def checkpoints(self) -> list[str]:
        answer = httpx.get(self.url)
        assert answer.headers["access-control-allow-origin"] == "*"
        return list(answer.json()["checkpoints"])

    def evidence(self) -> list[Line]:
        text = next(self.folder.glob("*.json.evidence")).read_text()
        return [json.loads(line) for line in text.splitlines()]

    def stop(self) -> int:
        """Ask it to end, and return its exit status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=20)
        return self._process.returncode
