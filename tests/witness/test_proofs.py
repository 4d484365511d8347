"""Proofs of what the board holds for some regions: whole ones are believed, and none with a leaf left out."""

from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.notice import Status, b64, board_root, id_from
from tocsin.notice.merkle import BoardTree, Leaf, RangeProof, Unproven, proven_leaves

CODES = ("A", "A1", "A1.1", "A:2", "B", "Z")


def _alarm(number: int) -> str:
    return id_from(sha256(b"alarm %d" % number).digest()[:16])


LEAVES = st.lists(
    st.tuples(
        st.sampled_from([str(status) for status in Status]),
        st.sampled_from(CODES),
        st.integers(0, 6).map(_alarm),
        st.integers(1, 12),
    ),
    max_size=40,
    unique_by=lambda leaf: leaf[:3],
)
WANTED = st.sets(st.sampled_from((*CODES, "A0", "0", "zz")), min_size=1)


def _of(leaves: list[Leaf], codes: set[str]) -> frozenset[Leaf]:
    return frozenset(leaf for leaf in leaves if leaf[1] in codes)


def _sent(proof: RangeProof) -> dict[str, Any]:
    sent: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(proof))
    return sent


def _received(sent: dict[str, Any]) -> RangeProof | None:
    """Return what a client makes of it; None if it is not even in form."""
    try:
        return msgspec.json.decode(msgspec.json.encode(sent), type=RangeProof)
    except msgspec.ValidationError:
        return None


@given(LEAVES, WANTED)
def test_a_proof_shows_all_leaves_of_its_regions_and_no_others(leaves: list[Leaf], codes: set[str]) -> None:
    received = _received(_sent(BoardTree(leaves).prove(codes)))
    assert received is not None
    assert proven_leaves(received, board_root(leaves), codes) == _of(leaves, codes)


@given(LEAVES, WANTED, WANTED)
def test_regions_that_are_not_proven_are_noticed(leaves: list[Leaf], proven: set[str], asked: set[str]) -> None:
    found = proven_leaves(BoardTree(leaves).prove(proven), board_root(leaves), asked)
    assert isinstance(found, Unproven) or found == _of(leaves, asked)


@given(LEAVES, WANTED, st.data())
def test_a_board_from_which_a_leaf_was_dropped_is_not_the_signed_one(
    leaves: list[Leaf], codes: set[str], data: st.DataObject
) -> None:
    if leaves:
        dropped = data.draw(st.sampled_from(leaves))
        fewer = [leaf for leaf in leaves if leaf != dropped]
        assert isinstance(proven_leaves(BoardTree(fewer).prove(codes), board_root(leaves), codes), Unproven)


@given(LEAVES, WANTED, st.data())
def test_no_change_to_a_proof_hides_or_adds_a_leaf(leaves: list[Leaf], codes: set[str], data: st.DataObject) -> None:
    sent = _sent(BoardTree(leaves).prove(codes))
    _tamper(sent, data)
    received = _received(sent)
    if received is not None:
        found = proven_leaves(received, board_root(leaves), codes)
        assert isinstance(found, Unproven) or found == _of(leaves, codes)


def _tamper(sent: dict[str, Any], data: st.DataObject) -> None:
    """Do some of what a hostile relay could: drop, move, rename, swap, say another size, fold leaves into a hash."""
    for _ in range(data.draw(st.integers(1, 4))):
        told, hashes = sent["leaves"], sent["hashes"]
        at = data.draw(st.integers(0, max(len(told) - 1, 0)))
        where = data.draw(st.integers(0, len(hashes)))
        way = data.draw(
            st.sampled_from(("drop", "move all behind", "size", "rename", "hash", "unhash", "swap", "fold"))
        )
        if way == "size":
            sent["size"] = data.draw(st.integers(0, 2 * sent["size"] + 2))
        elif way == "hash":
            hashes.insert(where, b64(sha256(b"another").digest()))
        elif way == "unhash" and hashes:
            del hashes[where - 1]
        elif way == "swap" and len(hashes) > 1:
            hashes[where - 1], hashes[where - 2] = hashes[where - 2], hashes[where - 1]
        elif told and way == "drop":
            del told[at]
        elif told and way == "move all behind":
            for leaf in told[at:]:
                leaf[0] += data.draw(st.sampled_from((-1, 1)))
        elif told and way == "rename":
            told[at][2] = data.draw(st.sampled_from(CODES))
        elif told and way == "fold":
            leaf = told.pop(at)
            key = "\0".join(map(str, leaf[1:])).encode()
            hashes.insert(where, b64(sha256(b"\0" + key).digest()))


@pytest.mark.parametrize(
    "change",
    [
        {"size": -1},
        {"size": 2**20 + 1},
        {"leaves": [[0, "actual", "A", _alarm(1), 0]]},
        {"leaves": [[0, "actual", "A\0B", _alarm(1), 1]]},
        {"leaves": [[0, "real", "A", _alarm(1), 1]]},
        {"leaves": [[0, "actual", "A", "x", 1]]},
        {"leaves": [[2, "actual", "A", _alarm(1), 1]]},
        {"leaves": [[1, "actual", "A", _alarm(1), 1], [0, "actual", "B", _alarm(1), 1]]},
        {"hashes": ["AAAA"]},
        {"more": 1},
    ],
)
def test_a_proof_that_is_not_in_form_is_no_proof(change: dict[str, Any]) -> None:
    sent = {"size": 2, "leaves": [], "hashes": []} | change
    assert _received(sent) is None


def test_a_signed_tree_that_is_not_sorted_proves_nothing() -> None:
    told = [[0, "actual", "B", _alarm(1), 1], [1, "actual", "A", _alarm(1), 1]]
    first, second = (sha256(b"\0" + "\0".join(map(str, leaf[1:])).encode()).digest() for leaf in told)
    received = _received({"size": 2, "leaves": told, "hashes": []})
    assert received is not None
    assert isinstance(proven_leaves(received, sha256(b"\1" + first + second).digest(), {"C"}), Unproven)


def test_a_hash_that_nothing_asks_for_is_no_part_of_a_proof() -> None:
    tree = BoardTree([("actual", "A", _alarm(1), 1)])
    sent = _sent(tree.prove({"A"}))
    sent["hashes"].append(b64(bytes(32)))
    received = _received(sent)
    assert received is not None
    assert isinstance(proven_leaves(received, tree.root, {"A"}), Unproven)


def test_a_proof_of_one_region_among_many_is_small() -> None:
    leaves = [("actual", f"UA{number:05}", _alarm(1), 1) for number in range(4096)]
    proof = BoardTree(leaves).prove({"UA02000"})
    assert len(proof.leaves) <= 8
    assert len(proof.hashes) <= 3 * 12
    assert proven_leaves(proof, board_root(leaves), {"UA02000"}) == frozenset({leaves[2000]})
