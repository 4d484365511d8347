"""A new roster or a revocation list: in the journal, told, and in force at once, for drafts that wait as well."""

import asyncio

import pytest

from tests.issuing.office import (
    HEARTBEAT,
    OLENA,
    REVOKER,
    STRANGER,
    TARAS,
    Office,
    revocation,
    roster,
    run,
)
from tests.issuing.paper import NOW
from tocsin.issuing import Accepted, Issued, Refusal, Submitted
from tocsin.issuing.acceptance import is_signed_by_keeper
from tocsin.notice import Domain, EntryType, Envelope, Magic, Roster, decode, seal


def decode_roster(data: bytes) -> Roster:
    return decode(Envelope.unpack(data, Magic.ROSTER).document, Roster)


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def accept_roster(office: Office, data: bytes) -> Accepted | Refusal:
    return run(lambda: office.desk.accept_roster(data))


def accept_revocation(office: Office, data: bytes) -> Accepted | Refusal:
    return run(lambda: office.desk.accept_revocation(data))


def test_a_newer_roster_is_written_told_and_in_force(office: Office) -> None:
    accepted = accept_roster(office, roster(Domain.ACTUAL, 2, without="taras"))
    assert isinstance(accepted, Accepted)
    assert office.ears.trusted == [accepted.entry]
    assert office.journal.entries(3, 10) == [accepted.entry]
    assert office.heartbeat().rosters.actual == 2
    assert office.desk.head == office.journal.head
    waiting = office.draft(office.order(), "olena")
    office.sign(waiting, OLENA)
    assert code(office.sign(waiting, TARAS)) == "signature_refused"
    office.close()
    office.open()
    assert office.desk.trust.rosters[Domain.ACTUAL].version == 2
    assert office.audited()[0] == "roster_accepted"


def test_the_same_again_is_harmless(office: Office) -> None:
    accepted = accept_roster(office, roster(Domain.ACTUAL))
    assert isinstance(accepted, Accepted)
    assert accepted.again
    accept_revocation(office, revocation(Domain.ACTUAL, OLENA.id))
    again = accept_revocation(office, revocation(Domain.ACTUAL, OLENA.id))
    assert isinstance(again, Accepted)
    assert again.again
    assert office.journal.head.position.sequence == 4


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"garbage", "roster_framing"),
        (roster(Domain.ACTUAL, 2)[:-1] + b"\0", "roster_signature"),
        (roster(Domain.ACTUAL, 2, issued=NOW + 100), "roster_not_in_force"),
        (roster(Domain.ACTUAL, 2, issued=NOW - 100, lasts_s=50), "roster_not_in_force"),
    ],
)
def test_a_roster_that_nobody_would_believe_changes_nothing(office: Office, data: bytes, found: str) -> None:
    assert code(accept_roster(office, data)) == found
    assert office.journal.head.position.sequence == 3
    assert office.ears.trusted == []


def test_an_older_one_is_refused(office: Office) -> None:
    accept_roster(office, roster(Domain.ACTUAL, 3))
    assert code(accept_roster(office, roster(Domain.ACTUAL, 2))) == "roster_old"
    assert code(accept_roster(office, roster(Domain.ACTUAL, 3, without="taras"))) == "roster_roster"


def test_a_revoked_key_signs_nothing_from_that_moment_on(office: Office) -> None:
    waiting = office.draft(office.order(), "olena")
    office.sign(waiting, OLENA)
    other = office.draft(office.order(), "taras")
    accepted = accept_revocation(office, revocation(Domain.ACTUAL, OLENA.id))
    assert isinstance(accepted, Accepted)
    assert accepted.entry is not None
    assert accepted.entry.type is EntryType.REVOCATION
    assert office.ears.trusted == [accepted.entry]
    assert office.heartbeat().revocations.actual == 1
    # What she had signed and what waited for her is gone; nothing else is disturbed.
    assert code(office.sign(waiting, TARAS)) == "draft_unknown"
    assert isinstance(office.sign(other, TARAS), Submitted)
    assert code(office.sign(other, OLENA)) == "key_revoked"
    assert "dropped" in office.audited()
    assert office.desk.records.submitted()[0].id == other.id


def test_what_was_issued_before_is_still_on_the_board(office: Office) -> None:
    issued = office.sign(office.draft(office.order(), "olena"), OLENA, TARAS)
    assert isinstance(issued, Issued)
    accept_revocation(office, revocation(Domain.ACTUAL, OLENA.id))
    assert issued.notices[0].alarm in office.desk.board.alarms


def test_a_roster_that_lists_a_revoked_key_is_refused(office: Office) -> None:
    accept_revocation(office, revocation(Domain.ACTUAL, OLENA.id))
    assert code(accept_roster(office, roster(Domain.ACTUAL, 2))) == "key_revoked"
    assert isinstance(accept_roster(office, roster(Domain.ACTUAL, 2, without="olena")), Accepted)
    assert Domain.ACTUAL not in office.desk.trust.revocations


def test_a_list_that_no_revoker_signed_changes_nothing(office: Office) -> None:
    forged = revocation(Domain.ACTUAL, OLENA.id).replace(REVOKER.id, STRANGER.id)
    assert code(accept_revocation(office, forged)) == "revocation_key"
    assert office.journal.head.position.sequence == 3


def test_a_draft_older_than_the_roster_is_ordered_again(office: Office) -> None:
    waiting = office.draft(office.order(), "olena")
    office.sign(waiting, OLENA)
    office.clock.ms += 5_000
    accept_roster(office, roster(Domain.ACTUAL, 2, issued=NOW + 5))
    assert code(office.sign(waiting, TARAS)) == "draft_unknown"
    assert isinstance(office.sign(office.draft(office.order(), "olena"), OLENA, TARAS), Issued)


def test_a_draft_of_a_source_older_than_the_roster_is_dropped_as_well(office: Office) -> None:
    run(lambda: office.desk.submit_from_source(office.order(), "sensor"))
    office.clock.ms += 5_000
    accept_roster(office, roster(Domain.ACTUAL, 2, issued=NOW + 5))
    assert office.desk.submitted() == []
    assert office.audited()[-1] == "dropped"


def test_orders_and_rosters_at_once_leave_head_and_journal_together(office: Office) -> None:
    waiting = office.draft(office.order(), "olena")

    async def both() -> list[object]:
        return list(
            await asyncio.gather(
                office.signing(waiting, OLENA, TARAS),
                office.desk.accept_revocation(revocation(Domain.EXERCISE, OLENA.id)),
                office.desk.accept_roster(roster(Domain.ACTUAL, 2)),
            )
        )

    run(both)
    assert office.desk.head == office.journal.head
    assert office.journal.head.position.sequence == 6
    assert office.journal.verify() == 6


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (roster(Domain.ACTUAL, 2, without="heartbeat"), "roster_without_server"),
        (roster(Domain.ACTUAL, 2, lasts_s=3_000), "roster_ends_soon"),
        (roster(Domain.ACTUAL, 1_002), "roster_version_jumps"),
    ],
)
def test_a_roster_that_would_shut_everybody_out_is_refused(office: Office, data: bytes, found: str) -> None:
    before = office.journal.head
    assert code(accept_roster(office, data)) == found
    assert office.journal.head == before
    assert isinstance(accept_roster(office, roster(Domain.ACTUAL, 1_001)), Accepted)


@pytest.mark.parametrize(
    ("data", "magic", "is_signed"),
    [
        (roster(Domain.ACTUAL, 2), Magic.ROSTER, True),
        (roster(Domain.EXERCISE, 2), Magic.ROSTER, True),
        (revocation(Domain.ACTUAL, OLENA.id), Magic.REVOCATION, True),
        (seal(STRANGER, Magic.ROSTER, decode_roster(roster(Domain.ACTUAL, 2))).pack(), Magic.ROSTER, False),
        (roster(Domain.ACTUAL, 2)[:-1] + bytes(1), Magic.ROSTER, False),
        (revocation(Domain.ACTUAL, OLENA.id), Magic.ROSTER, False),
        (b"TCR1", Magic.ROSTER, False),
        (bytes(60_000), Magic.REVOCATION, False),
    ],
)
def test_whether_a_keeper_signed_is_asked_first(office: Office, data: bytes, magic: Magic, is_signed: bool) -> None:
    assert is_signed_by_keeper(office.desk.trust, data, magic) is is_signed


def test_a_server_whose_heartbeat_nobody_believes_says_so(office: Office) -> None:
    assert office.desk.warnings == ()
    accept_revocation(office, revocation(Domain.ACTUAL, HEARTBEAT.id))
    assert "heartbeat key" in office.desk.warnings[0]
    accept_revocation(office, revocation(Domain.ACTUAL, HEARTBEAT.id))
    assert "heartbeat key" in office.desk.warnings[0]


def test_the_end_of_a_roster_is_told_thirty_days_ahead(office: Office) -> None:
    expires = office.desk.trust.rosters[Domain.ACTUAL].expires
    assert office.desk.expiries == ()
    office.clock.ms = (expires - 30 * 86_400 + 1) * 1000
    assert {one.domain: one.days_left for one in office.desk.expiries} == dict.fromkeys(Domain, 29)
    office.clock.ms = (expires + 86_400) * 1000
    assert all(one.days_left < 0 for one in office.desk.expiries)


def test_the_servers_checkpoint_names_the_head_of_the_audit_journal(office: Office) -> None:
    office.sign(office.draft(office.order(), "olena"), OLENA)
    office.audited()
    audited = office.desk.audited
    office.close()
    office.open()
    checkpoint = office.journal.newest_checkpoint()
    assert checkpoint is not None
    assert f'"audited":{audited.entries}'.encode() in checkpoint.document
    assert office.desk.audited == audited
