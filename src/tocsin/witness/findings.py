"""What a witness finds, as data. ``spec/witness.md``, "What a witness reports", says what each verdict means."""

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """Why a witness does not agree."""

    WITHHELD = "withheld"
    ALTERED = "altered"
    FORK = "fork"
    ROLLED_BACK = "rolled_back"
    RESTORED = "restored"
    BROKEN = "broken"
    FORGED = "forged"
    BOARD = "board"
    SILENCE = "silence"
    UNREACHABLE = "unreachable"


# What was signed and contradicts itself, or cannot stand: nothing later makes it good.
LASTING = frozenset({Verdict.FORK, Verdict.FORGED, Verdict.BOARD})
# While one of these stands, nothing of that log is cosigned.
GRAVE = LASTING | {Verdict.ROLLED_BACK, Verdict.BROKEN}
# What is said once and stands no longer: the log goes on under another name.
PASSING = frozenset({Verdict.RESTORED})

# A way that drops everything must not fill the memory; what is grave is never forgotten.
STANDING_MAX = 1_000


class Finding(msgspec.Struct, frozen=True):
    """One thing that does not agree. *where* is the way on which it was seen, *sequence* the entry that it is about.

    *evidence*: what was signed or served, as it came; two of them contradict each other.
    """

    verdict: Verdict
    where: str
    message: str
    sequence: int = 0
    evidence: tuple[str, ...] = ()

    @property
    def subject(self) -> tuple[Verdict, str, int]:
        """What makes it the same finding as one before: two histories differ in every entry from one on."""
        return self.verdict, self.where, 0 if self.verdict in (Verdict.FORK, Verdict.BOARD) else self.sequence


@dataclass(frozen=True, slots=True)
class Found:
    """Something new that does not agree."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class Over:
    """What did not agree does so again."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class Seen:
    """The log is verified up to here, and cosigned unless something grave stands."""

    position: str
    cosigned: bool


Report = Found | Over | Seen


class Standing:
    """The findings that stand, and the reports that nobody has read yet."""

    def __init__(self, findings: tuple[Finding, ...] = ()) -> None:
        self._findings = {one.subject: one for one in findings}
        self._reports: list[Report] = []

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(self._findings.values())

    @property
    def lasting(self) -> tuple[Finding, ...]:
        return tuple(one for one in self._findings.values() if one.verdict in LASTING)

    @property
    def grave(self) -> bool:
        return any(verdict in GRAVE for verdict, _, _ in self._findings)

    def found(self, finding: Finding) -> None:
        """Take *finding*; the same one is reported once."""
        if finding.subject in self._findings:
            return
        if finding.verdict not in PASSING:
            self._findings[finding.subject] = finding
            self._make_room()
        self._reports.append(Found(finding))

    def _make_room(self) -> None:
        passable = [subject for subject, one in self._findings.items() if one.verdict not in GRAVE]
        for subject in passable[:-STANDING_MAX]:
            del self._findings[subject]

    def over(self, verdict: Verdict, where: str, about: Container[int] | None = None) -> None:
        """Let go of findings of *verdict* at *where*; with *about* only those about these sequences."""
        for subject, finding in list(self._findings.items()):
            if subject[:2] == (verdict, where) and (about is None or finding.sequence in about):
                del self._findings[subject]
                self._reports.append(Over(finding))

    def say(self, report: Report) -> None:
        self._reports.append(report)

    def drain(self) -> list[Report]:
        """Return what happened since the last time."""
        reports, self._reports = self._reports, []
        return reports
