"""Who gets in: one-time links, ES256 passkeys with a verified user, short sessions, the newest roster at every step."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key

from tocsin.issuing import Refusal
from tocsin.issuing.audit import AuditTrail
from tocsin.notice import Domain, Magic, Revocation, RevokedKey, SigningKey, Trust, from_b64, key_id, seal
from tocsin.people import IDLE_S, LASTS_S, Enrolled, People, Place, SignedIn
from tocsin.people.challenges import CHALLENGE_LASTS_S
from tocsin.people.people import INVITATION_LASTS_S, REFUSALS_AUDITED_PER_MINUTE_MAX
from tocsin.people.sessions import SESSIONS_OF_ONE_MAX
from tocsin.records import SqliteRecords
from tocsin.testing.passkeys import USER_PRESENT, SoftPasskey
from tocsin.testing.rosters import person, roster_of, sealed, service

AUTHORITY, RP, ORIGIN, NOW = "duty.example", "console.example", "https://console.example", 1_790_000_000
ROOT, SERVER, REVOKER = (SigningKey.from_seed(bytes([number]) * 32) for number in (1, 2, 3))
OLENA, TARAS = (SoftPasskey.from_words(name, RP, ORIGIN) for name in ("olena", "taras"))


@dataclass
class Hall:
    """The people of an authority, whose clock and roster a test sets."""

    folder: Path
    ms: int = NOW * 1000
    trust: Trust = field(init=False)

    def __post_init__(self) -> None:
        self.publish()
        self.records = SqliteRecords.open(self.folder)
        self.trail = AuditTrail(self.records, self)
        self.people = People(self.records, self.trail, self, lambda: self.trust, Place(RP, (ORIGIN,)))

    def now_ms(self) -> int:
        return self.ms

    def publish(self, *keys: SoftPasskey, version: int = 1) -> None:
        """Publish a roster that lists *keys*."""
        publics = [key.public for key in keys]
        members = [service("server", SERVER.public)]
        if publics:
            members.append(person("olena", *publics, name="Olena"))
        place: dict[str, Any] = {"rp_id": RP, "origins": [ORIGIN]} if publics else {}
        one = roster_of(AUTHORITY, Domain.ACTUAL, ROOT, members, NOW - 60, version=version, revokers=[REVOKER], **place)
        learned = Trust(AUTHORITY, {Domain.ACTUAL: ROOT.public}).learn(sealed(one, ROOT).pack())
        assert isinstance(learned, Trust), learned
        self.trust = learned

    def enrol(self, key: SoftPasskey = OLENA, holder: str = "olena") -> Enrolled | Refusal:
        token = self.people.invite(holder, "Olena")
        return self.people.register(token, key.registration(self.challenge(token)))

    def challenge(self, token: str) -> bytes:
        options = self.people.registration_options(token)
        assert isinstance(options, dict), options
        return from_b64(options["challenge"])

    def sign_in(self, key: SoftPasskey = OLENA) -> SignedIn | Refusal:
        return self.people.sign_in(key.sign_in(from_b64(self.people.sign_in_options()["challenge"])))

    def signed_in(self) -> SignedIn:
        """Return the session of one who enrolled, was listed and signed in."""
        self.enrol()
        self.publish(OLENA)
        opened = self.sign_in()
        assert isinstance(opened, SignedIn), opened
        return opened

    def audited(self) -> list[str]:
        self.trail.note("looked").result()
        return [entry.what for entry in self.records.audit(0, 1_000)][:-1]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path)
    yield hall
    hall.trail.close()
    hall.records.close()


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def test_a_person_enrols_is_listed_and_signs_in(hall: Hall) -> None:
    enrolled = hall.enrol()
    assert isinstance(enrolled, Enrolled)
    assert (enrolled.key.id, enrolled.key.raw) == (key_id(OLENA.public).hex(), OLENA.public)
    assert not enrolled.is_listed
    assert code(hall.sign_in()) == "not_listed"
    hall.publish(OLENA)
    opened = hall.sign_in()
    assert isinstance(opened, SignedIn)
    assert opened.session.holder == "olena"
    assert hall.people.session(opened.token) == opened.session
    assert [one.is_listed for one in hall.people.enrolled()] == [True]
    assert hall.audited() == ["invited", "enrolled", "sign_in_refused", "signed_in"]


class TestInvitation:
    def test_it_asks_for_what_the_authority_needs_and_nothing_else(self, hall: Hall) -> None:
        options = hall.people.registration_options(hall.people.invite("olena", "Olena"))
        assert isinstance(options, dict)
        assert [one["alg"] for one in options["pubKeyCredParams"]] == [-7]
        assert options["authenticatorSelection"]["userVerification"] == "required"
        assert options["authenticatorSelection"]["residentKey"] == "required"
        assert (options["attestation"], options["rp"]["id"]) == ("none", RP)

    def test_it_works_once(self, hall: Hall) -> None:
        token = hall.people.invite("olena", "Olena")
        challenge = hall.challenge(token)
        assert isinstance(hall.people.register(token, OLENA.registration(challenge)), Enrolled)
        assert code(hall.people.registration_options(token)) == "invitation_over"
        assert code(hall.people.register(token, TARAS.registration(challenge))) == "invitation_over"

    def test_it_lapses(self, hall: Hall) -> None:
        token = hall.people.invite("olena", "Olena")
        hall.ms += INVITATION_LASTS_S * 1000
        assert code(hall.people.registration_options(token)) == "invitation_over"

    def test_one_never_made_is_not_there(self, hall: Hall) -> None:
        assert code(hall.people.registration_options("guessed")) == "invitation_over"

    def test_it_survives_a_restart(self, hall: Hall) -> None:
        token = hall.people.invite("olena", "Olena")
        hall.trail.close()
        hall.records.close()
        again = Hall(hall.folder)
        assert isinstance(again.people.register(token, OLENA.registration(again.challenge(token))), Enrolled)
        again.trail.close()
        again.records.close()

    def test_its_challenge_is_no_other_invitations(self, hall: Hall) -> None:
        challenge = hall.challenge(hall.people.invite("olena", "Olena"))
        other = hall.people.invite("taras", "Taras")
        assert code(hall.people.register(other, OLENA.registration(challenge))) == "challenge_over"

    def test_its_challenge_lapses(self, hall: Hall) -> None:
        token = hall.people.invite("olena", "Olena")
        challenge = hall.challenge(token)
        hall.ms += CHALLENGE_LASTS_S * 1000
        assert code(hall.people.register(token, OLENA.registration(challenge))) == "challenge_over"


class TestPasskey:
    def test_one_that_did_not_verify_the_person_is_not_taken(self, hall: Hall) -> None:
        token = hall.people.invite("olena", "Olena")
        made = OLENA.registration(hall.challenge(token), flags=USER_PRESENT)
        assert code(hall.people.register(token, made)) == "passkey_refused"

    @pytest.mark.parametrize(
        ("rp_id", "origin"), [("evil.example", ORIGIN), (RP, "https://console.example.evil"), (RP, f"{ORIGIN}:8443")]
    )
    def test_one_of_another_place_is_not_taken(self, hall: Hall, rp_id: str, origin: str) -> None:
        key = SoftPasskey.from_words("olena", rp_id, origin)
        assert code(hall.enrol(key)) == "passkey_refused"

    def test_another_kind_of_key_is_not_taken(self, hall: Hall) -> None:
        numbers = generate_private_key(SECP384R1()).public_key().public_numbers()
        x, y = (number.to_bytes(48, "big") for number in (numbers.x, numbers.y))
        p384 = bytes.fromhex("a5010203382220022158 30".replace(" ", "")) + x + bytes.fromhex("225830") + y
        ed25519 = bytes.fromhex("a4010103272006215820") + SERVER.public
        for public in (p384, ed25519):
            token = hall.people.invite("olena", "Olena")
            made = OLENA.registration(hall.challenge(token), public)
            assert code(hall.people.register(token, made)) == "passkey_refused"

    def test_a_key_in_another_spelling_is_kept_in_the_one_form(self, hall: Hall) -> None:
        x, y = OLENA.public[10:42], OLENA.public[45:]
        # The same map with alg before kty.
        spelled = bytes.fromhex("a5032601022001215820") + x + bytes.fromhex("225820") + y
        token = hall.people.invite("olena", "Olena")
        enrolled = hall.people.register(token, OLENA.registration(hall.challenge(token), spelled))
        assert isinstance(enrolled, Enrolled)
        assert enrolled.key.raw == OLENA.public

    def test_a_point_that_is_not_on_the_curve_is_not_taken(self, hall: Hall) -> None:
        token = hall.people.invite("olena", "Olena")
        made = OLENA.registration(hall.challenge(token), OLENA.public[:-1] + b"\0")
        assert code(hall.people.register(token, made)) == "passkey_refused"

    def test_the_same_one_twice_is_refused(self, hall: Hall) -> None:
        hall.enrol()
        assert code(hall.enrol(OLENA, "taras")) == "passkey_known"

    @pytest.mark.parametrize("credential", [{}, {"response": None}, {"response": {"clientDataJSON": 5}}, {"id": "x"}])
    def test_garbage_is_refused(self, hall: Hall, credential: dict[str, Any]) -> None:
        token = hall.people.invite("olena", "Olena")
        assert code(hall.people.register(token, credential)) == "challenge_over"
        assert code(hall.people.sign_in(credential)) == "passkey_unknown"

    def test_any_field_that_is_broken_is_refused(self, hall: Hall) -> None:
        for field_name in ("id", "rawId", "type"):
            token = hall.people.invite("olena", "Olena")
            made = OLENA.registration(hall.challenge(token)) | {field_name: "AAAA"}
            assert code(hall.people.register(token, made)) == "passkey_refused"
        token = hall.people.invite("olena", "Olena")
        made = OLENA.registration(hall.challenge(token))
        made["response"]["attestationObject"] = made["response"]["attestationObject"][:40]
        assert code(hall.people.register(token, made)) == "passkey_refused"


class TestSignIn:
    def test_an_answer_opens_one_session(self, hall: Hall) -> None:
        hall.signed_in()
        answer = OLENA.sign_in(from_b64(hall.people.sign_in_options()["challenge"]))
        assert isinstance(hall.people.sign_in(answer), SignedIn)
        assert code(hall.people.sign_in(answer)) == "challenge_over"

    def test_a_signature_over_a_notice_is_no_sign_in(self, hall: Hall) -> None:
        hall.signed_in()
        assert code(hall.people.sign_in(OLENA.sign_in(bytes(32)))) == "challenge_over"

    def test_a_challenge_lapses(self, hall: Hall) -> None:
        hall.signed_in()
        answer = OLENA.sign_in(from_b64(hall.people.sign_in_options()["challenge"]))
        hall.ms += CHALLENGE_LASTS_S * 1000
        assert code(hall.people.sign_in(answer)) == "challenge_over"

    def test_a_challenge_of_an_invitation_does_not_do(self, hall: Hall) -> None:
        hall.signed_in()
        challenge = hall.challenge(hall.people.invite("olena", "Olena"))
        assert code(hall.people.sign_in(OLENA.sign_in(challenge))) == "challenge_over"

    def test_the_person_is_verified(self, hall: Hall) -> None:
        hall.signed_in()
        challenge = from_b64(hall.people.sign_in_options()["challenge"])
        assert code(hall.people.sign_in(OLENA.sign_in(challenge, USER_PRESENT))) == "sign_in_refused"

    def test_another_keys_signature_does_not_do(self, hall: Hall) -> None:
        hall.signed_in()
        challenge = from_b64(hall.people.sign_in_options()["challenge"])
        answer = OLENA.sign_in(challenge)
        answer["response"]["signature"] = TARAS.sign_in(challenge)["response"]["signature"]
        assert code(hall.people.sign_in(answer)) == "sign_in_refused"

    def test_a_key_nobody_enrolled_is_told_so(self, hall: Hall) -> None:
        hall.signed_in()
        assert code(hall.sign_in(TARAS)) == "passkey_unknown"

    def test_a_flood_of_refusals_does_not_fill_the_disk(self, hall: Hall) -> None:
        hall.signed_in()
        for _ in range(REFUSALS_AUDITED_PER_MINUTE_MAX + 20):
            hall.people.sign_in(OLENA.sign_in(bytes(32)))
        assert hall.audited().count("sign_in_refused") == REFUSALS_AUDITED_PER_MINUTE_MAX


class TestSession:
    def test_it_ends_when_nobody_is_there(self, hall: Hall) -> None:
        token = hall.signed_in().token
        hall.ms += (IDLE_S - 1) * 1000
        assert hall.people.session(token)
        hall.ms += (IDLE_S - 1) * 1000
        assert hall.people.session(token)
        hall.ms += IDLE_S * 1000
        assert hall.people.session(token) is None

    def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(self, hall: Hall) -> None:
        token = hall.signed_in().token
        for _ in range(3):
            hall.ms += (IDLE_S // 3) * 1000 - 1
            assert hall.people.looking(token)
        hall.ms += 1000
        assert hall.people.looking(token) is None
        assert hall.people.session(token) is None

    def test_it_ends_with_the_shift(self, hall: Hall) -> None:
        token = hall.signed_in().token
        for _ in range(LASTS_S // (IDLE_S - 60)):
            hall.ms += (IDLE_S - 60) * 1000
            assert hall.people.session(token)
        hall.ms += (IDLE_S - 60) * 1000
        assert hall.people.session(token) is None

    def test_it_ends_at_sign_out(self, hall: Hall) -> None:
        token = hall.signed_in().token
        hall.people.sign_out(token)
        assert hall.people.session(token) is None
        assert hall.audited()[-1] == "signed_out"

    def test_it_ends_when_the_roster_lists_its_key_no_more(self, hall: Hall) -> None:
        token = hall.signed_in().token
        hall.publish(TARAS, version=2)
        assert hall.people.session(token) is None
        hall.publish(OLENA, version=3)
        assert hall.people.session(token) is None, "it does not come back"

    def test_it_ends_when_its_key_is_revoked(self, hall: Hall) -> None:
        token = hall.signed_in().token
        gone = Revocation(1, AUTHORITY, Domain.ACTUAL, 1, NOW, (RevokedKey(OLENA.id.hex(), "lost", ()),))
        revoked = hall.trust.revoke(seal(REVOKER, Magic.REVOCATION, gone).pack())
        assert isinstance(revoked, Trust), revoked
        hall.trust = revoked
        assert hall.people.session(token) is None
        assert code(hall.sign_in()) == "key_revoked"

    def test_a_guessed_one_is_none(self, hall: Hall) -> None:
        assert hall.people.session("guessed") is None
        assert hall.people.session("") is None

    def test_of_too_many_of_one_person_the_oldest_goes(self, hall: Hall) -> None:
        tokens = [hall.signed_in().token]
        for _ in range(SESSIONS_OF_ONE_MAX):
            opened = hall.sign_in()
            assert isinstance(opened, SignedIn)
            tokens.append(opened.token)
        assert [bool(hall.people.session(token)) for token in tokens] == [False] + [True] * SESSIONS_OF_ONE_MAX
