"""What commands on the server read beside a running one: whom the journal trusts, and the office's records."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tocsin.assembly import StartRefused, read_authority
from tocsin.issuing import UntrustedEntry, trust_after
from tocsin.journal.sqlite import SqliteJournal
from tocsin.notice import Domain, Trust, from_b64
from tocsin.ports.journal import JournalFault
from tocsin.ports.records import RecordsFault
from tocsin.records import SqliteRecords

from .console import ExitStatus, Failure


def trust_in(folder: Path) -> Trust:
    """Return whom the authority of *folder* trusts now, by its journal. Raises ``Failure``."""
    try:
        authority, roots = read_authority(folder)
        journal = SqliteJournal.open_for_reading(folder)
    except (StartRefused, JournalFault) as why:
        raise Failure(str(why), ExitStatus.WRONG_USE) from None
    try:
        pinned = {domain: from_b64(getattr(roots, domain)) for domain in Domain}
        return trust_after(Trust(authority, pinned), journal)
    except (UntrustedEntry, JournalFault) as why:
        raise Failure(f"the journal of {folder}: {why}", ExitStatus.WRONG_USE) from None
    finally:
        journal.close()


@contextmanager
def records_of(folder: Path) -> Iterator[SqliteRecords]:
    """Open the office's records beside a running server. Raises ``Failure``."""
    try:
        records = SqliteRecords.open(folder)
    except RecordsFault as why:
        raise Failure(str(why), ExitStatus.WRONG_USE) from None
    try:
        yield records
    except RecordsFault as why:
        raise Failure(str(why), ExitStatus.WRONG_USE) from None
    finally:
        records.close()
