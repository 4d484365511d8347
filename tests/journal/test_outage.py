"""The power fails: what was acknowledged stays, and nothing is half done."""

from tests.journal.outage import Run, images, losses, quick_folder, record
from tests.journal.power import Sync, Write

JOURNAL, LOG = "journal.sqlite", "journal.sqlite-wal"


def test_no_power_cut_loses_or_halves_an_acknowledged_order() -> None:
    with quick_folder() as recording, quick_folder() as folder:
        run = record(recording, orders=9)
        # The run reaches the moving of the log into the journal file, and the log's beginning anew.
        moved = [at for at, event in enumerate(run.log) if isinstance(event, Write) and event.file == JOURNAL]
        assert any(isinstance(event, Write) and event.file == LOG for event in run.log[moved[0] :])
        assert [what for image in images(run, 1, 1) for what in losses(run, image, folder)] == []


def test_the_proof_sees_a_journal_that_does_not_sync() -> None:
    with quick_folder() as recording, quick_folder() as folder:
        run = record(recording, orders=4)
        lying = Run([event for event in run.log if event != Sync(LOG)], run.before, run.entries, run.ends)
        found = [what for image in images(lying, 1, 0) for what in losses(lying, image, folder)]
    assert any("were acknowledged" in what for what in found)
