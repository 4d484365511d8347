"""The plan: what is wrong or unwise in it is said with place, rule and way out."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tocsin.areas import Atlas, load_ukraine
from tocsin.cli.console import Failure
from tocsin.cli.trust.faults import Finding, Gravity, findings
from tocsin.cli.trust.plan import Founded, read_plan, to_roster
from tocsin.cli.trust.root_keys import fingerprint
from tocsin.cli.trust.template import TEMPLATE
from tocsin.notice import Domain, SigningKey, b64
from tocsin.testing.passkeys import SoftPasskey

NOW = int(datetime(2026, 9, 21, tzinfo=UTC).timestamp())
HEART, OTHER = (b64(SigningKey.from_seed(bytes([number]) * 32).public) for number in (1, 2))


def passkey(name: str) -> str:
    return b64(SoftPasskey.from_words(name, "plan.example", "https://plan.example").public)


def person(name: str, *lines: str) -> str:
    given = "\n".join(lines)
    roles = "" if "roles" in given else 'roles = ["approver", "author"]'
    return f'[[person]]\nid = "{name}"\nname = "TEST {name}"\nkeys = ["{passkey(name)}"]\n{roles}\n{given}\n'


HEAD = 'authority = "plan.example"\nexpires = 2027-09-21\nrp_id = "plan.example"\norigins = ["https://plan.example"]\n'
SERVER = f'[[service]]\nid = "server"\nname = "Server"\nroles = ["heartbeat"]\nkeys = ["{HEART}", "{OTHER}"]\n'
RULES = '[[rule]]\nkinds = ["disputed"]\npeople = 1\n[[rule]]\npeople = 2\n'
REVOKERS = f'[revokers]\nthreshold = 1\n[[revokers.key]]\nholder = "R"\npublic = "{b64(bytes(range(32)))}"\n'
THREE = person("a") + person("b") + person("c")


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_ukraine()


def found(tmp_path: Path, atlas: Atlas, text: str) -> list[Finding]:
    file = tmp_path / "plan.toml"
    file.write_text(text)
    return findings(read_plan(file), atlas, NOW)


def faults(tmp_path: Path, atlas: Atlas, text: str) -> list[str]:
    return [
        f"{one.place}: {one.what}" for one in found(tmp_path, atlas, text) if one.gravity is Gravity.FAULT
    ]  # fmt: skip


def test_a_good_plan_has_no_finding(tmp_path: Path, atlas: Atlas) -> None:
    assert found(tmp_path, atlas, HEAD + SERVER + THREE + RULES + REVOKERS) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (HEAD.replace("2027", "2025") + SERVER + THREE + RULES, "expires: the plan ended on 2025-09-21"),
        (HEAD + SERVER + person("a", 'hazards = ["air_rade"]') + RULES, "'air_rade' is no hazard"),
        (HEAD + SERVER + person("a", 'kinds = ["alarm"]') + RULES, "'alarm' is no kind of notice"),
        (HEAD + SERVER + person("a", 'regions = ["Атлантида"]') + RULES, "no region is called 'Атлантида'"),
        (HEAD + SERVER + person("a", 'roles = ["issue"]') + RULES, "issue is not for this"),
        (HEAD + SERVER + person("a", "roles = []") + RULES, "there is none"),
        (HEAD + SERVER + person("a") + person("a") + RULES, "is listed more than once"),
        (HEAD + SERVER + THREE.replace(passkey("a"), HEART) + RULES, "is listed more than once"),
        (HEAD + SERVER.replace(OTHER, passkey("z")) + THREE + RULES, "is webauthn, and a service has an ed25519 key"),
        (HEAD + SERVER + THREE.replace(passkey("a"), "AAAA") + RULES, "is no key"),
        (HEAD.replace('rp_id = "plan.example"\n', "") + SERVER + THREE + RULES, "no host name is given"),
        (HEAD + SERVER + THREE + '[[rule]]\nkinds = ["alert"]\npeople = 2\n', "is not for everything"),
        (HEAD + THREE + RULES, "no key has the role heartbeat"),
        (HEAD + SERVER + THREE + RULES + REVOKERS.replace("threshold = 1", "threshold = 2"), "2 of 1 keys"),
        (
            HEAD + SERVER + person("a") + person("b", 'kinds = ["alert", "update"]') + RULES,
            "nobody can order all_clear about air_raid",
        ),
        (
            HEAD + SERVER + person("a", 'roles = ["author"]') + person("b", 'roles = ["author"]') + RULES,
            "none of a, b has the role approver",
        ),
        (
            HEAD + SERVER + person("a", 'regions = ["UA-30"]') + person("b", 'regions = ["UA-46"]') + RULES,
            "it takes 2 people, and there is b",
        ),
    ],
)
def test_a_fault_is_named(tmp_path: Path, atlas: Atlas, text: str, fault: str) -> None:
    assert any(fault in one for one in faults(tmp_path, atlas, text))


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (HEAD.replace("2027-09-21", "2026-10-10") + SERVER + THREE + RULES, "only 19 days are left"),
        (HEAD + SERVER.replace(f', "{OTHER}"', "") + THREE + RULES, "there is one heartbeat key"),
        (HEAD + SERVER + THREE + RULES, "nobody can take a stolen key away but the root"),
        (HEAD + SERVER + person("a") + person("b") + RULES, "one who is ill stops everything"),
        (HEAD + SERVER + RULES, "nobody can order under actual"),
    ],
)
def test_what_is_unwise_is_a_warning(tmp_path: Path, atlas: Atlas, text: str, warning: str) -> None:
    assert warning in " ".join(
        one.what for one in found(tmp_path, atlas, text) if one.gravity is Gravity.WARNING
    )  # fmt: skip
    assert not faults(tmp_path, atlas, text)


@pytest.mark.parametrize(
    "text", ["authority = ", HEAD + "colour = 1", HEAD.replace("2027-09-21", '"soon"'), '[[person]]\nid = "a"']
)
def test_a_plan_that_cannot_be_read_says_where(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(text)
    with pytest.raises(Failure, match=r"plan\.toml"):
        read_plan(file)


def test_a_plan_makes_a_roster_for_each_domain_with_what_can_stand_there(tmp_path: Path, atlas: Atlas) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(HEAD + SERVER + person("a", 'regions = ["Київська область", "UA-30"]') + person("b") + RULES)
    plan = read_plan(file)
    made = {domain: to_roster(plan, Founded(domain, bytes(32), 3, NOW), atlas) for domain in Domain}
    assert [one.id for one in made[Domain.ACTUAL].holders] == ["a", "b", "server"]
    assert [one.id for one in made[Domain.EXERCISE].holders] == ["a", "b"]
    assert made[Domain.ACTUAL].holders[0].regions == ("UA32000000000030281", "UA80000000000093317")
    assert {one.version for one in made.values()} == {3}


def test_the_template_is_a_plan(tmp_path: Path, atlas: Atlas) -> None:
    text = TEMPLATE.format(authority="plan.example", expires=date(2027, 9, 21), host="plan.example")
    assert faults(tmp_path, atlas, text) == [
        "service: no key has the role heartbeat, so no device could ever be live",
    ]
    for commented in ("[[person]]", "[[service]]", "[[revokers.key]]", "[[witness]]"):
        assert f"# {commented}" in text


def test_a_fingerprint_can_be_read_aloud() -> None:
    assert fingerprint(bytes(32)) == "6668 7aad f862 bd77 6c8f c18b 8e9f 8e20 0897 1485"
