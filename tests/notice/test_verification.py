"""What the vectors do not ask of the verifier: limits at their very edge, and what a desk asks of it."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from scripts.people_vectors import (
    NEW_ROOT,
    OLENA,
    OLENA_SPARE,
    REVOKERS,
    SENSOR,
    TARAS,
    document_of,
    people_roster,
    revocation,
    signed,
)
from scripts.vector_parts import (
    AUTHORITY,
    HEART,
    NOW,
    ROOTS,
    STRANGER,
    heartbeat,
    id_of,
    notice_fields,
    sealed_roster,
)
from tocsin.notice import (
    ED25519,
    ENVELOPE_SIZE_BYTES_MAX,
    EVERYTHING,
    TRUST_SIZE_BYTES_MAX,
    Believed,
    DocumentError,
    Domain,
    Envelope,
    FramingError,
    Kind,
    Magic,
    Notice,
    Reason,
    Refused,
    RevocationVersions,
    RosterVersions,
    Rule,
    Signature,
    Status,
    Trust,
    b64,
    decode,
    encode,
    is_cose_key,
    seal,
)
from tocsin.notice.envelope import FIELDS_MAX, SIGNATURES_MAX
from tocsin.notice.heartbeat import Heartbeat
from tocsin.notice.roster import ROSTER_VERSION_MAX


def trust_in(**changes: Any) -> Trust:
    """Return a trust in the people of the vectors; *changes* are of the roster of ``actual``."""
    trust: Trust | Refused = Trust(AUTHORITY, {domain: root.public for domain, root in ROOTS.items()})
    one_is_enough = (Rule(EVERYTHING, EVERYTHING, EVERYTHING, 1),)
    for roster in (people_roster(**changes), people_roster(Domain.EXERCISE, rules=one_is_enough, revokers=())):
        assert isinstance(trust, Trust)
        trust = trust.learn(sealed_roster(roster))
    assert isinstance(trust, Trust)
    return trust


def reason(found: object) -> Reason:
    assert isinstance(found, Refused)
    return found.reason


class TestEdges:
    def test_a_roster_holds_from_the_second_it_was_issued_to_the_one_before_it_expires(self) -> None:
        trust = trust_in(lasts_s=2_000)
        begun, over = NOW - 1000, NOW + 1000
        for sent, believed in ((begun - 1, False), (begun, True), (over - 1, True), (over, False)):
            found = trust.verify_notice(signed(OLENA, TARAS, since=sent, sent=sent, effective=sent))
            assert isinstance(found, Notice) is believed, sent

    def test_an_envelope_may_have_eight_signatures(self) -> None:
        packed = Envelope(Magic.NOTICE, b"x", (Signature(ED25519, bytes(8), (b"",)),) * SIGNATURES_MAX).pack()
        assert len(Envelope.unpack(packed, Magic.NOTICE).signatures) == SIGNATURES_MAX

    @pytest.mark.parametrize("count", [0, SIGNATURES_MAX + 1])
    def test_and_neither_none_nor_nine(self, count: int) -> None:
        with pytest.raises(FramingError, match="1 to 8 fit"):
            Envelope(Magic.NOTICE, b"x", (Signature(ED25519, bytes(8), (b"",)),) * count).pack()

    def test_a_signature_of_an_unknown_type_may_have_eight_fields(self) -> None:
        one = Signature(9, bytes(8), (b"",) * FIELDS_MAX)
        packed = Envelope(Magic.NOTICE, b"x", (one,)).pack()
        assert Envelope.unpack(packed, Magic.NOTICE).signatures == (one,)
        nine = Envelope(Magic.NOTICE, b"x", (Signature(9, bytes(8), (b"",) * (FIELDS_MAX + 1)),)).pack()
        with pytest.raises(FramingError, match="has 9 fields"):
            Envelope.unpack(nine, Magic.NOTICE)

    @pytest.mark.parametrize(
        ("magic", "most"),
        [
            (Magic.NOTICE, ENVELOPE_SIZE_BYTES_MAX),
            (Magic.HEARTBEAT, ENVELOPE_SIZE_BYTES_MAX),
            (Magic.ROSTER, TRUST_SIZE_BYTES_MAX),
            (Magic.REVOCATION, TRUST_SIZE_BYTES_MAX),
        ],
    )
    def test_an_envelope_is_as_large_as_its_kind_may_be(self, magic: Magic, most: int) -> None:
        around = len(Envelope(magic, b"", (Signature(ED25519, bytes(8), (b"",)),)).pack())
        packed = Envelope(magic, b"x" * (most - around), (Signature(ED25519, bytes(8), (b"",)),)).pack()
        assert len(packed) == most
        assert Envelope.unpack(packed, magic).magic is magic
        with pytest.raises(FramingError, match=f"{most} fit"):
            Envelope(magic, b"x" * (most - around + 1), (Signature(ED25519, bytes(8), (b"",)),)).pack()
        with pytest.raises(FramingError, match=f"{most} fit"):
            Envelope.unpack(packed + b"x", magic)

    def test_a_field_has_a_length_of_two_bytes(self) -> None:
        with pytest.raises(FramingError, match="has 65536 bytes; 65535 fit"):
            Envelope(Magic.NOTICE, b"x" * 0x10000, ()).pack()
        with pytest.raises(FramingError, match=r"the envelope has 65\d+ bytes"):
            Envelope(Magic.NOTICE, b"x" * 0xFFFF, ()).pack()

    def test_a_roster_may_hold_for_a_second(self) -> None:
        one = people_roster(lasts_s=1)
        assert decode(encode(one), type(one)) == one

    def test_one_of_several_revokers_may_be_enough(self) -> None:
        revoked = trust_in(revokers_needed=1).revoke(revocation(TARAS.id, by=1))
        assert isinstance(revoked, Trust)

    @pytest.mark.parametrize("version", [1, ROSTER_VERSION_MAX])
    def test_a_revocation_list_has_a_version_within_bounds(self, version: int) -> None:
        assert isinstance(trust_in().revoke(revocation(TARAS.id, version=version)), Trust)

    def test_and_none_beyond(self) -> None:
        with pytest.raises(DocumentError, match="version"):
            revocation(TARAS.id, version=ROSTER_VERSION_MAX + 1)

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"authority": "A"}, "authority"),
            ({"time_ms": -1}, "time_ms"),
            ({"valid_until_ms": NOW * 1000}, "valid_until_ms"),
            ({"chain": "x"}, "chain"),
            ({"board": "x"}, "board"),
            ({"nonce": "?"}, "nonce"),
            ({"rosters": RosterVersions(0, 1)}, "rosters.actual"),
            ({"rosters": RosterVersions(1, 0)}, "rosters.exercise"),
            ({"rosters": RosterVersions(1, ROSTER_VERSION_MAX + 1)}, "rosters.exercise"),
            ({"revocations": RevocationVersions(-1, 0)}, "revocations.actual"),
            ({"revocations": RevocationVersions(0, ROSTER_VERSION_MAX + 1)}, "revocations.exercise"),
        ],
    )
    def test_a_heartbeat_that_breaks_a_rule_names_it(self, changes: dict[str, Any], said: str) -> None:
        with pytest.raises(DocumentError, match=said):
            heartbeat(**changes)

    @pytest.mark.parametrize(
        "changes",
        [
            {"time_ms": 0, "valid_until_ms": 1},
            {"revocations": RevocationVersions(1, ROSTER_VERSION_MAX)},
            {"rosters": RosterVersions(ROSTER_VERSION_MAX, 1)},
        ],
    )
    def test_a_heartbeat_at_the_edge_is_one(self, changes: dict[str, Any]) -> None:
        one = heartbeat(**changes)
        assert decode(encode(one), Heartbeat) == one


class TestCoseKeys:
    @pytest.mark.parametrize(
        "spoil",
        [
            lambda key: key[:-1],
            lambda key: key + b"\0",
            lambda key: b"\xa4" + key[1:],
            lambda key: key[:42] + b"\x22\x58\x21" + key[45:],
            lambda key: key[:-1] + bytes([key[-1] ^ 1]),
            lambda key: key[:10] + bytes(32) + key[42:45] + bytes(32),
            lambda key: b"",
        ],
        ids=["short", "long", "another map", "another mark before y", "off the curve", "no point", "empty"],
    )
    def test_only_one_form_is_a_key(self, spoil: Callable[[bytes], bytes]) -> None:
        assert is_cose_key(OLENA.public)
        assert not is_cose_key(spoil(OLENA.public))


class TestWhatADeskAsks:
    """``signers``, ``counting`` and ``people_missing``: how far a notice has come."""

    def asked(self, trust: Trust, *by: Any, **changes: Any) -> tuple[list[str], int]:
        envelope = Envelope.unpack(signed(*by, **changes), Magic.NOTICE)
        notice = Notice(**notice_fields(**({"regions": ("A1",)} | changes)))
        signers = trust.signers(envelope, notice)
        assert not isinstance(signers, Refused)
        counting = trust.counting(notice, signers)
        return [one.holder.id for one in counting], trust.people_missing(notice, counting)

    def test_the_author_alone_is_one_of_two(self) -> None:
        assert self.asked(trust_in(), OLENA) == (["olena"], 1)

    def test_an_author_with_two_keys_is_still_one(self) -> None:
        assert self.asked(trust_in(), OLENA, OLENA_SPARE) == (["olena", "olena"], 1)

    def test_two_are_two(self) -> None:
        assert self.asked(trust_in(), OLENA, TARAS) == (["olena", "taras"], 0)

    def test_nobody_is_nobody(self) -> None:
        assert self.asked(trust_in(), STRANGER) == ([], 2)

    def test_the_rules_are_those_of_the_notices_own_domain(self) -> None:
        exercise = {"status": Status.EXERCISE}
        assert self.asked(trust_in(), OLENA, **exercise) == (["olena"], 0)
        assert self.asked(trust_in(), OLENA) == (["olena"], 1)

    def test_two_authors_lack_an_approver(self) -> None:
        rules = (Rule(EVERYTHING, EVERYTHING, EVERYTHING, 2),)
        trust = trust_in(rules=rules)
        roster = trust.rosters[Domain.ACTUAL]
        only_authors = replace(roster, holders=tuple(replace(one, roles=one.roles[-1:]) for one in roster.holders))
        learned = trust.learn(sealed_roster(replace(only_authors, version=2)))
        assert isinstance(learned, Trust)
        assert self.asked(learned, OLENA, TARAS) == (["olena", "taras"], 1)

    def test_a_revoked_key_does_not_count(self) -> None:
        revoked = trust_in().revoke(revocation(OLENA.id))
        assert isinstance(revoked, Trust)
        assert self.asked(revoked, OLENA, TARAS) == (["taras"], 1)

    def test_one_out_of_scope_does_not_count(self) -> None:
        assert self.asked(trust_in(), SENSOR, TARAS) == (["taras"], 1)

    def test_a_machine_within_its_scope_needs_nobody(self) -> None:
        assert self.asked(trust_in(), SENSOR, hazard="chemical") == (["sensor"], 0)

    def test_the_server_does_not_count(self) -> None:
        assert self.asked(trust_in(), HEART, TARAS) == (["taras"], 1)

    def test_a_wrong_signature_spoils_all(self) -> None:
        wrong = Signature(OLENA.sign(b"").type, OLENA.id, OLENA.sign(b"").fields)
        envelope = Envelope(Magic.NOTICE, document_of(), (wrong, TARAS.sign(document_of())))
        found = trust_in().signers(envelope, Notice(**notice_fields(regions=("A1",))))
        assert reason(found) is Reason.SIGNATURE


class TestWhatIsFollowed:
    """``before``: what is held of the very alarm and status, of a lower version; else nothing is followed."""

    def notice(self, **changes: Any) -> Notice:
        return Notice(**notice_fields(**({"regions": ("A1",)} | changes)))

    def test_a_lower_version_of_the_same_alarm_is(self) -> None:
        first, second = self.notice(), self.notice(id=id_of("two"), version=2, kind=Kind.UPDATE)
        assert replace_trust(trust_in(), first).before(second) == first

    def test_the_same_or_a_higher_version_is_not(self) -> None:
        second = self.notice(id=id_of("two"), version=2, kind=Kind.UPDATE)
        assert replace_trust(trust_in(), second).before(second) is None
        assert replace_trust(trust_in(), second).before(self.notice()) is None

    def test_another_alarm_or_status_is_not(self) -> None:
        second = self.notice(id=id_of("two"), version=2, kind=Kind.UPDATE)
        other = self.notice(id=id_of("x"), alarm=id_of("x"))
        assert replace_trust(trust_in(), other).before(second) is None
        assert replace_trust(trust_in(), self.notice(status=Status.EXERCISE)).before(second) is None

    def test_nothing_held_is_nothing_followed(self) -> None:
        assert trust_in().before(self.notice(id=id_of("two"), version=2, kind=Kind.UPDATE)) is None


class TestEndedLists:
    def revoked(self) -> Trust:
        found = trust_in().revoke(revocation(TARAS.id))
        assert isinstance(found, Trust)
        return found

    def test_a_newer_roster_of_the_domain_ends_a_list(self) -> None:
        learned = self.revoked().learn(sealed_roster(people_roster(version=2)))
        assert isinstance(learned, Trust)
        assert learned.revocations == {}

    def test_the_same_roster_again_does_not(self) -> None:
        learned = self.revoked().learn(sealed_roster(people_roster()))
        assert isinstance(learned, Trust)
        assert set(learned.revocations) == {Domain.ACTUAL}

    def test_nor_does_a_roster_of_the_other_domain(self) -> None:
        other = people_roster(Domain.EXERCISE, version=2, revokers=())
        learned = self.revoked().learn(sealed_roster(other))
        assert isinstance(learned, Trust)
        assert set(learned.revocations) == {Domain.ACTUAL}


def replace_trust(trust: Trust, held: Notice) -> Trust:
    return dataclasses.replace(trust, held=lambda _: held)


class TestRosters:
    def test_a_roster_changes_nothing_of_the_other_domain(self) -> None:
        trust = trust_in()
        learned = trust.learn(sealed_roster(people_roster(version=2)))
        assert isinstance(learned, Trust)
        assert learned.rosters[Domain.EXERCISE] is trust.rosters[Domain.EXERCISE]
        assert learned.roots == trust.roots

    def test_a_new_root_with_a_wrong_signature_is_refused(self) -> None:
        document = encode(people_roster(version=2))
        moved = document.replace(people_roster().root.encode(), b64(NEW_ROOT.public).encode())
        old = Signature(ED25519, ROOTS[Domain.ACTUAL].id, (ROOTS[Domain.ACTUAL].sign(Magic.ROSTER.tag, moved),))
        new = Signature(ED25519, NEW_ROOT.id, (bytes(64),))
        assert reason(trust_in().learn(Envelope(Magic.ROSTER, moved, (old, new)).pack())) is Reason.SIGNATURE

    def test_a_revocation_list_without_a_roster_is_refused(self) -> None:
        trust = Trust(AUTHORITY, {domain: root.public for domain, root in ROOTS.items()})
        assert reason(trust.revoke(revocation(TARAS.id))) is Reason.ROSTER

    def test_a_roster_without_revokers_takes_no_list(self) -> None:
        assert reason(trust_in(revokers=()).revoke(revocation(TARAS.id))) is Reason.KEY

    def test_those_who_signed_are_named(self) -> None:
        found = trust_in().verify_signed(signed(OLENA, TARAS))
        assert isinstance(found, Believed)
        assert [(one.holder.name, one.key.type) for one in found.signers] == [
            ("Олена К.", "webauthn"),
            ("Тарас Ш.", "webauthn"),
        ]

    def test_revokers_issue_nothing(self) -> None:
        assert reason(trust_in().verify_notice(signed(*REVOKERS))) is Reason.KEY

    def test_a_heartbeat_of_a_machine_is_refused(self) -> None:
        beat = seal(SENSOR, Magic.HEARTBEAT, heartbeat()).pack()
        assert reason(trust_in().verify_heartbeat(beat, 0)) is Reason.KEY
