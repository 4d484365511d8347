"""A run of orders on a recorded disk, and the proof that no power cut in it loses or halves one.

Run as ``python -m tests.journal.outage --seeds 50`` for the long form; the suite runs a short one.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

from tocsin.journal.sqlite import FILE_NAME, SqliteJournal
from tocsin.notice import Kind
from tocsin.ports.journal import Appended, Broken, Checkpoint, Entry, Issue
from tocsin.testing.samples import AUTHORITY, NOW_MS, ROOTS, START, sample_issue, sample_roster

from .power import SHARED_MEMORY, Acknowledged, Event, cuts, recorded

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


@dataclass(frozen=True, slots=True)
class Image:
    """What a power cut left on the disk, and how many entries had been acknowledged."""

    name: str
    acknowledged: int
    files: dict[str, bytes]


def images(run: Run, seed: int, shuffled: int) -> Iterator[Image]:
    """Yield every different image of every cut, with *shuffled* mixtures of what was pending."""
    random = Random(seed)
    seen = set()
    for cut in cuts(run.log, run.before, 1):
        for number, files in enumerate(cut.images(random, shuffled)):
            # With nothing pending all images of a cut are one, and a sync changes none.
            same = cut.acknowledged, sha256(repr(sorted(files.items())).encode()).digest()
            if same not in seen:
                seen.add(same)
                yield Image(f"cut before event {cut.at}, image {number}, seed {seed}", cut.acknowledged, files)


def losses(run: Run, image: Image, folder: Path) -> Iterator[str]:
    """Yield what is wrong when the journal is opened again in *image*; nothing, if all is well."""
    for path in folder.iterdir():
        path.unlink()
    for name, content in image.files.items():
        (folder / name).write_bytes(content)
    journal = SqliteJournal.open_for_writing(folder, AUTHORITY, ROOTS)
    try:
        verified = journal.verify()
        if isinstance(verified, Broken):
            yield f"{image.name}: entry {verified.sequence}: {verified.what}"
            return
        found = journal.entries(0, 10_000)
        if found != run.entries[: len(found)]:
            yield f"{image.name}: the entries are others than were appended"
        if len(found) < image.acknowledged:
            yield f"{image.name}: {image.acknowledged} entries were acknowledged, {len(found)} are there"
        if len(found) not in run.ends:
            yield f"{image.name}: half an order is there: {len(found)} entries"
        if not isinstance(journal.append_notices([sample_issue("after")], NOW_MS), Appended):
            yield f"{image.name}: the next order is not taken"
    finally:
        journal.close()


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory if there is one: the images are what counts, not how fast this disk syncs."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


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
    tested = wrong = 0
    with quick_folder() as recording, quick_folder() as folder:
        run = record(recording, chosen.orders)
        for seed in range(chosen.seeds):
            for image in images(run, seed, chosen.shuffled):
                tested += 1
                for what in losses(run, image, folder):
                    print(what)
                    wrong += 1
    print(f"{len(run.entries)} entries, {len(run.log) + 1} cut points, {tested} images: {wrong} wrong")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
