"""The fan-out beside the C reference, as ratios: ``python -m bench.fanout``.

Every run of Tocsin stands between two runs of the reference and is divided by their mean. What it measures and how to
read it: ``bench/README.md``.
"""

import argparse
import datetime
import shlex
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from bench import machine, programs
from bench.contenders import reference, tocsin
from bench.measurement import NoResultError, Plan, Run, Server, measure
from bench.report import RESULTS, Findings, Pair, markdown

SMOKE_SUBSCRIBERS = 200
NONCE = "m" * 24  # as long as the one the citizen page sends
ORDER_ROUNDS = 15  # one subscriber: cheap, and its median is subtracted from everything else


@dataclass(frozen=True)
class Bench:
    """The compiled programs and the CPUs that they get."""

    load: Path
    reference: Path
    placing: machine.Placing

    def run(self, server: AbstractContextManager[Server], plan: Plan) -> Run:
        with server as started:
            return measure(self.load, self.placing.load, started, plan)

    def run_reference(self, plan: Plan, frame_bytes: int) -> Run:
        return self.run(reference(self.reference, self.placing.server, frame_bytes), plan)

    def run_tocsin(self, plan: Plan) -> Run:
        with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
            return self.run(tocsin(Path(folder), self.placing.server, plan.transport), plan)

    def compare(self, plan: Plan, repeat: int, frame_bytes: int) -> Sequence[Pair]:
        pairs: list[Pair] = []
        before = self.run_reference(plan, frame_bytes)
        for _ in range(repeat):
            contender = self.run_tocsin(plan)
            after = self.run_reference(plan, frame_bytes)
            pairs.append(Pair(contender, before, after))
            say(f"{plan.subscribers:6,}: last x C {pairs[-1].last_ratio:.2f}, CPU x C {pairs[-1].cpu_ratio:.2f}")
            before = after
        return pairs


def main(arguments: Sequence[str] | None = None) -> int:
    options = read_options(arguments)
    network = machine.enter_namespace()
    connections_max = machine.raise_open_files()
    bench = Bench(programs.compile_load(), programs.compile_reference(), machine.place())
    try:
        found = take_findings(bench, options, connections_max)
    except NoResultError as why:
        print(f"No result: {why}", file=sys.stderr)
        return 1
    page = markdown(found, circumstances(network, connections_max, bench.placing))
    print(page)
    if options.write:
        RESULTS.write_text(f"# Results\n\nHow to read them: [README.md](README.md).\n\n{page}")
    return 0


def take_findings(bench: Bench, options: argparse.Namespace, connections_max: int) -> Findings:
    counts = [min(int(c), connections_max) if c != "max" else connections_max for c in options.clients.split(",")]
    order = bench.run_tocsin(Plan(1, 3 if options.smoke else ORDER_ROUNDS, idle_s=options.idle))
    frame_bytes = round(order.median("frame_bytes"))
    say(f"order alone: {order.median('last_ms'):.1f} ms, frame of {frame_bytes} bytes")
    pairs = {count: bench.compare(Plan(count, options.rounds), options.repeat, frame_bytes) for count in counts}
    idle = bench.run_tocsin(Plan(counts[-1], 1, idle_s=options.idle)) if options.idle else None
    nonced = bench.run_tocsin(Plan(counts[-1], 1, query=f"?nonce={NONCE}"))
    tls_counts = [int(count) for count in options.tls.split(",") if count]
    if tls_counts and not programs.has_openssl():
        return Findings(order, pairs, nonced, idle, [], "Not measured: apt-get install libssl-dev.")
    return Findings(order, pairs, nonced, idle, [run_tls(bench, count, options.rounds) for count in tls_counts], "")


def run_tls(bench: Bench, count: int, rounds: int) -> Run:
    run = bench.run_tocsin(Plan(count, rounds, transport="tls"))
    say(f"{count:6,} with TLS: {run.median('last_ms'):.1f} ms")
    return run


def circumstances(network: str, connections_max: int, placing: machine.Placing) -> dict[str, str]:
    return {
        "Date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "Command": f"`python -m bench.fanout {shlex.join(sys.argv[1:])}`",
        **machine.describe(),
        "network": network,
        "priority": f"nice {machine.PRIORITY}, both alike" if machine.may_prefer() else "as everybody's",
        "placing": f"server on CPU {placing.server}, load generator on CPU {placing.load}",
        "open files": f"the limit allows {connections_max:,} connections to a process",
    }


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fanout", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--clients", default="1000,10000,max", help="numbers of subscribers; max: what open files allow"
    )
    parser.add_argument("--repeat", type=int, default=3, help="runs of Tocsin for each number, each between two of C")
    parser.add_argument("--rounds", type=int, default=8, help="orders in one run, after two to warm up")
    parser.add_argument("--idle", type=int, default=20, help="seconds to watch idle connections, at the last number")
    parser.add_argument("--tls", default="1000,5000", help="numbers of subscribers with TLS; empty: none")
    parser.add_argument("--smoke", action="store_true", help="seconds instead of minutes: does the bench itself work?")
    parser.add_argument("--write", action="store_true", help="write bench/RESULTS.md")
    options = parser.parse_args(arguments)
    if options.smoke:
        options.clients, options.repeat, options.rounds, options.idle, options.tls = str(SMOKE_SUBSCRIBERS), 1, 2, 0, ""
    return options


if __name__ == "__main__":
    sys.exit(main())
