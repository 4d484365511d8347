"""How often somebody may order: counted from the journal, so that no restart and no second console forgets it.

Counted is by key, and who holds it is asked of the roster of the moment. Exercises and real alerts are counted apart.
What a source drafts is no notice yet: that is counted in memory.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from tocsin.notice import Domain, EntryType, Envelope, Holder, Magic, Roster, decode_notice
from tocsin.ports.journal import Entry, Journal

COUNTED_MS = 3_600_000
_READ_AT_ONCE_ENTRIES = 500


@dataclass(slots=True)
class Ceilings:
    """The notices of the last hour: when each was recorded, under which root, and the ids of the keys that signed."""

    _recent: deque[tuple[int, Domain, frozenset[str]]] = field(default_factory=deque)
    _drafted: deque[tuple[int, Domain, str]] = field(default_factory=deque)

    @classmethod
    def read(cls, journal: Journal, now_ms: int) -> "Ceilings":
        """Return the count as the *journal* has it at *now_ms*."""
        ceilings = cls()
        for entry in reversed(list(_newest(journal, now_ms - COUNTED_MS))):
            ceilings.count(entry)
        return ceilings

    def count(self, entry: Entry) -> None:
        """Count a notice that was appended."""
        envelope = Envelope.unpack(entry.body, Magic.NOTICE)
        keys = frozenset(one.key.hex() for one in envelope.signatures)
        self._recent.append((entry.recorded_ms, Domain.of(decode_notice(envelope.document).status), keys))

    def ordered(self, holder: Holder, roster: Roster, now_ms: int) -> int:
        """Return how many notices of the last hour under *roster*'s root have a signature of *holder*."""
        while self._recent and self._recent[0][0] <= now_ms - COUNTED_MS:
            self._recent.popleft()
        keys = {key.id for key in roster.keys if key.holder == holder.id}
        return sum(domain is roster.domain and not keys.isdisjoint(signed) for _, domain, signed in self._recent)

    def count_draft(self, holder: Holder, domain: Domain, now_ms: int) -> None:
        """Count a draft that *holder* made."""
        self._drafted.append((now_ms, domain, holder.id))

    def drafted(self, holder: Holder, domain: Domain, now_ms: int) -> int:
        """Return how many drafts of the last hour *holder* made under the root of *domain*."""
        while self._drafted and self._drafted[0][0] <= now_ms - COUNTED_MS:
            self._drafted.popleft()
        return sum((of, id) == (domain, holder.id) for _, of, id in self._drafted)


def _newest(journal: Journal, since_ms: int) -> Iterator[Entry]:
    """Yield the notices recorded after *since_ms*, newest first."""
    upto = journal.head.position.sequence
    while upto > 0:
        after = max(0, upto - _READ_AT_ONCE_ENTRIES)
        for entry in reversed(journal.entries(after, upto - after)):
            if entry.recorded_ms <= since_ms:
                return
            if entry.type is EntryType.NOTICE:
                yield entry
        upto = after
