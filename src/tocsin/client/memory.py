"""What a device remembers of trust from one start to the next, so that no server can take it back in time.

Kept are the envelopes themselves, never a conclusion: they are verified again against the pinned roots at each start,
and a file that somebody changed is worth nothing.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from tocsin.notice import Domain


@dataclass(frozen=True, slots=True)
class Learned:
    """Rosters (base64url) that lead from the pinned roots to the newest one, and the newest revocation lists."""

    rosters: dict[Domain, tuple[str, ...]] = field(default_factory=dict)
    revocations: dict[Domain, str] = field(default_factory=dict)

    def with_roster(self, domain: Domain, roster: str, *, on_the_way: tuple[str, ...]) -> "Learned":
        """Return it with *roster* as the newest of *domain*, after those *on_the_way* that changed the root."""
        lists = {one: text for one, text in self.revocations.items() if one is not domain}
        return Learned({**self.rosters, domain: (*on_the_way, roster)}, lists)

    def with_revocation(self, domain: Domain, revocation: str) -> "Learned":
        return replace(self, revocations={**self.revocations, domain: revocation})

    def all_rosters(self) -> list[str]:
        return [one for domain in sorted(self.rosters) for one in self.rosters[domain]]


class _Content(msgspec.Struct, frozen=True):
    rosters: dict[Domain, tuple[str, ...]]
    revocations: dict[Domain, str]


@dataclass(frozen=True, slots=True)
class Memory:
    """A file that keeps what was learned."""

    file: Path

    def load(self) -> Learned:
        """Return what was kept; nothing if there is no file, or none that can be read."""
        try:
            content = msgspec.json.decode(self.file.read_bytes(), type=_Content)
        except (OSError, msgspec.MsgspecError):
            return Learned()
        return Learned(content.rosters, content.revocations)

    def save(self, learned: Learned) -> None:
        """Keep *learned*, whole or not at all. Raises ``OSError``."""
        unfinished = self.file.with_suffix(".new")
        unfinished.write_bytes(msgspec.json.encode(_Content(learned.rosters, learned.revocations)))
        unfinished.replace(self.file)
