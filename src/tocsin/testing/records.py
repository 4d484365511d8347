"""The contract of ``tocsin.ports.records``: what any store of an office's private records must pass."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tocsin.notice import ED25519, GENESIS, WEBAUTHN, Signature
from tocsin.ports.records import (
    DETAIL_SIZE_BYTES_MAX,
    AuditBroken,
    Audited,
    Credential,
    Invitation,
    Records,
    RecordsFault,
    SignedBy,
    SubmittedDraft,
    SubmittedPart,
    audit_hash,
)

NOW_MS = 1_790_000_000_000
_TOKEN = bytes(range(32))


def sample_draft(id: str = "a" * 26) -> SubmittedDraft:
    """Return a draft of two parts with two kinds of signatures; its bytes are no notice."""
    signatures = (
        Signature(ED25519, bytes(8), (bytes(64),)),
        Signature(WEBAUTHN, b"\xff" * 8, (b"\x00data", b'{"type"}', b"\xfe")),
    )
    parts = (SubmittedPart(b'{"notice":1}', b"<alert/>", signatures), SubmittedPart(b"{}", "<ї/>".encode(), ()))
    signed_by = (SignedBy("olena", "Олена", NOW_MS),)
    return SubmittedDraft(id, "olena", b'{"id":"x"}', parts, signed_by, NOW_MS // 1000 + 600, ("UA",), ("look",))


class RecordsContract(ABC):
    """Inherit, name the class ``Test…``, and implement the three methods."""

    @abstractmethod
    def open(self, folder: Path) -> Records:
        """Open the records of *folder*, or make them."""

    @abstractmethod
    def edit(self, folder: Path, sequence: int, field: str, value: object) -> None:
        """Change a *field* of the audit entry *sequence* in the closed records of *folder*; remove it for ``""``."""

    @abstractmethod
    def file_name(self) -> str:
        """Return what a copy has to be called in its folder to be opened there."""

    @pytest.fixture
    def records(self, tmp_path: Path) -> Iterator[Records]:
        records = self.open(tmp_path)
        yield records
        records.close()

    def test_new_records_are_empty(self, records: Records) -> None:
        assert records.audited == Audited(0, GENESIS)
        assert (records.audit(0, 10), records.submitted(), records.credentials()) == ([], [], [])
        assert records.verify_audit() == 0

    def test_what_was_written_is_there_after_opening_again(self, records: Records, tmp_path: Path) -> None:
        entry = records.append_audit(NOW_MS, "signed", "olena", {"draft": "a", "ї": [1, None]})
        records.save_submitted(sample_draft())
        records.close()
        again = self.open(tmp_path)
        assert again.audit(0, 10) == [entry]
        assert again.audited == Audited(1, entry.hash)
        assert again.submitted() == [sample_draft()]
        again.close()

    def test_every_audit_entry_is_bound_to_the_one_before(self, records: Records) -> None:
        before = GENESIS
        for number in range(1, 6):
            entry = records.append_audit(NOW_MS + number, f"did_{number}", "olena", {"number": number})
            assert (entry.sequence, entry.at_ms) == (number, NOW_MS + number)
            assert entry.hash == audit_hash(before, number, entry.at_ms, entry.what, entry.who, entry.detail)
            before = entry.hash
        assert records.verify_audit() == 5

    def test_the_audit_journal_is_read_in_portions(self, records: Records) -> None:
        for number in range(9):
            records.append_audit(NOW_MS, f"did_{number}", "", {})
        assert [entry.sequence for entry in records.audit(0, 4)] == [1, 2, 3, 4]
        assert [entry.sequence for entry in records.audit(7, 10)] == [8, 9]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("at_ms", NOW_MS + 1),
            ("what", "returned"),
            ("who", "taras"),
            ("detail", '{"draft":"b"}'),
            ("hash", bytes(32)),
            ("", None),
        ],
    )
    @pytest.mark.parametrize("sequence", [1, 3])
    def test_any_edit_is_found_and_the_first_broken_entry_named(
        self, records: Records, tmp_path: Path, sequence: int, field: str, value: object
    ) -> None:
        for _ in range(5):
            records.append_audit(NOW_MS, "signed", "olena", {"draft": "a"})
        records.close()
        self.edit(tmp_path, sequence, field, value)
        again = self.open(tmp_path)
        broken = again.verify_audit()
        assert isinstance(broken, AuditBroken)
        assert broken.sequence == sequence
        again.close()

    def test_a_field_does_not_run_into_the_next(self, records: Records) -> None:
        one = audit_hash(GENESIS, 1, 0, "ab", "c", "{}")
        assert one != audit_hash(GENESIS, 1, 0, "a", "bc", "{}")

    def test_entries_of_several_threads_make_one_chain(self, records: Records) -> None:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda number: records.append_audit(NOW_MS, f"did_{number}", "", {}), range(40)))
        assert records.verify_audit() == 40

    def test_an_entry_that_is_too_long_is_a_mistake_of_the_caller(self, records: Records) -> None:
        with pytest.raises(ValueError, match="too long"):
            records.append_audit(NOW_MS, "signed", "", {"why": "x" * DETAIL_SIZE_BYTES_MAX})
        assert records.audited.entries == 0

    def test_a_draft_takes_the_place_of_the_one_of_its_id(self, records: Records) -> None:
        first, second = sample_draft("a" * 26), sample_draft("b" * 26)
        for one in (first, second, first):
            records.save_submitted(one)
        assert records.submitted() == [first, second]
        records.remove_submitted(first.id)
        records.remove_submitted(first.id)
        assert records.submitted() == [second]

    def test_an_invitation_is_used_once(self, records: Records) -> None:
        invitation = Invitation(_TOKEN, "olena", "Олена", NOW_MS)
        records.save_invitation(invitation)
        assert records.invitation(_TOKEN) == invitation
        assert records.invitation(bytes(32)) is None
        credential = Credential(b"\x00\xff", bytes(77), "olena", "Олена", NOW_MS)
        assert records.enrol(_TOKEN, credential)
        assert not records.enrol(_TOKEN, Credential(b"other", bytes(77), "olena", "Олена", NOW_MS))
        assert records.invitation(_TOKEN) is None
        assert records.credential(b"\x00\xff") == credential
        assert records.credentials() == [credential]

    def test_of_two_who_use_an_invitation_one_is_enrolled(self, records: Records) -> None:
        records.save_invitation(Invitation(_TOKEN, "olena", "Olena", NOW_MS))

        def enrol(number: int) -> bool:
            return records.enrol(_TOKEN, Credential(bytes([number]), bytes(77), "olena", "Olena", NOW_MS))

        with ThreadPoolExecutor(4) as threads:
            assert sum(threads.map(enrol, range(8))) == 1
        assert len(records.credentials()) == 1

    def test_a_copy_is_whole(self, records: Records, tmp_path: Path) -> None:
        records.append_audit(NOW_MS, "signed", "olena", {})
        (tmp_path / "copy").mkdir()
        records.copy_to(tmp_path / "copy" / self.file_name())
        records.append_audit(NOW_MS, "returned", "olena", {})
        copy = self.open(tmp_path / "copy")
        assert [entry.what for entry in copy.audit(0, 10)] == ["signed"]
        copy.close()
        with pytest.raises(RecordsFault):
            records.copy_to(tmp_path / "copy" / self.file_name())

    def test_closed_records_take_nothing(self, records: Records) -> None:
        records.close()
        with pytest.raises(RecordsFault):
            records.append_audit(NOW_MS, "signed", "olena", {})
