"""Python keeps to the golden data about checkpoints and proofs (``vectors/``)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tocsin.notice import Domain, Refused, Trust, b64, from_b64
from tocsin.notice.merkle import RangeProof, Unproven, proven_leaves
from tocsin.notice.signed_note import NoteError, SignedNote, cosigned_at
from tocsin.notice.statement import Statement, verify_statement

VECTORS = Path(__file__).parents[2] / "vectors"


def _load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return content


NOTES, PROOFS = _load("notes.json"), _load("proofs.json")


@pytest.fixture(scope="module")
def trust() -> Trust:
    roots = {Domain(domain): from_b64(root) for domain, root in NOTES["trust"]["roots"].items()}
    one: Trust | Refused = Trust(NOTES["trust"]["authority"], roots)
    for roster in NOTES["rosters"]:
        assert isinstance(one, Trust)
        one = one.learn(from_b64(roster))
    assert isinstance(one, Trust)
    return one


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in NOTES["cases"]])
def test_a_checkpoint_is_believed_or_refused_as_the_vector_says(trust: Trust, case: dict[str, Any]) -> None:
    try:
        note = SignedNote.read(case["note"])
    except NoteError:
        assert case["expect"] == "framing"
        return
    result = verify_statement(note, trust)
    assert (str(result.reason) if isinstance(result, Refused) else "ok") == case["expect"]
    witness = NOTES["witness"]
    assert cosigned_at(note, witness["name"], from_b64(witness["public"])) == case["cosigned_at"]
    if isinstance(result, Statement):
        said = {
            "position": str(result.position),
            "chain": b64(result.chain),
            "board": b64(result.board),
            "time_ms": result.time_ms,
        }
        assert said == NOTES["says"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in PROOFS["cases"]])
def test_a_proof_shows_what_the_vector_says(case: dict[str, Any]) -> None:
    proof = RangeProof(
        case["proof"]["size"], tuple(map(tuple, case["proof"]["leaves"])), tuple(case["proof"]["hashes"])
    )
    found = proven_leaves(proof, from_b64(case["root"]), case["codes"])
    assert ("unproven" if isinstance(found, Unproven) else "ok") == case["expect"]
    if not isinstance(found, Unproven):
        assert sorted(map(list, found)) == case["leaves"]
