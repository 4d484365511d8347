"""Starting from a checkpoint: the same board as from the beginning, and nothing forged or broken is built upon."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import Server
from tests.issuing.office import Office
from tests.journal.test_contract import damage_file
from tests.live.duty import Duty
from tocsin.alarms import Board, fold
from tocsin.alarms.board import ENDED_KEPT_MAX
from tocsin.client import Unreachable
from tocsin.issuing import checkpoints, notice_of
from tocsin.journal.sqlite import FILE_NAME, SqliteJournal
from tocsin.notice import EntryType, Kind, Position, SigningKey
from tocsin.notice.statement import NOT_AUDITED
from tocsin.ports.journal import Appended, Broken, Checkpoint, Head, Journal
from tocsin.testing.samples import KEY, NOW_MS, START, sample_issue

STRANGER = SigningKey.from_seed(bytes(32))
_BODY_CUT = "UPDATE entry SET body = CAST(x'00' || substr(body, 2) AS BLOB) WHERE sequence = :at"


class Pointed:
    """A journal whose newest checkpoint is chosen by the test."""

    def __init__(self, journal: Journal, checkpoint: Checkpoint | None) -> None:
        self._journal, self._checkpoint = journal, checkpoint

    def newest_checkpoint(self) -> Checkpoint | None:
        return self._checkpoint

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)


def filled(journal: SqliteJournal) -> None:
    """Append a life of many alarms: disputes, updates, more ends than the board remembers."""
    random.seed(20261124)
    open_alarms: dict[str, int] = {}
    issues = []
    for number in range(900):
        name = f"n {number}"
        if not open_alarms or random.random() < 0.45:
            issues.append(sample_issue(name))
            open_alarms[name] = 1
            continue
        alarm = random.choice(list(open_alarms))
        kind = random.choice([Kind.UPDATE, Kind.ALL_CLEAR, Kind.FALSE_ALARM, Kind.ALL_CLEAR, Kind.UPDATE])
        issues.append(sample_issue(name, alarm, open_alarms[alarm] + 1, kind))
        open_alarms[alarm] += 1
        if kind is not Kind.UPDATE:
            del open_alarms[alarm]
    issues.append(sample_issue("last"))
    issues.append(sample_issue("last disputed", "last", 2, Kind.DISPUTED))
    assert isinstance(journal.append_notices(issues, NOW_MS), Appended)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteJournal]:
    journal = SqliteJournal.create(tmp_path_factory.mktemp("long"), START, NOW_MS)
    filled(journal)
    yield journal
    journal.close()


@pytest.fixture(scope="module")
def boards(journal: SqliteJournal) -> list[Board]:
    """The board after each entry; the first is the one before all."""
    boards = [Board()]
    for entry in journal.entries(0, 10_000):
        noticed = entry.type is EntryType.NOTICE
        boards.append(fold(boards[-1], entry.sequence, notice_of(entry)) if noticed else boards[-1])
    assert len(boards[-1].ended) == ENDED_KEPT_MAX
    return boards


def at(journal: SqliteJournal, boards: list[Board], sequence: int, key: SigningKey = KEY) -> Checkpoint:
    (entry,) = journal.entries(sequence - 1, 1)
    return checkpoints.state(Head(Position(START.epoch, sequence), entry.hash), boards[sequence], NOT_AUDITED, key)


def loaded(journal: SqliteJournal, checkpoint: Checkpoint | None) -> tuple[Board, int]:
    result = checkpoints.load(Pointed(journal, checkpoint), KEY.public)
    assert not isinstance(result, Broken), result
    return result


def test_a_start_from_any_checkpoint_is_a_start_from_the_beginning(journal: SqliteJournal, boards: list[Board]) -> None:
    head = journal.head.position.sequence
    for sequence in [1, 2, head, *random.sample(range(3, head), 8)]:
        board, begun = loaded(journal, at(journal, boards, sequence))
        assert begun == sequence
        assert board == boards[-1]
        assert list(board.ended) == list(boards[-1].ended)  # the order decides which one is forgotten next
        assert board.root() == boards[-1].root()


def test_without_a_checkpoint_the_whole_journal_is_walked(journal: SqliteJournal, boards: list[Board]) -> None:
    assert loaded(journal, None) == (boards[-1], 0)


class TestForged:
    """What does not hold is passed over for the whole walk."""

    @pytest.fixture
    def good(self, journal: SqliteJournal, boards: list[Board]) -> Checkpoint:
        return at(journal, boards, 500)

    def resigned(self, good: Checkpoint, **changes: Any) -> Checkpoint:
        """A checkpoint that says something else under the right key."""
        document = json.dumps(json.loads(good.document) | changes, separators=(",", ":")).encode()
        return replace(good, document=document, signature=KEY.sign(b"tocsin-checkpoint-v1\0", document))

    def test_a_strangers_is(self, journal: SqliteJournal, boards: list[Board]) -> None:
        lie = at(journal, [Board()] * len(boards), 500, STRANGER)
        assert loaded(journal, lie) == (boards[-1], 0)
        assert loaded(journal, replace(lie, key=KEY.id)) == (boards[-1], 0)

    def test_one_whose_signature_was_changed_is(
        self, journal: SqliteJournal, boards: list[Board], good: Checkpoint
    ) -> None:
        for signature in (bytes(64), b"", good.signature[:-1] + b"\0"):
            assert loaded(journal, replace(good, signature=signature)) == (boards[-1], 0)

    def test_one_that_leaves_out_an_alarm_is(
        self, journal: SqliteJournal, boards: list[Board], good: Checkpoint
    ) -> None:
        standing = json.loads(good.document)["standing"]
        assert loaded(journal, self.resigned(good, standing=standing[1:])) == (boards[-1], 0)

    @pytest.mark.parametrize(
        "changes",
        [
            {"standing": [10**6]},
            {"standing": [1]},
            {"chain": "A" * 43},
            {"board": "A" * 43},
            {"checkpoint": "one"},
            {"more": 1},
        ],
    )
    def test_one_that_does_not_fit_the_journal_is(
        self, journal: SqliteJournal, boards: list[Board], good: Checkpoint, changes: dict[str, Any]
    ) -> None:
        assert loaded(journal, self.resigned(good, **changes)) == (boards[-1], 0)

    def test_one_of_an_entry_that_is_not_there_is(
        self, journal: SqliteJournal, boards: list[Board], good: Checkpoint
    ) -> None:
        for sequence in (0, 501, 10**6):
            assert loaded(journal, replace(good, sequence=sequence)) == (boards[-1], 0)

    def test_garbage_is(self, journal: SqliteJournal, boards: list[Board], good: Checkpoint) -> None:
        for document in (b"", b"{}", b"\xff", b"[" * 1000):
            signed = replace(good, document=document, signature=KEY.sign(b"tocsin-checkpoint-v1\0", document))
            assert loaded(journal, signed) == (boards[-1], 0)


def test_a_checkpoint_over_a_damaged_alarm_is_not_believed(folder: Path) -> None:
    office = Office(folder)
    office.issue()
    office.close()
    damage_file(office.folder / FILE_NAME, _BODY_CUT, 4)
    broken = office.try_to_open()
    assert isinstance(broken, Broken)
    assert broken.sequence == 4


def test_a_chain_that_holds_notices_which_cannot_follow_is_broken(folder: Path) -> None:
    office = Office(folder)
    office.stop_as_killed()
    journal = SqliteJournal.open_for_writing(office.folder, "duty.example", office.journal.start.roots)
    journal.append_notices([sample_issue("late")], NOW_MS)
    journal.append_notices([sample_issue("late end", "late", 2, Kind.ALL_CLEAR)], NOW_MS)
    journal.append_notices([sample_issue("after the end", "late", 3, Kind.UPDATE)], NOW_MS)
    journal.close()
    broken = office.try_to_open()
    assert isinstance(broken, Broken)
    assert broken.sequence == 6
    assert "cannot follow" in broken.what


def test_a_desk_leaves_checkpoints_as_it_goes_and_when_it_closes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "CHECKPOINT_EVERY_ENTRIES", 5)
    for _ in range(6):
        office.issue()
    office.desk._writer.submit(int).result(10)  # the checkpoint before it in the queue is written
    newest = office.journal.newest_checkpoint()
    assert newest is not None
    assert newest.sequence == 5
    office.close()
    office.open()
    assert office.desk.verified_from == 9
    assert office.desk.board.root() == fold_all(office).root()


def fold_all(office: Office) -> Board:
    board = Board()
    for entry in office.journal.entries(0, 1_000):
        if entry.type is EntryType.NOTICE:
            board = fold(board, entry.sequence, notice_of(entry))
    return board


class TestRealServer:
    """The same, as an operator of the server sees it."""

    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[Server]:
        server = Server(tmp_path / "demo").start()
        duty = Duty(server)
        with duty.operator.client:
            for _ in range(3):
                duty.alert()
        yield server
        server.stop()

    def test_a_broken_entry_before_the_checkpoint_stops_issuing(self, server: Server) -> None:
        server.stop()
        damage_file(server.data / FILE_NAME, "UPDATE entry SET recorded_ms = recorded_ms + 1 WHERE sequence = 2")
        server.start()
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            # The walk is on its way while we ask; it has six entries before it.
            answers = (client.get("/healthz") for _ in range(2_000))
            answer = next(one for one in answers if one.status_code != 200)
            assert answer.status_code == 503
            assert answer.json()["status"] == "fault"
            assert "broken at entry 2" in answer.json()["message"]
            assert len(client.get("/v1/board").json()["actual"]) == 3  # reading goes on
        duty = Duty(server)
        duty.operator.give_up_s = 0
        with duty.operator.client, pytest.raises(Unreachable, match="nothing can be issued"):
            duty.alert()
        assert [line for line in server.faults() if "issuing stopped" in line]

    def test_a_broken_entry_after_the_checkpoint_refuses_the_start_in_plain_words(self, server: Server) -> None:
        server.kill()
        damage_file(server.data / FILE_NAME, "UPDATE entry SET recorded_ms = recorded_ms + 1 WHERE sequence = 6")
        with pytest.raises(AssertionError, match=r"Not started: the journal is broken at entry 6: .*restore") as failed:
            server.start()
        assert "Traceback" not in str(failed.value)
