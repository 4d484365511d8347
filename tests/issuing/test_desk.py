"""The desk: what is acknowledged is on disk and told, one order wins, and what it signs always fits together."""

import asyncio

import pytest

from tests.issuing.office import HEARTBEAT, ISSUERS, STRANGER, Office, run, until
from tests.issuing.paper import KYIV, LVIV_OBLAST
from tocsin.alarms import Board, fold
from tocsin.issuing import Issued, Refusal, notice_of
from tocsin.issuing.waiting import DRAFT_LAPSES_S, DRAFTS_MAX
from tocsin.notice import (
    ED25519,
    Domain,
    EntryType,
    Kind,
    Magic,
    Signature,
    SigningKey,
    Status,
    b64,
    encode_notice,
    sign_document,
)


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def sequence(office: Office) -> int:
    return office.journal.head.position.sequence


def test_what_is_issued_is_on_disk_on_the_board_and_told(office: Office) -> None:
    drafted = office.draft(office.order())
    assert sequence(office) == 3
    issued = office.sign(drafted)
    assert isinstance(issued, Issued)
    assert not issued.again
    assert office.journal.entries(3, 10) == list(issued.entries)
    assert office.journal.document(issued.notices[0].cap) == drafted.draft.cap
    assert office.desk.board.alarms[issued.notices[0].alarm].sequence == 4
    assert office.desk.head == office.journal.head
    assert office.ears.told == list(issued.notices)


class TestRace:
    def test_of_two_orders_for_one_alarm_one_wins_and_the_other_is_told(self, office: Office) -> None:
        alarm = office.issue().alarm
        update = office.draft(office.order(Kind.UPDATE, alarm=alarm, regions=(LVIV_OBLAST,)))
        end = office.draft(office.order(Kind.ALL_CLEAR, alarm=alarm))

        async def race() -> list[Issued | Refusal]:
            return list(await asyncio.gather(office.signing(update), office.signing(end)))

        first, second = run(race)
        assert isinstance(first, Issued)
        assert code(second) == "alarm_moved_on"
        assert [one.kind for one in office.ears.told] == [Kind.ALERT, Kind.UPDATE]
        assert sequence(office) == 5

    def test_of_two_ends_the_second_is_told_of_the_first(self, office: Office) -> None:
        alarm = office.issue().alarm
        ends = [office.draft(office.order(Kind.ALL_CLEAR, alarm=alarm)) for _ in range(2)]
        assert isinstance(office.sign(ends[0]), Issued)
        assert code(office.sign(ends[1])) == "alarm_moved_on"

    def test_an_alarm_that_expired_before_the_signature_is_not_prolonged(self, office: Office) -> None:
        alarm = office.issue(expires_in_s=60).alarm
        office.clock.ms += 59_000
        update = office.draft(office.order(Kind.UPDATE, alarm=alarm, expires_in_s=3_600))
        office.clock.ms += 1_000
        assert code(office.sign(update)) == "alarm_expired"
        assert sequence(office) == 4

    def test_the_same_draft_signed_twice_at_once_is_written_once(self, office: Office) -> None:
        drafted = office.draft(office.order())

        async def twice() -> list[Issued | Refusal]:
            return list(await asyncio.gather(office.signing(drafted), office.signing(drafted)))

        first, second = run(twice)
        assert isinstance(first, Issued)
        assert isinstance(second, Issued)
        assert (first.entries, second.again) == (second.entries, True)
        assert len(office.ears.told) == 1


class TestRepeat:
    def test_the_same_order_again_is_harmless(self, office: Office) -> None:
        order = office.order()
        first = office.sign(office.draft(order))
        office.clock.ms += 100_000
        again = office.desk.draft(order, "issue")
        assert isinstance(first, Issued)
        assert isinstance(again, Issued)
        assert (again.entries, again.again) == (first.entries, True)
        assert len(office.ears.told) == 1

    def test_the_same_id_for_another_order_is_refused(self, office: Office) -> None:
        order = office.order()
        office.sign(office.draft(order))
        assert code(office.desk.draft(office.order(id=order.id, regions=(LVIV_OBLAST,)), "issue")) == "id_used"

    def test_a_repeat_is_known_after_a_start(self, office: Office) -> None:
        order = office.order()
        office.sign(office.draft(order))
        office.close()
        office.open()
        assert isinstance(office.desk.draft(order, "issue"), Issued)

    def test_another_order_under_the_id_of_a_draft_drops_its_signature(self, office: Office) -> None:
        drafted = office.draft(office.order())
        office.draft(office.order(id=drafted.draft.notice.id, regions=(LVIV_OBLAST,)))
        assert code(office.sign(drafted)) == "signature_refused"
        assert sequence(office) == 3


class TestSignatures:
    @pytest.mark.parametrize(
        ("status", "key"),
        [
            (Status.ACTUAL, STRANGER),
            (Status.ACTUAL, HEARTBEAT),
            (Status.ACTUAL, ISSUERS[Domain.EXERCISE]),
            (Status.EXERCISE, ISSUERS[Domain.ACTUAL]),
            (Status.TEST, ISSUERS[Domain.ACTUAL]),
            (Status.TEST, HEARTBEAT),
        ],
    )
    def test_only_a_key_of_the_right_root_and_role_issues(
        self, office: Office, status: Status, key: SigningKey
    ) -> None:
        drafted = office.draft(office.order(status=status))
        assert code(office.sign(drafted, key)) == "signature_refused"
        assert sequence(office) == 3
        assert office.ears.told == []
        assert isinstance(office.sign(drafted), Issued)  # the draft is still there for the right one

    def test_signatures_that_fit_no_envelope_are_refused(self, office: Office) -> None:
        drafted = office.draft(office.order())
        large = Signature(ED25519, bytes(8), (bytes(600),))
        assert code(office.hand_in(drafted, [large] * 8)) == "signatures_malformed"

    def test_one_wrong_signature_spoils_the_rest(self, office: Office) -> None:
        drafted = office.draft(office.order())
        key = ISSUERS[Domain.ACTUAL]
        right = sign_document(key, Magic.NOTICE, encode_notice(drafted.draft.notice))
        wrong = Signature(ED25519, key.id, (bytes(64),))
        other_tag = sign_document(key, Magic.HEARTBEAT, encode_notice(drafted.draft.notice))
        unknown_type = Signature(2, key.id, (b"", b"", b""))
        for signatures in ([wrong], [right, wrong], [other_tag], [unknown_type]):
            assert code(office.hand_in(drafted, signatures)) == "signature_refused"
        assert sequence(office) == 3


class TestDrafts:
    def test_a_draft_lapses(self, office: Office) -> None:
        drafted = office.draft(office.order())
        office.clock.ms += DRAFT_LAPSES_S * 1000
        assert code(office.sign(drafted)) == "draft_unknown"

    def test_a_draft_holds_until_then(self, office: Office) -> None:
        drafted = office.draft(office.order())
        office.clock.ms += DRAFT_LAPSES_S * 1000 - 1_000
        assert isinstance(office.sign(drafted), Issued)

    def test_a_draft_that_lapses_while_it_is_written_is_issued_and_told(self, office: Office) -> None:
        drafted = office.draft(office.order())

        async def write_slowly() -> Issued | Refusal:
            office.journal.may_return.clear()
            issuing = asyncio.ensure_future(office.signing(drafted))
            await until(office.journal.written)
            office.clock.ms += DRAFT_LAPSES_S * 1000
            office.draft(office.order())
            office.journal.may_return.set()
            return await issuing

        assert isinstance(run(write_slowly), Issued)
        assert office.ears.told == [drafted.draft.notice]

    def test_too_many_are_a_fault_of_the_caller(self, office: Office) -> None:
        order = office.order()
        office.draft(order)
        (frozen,) = office.desk._drafts
        office.desk._drafts._waiting |= {str(number): frozen for number in range(DRAFTS_MAX)}
        assert code(office.desk.draft(office.order(), "issue")) == "drafts_too_many"
        office.draft(order)  # the same again takes no more room
        office.clock.ms += DRAFT_LAPSES_S * 1000
        office.draft(office.order())

    def test_exercises_keep_no_real_order_out(self, office: Office) -> None:
        drill = office.order(status=Status.EXERCISE)
        office.draft(drill)
        (frozen,) = office.desk._drafts
        office.desk._drafts._waiting |= {str(number): frozen for number in range(DRAFTS_MAX)}
        assert code(office.desk.draft(office.order(status=Status.EXERCISE), "issue")) == "drafts_too_many"
        assert isinstance(office.sign(office.draft(office.order())), Issued)

    def test_a_notice_that_would_be_stale_is_not_issued(self, office: Office) -> None:
        drafted = office.draft(office.order(expires_in_s=60))
        office.clock.ms += 45_000
        assert code(office.sign(drafted)) == "draft_lapsed"
        assert sequence(office) == 3

    def test_a_draft_does_not_outlive_the_server(self, office: Office) -> None:
        drafted = office.draft(office.order())
        office.close()
        office.open()
        assert code(office.sign(drafted)) == "draft_unknown"


class TestFaults:
    def test_a_journal_that_fails_acknowledges_and_tells_nothing(self, office: Office) -> None:
        drafted = office.draft(office.order())
        office.journal.faulty = True
        refused = office.sign(drafted)
        assert isinstance(refused, Refusal)
        assert refused.code == "journal_fault"
        assert "nothing was issued" in refused.message
        assert office.ears.told == []
        assert not office.desk.board.alarms
        office.journal.faulty = False
        assert isinstance(office.sign(drafted), Issued)

    def test_what_is_on_disk_although_the_journal_failed_was_issued_and_is_told(self, office: Office) -> None:
        drafted = office.draft(office.order())
        office.journal.forgetful = True
        issued = office.sign(drafted)
        office.journal.forgetful = False
        assert isinstance(issued, Issued)
        assert office.journal.entries(3, 10) == list(issued.entries)
        assert office.ears.told == [drafted.draft.notice]
        assert office.desk.head == office.journal.head

    def test_a_fault_found_in_the_background_stops_drafts_and_signatures(self, office: Office) -> None:
        drafted = office.draft(office.order())
        office.desk.fault = "the journal is broken at entry 2"
        assert code(office.sign(drafted)) == "issuing_stopped"
        assert code(office.desk.draft(office.order(), "issue")) == "issuing_stopped"
        assert sequence(office) == 3
        office.desk.fault = None

    @pytest.mark.parametrize("moment", ["waiting", "writing", "written"])
    def test_a_caller_that_goes_away_leaves_nothing_half_done(self, office: Office, moment: str) -> None:
        drafted = office.draft(office.order())

        async def go_away() -> None:
            if moment == "waiting":
                await office.desk._lock.acquire()
            (office.journal.may_return if moment == "written" else office.journal.may_write).clear()
            issuing = asyncio.ensure_future(office.signing(drafted))
            await asyncio.sleep(0)
            if moment != "waiting":
                await until(office.journal.written if moment == "written" else office.journal.reached)
            issuing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await issuing
            office.journal.may_write.set()
            office.journal.may_return.set()
            if moment == "waiting":
                office.desk._lock.release()
            await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))

        run(go_away)
        on_disk = [notice_of(entry) for entry in office.journal.entries(3, 10)]
        assert on_disk == office.ears.told == [drafted.draft.notice]
        assert drafted.draft.notice.alarm in office.desk.board.alarms


class TestHeartbeat:
    def test_it_names_the_board_at_its_position_also_while_an_order_is_written(self, office: Office) -> None:
        seen = [office.heartbeat()]
        drafts = [office.draft(office.order(regions=(region,))) for region in (KYIV, LVIV_OBLAST)]

        async def write_slowly() -> None:
            for drafted in drafts:
                office.journal.may_write.clear()
                office.journal.may_return.clear()
                for event in (office.journal.reached, office.journal.written):
                    event.clear()
                issuing = asyncio.ensure_future(office.signing(drafted))
                await until(office.journal.reached)
                seen.append(office.heartbeat())
                office.journal.may_write.set()
                await until(office.journal.written)
                assert office.journal.head.position.sequence == office.desk.head.position.sequence + 1
                seen.append(office.heartbeat())
                office.journal.may_return.set()
                await issuing
                seen.append(office.heartbeat())

        run(write_slowly)
        fitting = {}
        board = Board()
        for entry in office.journal.entries(0, 100):
            if entry.type is EntryType.NOTICE:
                board = fold(board, entry.sequence, notice_of(entry))
            fitting[f"00112233445566ff-{entry.sequence}"] = (b64(entry.hash), b64(board.root()))
        assert len({beat.position for beat in seen}) == 3
        assert all((beat.chain, beat.board) == fitting[beat.position] for beat in seen)

    def test_it_carries_the_nonce_and_is_valid_for_15_s(self, office: Office) -> None:
        beat = office.desk.trust.verify_heartbeat(office.desk.heartbeat("once-only"), 0, "once-only")
        assert not isinstance(beat, Refusal)
        assert office.heartbeat().valid_until_ms == office.clock.ms + 15_000
