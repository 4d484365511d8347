"""What a source knows outlives the process."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.cap import Reference
from tocsin.ports.fetch import Validators
from tocsin.ports.source import NOTHING_KNOWN, Known, Memory
from tocsin.sources.memories import FileMemories

SENT = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC)
MEMORY = Memory(
    Validators('"1"', "Sun, 01 Mar 2026 04:05:06 GMT"),
    (
        Known(
            "https://example.org/test.xml",
            "then",
            "00ff",
            Reference("demo@example.org", "drill-1", "2026-03-01T04:05:06-00:00"),
        ),
        Known("https://example.org/odd.xml", "2025/01/02 上午 08:00:00", "ff00", None, is_listed=False),
    ),
    SENT,
)


def test_a_source_knows_after_a_restart_what_it_knew_before(tmp_path: Path) -> None:
    FileMemories(tmp_path / "sources").store("rivers", MEMORY)
    again = FileMemories(tmp_path / "sources")
    assert again.load("rivers") == MEMORY
    assert again.load("sound") == NOTHING_KNOWN


@pytest.mark.parametrize("damage", [b"", b"{", b'{"known": [{"url": 1}]}', b"\xff"])
def test_a_damaged_memory_is_begun_anew(tmp_path: Path, damage: bytes) -> None:
    memories = FileMemories(tmp_path)
    memories.store("rivers", MEMORY)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    assert memories.load("rivers") == NOTHING_KNOWN


def test_a_crash_while_writing_leaves_the_old_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memories = FileMemories(tmp_path)
    memories.store("rivers", MEMORY)
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("TEST: the disk is full")))
    with pytest.raises(OSError, match="disk is full"):
        memories.store("rivers", NOTHING_KNOWN)
    assert FileMemories(tmp_path).load("rivers") == MEMORY
