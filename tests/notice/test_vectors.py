"""Python keeps to the golden data that other implementations are held to (``vectors/``)."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts import make_vectors
from tocsin.notice import (
    GENESIS,
    Domain,
    EntryType,
    Refused,
    Status,
    Trust,
    b64,
    board_root,
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
    trust: Trust | Refused = Trust(content["trust"]["authority"], roots)
    for roster in content.get("rosters", []):
        assert isinstance(trust, Trust)
        trust = trust.learn(from_b64(roster))
    assert isinstance(trust, Trust)
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


def test_every_bit_of_an_envelope_counts() -> None:
    content = load("notices.json")
    trust, good = trust_of(content), from_b64(content["cases"][0]["envelope"])
    for at in range(0, len(good)):
        for bit in (0, 5):
            forged = good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :]
            assert isinstance(trust.verify_notice(forged), Refused), (at, bit)


def test_the_committed_vectors_are_those_the_script_makes(tmp_path: Path) -> None:
    make_vectors.make(tmp_path)
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (VECTORS / made.name).read_bytes(), made.name
