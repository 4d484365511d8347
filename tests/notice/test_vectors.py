"""Python keeps to the golden data that other implementations are held to (``vectors/``)."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from scripts import make_vectors
from tocsin.notice import (
    GENESIS,
    Believed,
    Domain,
    EntryType,
    Envelope,
    Magic,
    Notice,
    Refused,
    Status,
    Trust,
    b64,
    board_root,
    decode_notice,
    entry_hash,
    from_b64,
)

VECTORS = Path(__file__).parents[2] / "vectors"


def load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return content


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in load(name)["cases"]]


def trust_of(content: dict[str, Any]) -> Trust:
    roots = {Domain(domain): from_b64(key) for domain, key in content["trust"]["roots"].items()}
    parents = content.get("parents", {})
    trust: Trust | Refused = Trust(content["trust"]["authority"], roots, lineage=partial(lineage, parents))
    for roster in content.get("rosters", []):
        assert isinstance(trust, Trust)
        trust = trust.learn(from_b64(roster))
    assert isinstance(trust, Trust)
    return trust


def lineage(parents: dict[str, str | None], code: str) -> tuple[str, ...]:
    if code not in parents:
        return ()
    above = parents[code]
    return (code,) if above is None else (code, *lineage(parents, above))


def held_in(case: dict[str, Any]) -> Notice | None:
    data = case["held"]
    return decode_notice(Envelope.unpack(from_b64(data), Magic.NOTICE).document) if data else None


def after(trust: Trust | Refused, revocations: list[str]) -> Trust | Refused:
    for one in revocations:
        assert isinstance(trust, Trust)
        data = from_b64(one)
        trust = trust.learn(data) if data.startswith(Magic.ROSTER.value) else trust.revoke(data)
    return trust


def outcome(result: object) -> str:
    return result.reason if isinstance(result, Refused) else "ok"


@pytest.mark.parametrize("case", cases("notices.json"))
def test_a_notice_is_believed_or_refused_as_the_vector_says(case: dict[str, Any]) -> None:
    trust = trust_of(load("notices.json"))
    assert outcome(trust.verify_event(from_b64(case["envelope"]), Status(case["event"]))) == case["expect"]


@pytest.mark.parametrize("case", cases("rosters.json"))
def test_a_roster_is_learned_or_refused_as_the_vector_says(case: dict[str, Any]) -> None:
    trust: Trust | Refused = trust_of(load("rosters.json"))
    for roster in case["learn"]:
        assert isinstance(trust, Trust)
        trust = trust.learn(from_b64(roster))
    assert outcome(trust) == case["expect"]


@pytest.mark.parametrize("case", cases("heartbeats.json"))
def test_a_heartbeat_is_believed_or_refused_as_the_vector_says(case: dict[str, Any]) -> None:
    trust = trust_of(load("heartbeats.json"))
    result = trust.verify_heartbeat(from_b64(case["heartbeat"]), case["newest_ms"], case["nonce"])
    assert outcome(result) == case["expect"]


@pytest.mark.parametrize("case", cases("people.json"))
def test_people_are_believed_or_refused_as_the_vector_says(case: dict[str, Any]) -> None:
    trust = after(trust_of(load("people.json")), case["revocations"])
    assert isinstance(trust, Trust)
    trust = replace(trust, held=lambda _: held_in(case))
    found = trust.verify_signed(from_b64(case["envelope"]))
    assert outcome(found) == case["expect"]
    assert outcome(trust.verify_event(from_b64(case["envelope"]), Status(case["event"]))) == case["expect"]
    signers = found.signers if isinstance(found, Believed) else ()
    assert [one.holder.name for one in signers] == case["signers"]


@pytest.mark.parametrize("case", cases("revocations.json"))
def test_a_revocation_list_is_taken_or_refused_as_the_vector_says(case: dict[str, Any]) -> None:
    assert outcome(after(trust_of(load("revocations.json")), case["learn"])) == case["expect"]


@pytest.mark.parametrize("case", cases("roots.json"))
def test_a_root_changes_only_by_both(case: dict[str, Any]) -> None:
    trust = trust_of(load("roots.json"))
    last: Trust | Refused = trust
    for roster in case["learn"]:
        last = trust.learn(from_b64(roster))
        trust = trust if isinstance(last, Refused) else last
    assert outcome(last) == case["expect"]
    assert b64(trust.roots[Domain.ACTUAL]) == case["root"]


@pytest.mark.parametrize("case", cases("heartbeats_of_people.json"))
def test_a_heartbeat_under_a_roster_of_people_is_as_the_vector_says(case: dict[str, Any]) -> None:
    trust = after(trust_of(load("heartbeats_of_people.json")), case["revocations"])
    assert isinstance(trust, Trust)
    assert outcome(trust.verify_heartbeat(from_b64(case["heartbeat"]), case["newest_ms"])) == case["expect"]


@pytest.mark.parametrize("case", cases("boards.json"))
def test_a_board_has_the_root_of_the_vector(case: dict[str, Any]) -> None:
    assert b64(board_root(tuple(leaf) for leaf in case["leaves"])) == case["root"]


def test_the_chain_is_that_of_the_vector() -> None:
    before = GENESIS
    for entry in load("chain.json")["entries"]:
        before = entry_hash(
            before, entry["sequence"], entry["recorded_ms"], EntryType(entry["type"]), from_b64(entry["body"])
        )
        assert b64(before) == entry["hash"]


@pytest.mark.parametrize("file", ["notices.json", "people.json"])
def test_every_bit_of_an_envelope_counts(file: str) -> None:
    content = load(file)
    trust, good = trust_of(content), from_b64(content["cases"][0]["envelope"])
    for at in range(0, len(good)):
        for bit in (0, 5):
            forged = good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :]
            assert isinstance(trust.verify_notice(forged), Refused), (at, bit)


def test_the_committed_vectors_are_those_the_script_makes(tmp_path: Path) -> None:
    make_vectors.make(tmp_path)
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (VECTORS / made.name).read_bytes(), made.name
