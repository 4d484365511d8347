"""What a witness makes of signed checkpoints, entries and the stream, with the time passed in."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from tests.client import authority
from tests.witness.ledger import Ledger
from tocsin.alarms import Board
from tocsin.notice import Domain, EntryType, Kind, SigningKey
from tocsin.notice.signed_note import SignedNote, cosigned_at
from tocsin.notice.statement import Audited, Statement
from tocsin.witness.findings import STANDING_MAX, Finding, Found, Seen, Standing, Verdict
from tocsin.witness.keeping import Files, KeepingError
from tocsin.witness.listener import Listener
from tocsin.witness.record import Record
from tocsin.witness.watch import CHECKPOINTS_MAX, FIRST_WALK_S, Next, Watch

KEY = SigningKey.from_seed(sha256(b"a witness of the tests").digest())
LOG, STREAM, ALSO = "there log", "there stream", "elsewhere log"


def new_watch() -> Watch:
    return Watch("observer", KEY, Record.of(LOG, authority.TRUST))


def look(watch: Watch, ledger: Ledger, after_s: float, note: SignedNote | None = None) -> Next:
    """Do one round as ``following`` does."""
    shown = note or ledger.note(after_s)
    said = Statement.read(shown.text)
    candidate = watch.candidate(said)
    candidate.take_all(ledger.entries[candidate.sequence : said.position.sequence], after_s)
    following = watch.judge(shown, candidate, int(authority.NOW + after_s), after_s)
    if following is Next.READ_ALL:
        whole = Record.of(LOG, authority.TRUST)
        whole.take_all(ledger.entries[: said.position.sequence], after_s)
        watch.judge_whole(shown, whole)
    return following


def verdicts(watch: Watch) -> list[Verdict]:
    return [one.finding.verdict for one in watch.standing.drain() if isinstance(one, Found)]


def standing(watch: Watch) -> set[Verdict]:
    return {one.verdict for one in watch.standing.findings}


def heard(watch: Watch) -> list[Finding]:
    return [one.finding for one in watch.standing.drain() if isinstance(one, Found)]


@pytest.fixture
def ledger() -> Ledger:
    one = Ledger()
    one.tell(authority.notice("one"))
    return one


@pytest.fixture
def watch(ledger: Ledger) -> Watch:
    one = new_watch()
    look(one, ledger, 1)
    assert [type(report) for report in one.standing.drain()] == [Seen]
    return one


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    with closing(Files(tmp_path / "state.json")) as one:
        yield one


def listening(watch: Watch, ledger: Ledger, now: float) -> Listener:
    """Return a listener that has joined the stream of *ledger*."""
    listener = Listener(STREAM, watch.standing, now)
    listener.connected("mine", now)
    hear(watch, listener, ledger.snapshot() + ledger.heartbeat(now, "mine"), now)
    return listener


def hear(watch: Watch, listener: Listener, data: bytes, now: float) -> None:
    for claim in listener.receive(data, watch.record, now):
        watch.claims.make(claim, watch.record, watch.own, now)
    listener.check(watch.record, now)
    watch.check_claims(now)


def test_one_checkpoint_for_each_sequence_is_shown_newest_first_and_signed_anew(watch: Watch, ledger: Ledger) -> None:
    for number in range(CHECKPOINTS_MAX + 6):
        ledger.tell(authority.notice(f"more {number}"))
        look(watch, ledger, 10 + number)
    look(watch, ledger, 500)
    notes = [SignedNote.read(one) for one in watch.checkpoints]
    sequences = [Statement.read(one.text).position.sequence for one in notes]
    assert sequences == list(range(ledger.position.sequence, ledger.position.sequence - CHECKPOINTS_MAX, -1))
    assert cosigned_at(notes[0], "observer", KEY.public) == authority.NOW + 500
    assert verdicts(watch) == []


def test_a_checkpoint_that_no_heartbeat_key_signed_is_not_believed(watch: Watch, ledger: Ledger) -> None:
    before = list(watch.checkpoints)
    look(watch, ledger, 2, ledger.note(2, by=authority.ISSUERS[Domain.ACTUAL]))
    assert verdicts(watch) == [Verdict.BROKEN]
    assert watch.checkpoints == before
    look(watch, ledger, 3)
    assert standing(watch) == set()


def test_what_another_way_answers_without_a_signature_keeps_nothing_from_being_cosigned(
    watch: Watch, ledger: Ledger
) -> None:
    watch.compare(ledger.note(2, by=authority.STRANGER), ALSO, 2)
    assert standing(watch) == {Verdict.UNREACHABLE}
    ledger.tell(authority.notice("two"))
    look(watch, ledger, 3)
    assert watch.checkpoints[0].startswith(f"{authority.NAME}/tocsin/{authority.EPOCH}\n5\n")
    watch.compare(ledger.note(4), ALSO, 4)
    assert standing(watch) == set()


def test_an_entry_that_a_stranger_signed_is_forged_and_nothing_is_cosigned_from_there_on(
    watch: Watch, ledger: Ledger
) -> None:
    ledger.add(EntryType.NOTICE, authority.signed(authority.notice("forged"), authority.STRANGER))
    ledger.tell(authority.notice("good"))
    before = list(watch.checkpoints)
    look(watch, ledger, 2)
    (finding,) = heard(watch)
    assert (finding.verdict, finding.sequence) == (Verdict.FORGED, 5)
    look(watch, ledger, 3)
    assert watch.checkpoints == before


@pytest.mark.parametrize(
    ("type", "body"),
    [
        pytest.param(EntryType.NOTICE, b"", id="no envelope"),
        pytest.param(EntryType.NOTICE, authority.signed(authority.notice("one")), id="the same alert again"),
        pytest.param(EntryType.NOTICE, authority.signed(authority.notice("two", 2)), id="an update of nothing"),
        pytest.param(EntryType.ROSTER, authority.signed(authority.notice("two")), id="a notice as a roster"),
        pytest.param(EntryType.REVOCATION, b"TCV1", id="no revocation list"),
        pytest.param(EntryType.EPOCH, b"{}", id="no epoch"),
    ],
)
def test_what_cannot_stand_at_its_place_is_forged(watch: Watch, ledger: Ledger, type: EntryType, body: bytes) -> None:
    ledger.add(type, body)
    look(watch, ledger, 2)
    assert standing(watch) == {Verdict.FORGED}


def test_a_log_that_begins_with_other_roots_is_forged() -> None:
    one = new_watch()
    one.record = Record.of(LOG, replace(authority.TRUST, roots=dict.fromkeys(Domain, authority.STRANGER.public)))
    ledger = Ledger()
    candidate = one.candidate(Statement.read(ledger.note(1).text))
    candidate.take_all(ledger.entries, 1)
    assert {fault.sequence for fault in candidate.faults} >= {1, 2, 3}


def test_a_board_hash_that_is_not_the_fold_of_the_log_is_found_and_not_cosigned(watch: Watch, ledger: Ledger) -> None:
    ledger.tell(authority.notice("hidden"))
    before = list(watch.checkpoints)
    look(watch, ledger, 2, ledger.note(2, board=Board()))
    assert verdicts(watch) == [Verdict.BOARD]
    assert watch.checkpoints == before


def test_a_head_that_is_lower_is_rolled_back_until_it_is_where_it_was(watch: Watch, ledger: Ledger) -> None:
    old = ledger.copy()
    ledger.tell(authority.notice("two"))
    look(watch, ledger, 2)
    watch.standing.drain()
    look(watch, old, 3)
    assert verdicts(watch) == [Verdict.ROLLED_BACK]
    look(watch, old, 4)
    assert verdicts(watch) == []
    look(watch, ledger, 5)
    assert standing(watch) == set()


def test_two_signed_hashes_of_one_sequence_are_a_fork_with_both_notes(watch: Watch, ledger: Ledger) -> None:
    other = ledger.copy()
    ledger.tell(authority.notice("mine"))
    other.tell(authority.notice("theirs"))
    look(watch, ledger, 2)
    watch.standing.drain()
    look(watch, other, 3)
    (finding,) = heard(watch)
    assert (finding.verdict, finding.sequence) == (Verdict.FORK, 5)
    assert finding.evidence == (ledger.note(2).write(), other.note(3).write())
    look(watch, ledger, 4)
    assert standing(watch) == {Verdict.FORK}


def test_two_histories_are_one_finding_however_long_they_grow(watch: Watch, ledger: Ledger) -> None:
    other = ledger.copy()
    for number in range(6):
        ledger.tell(authority.notice(f"mine {number}"))
        other.tell(authority.notice(f"theirs {number}"))
        look(watch, ledger, 2 + number)
        watch.compare(other.note(2.5 + number), ALSO, 2.5 + number)
    assert verdicts(watch) == [Verdict.FORK]


def test_a_longer_log_that_does_not_lead_on_is_a_fork_and_is_not_taken(watch: Watch, ledger: Ledger) -> None:
    other = ledger.copy()
    ledger.tell(authority.notice("mine"))
    look(watch, ledger, 2)
    for name in ("theirs", "too", "three"):
        other.tell(authority.notice(name))
    watch.standing.drain()
    assert look(watch, other, 3) is Next.READ_ALL
    (finding,) = heard(watch)
    assert (finding.verdict, finding.sequence) == (Verdict.FORK, 5)
    assert watch.record.position == ledger.position


def test_an_old_checkpoint_that_is_shown_again_blames_nobody_and_becomes_silence(watch: Watch, ledger: Ledger) -> None:
    old = ledger.note(1)
    ledger.tell(authority.notice("two"))
    look(watch, ledger, 2)
    watch.standing.drain()
    for after_s in range(3, 17):
        look(watch, ledger, after_s, old)
        watch.check_logs(after_s)
        assert verdicts(watch) == []
    watch.check_logs(17)
    assert verdicts(watch) == [Verdict.SILENCE]
    look(watch, ledger, 18)
    assert standing(watch) == set()


def test_a_log_that_is_read_for_ever_is_silent(watch: Watch, ledger: Ledger) -> None:
    watch.check_logs(16)
    assert verdicts(watch) == [Verdict.SILENCE]
    begins = new_watch()
    begins.resume(0)
    begins.check_logs(FIRST_WALK_S - 1)
    assert verdicts(begins) == []
    begins.check_logs(FIRST_WALK_S)
    assert verdicts(begins) == [Verdict.SILENCE]


def test_the_audit_journal_never_falls_within_an_epoch(watch: Watch, ledger: Ledger) -> None:
    def audited(entries: int, word: bytes, after_s: float) -> SignedNote:
        return ledger.note(after_s, audited=Audited(entries, sha256(word).digest()))

    look(watch, ledger, 2, audited(9, b"nine", 2))
    assert standing(watch) == set()
    look(watch, ledger, 3, audited(8, b"eight", 3))
    assert standing(watch) == {Verdict.ROLLED_BACK}
    look(watch, ledger, 4, audited(10, b"ten", 4))
    assert standing(watch) == set()
    look(watch, ledger, 5, audited(10, b"another ten", 5))
    assert standing(watch) == {Verdict.FORK}


def test_a_new_epoch_is_a_restore_with_what_it_lost_and_the_old_one_never_comes_back(
    watch: Watch, ledger: Ledger
) -> None:
    restored = ledger.copy()
    ledger.tell(authority.notice("lost"))
    ledger.tell(authority.notice("lost too"))
    look(watch, ledger, 2)
    watch.standing.drain()
    restored.begin("ffeeddccbbaa9988")
    restored.tell(authority.notice("after"))
    look(watch, restored, 3)
    (finding,) = heard(watch)
    assert (finding.verdict, finding.sequence) == (Verdict.RESTORED, 5)
    assert "entries 5 to 6 of epoch 00112233445566ff are gone" in finding.message
    assert watch.record.position == restored.position
    assert watch.checkpoints[0].startswith(f"{authority.NAME}/tocsin/ffeeddccbbaa9988\n")
    look(watch, ledger, 4)
    assert standing(watch) == {Verdict.FORK}
    assert watch.record.position == restored.position


def test_a_roster_that_a_restore_lost_is_rolled_back(watch: Watch, ledger: Ledger) -> None:
    restored = ledger.copy()
    ledger.add(EntryType.ROSTER, authority.roster(Domain.EXERCISE, 2))
    look(watch, ledger, 2)
    assert standing(watch) == set()
    restored.begin("ffeeddccbbaa9988")
    look(watch, restored, 3)
    assert standing(watch) == {Verdict.ROLLED_BACK}
    restored.add(EntryType.ROSTER, authority.roster(Domain.EXERCISE, 3))
    look(watch, restored, 4)
    assert standing(watch) == set()


def test_another_way_that_shows_another_history_is_a_fork_at_once(watch: Watch, ledger: Ledger) -> None:
    other = ledger.copy()
    ledger.tell(authority.notice("mine"))
    other.tell(authority.notice("theirs"))
    look(watch, ledger, 2)
    watch.compare(other.note(2.1), ALSO, 2.1)
    assert standing(watch) == {Verdict.FORK}


def test_another_way_may_be_some_seconds_ahead_or_behind_and_no_more(watch: Watch, ledger: Ledger) -> None:
    old = ledger.copy()
    ledger.tell(authority.notice("two"))
    watch.compare(ledger.note(2), ALSO, 2)
    watch.check_claims(6.9)
    assert standing(watch) == set()
    watch.check_claims(7.1)
    (finding,) = heard(watch)
    assert (finding.verdict, finding.where, finding.sequence) == (Verdict.WITHHELD, LOG, 5)
    look(watch, ledger, 8)
    assert standing(watch) == set()
    watch.compare(old.note(12), ALSO, 12)
    assert standing(watch) == set()
    watch.compare(old.note(13.1), ALSO, 13.1)
    (finding,) = watch.standing.findings
    assert (finding.verdict, finding.where) == (Verdict.WITHHELD, ALSO)
    watch.compare(ledger.note(14), ALSO, 14)
    assert standing(watch) == set()


def test_another_epoch_on_another_way_is_a_fork_unless_the_log_follows(watch: Watch, ledger: Ledger) -> None:
    restored = ledger.copy()
    restored.begin("ffeeddccbbaa9988")
    watch.compare(restored.note(2), ALSO, 2)
    watch.check_claims(7.1)
    assert standing(watch) == {Verdict.FORK}
    follows = new_watch()
    look(follows, ledger, 1)
    follows.compare(restored.note(2), ALSO, 2)
    look(follows, restored, 3)
    follows.check_claims(8)
    assert standing(follows) == set()


def test_a_stream_that_tells_every_entry_is_well(watch: Watch, ledger: Ledger) -> None:
    listener = listening(watch, ledger, 2)
    for number in range(1, 8):
        now = 2 + number * 4.0
        ledger.tell(authority.notice(f"more {number}"))
        hear(watch, listener, ledger.frame(ledger.position.sequence), now)
        look(watch, ledger, now)
        hear(watch, listener, ledger.heartbeat(now), now)
    assert verdicts(watch) == []


def test_an_entry_that_the_stream_lacks_is_withheld_after_the_grace(watch: Watch, ledger: Ledger) -> None:
    listener = listening(watch, ledger, 2)
    ledger.tell(authority.notice("dropped"))
    look(watch, ledger, 3)
    hear(watch, listener, ledger.heartbeat(7.9), 7.9)
    assert verdicts(watch) == []
    listener.check(watch.record, 8.1)
    (finding,) = heard(watch)
    assert (finding.verdict, finding.where, finding.sequence) == (Verdict.WITHHELD, STREAM, 5)
    hear(watch, listener, ledger.frame(5), 9)
    assert standing(watch) == set()


def test_a_stream_whose_heartbeats_stay_behind_the_log_is_told_less(watch: Watch, ledger: Ledger) -> None:
    listener, old = listening(watch, ledger, 2), ledger.copy()
    ledger.tell(authority.notice("two"))
    look(watch, ledger, 3)
    hear(watch, listener, old.heartbeat(7), 7)
    assert verdicts(watch) == []
    hear(watch, listener, old.heartbeat(12), 12)
    assert Verdict.WITHHELD in verdicts(watch)


def test_a_heartbeat_with_another_hash_is_a_fork_with_heartbeat_and_note(watch: Watch, ledger: Ledger) -> None:
    other = ledger.copy()
    ledger.tell(authority.notice("mine"))
    other.tell(authority.notice("theirs"))
    listener = listening(watch, ledger, 2)
    look(watch, ledger, 3)
    hear(watch, listener, other.heartbeat(4), 4)
    (finding,) = [one for one in heard(watch) if one.verdict is Verdict.FORK]
    assert finding.evidence[0] == ledger.note(3).write()
    assert len(finding.evidence[1]) > 300


@pytest.mark.parametrize("late", [0, 30, 3_600])
def test_heartbeats_from_a_recording_end_in_silence(watch: Watch, ledger: Ledger, late: int) -> None:
    listener = Listener(STREAM, watch.standing, 100)
    for now in range(101, 118, 4):
        listener.connected(f"nonce {now}", now)
        hear(watch, listener, ledger.snapshot() + ledger.heartbeat(now - late, "an-old-nonce"), now)
        hear(watch, listener, ledger.heartbeat(now - late + 1), now + 1)
    assert verdicts(watch) == [Verdict.SILENCE]


def test_heartbeats_that_are_played_ever_later_end_in_silence(watch: Watch, ledger: Ledger) -> None:
    listener = listening(watch, ledger, 2)
    for now in range(5, 60, 5):
        hear(watch, listener, ledger.heartbeat(2 + now / 3), now)
    assert verdicts(watch) == [Verdict.SILENCE]


def test_bytes_that_are_no_stream_are_altered_and_stop_nothing(watch: Watch, ledger: Ledger) -> None:
    listener = listening(watch, ledger, 2)
    for data in (b"[]", b'{"position":1}', b'{"position":"x","envelope":"a"}', b"\xff"):
        hear(watch, listener, b"event: notice\ndata: " + data + b"\n\n", 3)
    hear(watch, listener, b'event: heartbeat\ndata: {"heartbeat":"!"}\n\n', 3)
    assert verdicts(watch) == [Verdict.ALTERED]


def test_the_kept_state_is_that_of_the_run_before(watch: Watch, ledger: Ledger, files: Files) -> None:
    ledger.tell(authority.notice("ended"))
    ledger.tell(authority.notice("ended", 2, kind=Kind.ALL_CLEAR))
    audited = Audited(3, sha256(b"three").digest())
    look(watch, ledger, 2, ledger.note(2, audited=audited))
    files.save(watch)
    again = files.load("observer", KEY, LOG, authority.TRUST)
    assert again.record.board == watch.record.board
    assert again.record.trust == watch.record.trust
    assert again.checkpoints == watch.checkpoints
    assert again.audited == watch.audited
    again.resume(3)
    ledger.tell(authority.notice("next"))
    look(again, ledger, 4, ledger.note(4, audited=audited))
    assert [type(one) for one in again.standing.drain()] == [Seen]
    look(again, ledger, 5, ledger.note(1))
    assert standing(again) == set()


def test_what_was_found_is_still_found_in_the_next_run(watch: Watch, ledger: Ledger, files: Files) -> None:
    ledger.add(EntryType.NOTICE, authority.signed(authority.notice("forged"), authority.STRANGER))
    look(watch, ledger, 2)
    files.save(watch)
    again = files.load("observer", KEY, LOG, authority.TRUST)
    before = list(again.checkpoints)
    ledger.tell(authority.notice("good"))
    look(again, ledger, 3)
    assert again.checkpoints == before


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 1}', "\x00"])
def test_a_state_that_cannot_be_read_is_not_begun_anew(files: Files, text: str) -> None:
    files.state.write_text(text)
    with pytest.raises(KeepingError):
        files.load("observer", KEY, LOG, authority.TRUST)


def test_a_state_about_other_roots_is_refused(watch: Watch, files: Files) -> None:
    files.save(watch)
    other = replace(authority.TRUST, roots=dict.fromkeys(Domain, authority.STRANGER.public))
    with pytest.raises(KeepingError):
        files.load("observer", KEY, LOG, other)


def test_a_heartbeat_with_a_board_that_is_not_the_fold_is_found(watch: Watch, ledger: Ledger) -> None:
    other = ledger.copy()
    other.board = Board()
    listener = listening(watch, ledger, 2)
    hear(watch, listener, other.heartbeat(4), 4)
    assert verdicts(watch) == [Verdict.BOARD]


def test_what_an_epoch_that_is_over_claimed_of_its_future_is_forgotten(watch: Watch, ledger: Ledger) -> None:
    restored, ahead = ledger.copy(), ledger.copy()
    ahead.tell(authority.notice("never read"))
    watch.compare(ahead.note(2), ALSO, 2)
    restored.begin("ffeeddccbbaa9988")
    look(watch, restored, 3)
    watch.check_claims(20)
    assert standing(watch) == set()


def test_an_entry_with_a_gap_before_it_or_of_another_kind_is_none(ledger: Ledger) -> None:
    record = Record.of(LOG, authority.TRUST)
    assert not record.take(ledger.entries[1], 0)
    assert record.take(ledger.entries[0], 0)
    assert not record.take(ledger.entries[2], 0)
    for change in ({"type": 9}, {"body": "="}, {"recorded_ms": -1}):
        assert not record.take(msgspec.structs.replace(ledger.entries[1], **change), 0)
    assert record.sequence == 1


def test_a_log_of_another_authority_is_forged(ledger: Ledger) -> None:
    record = Record.of(LOG, replace(authority.TRUST, authority="another.example"))
    record.take(ledger.entries[0], 0)
    assert [fault.sequence for fault in record.faults] == [1]


def test_an_answer_to_the_nonce_that_was_held_back_confirms_nothing(watch: Watch, ledger: Ledger) -> None:
    listener = Listener(STREAM, watch.standing, 2)
    listener.connected("mine", 2)
    hear(watch, listener, ledger.snapshot(), 3)
    listener.check(watch.record, 12.1)
    assert listener.broken
    hear(watch, listener, ledger.heartbeat(3, "mine"), 17.1)
    assert verdicts(watch) == [Verdict.SILENCE]


def test_a_heartbeat_that_is_played_again_confirms_nothing(watch: Watch, ledger: Ledger) -> None:
    listener = listening(watch, ledger, 2)
    hear(watch, listener, ledger.heartbeat(6), 6)
    for now in (10, 15, 20):
        hear(watch, listener, ledger.heartbeat(5.9), now)
    listener.check(watch.record, 21.1)
    assert verdicts(watch) == [Verdict.SILENCE]


def test_an_event_that_is_not_the_entry_of_the_log_is_altered(watch: Watch, ledger: Ledger) -> None:
    listener, other = listening(watch, ledger, 2), ledger.copy()
    ledger.tell(authority.notice("mine"))
    other.tell(authority.notice("theirs"))
    hear(watch, listener, other.frame(5), 3)
    look(watch, ledger, 4)
    listener.check(watch.record, 4)
    (finding,) = heard(watch)
    assert (finding.verdict, finding.sequence) == (Verdict.ALTERED, 5)


def test_a_snapshot_without_what_is_in_force_is_withheld_also_when_it_is_ahead_of_the_log(
    watch: Watch, ledger: Ledger
) -> None:
    ledger.tell(authority.notice("two"))
    bare = ledger.copy()
    bare.board = Board()
    listener = Listener(STREAM, watch.standing, 2)
    listener.connected("mine", 2)
    hear(watch, listener, bare.snapshot() + ledger.heartbeat(2, "mine"), 2)
    assert verdicts(watch) == []
    look(watch, ledger, 3)
    listener.check(watch.record, 3)
    assert [(one.verdict, one.sequence) for one in heard(watch)] == [(Verdict.WITHHELD, 4), (Verdict.WITHHELD, 5)]


def test_findings_that_pass_do_not_fill_the_memory_and_grave_ones_are_kept() -> None:
    standing = Standing()
    standing.found(Finding(Verdict.FORK, LOG, "two histories", 1))
    for sequence in range(STANDING_MAX + 10):
        standing.found(Finding(Verdict.WITHHELD, STREAM, "dropped", sequence))
    assert len(standing.findings) == STANDING_MAX + 1
    assert standing.grave
