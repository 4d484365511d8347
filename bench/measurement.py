"""One run: a server, its subscribers, and what load.c saw.

It decides nothing about servers (``bench.contenders``) and nothing about what a figure means (``bench.report``).
"""

import json
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bench.machine import prefer

Transport = Literal["plain", "tls"]
# A run with 20,000 subscribers over TLS takes half a minute to connect; beyond this something hangs.
RUN_SECONDS_MAX = 300


class NoResultError(Exception):
    """A run in which a receipt was missing, a connection failed or a server ended."""


@dataclass(frozen=True)
class Round:
    """One publish: what stands in the ``id:`` line of its event, and the raw HTTP request that causes it."""

    marker: str
    request: bytes


@dataclass(frozen=True)
class Server:
    """A server that listens on 127.0.0.1 and can be given orders."""

    port: int
    pid: int
    prepare: Callable[[int], Sequence[Round]]


@dataclass(frozen=True)
class Plan:
    """What one run does.

    ``idle_s`` is spent before the rounds, with all subscribers connected; ``query`` goes with each subscription.
    """

    subscribers: int
    rounds: int
    warm_up: int = 2
    idle_s: int = 0
    transport: Transport = "plain"
    query: str = ""


@dataclass(frozen=True)
class Run:
    """What load.c reported: ``connected`` its first line, ``rounds`` one record each."""

    subscribers: int
    connected: dict[str, Any]
    rounds: list[dict[str, float]]

    def median(self, field: str) -> float:
        return statistics.median(one[field] for one in self.rounds)

    def worst(self, field: str) -> float:
        return max(one[field] for one in self.rounds)

    @property
    def server_us(self) -> float:
        """Server CPU for each delivery, in microseconds, everything that the order costs included."""
        return self.median("server_us") / self.subscribers

    @property
    def client_us(self) -> float:
        return self.median("client_us") / self.subscribers

    @property
    def waited_share(self) -> float:
        """How long the server stood ready without a CPU, as a share of the time to the last receipt: foreign load."""
        return self.median("server_waited_us") / 1000 / self.median("last_ms")


def measure(load: Path, cpu: int, server: Server, plan: Plan) -> Run:
    """Connect the subscribers of *plan* to *server*, run the rounds, and return what they saw.

    Raises ``NoResultError`` with load.c's own words if a single receipt is missing.
    """
    command = [str(load), "-p", str(server.port), "-n", str(plan.subscribers), "-w", str(plan.warm_up)]
    command += ["-S", str(server.pid), "-c", str(cpu), "-i", str(plan.idle_s), "-q", plan.query]
    if plan.transport == "tls":
        command.append("-X")
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True) as process:
        assert process.stdout is not None
        try:
            prefer(process.pid)
            first = process.stdout.readline()
            # Prepared only now: a signed request is good for a minute, and connecting may take as long.
            rounds = server.prepare(plan.warm_up + plan.rounds) if first.endswith(b"}\n") else []
            second, complaints = process.communicate(b"".join(map(_record, rounds)), timeout=RUN_SECONDS_MAX)
        except BaseException:
            process.kill()
            raise
    if process.returncode or not rounds:
        raise NoResultError(complaints.decode().strip() or f"load ended with {process.returncode}")
    return Run(plan.subscribers, json.loads(first), json.loads(second)["rounds"])


def _record(one: Round) -> bytes:
    return f"round {one.marker} {len(one.request)}\n".encode() + one.request + b"\n"
