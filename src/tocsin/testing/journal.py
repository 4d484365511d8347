"""``JournalContract``: what every journal must keep. Its own tests inherit it and say how one is made and damaged.

::

    class TestMyJournal(JournalContract):
        def create(self, folder): return MyJournal.create(folder, START, NOW_MS)
        def open(self, folder): return MyJournal.open_for_writing(folder, AUTHORITY, ROOTS)
        def damage(self, folder, damage, sequence): ...
        def file_name(self): return "my.journal"
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from enum import Enum, auto
from itertools import pairwise
from pathlib import Path

import pytest

from tocsin.notice import GENESIS, EntryType, Kind, Position, Status, entry_hash
from tocsin.ports.journal import (
    AlreadyIssued,
    Appended,
    Broken,
    Checkpoint,
    Issue,
    Journal,
    JournalFault,
    MovedOn,
)

from .samples import NOW_MS, START, sample_id, sample_issue, sample_revocation, sample_roster


class Damage(Enum):
    """What can happen to a file behind the journal's back; each at an entry."""

    FLIPPED_BIT = auto()
    OTHER_TIME = auto()
    MISSING = auto()
    SWAPPED_WITH_NEXT = auto()
    LYING_INDEX = auto()
    MISSING_DOCUMENT = auto()
    FLIPPED_BIT_IN_DOCUMENT = auto()


def _append(journal: Journal, *issues: Issue) -> Appended:
    appended = journal.append_notices(issues, NOW_MS + 1)
    assert isinstance(appended, Appended)
    return appended


def _alarm_of_three(name: str) -> list[Issue]:
    return [
        sample_issue(name),
        sample_issue(f"{name} update", name, 2, Kind.UPDATE),
        sample_issue(f"{name} end", name, 3, Kind.ALL_CLEAR),
    ]


class JournalContract(ABC):
    """Inherit, name the class ``Test…``, and implement the four methods."""

    @abstractmethod
    def create(self, folder: Path) -> Journal:
        """Make the journal of *folder* with the first entry ``samples.START``, open for writing."""

    @abstractmethod
    def open(self, folder: Path) -> Journal:
        """Open the journal of *folder* for writing."""

    @abstractmethod
    def damage(self, folder: Path, damage: Damage, sequence: int) -> None:
        """Do *damage* to the closed journal of *folder* at the entry *sequence*, which is a notice."""

    @abstractmethod
    def file_name(self) -> str:
        """Return what a copy has to be called in its folder to be opened there."""

    @pytest.fixture
    def journal(self, tmp_path: Path) -> Iterator[Journal]:
        journal = self.create(tmp_path)
        yield journal
        journal.close()

    def test_a_new_journal_begins_with_the_start_of_its_epoch(self, journal: Journal) -> None:
        (first,) = journal.entries(0, 10)
        assert (first.sequence, first.type) == (1, EntryType.EPOCH)
        assert first.hash == entry_hash(GENESIS, 1, NOW_MS, EntryType.EPOCH, first.body)
        assert journal.head.position == Position(START.epoch, 1)
        assert journal.head.chain == first.hash

    def test_what_was_appended_is_there_after_opening_again(self, journal: Journal, tmp_path: Path) -> None:
        appended = _append(journal, sample_issue("one"))
        journal.append_roster(sample_roster(), NOW_MS + 2)
        head = journal.head
        journal.close()
        again = self.open(tmp_path)
        assert again.head == head
        assert again.entries(1, 1) == list(appended.entries)
        assert again.verify() == 3
        again.close()

    def test_every_entry_is_chained_to_the_one_before(self, journal: Journal) -> None:
        for issue in _alarm_of_three("one"):
            _append(journal, issue)
        for before, entry in pairwise(journal.entries(0, 100)):
            assert entry.sequence == before.sequence + 1
            assert entry.hash == entry_hash(before.hash, entry.sequence, entry.recorded_ms, entry.type, entry.body)

    def test_an_append_returns_its_entries_and_the_head_after_them(self, journal: Journal) -> None:
        issues = [sample_issue("one"), sample_issue("two")]
        appended = _append(journal, *issues)
        assert [entry.body for entry in appended.entries] == [issue.envelope for issue in issues]
        assert {entry.recorded_ms for entry in appended.entries} == {NOW_MS + 1}
        assert appended.head == journal.head
        assert appended.head.position.sequence == appended.entries[-1].sequence == 3

    def test_a_repeated_order_is_harmless(self, journal: Journal) -> None:
        first = _append(journal, sample_issue("one"))
        again = journal.append_notices([sample_issue("one")], NOW_MS + 500)
        assert again == AlreadyIssued(first.entries[0], same_order=True)
        assert journal.head == first.head

    def test_an_id_with_another_order_is_told_apart_from_a_repeat(self, journal: Journal) -> None:
        first = _append(journal, sample_issue("one"))
        other = journal.append_notices([sample_issue("one", order="another order")], NOW_MS + 500)
        assert other == AlreadyIssued(first.entries[0], same_order=False)
        assert journal.head == first.head

    def test_a_repeated_order_is_known_after_its_alarm_moved_on(self, journal: Journal) -> None:
        begin, update, _ = _alarm_of_three("one")
        first = _append(journal, begin)
        _append(journal, update)
        assert journal.append_notices([begin], NOW_MS + 9) == AlreadyIssued(first.entries[0], same_order=True)

    @pytest.mark.parametrize("version", [2, 4])
    def test_a_version_that_is_not_the_next_is_told_that_the_alarm_moved_on(
        self, journal: Journal, version: int
    ) -> None:
        begin, update, _ = _alarm_of_three("one")
        head = _append(journal, begin, update).head
        late = sample_issue("late", "one", version, Kind.ALL_CLEAR)
        assert journal.append_notices([late], NOW_MS) == MovedOn(sample_id("one"), 2)
        assert journal.head == head

    def test_nothing_follows_an_alarm_that_never_began(self, journal: Journal) -> None:
        orphan = sample_issue("orphan", "never", 2, Kind.UPDATE)
        assert journal.append_notices([orphan], NOW_MS) == MovedOn(sample_id("never"), 0)

    def test_many_notices_are_written_all_or_not_at_all(self, journal: Journal) -> None:
        _append(journal, sample_issue("taken"))
        head = journal.head
        good, late = sample_issue("good"), sample_issue("late", "taken", 3, Kind.UPDATE)
        assert journal.append_notices([good, late], NOW_MS) == MovedOn(sample_id("taken"), 1)
        assert isinstance(journal.append_notices([good, sample_issue("taken")], NOW_MS), AlreadyIssued)
        assert journal.head == head
        assert journal.alert(good.notice.id) is None
        assert journal.document(good.notice.cap) is None
        assert _append(journal, good).head.position.sequence == 3

    def test_a_whole_alarm_fits_one_transaction(self, journal: Journal) -> None:
        issues = _alarm_of_three("one")
        _append(journal, *issues)
        assert [entry.body for entry in journal.history(sample_id("one"))] == [issue.envelope for issue in issues]

    def test_of_two_threads_that_end_an_alarm_one_wins(self, journal: Journal) -> None:
        _append(journal, sample_issue("one"))
        rivals = [sample_issue(f"rival {number}", "one", 2, Kind.ALL_CLEAR) for number in range(8)]
        with ThreadPoolExecutor(4) as threads:
            outcomes = list(threads.map(lambda issue: journal.append_notices([issue], NOW_MS), rivals))
        assert sum(isinstance(outcome, Appended) for outcome in outcomes) == 1
        assert outcomes.count(MovedOn(sample_id("one"), 2)) == 7
        assert len(journal.history(sample_id("one"))) == 2

    def test_readers_in_other_threads_see_whole_orders_only(self, journal: Journal) -> None:
        def write() -> None:
            for number in range(20):
                _append(journal, sample_issue(f"left {number}"), sample_issue(f"right {number}"))

        def read(_: int) -> int:
            return journal.head.position.sequence

        with ThreadPoolExecutor(3) as threads:
            writing = threads.submit(write)
            seen = list(threads.map(read, range(200)))
            writing.result()
        assert all(sequence % 2 == 1 for sequence in seen)

    def test_an_envelope_that_does_not_hold_its_notice_is_a_mistake_of_the_caller(self, journal: Journal) -> None:
        one, two = sample_issue("one"), sample_issue("two")
        with pytest.raises(ValueError, match="does not hold the notice"):
            journal.append_notices([Issue(one.notice, two.envelope, one.cap, one.order)], NOW_MS)
        with pytest.raises(ValueError, match="another CAP document"):
            journal.append_notices([Issue(one.notice, one.envelope, two.cap, one.order)], NOW_MS)
        with pytest.raises(ValueError, match="each id once"):
            journal.append_notices([one, one], NOW_MS)
        assert journal.head.position.sequence == 1

    def test_entries_are_read_in_order_and_in_portions(self, journal: Journal) -> None:
        _append(journal, *[sample_issue(f"n {number}") for number in range(9)])
        assert [entry.sequence for entry in journal.entries(0, 4)] == [1, 2, 3, 4]
        assert [entry.sequence for entry in journal.entries(4, 100)] == [5, 6, 7, 8, 9, 10]
        assert journal.entries(10, 100) == []

    def test_an_alert_is_found_by_its_id_with_its_order(self, journal: Journal) -> None:
        issue = sample_issue("one")
        (entry,) = _append(journal, issue).entries
        assert journal.alert(issue.notice.id) == (entry, issue.order)
        assert journal.alert(sample_id("never")) is None

    def test_an_alarm_without_a_notice_has_no_history(self, journal: Journal) -> None:
        assert journal.history(sample_id("never")) == []

    def test_alarms_are_found_by_how_their_id_begins(self, journal: Journal) -> None:
        issues = [sample_issue(f"n {number}") for number in range(40)]
        _append(journal, *issues)
        ids = sorted(issue.notice.id for issue in issues)
        assert journal.alarms_named("", 100) == ids
        assert journal.alarms_named("", 7) == ids[:7]
        for prefix in (ids[3][:1], ids[3][:5], ids[3]):
            assert journal.alarms_named(prefix, 100) == [id for id in ids if id.startswith(prefix)]
        assert journal.alarms_named(f"{ids[0]}a", 100) == []

    def test_the_newest_alarms_of_a_status_come_newest_first_each_once(self, journal: Journal) -> None:
        _append(journal, *_alarm_of_three("one"))
        _append(journal, sample_issue("exercise", status=Status.EXERCISE))
        _append(journal, sample_issue("two"))
        _append(journal, sample_issue("three"), sample_issue("three end", "three", 2, Kind.ALL_CLEAR))

        def newest(most: int) -> list[bytes]:
            return [entry.body for entry in journal.newest_alarms(Status.TEST, most)]

        three = sample_issue("three end", "three", 2, Kind.ALL_CLEAR).envelope
        one = sample_issue("one end", "one", 3, Kind.ALL_CLEAR).envelope
        assert newest(10) == [three, sample_issue("two").envelope, one]
        assert newest(1) == [three]
        assert journal.newest_alarms(Status.ACTUAL, 10) == []

    def test_a_document_is_found_by_its_hash(self, journal: Journal) -> None:
        issue = sample_issue("one")
        _append(journal, issue)
        assert journal.document(issue.notice.cap) == issue.cap
        assert journal.document(sample_issue("two").notice.cap) is None
        assert journal.document("no hash at all") is None

    def test_rosters_come_in_the_order_of_the_journal(self, journal: Journal) -> None:
        journal.append_roster(sample_roster(version=1), NOW_MS)
        _append(journal, sample_issue("one"))
        journal.append_roster(sample_roster(version=2), NOW_MS)
        assert [(entry.sequence, entry.type) for entry in journal.rosters()] == [
            (2, EntryType.ROSTER),
            (4, EntryType.ROSTER),
        ]

    def test_revocation_lists_come_in_the_order_of_the_journal(self, journal: Journal) -> None:
        journal.append_revocation(sample_revocation(version=1), NOW_MS)
        _append(journal, sample_issue("one"))
        journal.append_revocation(sample_revocation(version=2), NOW_MS)
        assert [(entry.sequence, entry.type) for entry in journal.revocations()] == [
            (2, EntryType.REVOCATION),
            (4, EntryType.REVOCATION),
        ]
        assert journal.verify() == 4

    def test_the_newest_checkpoint_is_kept(self, journal: Journal, tmp_path: Path) -> None:
        assert journal.newest_checkpoint() is None
        _append(journal, *[sample_issue(f"n {number}") for number in range(20)])
        for sequence in (1, 2, 3, 5, 8, 13):
            journal.save_checkpoint(Checkpoint(sequence, b"{}", bytes(8), bytes(64)))
        journal.close()
        again = self.open(tmp_path)
        assert again.newest_checkpoint() == Checkpoint(13, b"{}", bytes(8), bytes(64))
        assert again.verify() == 21
        again.close()

    def test_a_part_of_the_chain_can_be_verified(self, journal: Journal) -> None:
        _append(journal, *[sample_issue(f"n {number}") for number in range(9)])
        assert journal.verify() == 10
        assert journal.verify(after=4) == 6
        assert journal.verify(after=4, through=7) == 3
        assert journal.verify(after=10) == 0
        assert isinstance(journal.verify(after=11), Broken)

    @pytest.mark.parametrize("damage", Damage)
    @pytest.mark.parametrize("sequence", [2, 6, 9])
    def test_the_first_broken_entry_is_named(
        self, journal: Journal, tmp_path: Path, damage: Damage, sequence: int
    ) -> None:
        for number in range(9):
            _append(journal, sample_issue(f"n {number}"))
        journal.close()
        self.damage(tmp_path, damage, sequence)
        again = self.open(tmp_path)
        broken = again.verify()
        assert isinstance(broken, Broken)
        assert broken.sequence == sequence
        assert again.verify(through=sequence - 1) == sequence - 1
        assert isinstance(again.verify(after=sequence - 1, through=sequence), Broken)
        again.close()

    def test_a_long_chain_is_walked_to_its_end(self, journal: Journal, tmp_path: Path) -> None:
        _append(journal, *[sample_issue(f"n {number}") for number in range(1_500)])
        assert journal.verify() == 1_501
        journal.close()
        self.damage(tmp_path, Damage.MISSING, 1_400)
        again = self.open(tmp_path)
        assert again.verify(through=1_399) == 1_399
        broken = again.verify()
        assert isinstance(broken, Broken)
        assert broken.sequence == 1_400
        again.close()

    def test_an_entry_missing_at_the_end_is_missed(self, journal: Journal, tmp_path: Path) -> None:
        _append(journal, sample_issue("one"), sample_issue("two"))
        journal.close()
        self.damage(tmp_path, Damage.MISSING, 3)
        again = self.open(tmp_path)
        broken = again.verify()
        assert isinstance(broken, Broken)
        assert broken.sequence == 3
        again.close()

    def test_a_copy_is_whole_and_is_taken_while_the_journal_is_in_use(self, journal: Journal, tmp_path: Path) -> None:
        _append(journal, sample_issue("one"))
        copied = journal.head
        (tmp_path / "copy").mkdir()
        journal.copy_to(tmp_path / "copy" / self.file_name())
        _append(journal, sample_issue("two"))
        copy = self.open(tmp_path / "copy")
        assert copy.head == copied
        assert copy.verify() == 2
        copy.close()

    def test_a_copy_taken_under_orders_holds_whole_orders(self, journal: Journal, tmp_path: Path) -> None:
        def write() -> None:
            for number in range(100):
                _append(journal, sample_issue(f"left {number}"), sample_issue(f"right {number}"))

        with ThreadPoolExecutor(1) as threads:
            writing = threads.submit(write)
            for number in range(5):
                (tmp_path / str(number)).mkdir()
                journal.copy_to(tmp_path / str(number) / self.file_name())
            writing.result()
        for number in range(5):
            copy = self.open(tmp_path / str(number))
            assert copy.verify() == copy.head.position.sequence
            assert copy.head.position.sequence % 2 == 1
            copy.close()

    def test_one_process_writes(self, journal: Journal, tmp_path: Path) -> None:
        with pytest.raises(JournalFault, match="in use by process"):
            self.open(tmp_path)

    def test_a_closed_journal_takes_no_order(self, journal: Journal) -> None:
        journal.close()
        with pytest.raises(JournalFault):
            journal.append_notices([sample_issue("one")], NOW_MS)
