"""The part of a stream that touches some regions: what is told there, and the proof that it is all there is.

``spec/witness.md``, "region". For machines: a citizen's device hears everything and keeps its places to itself. What
is told is ``feed``'s, picked here.
"""

from dataclasses import dataclass

from tocsin.alarms import Alarm
from tocsin.areas import Atlas
from tocsin.notice import Position
from tocsin.notice.merkle import BoardTree, RangeProof

from . import frames
from .feed import Feed

# A siren hears its place and those around it; whoever wants a whole country hears everything.
REGIONS_MAX = 16


@dataclass(frozen=True, slots=True)
class RegionUnknown:
    """What was asked for is no region of the atlas, or too much."""

    why: str


@dataclass(frozen=True, slots=True)
class Places:
    """Some regions of an atlas, with all that lie above and below them."""

    concerned: frozenset[str]

    @classmethod
    def read(cls, atlas: Atlas, known: frozenset[str], codes: list[str]) -> "Places | RegionUnknown":
        """Return the places that *codes* name in *atlas*, whose codes are *known*."""
        if len(codes) > REGIONS_MAX:
            return RegionUnknown(f"{len(codes)} regions are asked for; a stream is about {REGIONS_MAX} at most")
        if not known.issuperset(codes):
            return RegionUnknown("a region is not a code of the atlas; GET /v1/regions lists them")
        return cls(frozenset(one for code in codes for one in (*atlas.lineage(code), *atlas.descendants(code))))


class Part:
    """The stream's content for some places. It has the face of a ``Feed``."""

    def __init__(self, feed: Feed, places: Places) -> None:
        self._feed, self._places = feed, places
        self._snapshot: tuple[Position, int, bytes] | None = None
        self._proof: tuple[BoardTree, RangeProof] | None = None

    def touches(self, regions: frozenset[str] | None) -> bool:
        """Whether what is about *regions* is told here; None: it is for everybody.

        What is about a region that the atlas lacks is told everywhere: nobody can say where it lies.
        """
        return regions is None or any(
            code in self._places.concerned or code not in self._feed.codes for code in regions
        )

    def since(self, text: str) -> list[bytes]:
        missed = self._feed.missed(text)
        if missed is None:
            return [self.snapshot()]
        return [self._feed.told(one) for one in missed if self.touches(self._feed.touched_at(one))]

    def snapshot(self) -> bytes:
        at = self._feed.position, self._feed.minute
        if not self._snapshot or self._snapshot[:2] != at:
            self._snapshot = *at, self._feed.snapshot_of(self._is_wanted)
        return self._snapshot[2]

    def heartbeat(self, nonce: str = "") -> bytes:
        """Return a heartbeat event of this moment with the proof for these places."""
        return frames.proven_heartbeat(self._feed.signed_beat(nonce), self._feed.atlas.hash, self._proven())

    def beat(self) -> bytes:
        return self.heartbeat()

    def _proven(self) -> RangeProof:
        tree = self._feed.tree
        if self._proof is None or self._proof[0] is not tree:
            self._proof = tree, tree.prove(self._places.concerned)
        return self._proof[1]

    def _is_wanted(self, alarm: Alarm) -> bool:
        return self.touches(frozenset(alarm.notice.regions))
