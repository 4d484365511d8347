"""The board hash: a Merkle root over what has not ended, and proofs of what it holds for some regions.

``spec/notice.md``, "Board hash" (tree of RFC 6962, 2.1), and ``spec/witness.md``, "region". Leaves are sorted, so those
of one status and region stand together: with their neighbours told, none of them can be left out unseen. Which codes
lie above and below a region is the caller's knowledge; whether the root is signed, too.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import pairwise

import msgspec

from .documents import require, require_integer, require_match
from .notice import VERSION_MAX
from .words import HASH, ID, REGION_CODE, Status, b64, from_b64

Leaf = tuple[str, str, str, int]

# Every region of a country in some hundred alarms at once: beyond what any board holds.
LEAVES_MAX = 2**20


class RangeProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some leaves (index, status, region, alarm, version), and the roots of the subtrees that hold none of them.

    ``size`` is the number of all leaves; ``hashes`` are base64url, from left to right.
    """

    size: int
    leaves: tuple[tuple[int, Status, str, str, int], ...]
    hashes: tuple[str, ...]

    def __post_init__(self) -> None:
        require_integer(self.size, "size", 0, LEAVES_MAX)
        for index, _, region, alarm, version in self.leaves:
            require_integer(index, "index of a leaf", 0, self.size - 1)
            require_match(REGION_CODE, region, "region of a leaf")
            require_match(ID, alarm, "alarm of a leaf")
            require_integer(version, "version of a leaf", 1, VERSION_MAX)
        indexes = [leaf[0] for leaf in self.leaves]
        require(indexes == sorted(set(indexes)), "leaves are not sorted by index, or repeat")
        for one in self.hashes:
            require_match(HASH, one, "hash of a subtree")


@dataclass(frozen=True, slots=True)
class Unproven:
    """The proof does not show that nothing is left out; the message says where it fails."""

    message: str


class BoardTree:
    """The tree over the leaves of a board, for many proofs."""

    def __init__(self, leaves: Iterable[Leaf]) -> None:
        self._leaves = sorted((_leaf_bytes(leaf), leaf) for leaf in leaves)
        self._keys = [key for key, _ in self._leaves]
        self._hash = cache(self._hashed)

    @property
    def root(self) -> bytes:
        """The board hash, 32 bytes."""
        return self._hash(0, len(self._keys)) if self._keys else sha256(b"").digest()

    def prove(self, codes: Collection[str]) -> RangeProof:
        """Return the proof of all leaves whose region is one of *codes*, in every status."""
        told = sorted({index for code in codes for status in Status for index in self._around(status, code)})
        return RangeProof(
            size=len(self._keys),
            leaves=tuple(self._told(index) for index in told),
            hashes=tuple(map(b64, self._untold(0, len(self._keys), told))) if self._keys else (),
        )

    def _told(self, index: int) -> tuple[int, Status, str, str, int]:
        status, region, alarm, version = self._leaves[index][1]
        return index, Status(status), region, alarm, version

    def _around(self, status: Status, code: str) -> range:
        """Return the indexes of the leaves of *code* and of their neighbours."""
        first, after = _extent(self._keys, status, code)
        return range(max(first - 1, 0), min(after + 1, len(self._keys)))

    def _untold(self, low: int, high: int, told: list[int]) -> Iterator[bytes]:
        at = bisect_left(told, low)
        if at == len(told) or told[at] >= high:
            yield self._hash(low, high)
        elif high - low > 1:
            middle = low + _split(high - low)
            yield from self._untold(low, middle, told)
            yield from self._untold(middle, high, told)

    def _hashed(self, low: int, high: int) -> bytes:
        if high - low == 1:
            return _leaf_hash(self._keys[low])
        middle = low + _split(high - low)
        return _node_hash(self._hash(low, middle), self._hash(middle, high))


def board_root(leaves: Iterable[Leaf]) -> bytes:
    """Return the root (32 bytes) over (status, region, alarm, version), in any order."""
    return BoardTree(leaves).root


def proven_leaves(proof: RangeProof, root: bytes, codes: Collection[str]) -> frozenset[Leaf] | Unproven:
    """Return all leaves under *root* (32 bytes, signed elsewhere) whose region is one of *codes*, in every status.

    ``Unproven`` if the proof belongs to another root, or if of any of *codes* a leaf could be left out.
    """
    keys = [_leaf_bytes((status, region, alarm, version)) for _, status, region, alarm, version in proof.leaves]
    if any(one >= other for one, other in pairwise(keys)):
        return Unproven("the leaves told do not rise by their bytes")
    indexes = [leaf[0] for leaf in proof.leaves]
    if _root_of(proof, indexes, keys) != root:
        return Unproven("the proof does not lead to the board hash")
    for code in codes:
        for status in Status:
            first, after = _extent(keys, status, code)
            before = indexes[first - 1] if first > 0 else -1
            behind = indexes[after] if after < len(indexes) else proof.size
            if behind - before != after - first + 1:
                return Unproven(f"of region {code} in status {status} an alarm could be left out")
    wanted = frozenset(codes)
    return frozenset(
        (str(status), region, alarm, version) for _, status, region, alarm, version in proof.leaves if region in wanted
    )


def _root_of(proof: RangeProof, indexes: list[int], keys: list[bytes]) -> bytes | None:
    """Return the root that *proof* leads to; None if it has a hash too few or too many."""
    if proof.size == 0:
        return None if proof.hashes else sha256(b"").digest()
    hashes = iter(map(from_b64, proof.hashes))

    def root(low: int, high: int) -> bytes:
        at = bisect_left(indexes, low)
        if at == len(indexes) or indexes[at] >= high:
            return next(hashes)
        if high - low == 1:
            return _leaf_hash(keys[at])
        middle = low + _split(high - low)
        left = root(low, middle)
        return _node_hash(left, root(middle, high))

    try:
        found = root(0, proof.size)
    except StopIteration:
        return None
    return found if next(hashes, None) is None else None


def _extent(keys: list[bytes], status: Status, code: str) -> tuple[int, int]:
    """Return where the keys of *code* begin, and where those behind it do."""
    prefix = f"{status}\0{code}".encode()
    return bisect_left(keys, prefix + b"\0"), bisect_left(keys, prefix + b"\1")


def _leaf_bytes(leaf: Leaf) -> bytes:
    return "\0".join(map(str, leaf)).encode()


def _leaf_hash(key: bytes) -> bytes:
    return sha256(b"\0" + key).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def _split(size: int) -> int:
    """Return the largest power of two below *size*."""
    return 1 << (size - 1).bit_length() - 1
