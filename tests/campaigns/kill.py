"""The kill campaign: SIGKILL at random moments while orders are given, and what has to hold after each.

``python -m tests.campaigns.kill --kills 200`` is the long form, ``--entries 1000000`` runs it over a long journal, kept
in ``.cache``. The suite runs ten kills. Every run prints its seed; the same seed kills at the same moments.
"""

import argparse
import secrets
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tocsin.client import Issued
from tocsin.founding import found_demo
from tocsin.issuing import Order
from tocsin.journal.sqlite import SqliteJournal
from tocsin.notice import EntryType, Envelope, Magic, decode_notice
from tocsin.ports.journal import Broken

from . import long_journal
from .duty import Duty, on_duty
from .server import Server

# A server that starts takes this long at most to be killed in the middle of its start.
START_S = 1.5
# One kill in this many falls into a start.
START_KILLED_ONE_IN = 3
RUN_MIN_S, RUN_MAX_S = 0.02, 0.6
SERVING_AGAIN_GOAL_S = 2.0


@dataclass
class Report:
    """What a campaign saw."""

    kills: int = 0
    kills_in_start: int = 0
    kills_with_orders_open: int = 0
    acknowledged: int = 0
    starts_s: list[float] = field(default_factory=list)

    def lines(self) -> list[str]:
        starts = sorted(self.starts_s)
        middle, last = starts[len(starts) // 2], starts[-1]
        late = sum(one > SERVING_AGAIN_GOAL_S for one in starts)
        return [
            f"{self.kills} kills, {self.kills_in_start} of them in a start, {self.kills_with_orders_open} with orders"
            " open",
            f"{self.acknowledged} orders acknowledged: each in the journal, once, as acknowledged; the chain holds",
            f"serving again after {middle:.2f} s in the middle of {len(starts)}, {last:.2f} s at most;"
            f" {late} took more than {SERVING_AGAIN_GOAL_S} s",
        ]


@dataclass
class Campaign:
    """Kills the server over *folder*, which holds a demo authority."""

    folder: Path
    random: Random
    report: Report = field(default_factory=Report)
    _server: Server = field(init=False)
    _verified: int = 0
    _listed: int = 0
    _journaled: dict[str, tuple[str, int, int]] = field(default_factory=dict)

    def run(self, kills: int, operators: int) -> Report:
        """Kill *kills* times while *operators* give orders. Raises ``AssertionError`` for anything that was lost."""
        self._verified = self._listed = _head(self.folder)
        duties = [on_duty(self.folder, Random(self.random.random())) for _ in range(operators)]
        try:
            self._start()
            for duty in duties:
                duty.begin()
            while self.report.kills < kills:
                self._kill(duties)
            for duty in duties:
                duty.end()
            self._repeat(duties)
            self._server.stop()
        finally:
            self._server.kill()
            for duty in duties:
                duty.operator.client.close()
        self._check_whole(duties)
        return self.report

    def _start(self) -> None:
        self._server = Server.start(self.folder)
        self.report.starts_s.append(self._server.wait_until_serving())

    def _kill(self, duties: list[Duty]) -> None:
        time.sleep(self.random.uniform(RUN_MIN_S, RUN_MAX_S))
        self._server.kill()
        self.report.kills += 1
        self.report.kills_with_orders_open += any(duty.asking for duty in duties)
        told = [pair for duty in duties for pair in list(duty.acknowledged)]
        self._check(told)
        if self.random.randrange(START_KILLED_ONE_IN) == 0:
            self._server = Server.start(self.folder)
            time.sleep(self.random.uniform(0, START_S))
            self._server.kill()
            self.report.kills += 1
            self.report.kills_in_start += 1
            self._check(told)
        self._start()

    def _check(self, told: list[tuple[Order, Issued]]) -> None:
        """The server is dead: the chain holds, and every order that was acknowledged is there as it was."""
        journal = SqliteJournal.open_for_reading(self.folder)
        try:
            found = journal.verify(after=self._verified)
            assert not isinstance(found, Broken), f"entry {found.sequence}: {found.what}"
            self._verified += found
            self._list(journal)
        finally:
            journal.close()
        for order, issued in told:
            sequence = int(issued.position.partition("-")[2])
            there = self._journaled.get(order.id)
            assert there == (issued.alarm, issued.version, sequence), f"{order} was acknowledged as {issued}: {there}"

    def _list(self, journal: SqliteJournal) -> None:
        while entries := journal.entries(self._listed, 1_000):
            for entry in entries:
                if entry.type is EntryType.NOTICE:
                    notice = decode_notice(Envelope.unpack(entry.body, Magic.NOTICE).document)
                    assert notice.id not in self._journaled, f"{notice.id} was issued twice"
                    self._journaled[notice.id] = notice.alarm, notice.version, entry.sequence
            self._listed = entries[-1].sequence

    def _repeat(self, duties: list[Duty]) -> None:
        """An order given again is answered as it was the first time, and nothing is written."""
        before = _head(self.folder)
        for duty in duties:
            for order, issued in self.random.sample(duty.acknowledged, min(5, len(duty.acknowledged))):
                assert duty.again(order) == issued
        assert _head(self.folder) == before

    def _check_whole(self, duties: list[Duty]) -> None:
        told = [pair for duty in duties for pair in duty.acknowledged]
        self._check(told)
        # Each order was asked for until it was answered, so the journal holds no other.
        assert set(self._journaled) == {order.id for order, _ in told}
        self.report.acknowledged = len(told)
        journal = SqliteJournal.open_for_reading(self.folder)
        found = journal.verify()
        assert found == journal.head.position.sequence, found
        journal.close()


def _head(folder: Path) -> int:
    journal = SqliteJournal.open_for_reading(folder)
    try:
        return journal.head.position.sequence
    finally:
        journal.close()


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.campaigns.kill", description=__doc__)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--operators", type=int, default=2)
    options.add_argument("--entries", type=int, default=0, help="entries in the journal before the first kill")
    options.add_argument("--seed", type=int, default=None)
    chosen = options.parse_args()
    seed = secrets.randbits(32) if chosen.seed is None else chosen.seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "authority"
        if chosen.entries:
            folder = long_journal.prepared(chosen.entries)
        else:
            found_demo(folder, time.time_ns() // 1_000_000)
        report = Campaign(folder, Random(seed)).run(chosen.kills, chosen.operators)
    print("\n".join(report.lines()))


if __name__ == "__main__":
    main()
