"""The board hash: a Merkle root over what has not ended (``spec/notice.md``, "Board hash"; tree of RFC 6962, 2.1)."""

from collections.abc import Iterable
from hashlib import sha256

Leaf = tuple[str, str, str, int]


def board_root(leaves: Iterable[Leaf]) -> bytes:
    """Return the root (32 bytes) over (status, region, alarm, version), in any order."""
    return _root([sha256(b"\0" + leaf).digest() for leaf in sorted(map(_leaf_bytes, leaves))])


def _leaf_bytes(leaf: Leaf) -> bytes:
    return "\0".join(map(str, leaf)).encode()


def _root(hashes: list[bytes]) -> bytes:
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\1" + _root(hashes[:split]) + _root(hashes[split:])).digest()
