"""Several people sign one order: who counts, who is missing, and that no person is two."""

import asyncio
from typing import Any

import pytest

from tests.issuing.office import (
    ISSUERS,
    OF_LVIV,
    OLENA,
    PETRO,
    SENSOR,
    STRANGER,
    TARAS,
    Office,
    Signs,
    run,
    signed,
)
from tests.issuing.paper import KYIV, LVIV_OBLAST
from tocsin.issuing import DRAFT_LAPSES_S, Handed, Issued, Refusal, Returned, Submitted, Waiting
from tocsin.notice import Believed, Domain, Kind, Signature, Status
from tocsin.testing.passkeys import SoftPasskey


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def submitted(result: object) -> Submitted:
    assert isinstance(result, Submitted), result
    return result


def draft(office: Office, by: str = "olena", **given: Any) -> Waiting:
    return office.draft(office.order(**given), by)


def test_two_people_sign_the_same_bytes_and_everybody_believes_them(office: Office) -> None:
    waiting = draft(office)
    first = submitted(office.sign(waiting, OLENA))
    assert (first.people, first.missing) == (2, 1)
    assert office.ears.told == []
    issued = office.sign(waiting, TARAS)
    assert isinstance(issued, Issued)
    believed = office.desk.trust.verify_signed(issued.entries[0].body)
    assert isinstance(believed, Believed)
    assert [one.holder.name for one in believed.signers] == ["Olena", "Taras"]
    assert believed.notice.issuer == "Olena"
    assert office.desk.submitted() == []
    assert office.audited() == ["signed", "signed", "issued"]
    office.desk.trail.keep(lambda: None).result()
    assert office.desk.records.submitted() == []


class TestWho:
    def test_one_person_twice_is_one_person(self, office: Office) -> None:
        waiting = draft(office)
        first = office.sign(waiting, OLENA)
        # A passkey counts its signatures, so that a second one differs from the first.
        again = [
            Handed(waiting.id, OLENA.sign_as(OLENA.authenticator_data(counter=2), one.signature.fields[1]))
            for one in signed(waiting, OLENA)
        ]
        assert code(run(lambda: office.desk.sign(waiting.id, again))) == "same_person"
        assert code(office.sign(draft(office), OLENA, OLENA)) == "same_person"
        assert submitted(first).missing == 1
        assert office.ears.told == []

    def test_the_same_signature_again_is_a_repeat(self, office: Office) -> None:
        waiting = draft(office)
        office.sign(waiting, OLENA)
        again = submitted(office.sign(waiting, OLENA))
        assert (again.again, again.missing) == (True, 1)

    def test_two_authors_need_an_approver(self, office: Office) -> None:
        waiting = draft(office, by="petro")
        assert submitted(office.sign(waiting, PETRO)).missing == 1
        assert isinstance(office.sign(waiting, TARAS), Issued)

    def test_both_may_sign_at_once(self, office: Office) -> None:
        assert isinstance(office.sign(draft(office), OLENA, TARAS), Issued)

    def test_a_service_with_the_role_issues_alone(self, office: Office) -> None:
        assert isinstance(office.sign(draft(office, "issue"), ISSUERS[Domain.ACTUAL]), Issued)

    def test_a_source_submits_and_its_signature_counts_for_nothing(self, office: Office) -> None:
        waiting = draft(office, "sensor")
        first = submitted(office.sign(waiting, SENSOR))
        assert (first.waiting.signed_by, first.missing) == ((), 2)
        office.sign(waiting, OLENA)
        issued = office.sign(waiting, TARAS)
        assert isinstance(issued, Issued)
        believed = office.desk.trust.verify_signed(issued.entries[0].body)
        assert isinstance(believed, Believed)
        assert len(believed.signers) == 2
        assert believed.notice.issuer == "Sensor"

    def test_a_source_inside_the_house_submits_without_a_signature(self, office: Office) -> None:
        order = office.order()
        first = submitted(run(lambda: office.desk.submit_from_source(order, "sensor")))
        assert (first.missing, first.waiting.is_submitted) == (2, True)
        again = submitted(run(lambda: office.desk.submit_from_source(order, "sensor")))
        assert again.again
        office.stop_as_killed()
        office.open()
        assert [one.waiting.by for one in office.desk.submitted()] == ["sensor"]
        assert isinstance(office.sign(first.waiting, OLENA, TARAS), Issued)
        assert code(run(lambda: office.desk.submit_from_source(office.order(), "olena"))) == "not_listed"

    def test_disputing_takes_one_and_ending_two(self, office: Office) -> None:
        alarm = office.issue().alarm
        dispute = office.draft(office.order(Kind.DISPUTED, alarm=alarm), "olena")
        assert isinstance(office.sign(dispute, OLENA), Issued)
        end = office.draft(office.order(Kind.ALL_CLEAR, alarm=alarm), "olena")
        assert submitted(office.sign(end, OLENA)).missing == 1
        shrink = office.draft(office.order(Kind.UPDATE, alarm=alarm, regions=(LVIV_OBLAST,)), "olena")
        assert submitted(office.sign(shrink, OLENA)).missing == 1

    @pytest.mark.parametrize("key", [STRANGER, ISSUERS[Domain.EXERCISE], SoftPasskey.from_words("mallory", "a.b", "x")])
    def test_a_key_that_is_not_listed_signs_nothing(self, office: Office, key: Signs) -> None:
        waiting = draft(office)
        office.sign(waiting, OLENA)
        assert code(office.sign(waiting, key)) == "signature_refused"

    def test_whoever_is_not_listed_drafts_nothing(self, office: Office) -> None:
        assert code(office.desk.draft(office.order(), "nobody")) == "not_listed"

    def test_a_passkey_of_another_place_signs_nothing(self, office: Office) -> None:
        waiting = draft(office)
        evil = SoftPasskey(OLENA._private, OLENA.rp_id, "https://console.example.evil")
        assert code(office.sign(waiting, evil)) == "signature_refused"
        unverified = OLENA.sign_as(OLENA.authenticator_data(0x01), OLENA.client_data(bytes(32)))
        assert code(office.hand_in(waiting, [unverified])) == "signature_refused"

    def test_a_signature_over_other_bytes_is_none(self, office: Office) -> None:
        waiting, other = draft(office), draft(office)
        handed = [Handed(waiting.id, one.signature) for one in signed(other, OLENA)]
        assert code(run(lambda: office.desk.sign(waiting.id, handed))) == "signature_refused"

    def test_nothing_handed_in_signs_nothing(self, office: Office) -> None:
        waiting = draft(office)
        assert code(office.hand_in(waiting, [])) == "signatures_malformed"
        stray = [*signed(waiting, OLENA), Handed("a" * 26, Signature(1, bytes(8), (bytes(64),)))]
        assert code(run(lambda: office.desk.sign(waiting.id, stray))) == "signatures_malformed"


class TestScope:
    def test_an_area_that_is_not_theirs_is_refused_to_author_and_approver(self, office: Office) -> None:
        assert code(office.desk.draft(office.order(regions=(KYIV,)), "lviv")) == "out_of_scope"
        waiting = draft(office, regions=(KYIV, LVIV_OBLAST))
        office.sign(waiting, OLENA)
        assert code(office.sign(waiting, OF_LVIV)) == "out_of_scope"
        assert office.ears.told == []

    def test_an_alarm_is_not_moved_out_of_an_area_that_is_not_theirs(self, office: Office) -> None:
        alarm = office.issue(regions=(KYIV,)).alarm
        order = office.order(Kind.UPDATE, alarm=alarm, regions=(LVIV_OBLAST,))
        assert code(office.desk.draft(order, "lviv")) == "out_of_scope"
        waiting = office.draft(order, "olena")
        office.sign(waiting, OLENA)
        assert code(office.sign(waiting, OF_LVIV)) == "out_of_scope"
        assert isinstance(office.sign(waiting, TARAS), Issued)

    def test_too_many_regions_are_told_apart(self, office: Office) -> None:
        raions = [one.code for one in office.desk.atlas.regions if one.parent == LVIV_OBLAST][:3]
        assert code(office.desk.draft(office.order(regions=tuple(raions)), "lviv")) == "too_many_regions"
        assert isinstance(office.desk.draft(office.order(regions=tuple(raions[:2])), "lviv"), Waiting)

    def test_the_hour_has_a_ceiling_that_a_restart_does_not_lift(self, office: Office) -> None:
        for _ in range(3):
            assert isinstance(office.sign(draft(office, "lviv", regions=(LVIV_OBLAST,)), OF_LVIV, OLENA), Issued)
        office.close()
        office.open()
        assert code(office.sign(draft(office, "lviv", regions=(LVIV_OBLAST,)), OF_LVIV)) == "rate"
        drill = draft(office, "lviv", regions=(LVIV_OBLAST,), status=Status.EXERCISE)
        assert isinstance(office.sign(drill, OF_LVIV, OLENA), Issued), "drills are counted apart"
        office.clock.ms += 3_600_000
        assert isinstance(office.sign(draft(office, "lviv", regions=(LVIV_OBLAST,)), OF_LVIV, OLENA), Issued)

    def test_a_source_that_floods_is_stopped(self, office: Office) -> None:
        orders = [office.order() for _ in range(5)]
        for order in orders[:4]:
            assert isinstance(office.desk.draft(order, "sensor"), Waiting)
        assert code(office.desk.draft(orders[4], "sensor")) == "rate"
        assert isinstance(office.desk.draft(orders[0], "sensor"), Waiting), "the same again is no other"
        assert isinstance(office.desk.draft(orders[4], "olena"), Waiting)
        office.clock.ms += 3_600_000
        assert isinstance(draft(office, "sensor"), Waiting)

    def test_after_a_restart_the_hour_still_ends(self, office: Office) -> None:
        def order() -> object:
            return office.sign(draft(office, "lviv", regions=(LVIV_OBLAST,)), OF_LVIV, OLENA)

        assert isinstance(order(), Issued)
        assert isinstance(order(), Issued)
        office.clock.ms += 40 * 60_000
        assert isinstance(order(), Issued)
        office.close()
        office.open()
        assert code(order()) == "rate"
        office.clock.ms += 20 * 60_000
        assert isinstance(order(), Issued)
        assert isinstance(order(), Issued)
        assert code(order()) == "rate"


class TestWaiting:
    def test_it_survives_a_restart_with_all_bytes_and_signatures(self, office: Office) -> None:
        waiting = draft(office)
        before = submitted(office.sign(waiting, OLENA))
        office.stop_as_killed()
        office.open()
        (after,) = office.desk.submitted()
        assert after == before
        assert isinstance(office.sign(waiting, TARAS), Issued)

    def test_what_was_issued_just_before_the_end_waits_no_longer(self, office: Office) -> None:
        waiting = draft(office)
        office.sign(waiting, OLENA)
        stored = office.desk.records.submitted()
        office.sign(waiting, TARAS)
        office.audited()
        office.desk.records.save_submitted(stored[0])
        office.stop_as_killed()
        office.open()
        assert office.desk.submitted() == []
        assert office.desk.records.submitted() == []

    def test_it_lapses_ten_minutes_after_it_was_submitted(self, office: Office) -> None:
        waiting = draft(office)
        office.clock.ms += (DRAFT_LAPSES_S - 1) * 1000
        lapses = submitted(office.sign(waiting, OLENA)).waiting.lapses_at
        assert lapses == office.desk.now + DRAFT_LAPSES_S
        office.clock.ms += DRAFT_LAPSES_S * 1000 - 1
        assert office.desk.submitted()
        office.clock.ms += 1
        assert code(office.sign(waiting, TARAS)) == "draft_unknown"
        assert office.desk.submitted() == []
        assert office.audited()[-1] == "lapsed"
        assert office.desk.records.submitted() == []

    def test_it_goes_back_to_its_author_with_a_reason(self, office: Office) -> None:
        waiting = draft(office)
        office.sign(waiting, OLENA)
        assert code(run(lambda: office.desk.give_back(waiting.id, "taras", " "))) == "reason_missing"
        assert isinstance(run(lambda: office.desk.give_back(waiting.id, "taras", "wrong oblast")), Returned)
        assert code(office.sign(waiting, TARAS)) == "draft_unknown"
        assert office.audited()[-1] == "returned"
        assert office.desk.records.submitted() == []

    def test_another_order_under_its_id_leaves_it_alone(self, office: Office) -> None:
        waiting = draft(office)
        office.sign(waiting, OLENA)
        other = office.order(id=waiting.id, regions=(LVIV_OBLAST,))
        assert code(office.desk.draft(other, "taras")) == "id_used"
        again = office.desk.draft(waiting.draft.order, "olena")
        assert isinstance(again, Waiting)
        assert again.draft.parts == waiting.draft.parts, "the bytes are those that were signed"

    def test_a_disk_that_fails_submits_nothing(self, office: Office) -> None:
        waiting = draft(office)
        office.desk.records.close()
        refused = office.sign(waiting, OLENA)
        assert code(refused) == "records_fault"
        assert office.desk.submitted() == []
        assert office.desk.trail.fault


class TestRace:
    def test_two_who_approve_at_once_make_one_alert(self, office: Office) -> None:
        waiting = draft(office, by="petro")
        office.sign(waiting, PETRO)

        async def race() -> list[object]:
            return list(await asyncio.gather(office.signing(waiting, OLENA), office.signing(waiting, TARAS)))

        first, second = run(race)
        assert isinstance(first, Issued)
        assert isinstance(second, Issued)
        assert second.again
        assert second.entries == first.entries
        assert len(office.ears.told) == 1

    def test_the_loser_is_told_what_changed(self, office: Office) -> None:
        alarm = office.issue().alarm
        end = office.draft(office.order(Kind.ALL_CLEAR, alarm=alarm), "olena")
        office.sign(end, OLENA)
        office.issue(Kind.UPDATE, alarm=alarm, regions=(LVIV_OBLAST,))
        refused = office.sign(end, TARAS)
        assert isinstance(refused, Refusal)
        assert refused.code == "alarm_moved_on"
        assert "Test ordered update" in refused.message
        assert "Lviv" in refused.message
        assert refused.candidates[0]["version"] == 2
        assert [one.kind for one in office.ears.told] == [Kind.ALERT, Kind.UPDATE]


@pytest.mark.parametrize("by", ["sensor", "stranger"])
def test_a_draft_is_not_given_back_by_who_could_not_sign_it(office: Office, by: str) -> None:
    waiting = office.draft(office.order(), by="olena")
    office.sign(waiting, OLENA)
    assert code(run(lambda: office.desk.give_back(waiting.id, by, "no"))) in {"not_listed", "out_of_scope"}
    assert isinstance(office.sign(waiting, TARAS), Issued)
