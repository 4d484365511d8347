"""What is wrong with a message, said so that its author can mend it.

A ``Finding`` is one broken rule at one place; a ``CapError`` carries all that were found. What counts as broken is
decided in ``document`` (the XML around it), ``structure`` (the form of the standard) and ``rules`` (its text).
"""

from dataclasses import dataclass

from tocsin.cap.catalogue import CATALOGUE, Grade, Layer

# A report that long is read by nobody; a hostile document could otherwise make it as long as itself.
FINDINGS_MAX = 100

# Enough to recognise a value in a report, too little to fill a log.
FOUND_CHARACTERS_MAX = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One broken rule.

    ``code`` is stable and stands in the ``catalogue`` with its grade and clause. ``path`` counts repeated elements from
    one (``alert/info[2]/event``), ``line`` is the line of the document or ``None`` where no document is at hand,
    ``remedy`` says what would be right.
    """

    code: str
    path: str
    rule: str
    remedy: str
    found: str = ""
    line: int | None = None

    @property
    def grade(self) -> Grade:
        return CATALOGUE[self.code].grade

    @property
    def layer(self) -> Layer:
        return CATALOGUE[self.code].layer

    @property
    def clause(self) -> str:
        return CATALOGUE[self.code].clause

    def __str__(self) -> str:
        place = self.path if self.line is None else f"line {self.line}, {self.path}"
        found = f" Found: {self.found!r}." if self.found else ""
        return f"{self.code}: {place}: {self.rule}{found} {self.remedy}"


class CapError(ValueError):
    """The message cannot be read or written; ``findings`` holds at least one reason, the first one leads."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings[:FINDINGS_MAX]
        lines = [str(finding) for finding in self.findings]
        if len(findings) > FINDINGS_MAX:
            lines.append(f"These are the first {FINDINGS_MAX} faults; there are more.")
        super().__init__("\n".join(lines))

    @property
    def code(self) -> str:
        return self.findings[0].code


def excerpt(text: str) -> str:
    """Return *text* short enough for a report, its white space made single blanks."""
    flat = " ".join(text[: 4 * FOUND_CHARACTERS_MAX].split())
    return flat if len(flat) <= FOUND_CHARACTERS_MAX else flat[: FOUND_CHARACTERS_MAX - 1] + "…"
