"""What the figures say: ratios, medians, and the page that is written.

It reads runs and measures nothing.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measurement import Run

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
# Above this share of time without a CPU the machine was somebody else's: the row says so.
WAITED_SHARE_NOISY = 0.1


@dataclass(frozen=True)
class Pair:
    """One run of Tocsin and the two runs of the reference around it."""

    tocsin: Run
    before: Run
    after: Run

    @property
    def last_ratio(self) -> float:
        return 2 * self.tocsin.median("last_ms") / (self.before.median("last_ms") + self.after.median("last_ms"))

    @property
    def drift(self) -> float:
        """How far the two runs of one and the same reference lie apart: what the ratio cannot be better than."""
        before, after = self.before.median("last_ms"), self.after.median("last_ms")
        return abs(before - after) / min(before, after)

    @property
    def cpu_ratio(self) -> float:
        return 2 * self.tocsin.server_us / (self.before.server_us + self.after.server_us)


@dataclass(frozen=True)
class Findings:
    """Everything that one call measured; what was not asked for is empty. ``order`` is the run with one subscriber."""

    order: Run
    pairs: dict[int, Sequence[Pair]]
    nonced: Run
    idle: Run | None
    tls: Sequence[Run]
    tls_note: str


def markdown(found: Findings, circumstances: dict[str, str]) -> str:
    parts = [
        "\n".join(f"- {name}: {value}" for name, value in circumstances.items()),
        _fan_out(found),
        _flatness(found),
        _connections(found),
        _idle(found),
        _tls(found),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _fan_out(found: Findings) -> str:
    header = (
        "subscribers",
        "x C, last",
        "x C, CPU",
        "last, ms",
        "C, ms",
        "first",
        "p50",
        "p99",
        "worst",
        "us/delivery",
        "C, us",
        "",
    )
    rows = []
    for clients, pairs in found.pairs.items():
        runs, floor = [pair.tocsin for pair in pairs], [run for pair in pairs for run in (pair.before, pair.after)]
        rows.append(
            (
                f"{clients:,}",
                _spread([pair.last_ratio for pair in pairs]),
                _spread([pair.cpu_ratio for pair in pairs]),
                _ms(runs, "last_ms"),
                _ms(floor, "last_ms"),
                _ms(runs, "first_ms"),
                _ms(runs, "p50_ms"),
                _ms(runs, "p99_ms"),
                f"{max(run.worst('last_ms') for run in runs):.1f}",
                f"{statistics.median(run.server_us for run in runs):.2f}",
                f"{statistics.median(run.server_us for run in floor):.2f}",
                _noise([*runs, *floor]),
            )
        )
    title = "## From the order to the last subscriber\n\n"
    frame = f"Frame: {_frame_bytes(found):,} bytes, the same for both.\n\n" if found.pairs else ""
    return title + frame + _table(header, rows) + _drift(found) + _order(found)


def _drift(found: Findings) -> str:
    drifts = [pair.drift for pairs in found.pairs.values() for pair in pairs]
    return (
        f"\n\nNeighbouring runs of the reference differ by {statistics.median(drifts):.0%} in the median and "
        f"{max(drifts):.0%} at most: ratios cannot be trusted further than that."
    )


def _order(found: Findings) -> str:
    run = found.order
    return (
        f"\n\nThe order alone (1 subscriber, a signed order checked, written and synced): receipt after "
        f"{run.median('last_ms'):.1f} ms (worst {run.worst('last_ms'):.1f}), "
        f"{run.median('server_us') / 1000:.1f} ms of server CPU."
    )


def _flatness(found: Findings) -> str:
    if len(found.pairs) < 2:
        return ""
    order_us = found.order.median("server_us")
    header = ("subscribers", "us/delivery", "without the order itself", "C, us", "x C, without the order")
    rows, deliveries = [], []
    for clients, pairs in found.pairs.items():
        tocsin = statistics.median(pair.tocsin.server_us for pair in pairs)
        floor = statistics.median(run.server_us for pair in pairs for run in (pair.before, pair.after))
        delivery = tocsin - order_us / clients
        deliveries.append(delivery)
        rows.append((f"{clients:,}", f"{tocsin:.2f}", f"{delivery:.2f}", f"{floor:.2f}", f"{delivery / floor:.2f}"))
    middle = (max(deliveries) + min(deliveries)) / 2
    flat = (max(deliveries) - middle) / middle
    closing = f"\n\nCPU per delivery is flat within ±{flat:.0%} from {min(found.pairs):,} to {max(found.pairs):,}."
    return "## CPU per delivery over the number of subscribers\n\n" + _table(header, rows) + closing


def _connections(found: Findings) -> str:
    header = (
        "subscribers",
        "connections/s",
        "C, /s",
        "us/connection",
        "C, us",
        "KB/connection (PSS)",
        "of it anonymous",
    )
    rows = []
    for clients, pairs in found.pairs.items():
        runs, floor = [pair.tocsin for pair in pairs], [run for pair in pairs for run in (pair.before, pair.after)]
        rows.append(
            (
                f"{clients:,}",
                f"{_connected(runs, 'connections_per_s'):,.0f}",
                f"{_connected(floor, 'connections_per_s'):,.0f}",
                f"{_connected(runs, 'cpu_us_per_connection'):.0f}",
                f"{_connected(floor, 'cpu_us_per_connection'):.0f}",
                f"{_connected(runs, 'pss_kb_per_connection'):.2f}",
                f"{_connected(runs, 'anonymous_kb_per_connection'):.2f}",
            )
        )
    facts = found.nonced.connected
    note = (
        "\n\nConnect and subscribe, the first snapshot and heartbeat included. User memory; the kernel's is apart.\n\n"
        f"With a nonce, as the citizen page sends it, each first heartbeat is signed for one: "
        f"{facts['connections_per_s']:,.0f} connections/s, {facts['cpu_us_per_connection']:.0f} us each "
        f"({found.nonced.subscribers:,} subscribers)."
    )
    return "## Connections\n\n" + _table(header, rows) + note if rows else ""


def _idle(found: Findings) -> str:
    if not found.idle:
        return ""
    facts, clients = found.idle.connected, found.idle.subscribers
    cpu, resting = facts["idle_cpu_us_per_s"], found.order.connected["idle_cpu_us_per_s"]
    return (
        f"## Idle connections\n\n{clients:,} connections for {facts['idle_s']:.0f} s, with heartbeats "
        f"({facts['idle_events_per_connection'] / facts['idle_s']:.2f} a second each): "
        f"{cpu / 1e4:.1f} % of one CPU, {(cpu - resting) / clients:.2f} us a second and connection "
        f"(with one connection it takes {resting / 1e4:.1f} %). "
        f"Memory: {facts['pss_kb_per_connection']:.2f} KB a connection."
    )


def _tls(found: Findings) -> str:
    header = ("subscribers", "last, ms", "us/delivery", "connections/s", "us/connection", "KB/connection (PSS)")
    rows = [
        (
            f"{run.subscribers:,}",
            f"{run.median('last_ms'):.1f}",
            f"{run.server_us:.2f}",
            f"{run.connected['connections_per_s']:,.0f}",
            f"{run.connected['cpu_us_per_connection']:.0f}",
            f"{run.connected['pss_kb_per_connection']:.1f}",
        )
        for run in found.tls
    ]
    body = "\n\n".join(part for part in (_table(header, rows) if rows else "", found.tls_note) if part)
    return f"## TLS in the process\n\n{body}" if body else ""


def _frame_bytes(found: Findings) -> int:
    return round(
        statistics.median(pair.tocsin.median("frame_bytes") for pairs in found.pairs.values() for pair in pairs)
    )


def _connected(runs: Sequence[Run], field: str) -> float:
    return statistics.median(float(run.connected[field]) for run in runs)


def _ms(runs: Sequence[Run], field: str) -> str:
    return f"{statistics.median(run.median(field) for run in runs):.1f}"


def _spread(ratios: Sequence[float]) -> str:
    middle = f"**{statistics.median(ratios):.2f}**"
    return f"{middle} ({min(ratios):.2f}–{max(ratios):.2f})" if len(ratios) > 1 else middle


def _noise(runs: Sequence[Run]) -> str:
    noisy = sum(run.waited_share > WAITED_SHARE_NOISY for run in runs)
    return f"noisy: {noisy} of {len(runs)} runs" if noisy else ""


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    lines = [header, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines)
