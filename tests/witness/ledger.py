"""A log that a test writes itself, and what its server signs. All of it says TEST DATA."""

from hashlib import sha256

from tests.client import authority
from tocsin.alarms import Board, fold
from tocsin.live import frames
from tocsin.notice import (
    GENESIS,
    Domain,
    EntryType,
    EpochStart,
    Heartbeat,
    Magic,
    Notice,
    Position,
    RevocationVersions,
    Roots,
    RosterVersions,
    SigningKey,
    Status,
    b64,
    encode,
    entry_hash,
    seal,
)
from tocsin.notice.signed_note import SignedNote
from tocsin.notice.statement import NOT_AUDITED, Audited, Statement
from tocsin.ports.journal import Entry
from tocsin.witness.record import LogEntry

AT_MS = authority.NOW * 1000


class Ledger:
    """Entries and the board they make. ``copy`` it to have two histories."""

    def __init__(self, epoch: str = authority.EPOCH) -> None:
        self.epoch, self.chain = epoch, GENESIS
        self.entries: list[LogEntry] = []
        self.bodies: list[tuple[EntryType, bytes]] = []
        self.board = Board()
        self.begin(epoch)
        for domain in Domain:
            self.add(EntryType.ROSTER, authority.roster(domain))

    def begin(self, epoch: str) -> None:
        self.epoch = epoch
        roots = Roots(*(b64(authority.ROOTS[domain].public) for domain in Domain))
        self.add(EntryType.EPOCH, encode(EpochStart(epoch, authority.NAME, roots)))

    def add(self, type: EntryType, body: bytes) -> None:
        sequence = len(self.entries) + 1
        self.chain = entry_hash(self.chain, sequence, AT_MS + sequence, type, body)
        self.entries.append(LogEntry(sequence, AT_MS + sequence, type, b64(body)))
        self.bodies.append((type, body))

    def tell(self, notice: Notice) -> None:
        self.add(EntryType.NOTICE, authority.signed(notice))
        self.board = fold(self.board, len(self.entries), notice)

    def copy(self) -> "Ledger":
        other = Ledger.__new__(Ledger)
        other.epoch, other.chain, other.board = self.epoch, self.chain, self.board
        other.entries, other.bodies = list(self.entries), list(self.bodies)
        return other

    @property
    def position(self) -> Position:
        return Position(self.epoch, len(self.entries))

    def note(
        self,
        after_s: float,
        by: SigningKey = authority.HEART,
        board: Board | None = None,
        audited: Audited = NOT_AUDITED,
    ) -> SignedNote:
        """Return the checkpoint of now, *after_s* seconds after the beginning."""
        root = (board or self.board).root()
        statement = Statement(authority.NAME, self.position, self.chain, audited, root, AT_MS + int(after_s * 1000))
        return SignedNote.read(statement.signed(by).write())

    def heartbeat(self, after_s: float, nonce: str = "") -> bytes:
        """Return the frame of a heartbeat of now."""
        time_ms = AT_MS + int(after_s * 1000)
        beat = Heartbeat(
            2, authority.NAME, time_ms, time_ms + 15_000, str(self.position), b64(self.chain), b64(self.board.root()),
            RosterVersions(1, 1), RevocationVersions(0, 0), nonce,
        )  # fmt: skip
        return frames.heartbeat(seal(authority.HEART, Magic.HEARTBEAT, beat).pack())

    def frame(self, sequence: int, status: Status = Status.ACTUAL) -> bytes:
        """Return the frame that tells of an entry."""
        type, body = self.bodies[sequence - 1]
        entry = Entry(sequence, 0, type, body, sha256(body).digest())
        return frames.told(entry, status if type is EntryType.NOTICE else None, Position(self.epoch, sequence))

    def snapshot(self) -> bytes:
        """Return the frame of a snapshot of what is in force."""
        held = [(one.notice.status, self.bodies[one.sequence - 1][1]) for one in self.board.alarms.values()]
        alarms = {status: [body for of, body in held if of is status] for status in Status}
        return frames.snapshot(self.position, [], [], alarms)
