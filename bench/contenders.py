"""What is measured: the C reference, and Tocsin as ``tocsin serve`` runs it.

Each is a context manager that gives a ``Server`` on a free port, pinned to one CPU, and ends it.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.measurement import NoResultError, Round, Server

STOP_SECONDS_MAX = 10
REFERENCE_EPOCH = "0" * 16


@contextmanager
def reference(program: Path, cpu: int, frame_bytes: int) -> Iterator[Server]:
    """Serve with the C reference; its frames are exactly *frame_bytes* long, end marker included."""
    with running([str(program), "0"], cpu) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().rsplit(b":", 1)[1])
        yield Server(port, process.pid, lambda count: [reference_round(number, frame_bytes) for number in range(count)])


def reference_round(number: int, frame_bytes: int) -> Round:
    marker = f"{REFERENCE_EPOCH}-{number + 1}"
    start, end = b"event: notice\ndata: ", f"\nid: {marker}\n\n".encode()
    frame = start + b"x" * (frame_bytes - len(start) - len(end)) + end
    head = f"POST /publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(frame)}\r\n\r\n"
    return Round(marker, head.encode() + frame)


@contextmanager
def running(command: Sequence[str], cpu: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run *command* on *cpu* alone, in a process group of its own, and stop the group in the end."""
    process = subprocess.Popen(
        ["taskset", "-c", str(cpu), *command], stdout=subprocess.PIPE, start_new_session=True, env=os.environ
    )
    try:
        yield process
        if process.poll() is not None:
            raise NoResultError(f"{command[0]} ended with {process.returncode}")
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    for kind in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, kind)
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                continue
    if process.stdout is not None:
        process.stdout.close()
