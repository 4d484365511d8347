"""Attacks on a device, one named test each: what it says of each, and that it sounds nothing."""

import pytest

from scripts.people_vectors import IVAN, NOBODY, OLENA, OLENA_SPARE, TARAS, people_roster, revocation, signed
from scripts.vector_parts import HEART, NOW, SERVICE, STRANGER, sealed_roster
from tests.attacks.scene import (
    START,
    Scene,
    alert,
    end_of,
    live,
    notice_in,
    sounded,
    verdicts,
)
from tocsin.client.events import ExerciseNotice, Heard, KeysRevoked, NotLive, RosterLearned, Silence
from tocsin.notice import Domain, EntryType, Magic, Reason, Status, seal

YEAR_S = 365 * 86_400.0


def test_what_two_people_signed_is_told() -> None:
    scene = live()
    assert sounded(scene.hear(scene.event(alert()))) == [notice_in(alert())]


class TestForged:
    @pytest.mark.parametrize(
        ("envelope", "verdict"),
        [
            pytest.param(signed(NOBODY), Reason.KEY, id="by a passkey made by oneself"),
            pytest.param(signed(STRANGER), Reason.KEY, id="by a key made by oneself"),
            pytest.param(signed(TARAS, NOBODY), Reason.PEOPLE, id="beside a stolen passkey"),
            pytest.param(signed(TARAS), Reason.PEOPLE, id="by one stolen passkey"),
            pytest.param(signed(OLENA, OLENA), Reason.PEOPLE, id="by one person twice"),
            pytest.param(signed(OLENA, OLENA_SPARE), Reason.PEOPLE, id="by one person with two keys"),
            pytest.param(signed(HEART), Reason.KEY, id="by the server's own key"),
            pytest.param(signed(SERVICE[Domain.EXERCISE]), Reason.KEY, id="by a key of exercises"),
            pytest.param(signed(IVAN, TARAS), Reason.SCOPE, id="about a hazard out of scope"),
            pytest.param(
                signed(IVAN, TARAS, hazard="flood", regions=("B",)), Reason.SCOPE, id="in a region out of scope"
            ),
            pytest.param(alert(authority="other.example"), Reason.AUTHORITY, id="for another authority"),
        ],
    )
    def test_a_forged_alert_sounds_nothing(self, envelope: bytes, verdict: Reason) -> None:
        scene = live()
        events = scene.hear(scene.event(envelope))
        assert (sounded(events), verdicts(events)) == ([], [verdict])

    @pytest.mark.parametrize("by", [(TARAS,), (OLENA, OLENA_SPARE), (IVAN, TARAS), (HEART,)])
    def test_one_stolen_key_silences_nothing(self, by: tuple[object, ...]) -> None:
        scene, before = live(alert()), notice_in(alert())
        end = notice_in(end_of(alert()))
        forged = signed(
            *by, id=end.id, alarm=end.alarm, version=2, kind=end.kind, since=end.since, sent=end.sent,
            effective=end.effective, expires=end.expires,
        )  # fmt: skip
        events = scene.hear(scene.event(forged))
        assert verdicts(events) != []
        assert scene.device.board.alarms[before.alarm].notice == before

    def test_an_exercise_sounds_as_an_exercise_under_its_own_event_only(self) -> None:
        exercise = alert(status=Status.EXERCISE)
        scene = live()
        assert verdicts(scene.hear(scene.event(exercise))) == [Reason.STATUS]
        (told,) = scene.hear(scene.event(exercise, "exercise"))
        assert isinstance(told, ExerciseNotice)


class TestAltered:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            pytest.param(b'"regions":["A1"]', b'"regions":["A2"]', id="region"),
            pytest.param(b"air raid alert", b"air raid ended", id="text"),
            pytest.param(f'"expires":{NOW + 7200}'.encode(), f'"expires":{NOW + 7201}'.encode(), id="expiry"),
            pytest.param(b'"hazard":"air_raid"', b'"hazard":"air_rain"', id="hazard"),
            pytest.param(b'"channels":["*"]', b'"channels":["a"]', id="channels"),
        ],
    )
    def test_a_changed_field_spoils_the_signatures(self, old: bytes, new: bytes) -> None:
        envelope = alert()
        assert envelope.count(old) == 1
        scene = live()
        events = scene.hear(scene.event(envelope.replace(old, new)))
        assert (sounded(events), verdicts(events)) == ([], [Reason.SIGNATURE])

    def test_a_lowered_level_spoils_the_framing_or_the_signatures(self) -> None:
        scene = live()
        envelope = alert().replace(b'"level":"red"', b'"level":"yellow"')
        length = int.from_bytes(envelope[4:6], "big") + len("yellow") - len("red")
        assert verdicts(scene.hear(scene.event(envelope))) == [Reason.FRAMING]
        made_right = envelope[:4] + length.to_bytes(2, "big") + envelope[6:]
        assert verdicts(scene.hear(scene.event(made_right))) == [Reason.SIGNATURE]


class TestReplayed:
    def test_an_alert_after_its_all_clear(self) -> None:
        scene = live(alert())
        scene.hear(scene.event(end_of(alert())))
        for _ in range(3):
            assert sounded(scene.hear(scene.event(alert()))) == []
        assert scene.device.board.alarms == {}

    def test_an_all_clear_and_its_alert_in_the_other_order(self) -> None:
        scene = live()
        assert sounded(scene.hear(scene.event(end_of(alert())), scene.event(alert()))) in (
            [],
            [notice_in(end_of(alert()))],
        )
        assert scene.device.board.alarms == {}

    @pytest.mark.parametrize("clock_off_s", [0.0, YEAR_S, -YEAR_S])
    def test_a_recording_of_everything_on_a_rebooted_device(self, clock_off_s: float) -> None:
        """The device has forgotten all but its pins; its own clock plays no part."""
        before = live()
        recording = [before.snapshot([alert()]), before.beat([notice_in(alert())], "nonce-1"), before.event(alert())]
        rebooted = Scene()
        rebooted.device.connected("nonce-2", START)
        rebooted.now += abs(clock_off_s) / YEAR_S
        events = rebooted.hear(*recording)
        assert not rebooted.device.is_live(rebooted.now)
        assert Reason.NONCE in verdicts(events)
        assert not any(isinstance(one, Heard) for one in events)
        assert sounded(events) == []

    def test_an_expired_alert_is_not_told_by_signed_time(self) -> None:
        scene = live()
        scene.pass_time(7_300)
        scene.device.connected("nonce-3", scene.now)
        scene.hear(scene.snapshot(), scene.beat((), "nonce-3"))
        assert sounded(scene.hear(scene.event(alert()))) == []

    def test_an_old_heartbeat_confirms_nothing(self) -> None:
        scene = live()
        recorded = scene.beat()
        scene.pass_time(5)
        scene.hear(scene.beat())
        assert verdicts(scene.hear(recorded)) == [Reason.OLD]


class TestKeptInTheDark:
    def test_a_frozen_server_is_noticed_within_15_seconds(self) -> None:
        scene = live()
        scene.pass_time(15.1)
        (said,) = scene.device.check(scene.now)
        assert isinstance(said, NotLive)
        assert said.reason is Silence.SILENT

    def test_a_relay_that_drops_one_alert_is_noticed_by_the_heartbeats(self) -> None:
        scene = live()
        scene.event(alert())  # it never comes
        said = []
        for _ in range(2):
            scene.pass_time(5)
            said += scene.hear(scene.beat([notice_in(alert())]))
        assert [one.reason for one in said if isinstance(one, NotLive)] == [Silence.WITHHELD]
        assert not scene.device.is_live(scene.now)

    def test_a_board_that_is_not_what_was_told_is_noticed(self) -> None:
        scene = live()
        scene.pass_time(5)
        (said,) = scene.hear(scene.beat([notice_in(alert())]))
        assert isinstance(said, NotLive)
        assert said.reason is Silence.DIFFERS

    @pytest.mark.parametrize("by", [STRANGER, SERVICE[Domain.ACTUAL]])
    def test_a_heartbeat_by_another_key_confirms_nothing(self, by: object) -> None:
        scene = live()
        scene.pass_time(5)
        assert verdicts(scene.hear(scene.beat(by=by))) == [Reason.KEY]  # type: ignore[arg-type]  # both are keys

    def test_a_heartbeat_without_a_signature_is_none(self) -> None:
        scene = live()
        beat = scene.beat()
        assert verdicts(scene.hear(beat.replace(b"VENIM", b"VENIN"))) == [Reason.FRAMING]


class TestRosters:
    def test_a_roster_is_not_rolled_back(self) -> None:
        scene = live()
        newer, older = sealed_roster(people_roster(version=3)), sealed_roster(people_roster(version=2))
        (learned,) = scene.hear(scene.trust_event(EntryType.ROSTER, newer))
        assert learned == RosterLearned(Domain.ACTUAL, 3)
        assert verdicts(scene.hear(scene.trust_event(EntryType.ROSTER, older))) == [Reason.OLD]

    def test_a_roster_by_a_root_of_ones_own_is_refused(self) -> None:
        scene = live()
        forged = seal(STRANGER, Magic.ROSTER, people_roster(version=9)).pack()
        assert verdicts(scene.hear(scene.trust_event(EntryType.ROSTER, forged))) == [Reason.KEY]

    def test_a_newer_roster_that_is_held_back_is_noticed(self) -> None:
        scene = live()
        scene.pass_time(5)
        (said,) = scene.hear(scene.beat(roster=2))
        assert isinstance(said, NotLive)
        assert said.reason is Silence.ROSTERS


class TestRevoked:
    def test_a_revoked_key_orders_nothing_more(self) -> None:
        scene = live()
        (revoked,) = scene.hear(scene.trust_event(EntryType.REVOCATION, revocation(TARAS.id)))
        assert revoked == KeysRevoked(Domain.ACTUAL, 1)
        events = scene.hear(scene.event(alert()))
        assert (sounded(events), verdicts(events)) == ([], [Reason.REVOKED])

    def test_a_revocation_clears_no_alarm(self) -> None:
        scene = live(alert())
        scene.hear(scene.trust_event(EntryType.REVOCATION, revocation(OLENA.id, TARAS.id)))
        assert set(scene.device.board.alarms) == {notice_in(alert()).alarm}

    def test_a_revocation_that_is_held_back_is_noticed(self) -> None:
        scene = live()
        scene.pass_time(5)
        (said,) = scene.hear(scene.beat(revoked=1))
        assert isinstance(said, NotLive)
        assert said.reason is Silence.ROSTERS

    def test_a_revocation_is_not_taken_back(self) -> None:
        scene = live()
        scene.hear(scene.trust_event(EntryType.REVOCATION, revocation(OLENA.id, TARAS.id, version=2)))
        for older in (revocation(OLENA.id), revocation(OLENA.id, version=3)):
            events = scene.hear(scene.trust_event(EntryType.REVOCATION, older))
            assert verdicts(events) in ([Reason.OLD], [Reason.REVOCATION])
        assert verdicts(scene.hear(scene.event(alert()))) == [Reason.REVOKED]

    def test_a_stranger_revokes_nobody(self) -> None:
        scene = live()
        events = scene.hear(scene.trust_event(EntryType.REVOCATION, revocation(TARAS.id, by=1)))
        assert verdicts(events) == [Reason.KEY]
        assert sounded(scene.hear(scene.event(alert()))) == [notice_in(alert())]
