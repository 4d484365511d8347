"""The journal as anybody may follow it: a signed checkpoint of its head, and its entries (``spec/witness.md``).

What is shown ends at the desk's head: an entry that is being appended is nobody's business yet. Who compares all this
is ``tocsin.witness``.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from tocsin.alarms import Board
from tocsin.issuing import Desk
from tocsin.notice import b64
from tocsin.notice.documents import INTEGER_MAX
from tocsin.notice.statement import Statement
from tocsin.ports.journal import Entry

ENTRIES_MAX = 1_000
ENTRIES_DEFAULT = 100
# What one answer takes from the memory of the server and of a small follower.
BODIES_SIZE_BYTES_MAX = 1024 * 1024


def log_routes(desk: Desk) -> APIRouter:
    """Return the routes from which the journal can be followed."""
    routes = APIRouter(prefix="/v1/log", tags=["log"])
    roots = _Roots()

    # On the event loop: head and board are replaced there, and a thread might see one of two.
    @routes.get("/checkpoint", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def checkpoint() -> Response:
        """The head of the journal as a signed note (C2SP signed-note)."""
        return Response(
            _statement(desk, roots.of(desk.board)).signed(desk.heartbeat_key).write(), media_type="text/plain"
        )

    @routes.get("/entries")
    def entries(
        after: Annotated[int, Query(ge=0, le=INTEGER_MAX)] = 0,
        limit: Annotated[int, Query(ge=1, le=ENTRIES_MAX)] = ENTRIES_DEFAULT,
    ) -> dict[str, Any]:
        """The entries that follow *after*, in order."""
        head = desk.head.position
        found = [entry for entry in desk.journal.entries(after, limit) if entry.sequence <= head.sequence]
        return {
            "epoch": head.epoch,
            "head": head.sequence,
            "entries": [_entry_view(entry) for entry in _bounded(found)],
        }

    return routes


class _Roots:
    """The root of the newest board, made once: of 5,000 leaves it takes ten milliseconds of the event loop."""

    def __init__(self) -> None:
        self._newest: tuple[Board, bytes] | None = None

    def of(self, board: Board) -> bytes:
        if self._newest is None or self._newest[0] is not board:
            self._newest = board, board.root()
        return self._newest[1]


def _statement(desk: Desk, board: bytes) -> Statement:
    return Statement(
        authority=desk.trust.authority,
        position=desk.head.position,
        chain=desk.head.chain,
        audited=desk.audited,
        board=board,
        time_ms=desk.clock.now_ms(),
    )


def _bounded(entries: list[Entry]) -> list[Entry]:
    """Return the first of *entries* that fit one answer, one at least."""
    size_bytes, kept = 0, list[Entry]()
    for entry in entries:
        size_bytes += len(entry.body)
        if kept and size_bytes > BODIES_SIZE_BYTES_MAX:
            break
        kept.append(entry)
    return kept


def _entry_view(entry: Entry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "recorded_ms": entry.recorded_ms,
        "type": int(entry.type),
        "body": b64(entry.body),
    }
