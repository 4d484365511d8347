"""A run of orders on a recorded disk, and the proof that no power cut in it loses or halves one.

Run as ``python -m tests.journal.outage --seeds 50`` for the long form; the suite runs a short one.
"""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tocsin.journal.sqlite import FILE_NAME, SqliteJournal
from tocsin.notice import Kind
from tocsin.ports.journal import Appended, Broken, Checkpoint, Entry, Issue
from tocsin.testing.samples import AUTHORITY, NOW_MS, ROOTS, START, sample_issue, sample_roster

from .power import SHARED_MEMORY, Acknowledged, Cut, Event, cuts, recorded

# Pages in the log before they are moved into the journal file: few, so that a short run does that many times.
LOG_PAGES = 40


@dataclass(frozen=True, slots=True)
class Run:
    """What was done, what the disk saw of it, and after which sequences an order ended."""

    log: list[Event]
    before: dict[str, bytes]
    entries: list[Entry]
    ends: frozenset[int]


def record(folder: Path, orders: int) -> Run:
    """Give *orders* orders, some of several notices, with rosters and checkpoints between, on a recorded disk."""
    SqliteJournal.create(folder, START, NOW_MS).close()
    before = _files(folder)
    with recorded() as log:
        journal = SqliteJournal.open_for_writing(folder, AUTHORITY, ROOTS)
        assert journal._writer is not None
        journal._writer.pragma("wal_autocheckpoint", LOG_PAGES)
        ends = {1}
        for number in range(orders):
            for appended in _step(journal, number):
                ends.add(appended.head.position.sequence)
                log.append(Acknowledged(appended.head.position.sequence))
        entries = journal.entries(0, 10_000)
        journal.close()
    return Run(log, before, entries, frozenset(ends))


def _step(journal: SqliteJournal, number: int) -> Iterator[Appended]:
    issues: list[Issue] = [sample_issue(f"n {number}")]
    if number % 3 == 1:
        issues += [sample_issue(f"n {number} end", f"n {number}", 2, Kind.ALL_CLEAR), sample_issue(f"m {number}")]
    appended = journal.append_notices(issues, NOW_MS + number)
    assert isinstance(appended, Appended)
    yield appended
    if number % 5 == 2:
        yield journal.append_roster(sample_roster(version=number), NOW_MS + number)
    if number % 5 == 4:
        journal.save_checkpoint(Checkpoint(appended.head.position.sequence, b"{}", bytes(8), bytes(64)))


def losses(run: Run, folder: Path, seed: int, shuffled: int) -> Iterator[str]:
    """Yield what is wrong after a power cut, for every cut and image; nothing, if all is well. Counts in ``tested``."""
    random = Random(seed)
    for cut in cuts(run.log, run.before, 1):
        for number, image in enumerate(cut.images(random, shuffled)):
            for what in _wrong(run, cut, image, folder):
                yield f"cut before event {cut.at}, image {number}, seed {seed}: {what}"


def _wrong(run: Run, cut: Cut, image: dict[str, bytes], folder: Path) -> Iterator[str]:
    for path in folder.iterdir():
        path.unlink()
    for name, content in image.items():
        (folder / name).write_bytes(content)
    journal = SqliteJournal.open_for_writing(folder, AUTHORITY, ROOTS)
    try:
        verified = journal.verify()
        if isinstance(verified, Broken):
            yield f"entry {verified.sequence}: {verified.what}"
            return
        found = journal.entries(0, 10_000)
        if found != run.entries[: len(found)]:
            yield "the entries are others than were appended"
        if len(found) < cut.acknowledged:
            yield f"{cut.acknowledged} entries were acknowledged, {len(found)} are there"
        if len(found) not in run.ends:
            yield f"half an order is there: {len(found)} entries"
        if not isinstance(journal.append_notices([sample_issue("after")], NOW_MS), Appended):
            yield "the next order is not taken"
    finally:
        journal.close()


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.name.startswith(FILE_NAME) and not path.name.endswith(SHARED_MEMORY)
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=40)
    options.add_argument("--seeds", type=int, default=10, help="passes over all cuts, each with its own mixtures")
    options.add_argument("--shuffled", type=int, default=4, help="mixtures of pending writes at each cut")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as recording, tempfile.TemporaryDirectory() as images:
        run = record(Path(recording), chosen.orders)
        points = len(run.log) + 1
        wrong = 0
        for seed in range(chosen.seeds):
            for what in losses(run, Path(images), seed, chosen.shuffled):
                print(what)
                wrong += 1
        tested = points * (2 + chosen.shuffled) * chosen.seeds
        print(f"{len(run.entries)} entries, {points} cut points, {tested} images: {wrong} wrong")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
