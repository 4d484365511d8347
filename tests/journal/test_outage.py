"""The power fails, the disk is full, the disk is broken: what was acknowledged stays, and nothing is half done."""

from pathlib import Path

from tests.journal import outage
from tests.journal.power import Sync, Write


def test_no_power_cut_loses_or_halves_an_acknowledged_order(tmp_path: Path) -> None:
    (tmp_path / "recording").mkdir()
    (tmp_path / "images").mkdir()
    run = outage.record(tmp_path / "recording", orders=9)
    kinds = [(type(event), getattr(event, "file", "")) for event in run.log]
    assert (Write, "journal.sqlite") in kinds  # the run reaches the moving of the log into the journal file
    assert (Sync, "journal.sqlite-wal") in kinds
    assert list(outage.losses(run, tmp_path / "images", seed=1, shuffled=1)) == []


def test_the_proof_sees_a_journal_that_does_not_sync(tmp_path: Path) -> None:
    (tmp_path / "recording").mkdir()
    (tmp_path / "images").mkdir()
    run = outage.record(tmp_path / "recording", orders=4)
    unsynced = [event for event in run.log if event != Sync("journal.sqlite-wal")]
    lying = outage.Run(unsynced, run.before, run.entries, run.ends)
    assert any("were acknowledged" in what for what in outage.losses(lying, tmp_path / "images", seed=1, shuffled=0))
