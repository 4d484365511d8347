"""From roots to a running authority by the commands alone, and what each of them refuses."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.real import AUTHORITY, ORIGIN, Real
from tocsin.notice import from_b64, key_id

ALERT = ("alert", "--region", "UA-30", "--level", "red", "--yes", "--json")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """A real authority that runs, for the tests of this module that only add to it."""
    one = Real(tmp_path_factory.mktemp("real"))
    one.found()
    one.start()
    yield one
    one.stop()


@pytest.fixture
def offline(tmp_path: Path) -> Real:
    one = Real(tmp_path)
    one.init()
    return one


class TestOffline:
    def test_roots_are_encrypted_and_their_owners_alone(self, offline: Real) -> None:
        for name in ("root-actual.pem", "root-exercise.pem"):
            file = offline.roots / name
            assert file.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(offline.roots.stat().st_mode) == 0o700
        card = (offline.roots / "card.txt").read_text()
        told = json.loads((offline.roots / "authority.json").read_text())
        assert f"/#authority={AUTHORITY}&actual={told['roots']['actual']}" in card
        assert (offline.roots / "card.svg").read_text().startswith("<?xml")

    def test_nothing_is_made_over_what_is_there(self, offline: Real) -> None:
        again = offline.run("trust", "init", "--authority", AUTHORITY, "--out", "roots", *offline.phrase())
        assert (again.status, "roots cannot be made" in again.err) == (2, True)
        key = offline.run("trust", "keygen", "heartbeat.key")
        assert (key.status, "no key is written over another" in key.err) == (2, True)

    @pytest.mark.parametrize("name", ["demo", "UPPER", "with space"])
    def test_a_name_that_cannot_be_is_refused(self, offline: Real, name: str) -> None:
        ended = offline.run("trust", "init", "--authority", name, "--out", "other", *offline.phrase())
        assert (ended.status, (offline.folder / "other").exists()) == (2, False)

    def test_a_short_passphrase_is_refused(self, offline: Real) -> None:
        (offline.folder / "short").write_text("too short")
        ended = offline.run("trust", "init", "--authority", AUTHORITY, "--out", "o", "--passphrase-file", "short")
        assert (ended.status, "at least 16" in ended.err) == (2, True)

    def test_a_wrong_passphrase_signs_nothing(self, offline: Real) -> None:
        offline.plan("olena", "taras", "iryna")
        (offline.folder / "wrong").write_text("another one that is long enough")
        words = ("--domain", "actual", "--root", "roots/root-actual.pem", "--passphrase-file", "wrong", "--yes")
        ended = offline.run("trust", "sign", "plan.toml", *words)
        assert (ended.status, "a wrong passphrase" in ended.err) == (2, True)
        assert not list(offline.folder.glob("*.tcr"))

    def test_a_rule_that_nobody_can_meet_is_named_with_a_way_out(self, offline: Real) -> None:
        offline.plan("olena")
        ended = offline.run("trust", "check", "plan.toml")
        assert ended.status == 1
        assert "nobody can order all_clear" in ended.err
        assert "it takes 2 people, and there is olena" in " ".join(ended.err.split())
        assert offline.run(
            "trust",
            "sign",
            "plan.toml",
            "--domain",
            "actual",
            "--root",
            "roots/root-actual.pem",
            *offline.phrase(),
            "--yes",
        ).err.endswith("Not signed: plan.toml has faults\n")

    def test_the_next_version_shows_what_changes_and_keeps_its_beginning(self, offline: Real) -> None:
        offline.plan("olena", "taras", "iryna")
        offline.sign("actual")
        offline.plan("olena", "taras", "marko")
        words = ("--domain", "actual", "--root", "roots/root-actual.pem", *offline.phrase(), "--yes")
        ended = offline.run("trust", "sign", "plan.toml", *words, "--previous", "roster-actual-1.tcr")
        assert "- person iryna: TEST iryna may do nothing any longer" in ended.err
        assert "+ person marko" in ended.err
        assert "olena" not in ended.err.split("Roster of")[1]
        shown = offline.done("trust", "show", "roster-actual-2.tcr", "--roots", str(offline.public))
        assert "signed by the root that you have" in shown
        assert "version 2" in shown

    def test_a_roster_of_another_root_is_not_shown_as_signed(self, offline: Real) -> None:
        offline.plan("olena", "taras", "iryna")
        offline.sign("actual")
        offline.done("trust", "init", "--authority", AUTHORITY, "--out", "others", *offline.phrase())
        ended = offline.run("trust", "show", "roster-actual-1.tcr", "--roots", "others")
        assert (ended.status, "the pinned root did not sign" in ended.err) == (3, True)


class TestFounding:
    def test_a_root_key_beside_the_public_roots_is_refused(self, offline: Real) -> None:
        offline.plan("olena", "taras", "iryna")
        for domain in ("actual", "exercise"):
            offline.sign(domain)
        rosters = ("--roster", "roster-actual-1.tcr", "--roster", "roster-exercise-1.tcr")
        words = ("authority", "found", "--data", "server", *rosters, "--heartbeat")
        ended = offline.run(*words, "heartbeat.key", "--roots", "roots/authority.json")
        assert (ended.status, "must not be on a server" in ended.err) == (2, True)
        ended = offline.run(*words, "sensor.key", "--roots", str(offline.public))
        assert (ended.status, "lists no key" in ended.err) == (2, True)
        ended = offline.run(*words[:6], "--heartbeat", "heartbeat.key", "--roots", str(offline.public))
        assert (ended.status, "there is no roster for exercise" in ended.err) == (2, True)
        assert not offline.data.exists()

    def test_a_server_beside_a_root_key_does_not_start(self, tmp_path: Path) -> None:
        one = Real(tmp_path)
        one.found()
        (one.data / "notes.pem").write_bytes((one.roots / "root-actual.pem").read_bytes())
        with pytest.raises(AssertionError, match="is a root's private key"):
            one.start()


class TestRunning:
    def test_a_file_an_address_and_a_folder_show_the_same(self, real: Real) -> None:
        by_address = real.done("trust", "show", real.url, "--roots", str(real.public))
        assert real.done("trust", "show", "--data", "server") == by_address
        assert real.done("trust", "show", "roster-actual-1.tcr") in by_address
        assert real.run("trust", "show").status == 2

    def test_a_source_submits_and_nothing_is_issued(self, real: Real) -> None:
        real.use("sensor")
        ended = real.run(*ALERT, "--hazard", "air_raid", "--data", "server")
        assert ended.status == 6
        assert ended.err.startswith("NOT ISSUED YET.")
        assert "2 people must sign" in ended.err
        submitted = json.loads(ended.out)["submitted"]
        assert f"{ORIGIN}/console/#/approve/{submitted['draft']}" in ended.err
        assert "Nothing is in force" in real.done("watch", "--data", "server", "--once")

    def test_a_machine_key_issues_alone_within_its_bounds(self, real: Real) -> None:
        real.use("machine")
        issued = json.loads(real.done(*ALERT, "--hazard", "dam_failure", "--data", "server"))
        assert "dam_failure" in real.done("watch", "--data", "server", "--once")
        refused = real.run(*ALERT, "--hazard", "air_raid", "--data", "server")
        assert (refused.status, "out_of_scope" in refused.err) == (3, True)
        real.done("all-clear", issued["alarm"], "--yes", "--data", "server")

    def test_people_are_invited_by_a_link_to_the_console(self, real: Real) -> None:
        ended = real.run("operator", "invite", "TEST Marko", "--holder", "marko", "--data", "server")
        assert ended.out.startswith("https://alerts.test.example/console/#/enrol/")
        assert "No roster lists a person 'marko' yet" in ended.err
        assert "No passkey waits" in real.run("trust", "requests", "--data", "server").err


def test_a_stolen_key_is_taken_away_its_standing_alarm_stays_and_a_new_roster_and_root_follow(tmp_path: Path) -> None:
    one = Real(tmp_path)
    one.found()
    one.start()
    try:
        one.use("machine")
        issued = json.loads(one.done(*ALERT, "--hazard", "dam_failure", "--data", "server"))
        key = key_id(from_b64(one.publics["machine"])).hex()
        by_one = ("--with", "revoker-a.pem", "--roots", str(one.public), "--url", one.url, *one.phrase(), "--yes")
        begun = one.run("trust", "revoke", key, *by_one)
        assert (begun.status, "1 of 2 signatures" in begun.out) == (1, True)
        assert issued["alarm"] in begun.err
        begun_files = [file.name for file in one.folder.glob("revocation-*-by-1.tcv")]
        assert len(begun_files) == 2  # a machine's key stands in both rosters
        with_b = ("--with", "revoker-b.pem", "--roots", str(one.public), "--url", one.url, *one.phrase(), "--yes")
        assert "is in force" in one.done("trust", "countersign", *begun_files, *with_b)
        assert "dam_failure" in one.done("watch", "--data", "server", "--once")
        assert one.run(*ALERT, "--hazard", "dam_failure", "--data", "server").status == 3

        one.plan("olena", "taras", "iryna")
        plan = one.folder / "plan.toml"
        plan.write_text(plan.read_text().replace(one.publics["machine"], one.publics["sensor"], 1).replace(
            f'id = "sensor"\nname = "TEST sensor"\nroles = ["source"]\nkeys = ["{one.publics["sensor"]}"]',
            'id = "sensor"\nname = "TEST sensor"\nroles = ["source"]',
        ))  # fmt: skip
        rotate = (
            "trust",
            "rotate",
            "plan.toml",
            "--domain",
            "actual",
            "--root",
            "roots/root-actual.pem",
            "--new",
            "n.pem",
        )
        one.done(
            *rotate, "--previous", "roster-actual-1.tcr", *one.phrase(), "--new-passphrase-file", "passphrase", "--yes"
        )
        one.done("trust", "publish", "roster-actual-2.tcr", "--url", one.url)
        old = one.run("trust", "publish", "roster-actual-1.tcr", "--url", one.url)
        assert old.status == 3
        shown = one.done("trust", "show", one.url, "--roots", str(one.public))
        assert "version 2" in shown
    finally:
        one.stop()


def test_roots_plans_and_rosters_need_the_base_install_only(offline: Real) -> None:
    offline.plan("olena", "taras", "iryna")
    program = (
        "import sys\n"
        "for name in ('apsw', 'fastapi', 'httpx', 'segno', 'structlog', 'uvicorn', 'webauthn'):\n"
        "    sys.modules[name] = None\n"
        "from tocsin.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    for words in (
        ("init", "--authority", AUTHORITY, "--out", "bare", *offline.phrase()),
        ("keygen", "bare.key"),
        ("check", "plan.toml"),
        ("sign", "plan.toml", "--domain", "actual", "--root", "roots/root-actual.pem", *offline.phrase(), "--yes"),
        ("show", "roster-actual-1.tcr", "--roots", "roots"),
    ):
        command = [sys.executable, "-c", program, "trust", *words]
        ended = subprocess.run(command, cwd=offline.folder, capture_output=True, text=True, timeout=60)
        assert ended.returncode == 0, ended.stderr
