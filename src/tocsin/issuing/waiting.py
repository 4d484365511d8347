"""Drafts that wait: unsigned ones in memory, signed ones in the records as well, until they are issued or lapse.

A signed draft is all its bytes. Any change makes another draft, and no signature is carried over to it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import msgspec

from tocsin.notice import Domain, Signature, Status, decode_notice
from tocsin.ports.records import SignedBy, SubmittedDraft, SubmittedPart

from .drafting import Draft, Part
from .orders import Order

# How long a frozen notice may wait for its next person: its times are fixed, and a stale warning helps nobody.
DRAFT_LAPSES_S = 600
DRAFTS_MAX = 1_000  # frozen drafts waiting for a signature; more is a fault of the caller
DRAFTS_OF_ONE_MAX = 500  # so that one stolen key keeps nobody else's orders out


@dataclass(frozen=True, slots=True)
class Handed:
    """A signature as it was handed in, for the part with that notice id."""

    notice: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft, who drafted it (id of a holder), the signatures of each part so far, and who signed.

    ``lapses_at`` is Unix seconds. ``is_submitted``: somebody handed it in for others to sign.
    """

    draft: Draft
    by: str
    lapses_at: int
    signatures: tuple[tuple[Signature, ...], ...]
    signed_by: tuple[SignedBy, ...] = ()
    is_submitted: bool = False

    @property
    def id(self) -> str:
        return self.draft.order.id

    @property
    def domain(self) -> Domain:
        return Domain.of(self.draft.order.status)

    def has(self, handed: Iterable[Handed]) -> bool:
        """Whether all of *handed* is known: somebody asks again after an answer was lost."""
        known = {
            (part.notice.id, one) for part, own in zip(self.draft.parts, self.signatures, strict=True) for one in own
        }
        return all((one.notice, one.signature) in known for one in handed) and bool(known)

    def submitted(self, now: int) -> "Waiting":
        """Return it as handed in at *now* (Unix seconds). What was handed in before waits no longer for it."""
        return self if self.is_submitted else replace(self, is_submitted=True, lapses_at=now + DRAFT_LAPSES_S)

    def stored(self) -> SubmittedDraft:
        """Return what the records keep of it."""
        pairs = zip(self.draft.parts, self.signatures, strict=True)
        return SubmittedDraft(
            id=self.id,
            by=self.by,
            order=msgspec.json.encode(self.draft.order),
            parts=tuple(SubmittedPart(part.document, part.cap, signed) for part, signed in pairs),
            signed_by=self.signed_by,
            lapses_at=self.lapses_at,
            regions_ended=self.draft.regions_ended,
            warnings=self.draft.warnings,
        )

    @classmethod
    def restored(cls, stored: SubmittedDraft) -> "Waiting":
        """Return what the records kept. The signatures are checked by whoever uses them."""
        parts = tuple(Part(decode_notice(one.document), one.document, one.cap) for one in stored.parts)
        order = msgspec.json.decode(stored.order, type=Order)
        draft = Draft(order, parts, stored.regions_ended, stored.warnings)
        signatures = tuple(one.signatures for one in stored.parts)
        return cls(draft, stored.by, stored.lapses_at, signatures, stored.signed_by, is_submitted=True)


@dataclass(slots=True)
class WaitingDrafts:
    """All that waits, by id."""

    _waiting: dict[str, Waiting] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(list(self._waiting.values()))

    def find(self, id: str) -> Waiting | None:
        return self._waiting.get(id)

    def put(self, waiting: Waiting) -> None:
        """Keep *waiting* in place of what had its id."""
        self._waiting[waiting.id] = waiting

    def begin(self, draft: Draft, by: str, now: int) -> Waiting:
        """Keep a new *draft*, in place of one of the same id and its signatures."""
        waiting = Waiting(draft, by, now + DRAFT_LAPSES_S, ((),) * len(draft.parts))
        self.put(waiting)
        return waiting

    def drop(self, id: str) -> Waiting | None:
        return self._waiting.pop(id, None)

    def drop_lapsed(self, now: int) -> list[Waiting]:
        """Let go of all that lapsed by *now* and return it."""
        lapsed = [id for id, one in self._waiting.items() if one.lapses_at <= now]
        return [self._waiting.pop(id) for id in lapsed]

    def has_room(self, id: str, status: Status, by: str) -> bool:
        """Whether a draft of that *id* can be kept. Exercises keep no real order out, and the same again no other."""
        alike = [one for one in self if one.domain is Domain.of(status)]
        theirs = sum(one.by == by for one in alike)
        return id in self._waiting or (len(alike) < DRAFTS_MAX and theirs < DRAFTS_OF_ONE_MAX)
