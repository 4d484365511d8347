"""What a roster and a revocation list may say: each rule of ``spec/roster.md`` that a document can break by itself."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from scripts.people_vectors import people_roster, revocation
from scripts.vector_parts import HEART
from tocsin.notice import (
    DocumentError,
    Domain,
    Envelope,
    Magic,
    Revocation,
    Roster,
    decode,
    encode,
)

Spoil = Callable[[dict[str, Any]], object]


def spoilt(spoil: Spoil, domain: Domain = Domain.ACTUAL) -> bytes:
    """Return the canonical bytes of the roster of the vectors after *spoil* had its way with it."""
    document = json.loads(encode(people_roster(domain)))
    spoil(document)
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def holder(document: dict[str, Any], id: str) -> dict[str, Any]:
    return next(one for one in document["holders"] if one["id"] == id)


def put(path: str, value: object) -> Spoil:
    """Return what sets the field at *path*, as ``holders.0.name``."""

    def spoil(document: Any) -> None:
        *before, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in before:
            document = document[step]
        document[last] = value

    return spoil


def regions(count: int) -> list[str]:
    return [f"R{number:05}" for number in range(count)]


RULES: list[tuple[str, Spoil, str]] = [
    ("another format", put("roster", 1), "roster format 1 is unknown"),
    ("an authority with a blank", put("authority", "a b"), "authority"),
    ("version 0", put("version", 0), "version"),
    ("version over the limit", put("version", 1_000_000_001), "version"),
    ("expires when it was issued", lambda one: one.update(expires=one["issued"]), "expires"),
    ("issued before time began", put("issued", -1), "issued"),
    ("a short root", put("root", "AAAA"), "root has not 32 bytes"),
    ("a root that is no base64url", put("root", "*"), "root"),
    ("a relying party with a scheme", put("rp_id", "https://warn.example"), "rp_id"),
    ("a relying party without origins", put("origins", []), "go together"),
    ("origins without a relying party", lambda one: one.update(rp_id="", keys=[]), "go together"),
    ("a relying party over the limit", put("rp_id", "a" * 254), "253"),
    ("an origin without TLS", put("origins", ["http://warn.example"]), "origin"),
    ("an origin with a path", put("origins", ["https://warn.example/"]), "origin"),
    ("an origin in capitals", put("origins", ["https://WARN.example"]), "origin"),
    ("an origin on a port with a leading zero", put("origins", ["https://warn.example:0443"]), "origin"),
    ("origins out of order", put("origins", ["https://b.example", "https://a.example"]), "origins are not sorted"),
    ("nine origins", put("origins", [f"https://{n}.example" for n in range(9)]), "at most 8 origins"),
    ("no holder", put("holders", []), "1 to 128 holders"),
    ("holders out of order", lambda one: one["holders"].reverse(), "holders are not sorted"),
    ("a holder's id in capitals", put("holders.0.id", "Feed"), "holder id"),
    ("a holder without a name", put("holders.0.name", ""), "name of feed"),
    ("a name of 81 characters", put("holders.0.name", "x" * 81), "name of feed"),
    ("a name with a control character", put("holders.0.name", "a\tb"), "control character"),
    ("a holder without roles", put("holders.0.roles", []), "roles of feed"),
    ("a role twice", put("holders.0.roles", ["source", "source"]), "roles of feed"),
    ("an unknown role", put("holders.0.roles", ["admin"]), "admin"),
    ("a service that approves", put("holders.0.roles", ["approver"]), "feed is a service"),
    ("a person that issues alone", lambda one: holder(one, "olena").update(roles=["issue"]), "olena is a person"),
    ("a person as a server", lambda one: holder(one, "olena").update(roles=["heartbeat"]), "olena is a person"),
    ("a link test under actual", put("holders.0.roles", ["link-test"]), "not for actual"),
    ("an unknown kind of notice", put("holders.0.kinds", ["alarm"]), "'alarm', which is unknown"),
    ("no kind", put("holders.0.kinds", []), "kinds of feed"),
    ("everything and more", put("holders.0.kinds", ["*", "alert"]), "kinds of feed"),
    ("a hazard in capitals", put("holders.0.hazards", ["AIR"]), "hazards of feed"),
    ("65 hazards", put("holders.0.hazards", [f"h_{'a' * n}" for n in range(1, 66)]), "hazards of feed"),
    ("a region with a blank", put("holders.0.regions", ["A 1"]), "regions of feed"),
    ("regions out of order", put("holders.0.regions", ["B", "A"]), "regions of feed"),
    ("201 regions", put("holders.0.regions", regions(201)), "regions of feed"),
    ("a ceiling below nothing", put("holders.0.regions_max", -1), "regions_max of feed"),
    ("a ceiling over the limit", put("holders.0.regions_max", 1_001), "regions_max of feed"),
    ("a rate below nothing", put("holders.0.per_hour", -1), "per_hour of feed"),
    ("a rate over the limit", put("holders.0.per_hour", 10_001), "per_hour of feed"),
    ("no key", put("keys", []), "1 to 256 keys"),
    ("keys out of order", lambda one: one["keys"].reverse(), "keys are not sorted"),
    ("a key of nobody", put("keys.0.holder", "nobody"), "who is not listed"),
    ("a key of an unknown type", put("keys.0.type", "rsa"), "unknown type"),
    ("a key under another id", put("keys.0.id", "0000000000000000"), "does not have the id"),
    ("a key id in capitals", lambda one: one["keys"][0].update(id=one["keys"][0]["id"].upper()), "key id"),
    ("no rule", put("rules", []), "1 to 32 rules"),
    ("33 rules", lambda one: one.update(rules=one["rules"][-1:] * 33), "1 to 32 rules"),
    ("a last rule for some hazards", put("rules.3.hazards", ["flood"]), "not for everything"),
    ("a last rule for some kinds", put("rules.3.kinds", ["alert"]), "not for everything"),
    ("a last rule for some regions", put("rules.3.regions", ["A"]), "not for everything"),
    ("a rule for nobody", put("rules.0.people", 0), "people of a rule"),
    ("a rule for nine", put("rules.0.people", 9), "people of a rule"),
    ("a rule for an unknown kind", put("rules.0.kinds", ["alarm"]), "kinds of a rule"),
    ("no revoker is enough", put("revokers.threshold", 0), "threshold of the revokers"),
    ("more revokers than there are", put("revokers.threshold", 4), "threshold of the revokers"),
    ("revokers out of order", lambda one: one["revokers"]["keys"].reverse(), "revokers are not sorted"),
    ("17 revokers", lambda one: one["revokers"].update(keys=one["revokers"]["keys"][:1] * 17), "at most 16 revokers"),
    ("a revoker without a holder", put("revokers.keys.0.holder", ""), "holder of"),
    ("a threshold without revokers", put("revokers", {"threshold": 1, "keys": []}), "threshold of the revokers"),
    ("an unknown field", put("extra", 1), "extra"),
]  # fmt: skip


def public_of(id: str, type: str) -> Spoil:
    """Return what gives the first key of holder *id* the *type*."""

    def spoil(document: dict[str, Any]) -> None:
        next(key for key in document["keys"] if key["holder"] == id)["type"] = type

    return spoil


def witness(**changes: str) -> Spoil:
    fields = {"name": "w.example", "public": people_roster().root, "url": "https://w.example/tocsin"}
    return put("witnesses", [fields | changes])


RULES += [
    ("a passkey of a service", lambda one: _exchange(one, "feed", "olena"), "cannot hold key"),
    ("a software key of a person", lambda one: _exchange(one, "olena", "feed"), "cannot hold key"),
    ("a passkey that is said to be Ed25519", public_of("olena", "ed25519"), "bytes, not 32"),
    ("an Ed25519 key that is said to be a passkey", public_of("feed", "webauthn"), "no COSE key of ES256"),
    ("a witness in capitals", witness(name="W"), "name of a witness"),
    ("a witness with a short key", witness(public="AAAA"), "has not 32 bytes"),
    ("a witness without TLS", witness(url="http://w.example"), "address of w.example"),
    ("a witness with a query", witness(url="https://w.example/?a"), "address of w.example"),
    ("an address over the limit", witness(url="https://w.example/" + "a" * 200), "over 200 characters"),
]


def _exchange(document: dict[str, Any], one: str, other: str) -> None:
    """Give a key of *other* to *one*."""
    next(key for key in document["keys"] if key["holder"] == other)["holder"] = one


@pytest.mark.parametrize(("spoil", "said"), [pytest.param(spoil, said, id=name) for name, spoil, said in RULES])
def test_a_roster_that_breaks_a_rule_is_no_roster(spoil: Spoil, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        decode(spoilt(spoil), Roster)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda one: None, id="as it is"),
        pytest.param(put("holders.0.regions", regions(200)), id="200 regions"),
        pytest.param(put("holders.0.name", "x" * 80), id="a name of 80 characters"),
        pytest.param(put("holders.0.per_hour", 10_000), id="the highest rate"),
        pytest.param(put("holders.0.regions_max", 1_000), id="the highest ceiling"),
        pytest.param(put("rules.0.people", 8), id="a rule for eight"),
        pytest.param(put("origins", ["http://localhost:8080"]), id="an origin on this machine"),
        pytest.param(put("revokers.threshold", 3), id="all revokers"),
        pytest.param(put("revokers", {"threshold": 0, "keys": []}), id="no revokers"),
        pytest.param(lambda one: one.update(rules=one["rules"][-1:] * 32), id="32 rules"),
        pytest.param(witness(), id="a witness"),
        pytest.param(witness(url="http://localhost:8081"), id="a witness on this machine"),
        pytest.param(put("version", 1_000_000_000), id="the highest version"),
    ],
)
def test_a_roster_within_the_rules_is_one(spoil: Spoil) -> None:
    data = spoilt(spoil)
    assert encode(decode(data, Roster)) == data


def test_the_server_key_stands_under_actual_only() -> None:
    def spoil(document: dict[str, Any]) -> None:
        holder(document, "tester").update(roles=["heartbeat"])

    with pytest.raises(DocumentError, match="heartbeat, which is not for exercise"):
        decode(spoilt(spoil, Domain.EXERCISE), Roster)


def test_a_person_of_a_demo_may_hold_a_software_key() -> None:
    def spoil(document: dict[str, Any]) -> None:
        document["authority"] = "demo"
        _exchange(document, "olena", "feed")

    assert decode(spoilt(spoil), Roster).authority == "demo"


def test_a_key_and_its_holder_are_found_by_id() -> None:
    roster = people_roster()
    key = roster.key(HEART.id)
    assert key is not None
    assert roster.holder_of(key).id == "server"
    assert roster.key(bytes(8)) is None


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("revocation", 2, "revocation format 2 is unknown"),
        ("authority", "A", "authority"),
        ("version", 0, "version"),
        ("issued", -1, "issued"),
        ("keys", [], "1 to 256 keys"),
        ("keys.0.key", "abc", "key id"),
        ("keys.0.reason", "", "reason for"),
        ("keys.0.reason", "x" * 201, "reason for"),
        ("keys.0.spared", ["abc"], "hash of a spared notice"),
        ("keys.0.spared", ["A" * 43] * 2, "not sorted, or repeat"),
        ("keys.0.spared", [f"{n:042}A" for n in range(513)], "at most 512 notices"),
        ("extra", 1, "extra"),
    ],
)
def test_a_revocation_list_that_breaks_a_rule_is_none(path: str, value: object, said: str) -> None:
    document = json.loads(Envelope.unpack(revocation(HEART.id), Magic.REVOCATION).document)
    put(path, value)(document)
    with pytest.raises(DocumentError) as caught:
        decode(json.dumps(document, separators=(",", ":")).encode(), Revocation)
    assert said in str(caught.value)


def test_keys_of_a_revocation_list_are_sorted() -> None:
    document = json.loads(Envelope.unpack(revocation(HEART.id, bytes(8)), Magic.REVOCATION).document)
    document["keys"].reverse()
    with pytest.raises(DocumentError, match="keys are not sorted"):
        decode(json.dumps(document, separators=(",", ":")).encode(), Revocation)


def test_revoking_looks_at_key_and_document() -> None:
    spared = "A" * 43
    one = decode(Envelope.unpack(revocation(HEART.id, spared=(spared,)), Magic.REVOCATION).document, Revocation)
    assert one.revokes(HEART.id.hex())
    assert one.revokes(HEART.id.hex(), "B" + spared[1:])
    assert not one.revokes(HEART.id.hex(), spared)
    assert not one.revokes("0" * 16)
