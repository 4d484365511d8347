"""Checkpoints: signed statements from which a start may begin, so that a long journal need not be walked first.

A checkpoint names an entry, its hash, the board hash there, and the entries that the board stands on. Loading checks
the signature and the board hash; entries since are walked. Canonical JSON, as everything signed.
"""

from collections.abc import Callable

from tocsin.alarms import Board, fold
from tocsin.alarms.board import Alarm, BoardError
from tocsin.alarms.life import State
from tocsin.notice import (
    DocumentError,
    EntryType,
    Envelope,
    FramingError,
    Kind,
    Magic,
    Notice,
    Roster,
    SigningKey,
    b64,
    decode,
    decode_notice,
    encode,
    from_b64,
    is_signed_by,
)
from tocsin.notice.documents import SignedDocument
from tocsin.notice.statement import NOT_AUDITED, Audited
from tocsin.ports.journal import Broken, Checkpoint, Entry, Head, Journal

# A start walks at most this many entries before it serves: some 20 ms.
CHECKPOINT_EVERY_ENTRIES = 1_000
_READ_AT_ONCE_ENTRIES = 1_000
_TAG = b"tocsin-checkpoint-v1\0"


class Statement(SignedDocument, frozen=True, forbid_unknown_fields=True):
    """What a checkpoint says. *standing* and *ended*: sequences of the newest notice of each alarm on the board.

    *audited* and *audit*: how many entries the private audit journal had then, and the hash of the last.
    """

    checkpoint: int
    position: str
    chain: str
    board: str
    standing: tuple[int, ...]
    ended: tuple[int, ...]
    audited: int
    audit: str


def state(head: Head, board: Board, audited: Audited, key: SigningKey) -> Checkpoint:
    """Return the signed checkpoint of *board* at *head*; it names the head of the audit journal as well."""
    document = encode(
        Statement(
            checkpoint=1,
            position=str(head.position),
            chain=b64(head.chain),
            board=b64(board.root()),
            standing=tuple(alarm.sequence for alarm in board.alarms.values()),
            ended=tuple(alarm.sequence for alarm in board.ended.values()),
            audited=audited.entries,
            audit=b64(audited.hash),
        )
    )
    return Checkpoint(head.position.sequence, document, key.id, key.sign(_TAG, document))


def audited(journal: Journal, public: bytes) -> Audited:
    """Return the head of the audit journal that the newest checkpoint names; nothing audited if there is none."""
    checkpoint = journal.newest_checkpoint()
    if checkpoint is None or not is_signed_by(public, _TAG, checkpoint.document, checkpoint.signature):
        return NOT_AUDITED
    try:
        statement = decode(checkpoint.document, Statement)
        return Audited(statement.audited, from_b64(statement.audit))
    except (DocumentError, ValueError):
        return NOT_AUDITED


def load(journal: Journal, public: bytes) -> tuple[Board, int] | Broken:
    """Return the board at the journal's head and the sequence of the checkpoint it began from (0: from the start).

    The entries since that checkpoint are verified. A checkpoint that does not hold is passed over for the whole walk.
    """
    board, begun = _begun(journal, public)
    result = journal.verify(after=begun)
    if isinstance(result, Broken):
        return result
    board_now = _folded(journal, board, begun)
    return board_now if isinstance(board_now, Broken) else (board_now, begun)


def _begun(journal: Journal, public: bytes) -> tuple[Board, int]:
    checkpoint = journal.newest_checkpoint()
    if checkpoint is None or not is_signed_by(public, _TAG, checkpoint.document, checkpoint.signature):
        return Board(), 0
    try:
        statement = decode(checkpoint.document, Statement)
        read = _reader(journal)
        entry = read(checkpoint.sequence)
        board = Board(
            {one.notice.alarm: one for one in map(_standing, map(read, statement.standing))},
            {one.notice.alarm: one for one in map(_standing, map(read, statement.ended))},
        )
    except (DocumentError, FramingError, LookupError):
        return Board(), 0
    holds = b64(entry.hash) == statement.chain and b64(board.root()) == statement.board
    return (board, checkpoint.sequence) if holds else (Board(), 0)


def _reader(journal: Journal) -> Callable[[int], Entry]:
    def read(sequence: int) -> Entry:
        for entry in journal.entries(sequence - 1, 1):
            if entry.sequence == sequence:
                return entry
        raise LookupError(f"there is no entry {sequence}")

    return read


def _standing(entry: Entry) -> Alarm:
    notice = notice_of(entry)
    states = {Kind.DISPUTED: State.DISPUTED, Kind.ALL_CLEAR: State.ENDED_CLEAR, Kind.FALSE_ALARM: State.ENDED_FALSE}
    return Alarm(notice, entry.sequence, states.get(notice.kind, State.IN_FORCE))


def _folded(journal: Journal, board: Board, after: int) -> Board | Broken:
    while entries := journal.entries(after, _READ_AT_ONCE_ENTRIES):
        for entry in entries:
            if entry.type is EntryType.NOTICE:
                try:
                    board = fold(board, entry.sequence, notice_of(entry))
                except BoardError as why:
                    return Broken(entry.sequence, str(why))
        after = entries[-1].sequence
    return board


def notice_of(entry: Entry) -> Notice:
    """Return the notice in an entry. Raises ``DocumentError`` or ``FramingError`` if the entry is damaged."""
    return decode_notice(Envelope.unpack(entry.body, Magic.NOTICE).document)


def roster_of(entry: Entry) -> Roster:
    """Return the roster in an entry, with the same errors."""
    return decode(Envelope.unpack(entry.body, Magic.ROSTER).document, Roster)
