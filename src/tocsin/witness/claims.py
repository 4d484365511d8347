"""Claims: signed statements that some entry has some hash, held against the record as it grows.

A claim about what the record has not reached yet waits: the two ways on which things come are not equally fast. Moments
are seconds of a clock that only rises.
"""

from dataclasses import dataclass

from tocsin.notice import Position

from .findings import Finding, Standing, Verdict
from .record import Record

# How much later one way may show what another has shown: polls and heartbeats lie seconds apart.
GRACE_S = 5.0
# Nobody who is honest has more to say about the future at a time.
WAITING_MAX = 64


@dataclass(frozen=True, slots=True)
class Claim:
    """What was signed: the hash of an entry, and of the board there. *evidence* is the statement as it came."""

    where: str
    position: Position
    chain: bytes
    board: bytes
    evidence: str
    at: float


class Claims:
    """The claims of all ways to one server."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._waiting: list[Claim] = []

    def make(self, claim: Claim, record: Record, own: str, now: float) -> None:
        """Hold *claim* against *record*, whose own newest statement is *own*; now or when it has come so far."""
        self._waiting = [*self._waiting, claim][-WAITING_MAX:]
        self.check(record, own, now)

    def check(self, record: Record, own: str, now: float) -> None:
        """Hold what waits against what *record* has become."""
        self._waiting = [claim for claim in self._waiting if not self._is_settled(claim, record, own, now)]

    def forget(self) -> None:
        """Let go of what waits: the log goes on in another epoch."""
        self._waiting = []

    def _is_settled(self, claim: Claim, record: Record, own: str, now: float) -> bool:
        is_late = now - claim.at > GRACE_S
        evidence = (own, claim.evidence)
        if claim.position.epoch != record.epoch:
            if is_late:
                message = f"it is at {claim.position}, and the log in epoch {record.epoch}: two histories at once"
                self._standing.found(Finding(Verdict.FORK, claim.where, message, claim.position.sequence, evidence))
            return is_late
        if claim.position.sequence > record.sequence:
            if is_late:
                message = f"the log ends at {record.position}, and elsewhere {claim.position} was shown"
                self._standing.found(
                    Finding(Verdict.WITHHELD, record.where, message, claim.position.sequence, evidence)
                )
            return is_late
        self._compare(claim, record, evidence)
        return True

    def _compare(self, claim: Claim, record: Record, evidence: tuple[str, str]) -> None:
        sequence = claim.position.sequence
        chain, board = record.chain_at(sequence), record.board_at(sequence)
        if chain is not None and chain != claim.chain:
            message = f"entry {sequence} has two hashes in epoch {record.epoch}"
            self._standing.found(Finding(Verdict.FORK, claim.where, message, sequence, evidence))
        elif board is not None and board.root() != claim.board:
            message = f"the board hash signed at {claim.position} is not the fold of the log"
            self._standing.found(Finding(Verdict.BOARD, claim.where, message, sequence, evidence))
        else:
            self._standing.over(Verdict.WITHHELD, record.where, range(sequence + 1))
