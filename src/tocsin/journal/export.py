"""The journal as others can read it: JSON lines, and one CAP file for each alert. Any journal, in order."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from tocsin.notice import EntryType, Envelope, Magic, decode_notice
from tocsin.ports.journal import Entry, Journal, JournalFault

# Entries of one read: a few MiB.
_PORTION = 1_000
_MAGIC = {EntryType.NOTICE: Magic.NOTICE, EntryType.ROSTER: Magic.ROSTER, EntryType.REVOCATION: Magic.REVOCATION}


def write_json_lines(journal: Journal, out: BinaryIO) -> int:
    """Write every entry as one line of JSON and return how many there are.

    ``document`` is what was signed, decoded; ``body`` the bytes that the chain binds, in base64.
    """
    count = 0
    for entry in _entries(journal):
        out.write(_line(entry) + b"\n")
        count += 1
    return count


def write_cap_files(journal: Journal, folder: Path) -> int:
    """Write the CAP document of every alert to *folder* as ``id.xml`` and return how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for entry in _entries(journal):
        if entry.type is not EntryType.NOTICE:
            continue
        notice = decode_notice(Envelope.unpack(entry.body, Magic.NOTICE).document)
        document = journal.document(notice.cap)
        if document is None:
            raise JournalFault(
                f"entry {entry.sequence}: its CAP document is missing; `tocsin journal verify` says more"
            )
        (folder / f"{notice.id}.xml").write_bytes(document)
        count += 1
    return count


def _entries(journal: Journal) -> Iterator[Entry]:
    after = 0
    while portion := journal.entries(after, _PORTION):
        yield from portion
        after = portion[-1].sequence


def _line(entry: Entry) -> bytes:
    magic = _MAGIC.get(entry.type)
    document = Envelope.unpack(entry.body, magic).document if magic else entry.body
    recorded = datetime.fromtimestamp(entry.recorded_ms / 1000, UTC)
    return msgspec.json.encode(
        {
            "sequence": entry.sequence,
            "recorded": recorded.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "recorded_ms": entry.recorded_ms,
            "type": entry.type.name.lower(),
            "hash": entry.hash.hex(),
            "document": msgspec.Raw(document),
            "body": b64encode(entry.body).decode(),
        }
    )
