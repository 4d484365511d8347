"""The public interface for reading: who the authority is, what is in force, alarms, alerts, regions, health."""

from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from tocsin.alarms import Alarm, Board, State, fold
from tocsin.areas import apps_map, apps_tree
from tocsin.issuing import Desk, notice_of, revocations_to_tell, rosters_to_tell
from tocsin.notice import ENDINGS, ID, Domain, Kind, Status, b64
from tocsin.ports.journal import Entry

from . import views
from .content import Content
from .errors import Denied

ALARMS_LISTED_MAX = 200
# The tree and the map change with the atlas only.
_ATLAS_CACHE = "public, max-age=300"

_Id = Annotated[str, Path(pattern=f"^{ID.pattern}$", description="26 characters")]


def public_routes(desk: Desk) -> APIRouter:
    """Return the routes that anybody may read."""
    routes = APIRouter(prefix="/v1", tags=["reading"])
    tree = Content(apps_tree(desk.atlas), "application/json", _ATLAS_CACHE)

    @cache
    def drawing() -> Content:
        # Drawn when somebody asks for it, on a thread of the application: a start need not wait for it.
        return Content(apps_map(desk.atlas), "application/json", _ATLAS_CACHE)

    @routes.get("/authority")
    def authority() -> dict[str, Any]:
        """Who runs this Tocsin: its name, its two roots, the rosters and revocation lists in force."""
        return {
            "authority": desk.trust.authority,
            "demo": desk.trust.demo,
            "epoch": desk.head.position.epoch,
            "roots": {domain: b64(desk.trust.roots[domain]) for domain in Domain},
            "rosters": {
                domain: [b64(one) for one in bodies] for domain, bodies in rosters_to_tell(desk.journal).items()
            },
            "revocations": {domain: b64(one) for domain, one in revocations_to_tell(desk.journal).items()},
        }

    @routes.get("/board")
    def board() -> dict[str, Any]:
        """What has not ended, now."""
        return views.board_view(desk.board, desk.clock.now_ms(), desk.head.position)

    @routes.get("/alarms")
    def alarms(
        status: Status = Status.ACTUAL, limit: Annotated[int, Query(ge=1, le=ALARMS_LISTED_MAX)] = 50
    ) -> dict[str, Any]:
        """The newest alarms, ended ones included."""
        newest = desk.journal.newest_alarms(status, limit)
        epoch = desk.head.position.epoch
        return {"alarms": [views.alarm_view(_alarm(desk.board, entry), desk.now, epoch) for entry in newest]}

    @routes.get("/alarms/{alarm}")
    def one_alarm(alarm: _Id) -> dict[str, Any]:
        """One alarm and all its notices, oldest first."""
        history = [entry for entry in desk.journal.history(alarm) if entry.sequence <= desk.head.position.sequence]
        if not history:
            raise Denied(404, "alarm_unknown", f"there is no alarm {alarm}")
        epoch = desk.head.position.epoch
        view = views.alarm_view(_alarm(desk.board, history[-1]), desk.now, epoch)
        return view | {"history": [views.history_view(entry, epoch) for entry in history]}

    @routes.get(
        "/alerts/{id}", responses={200: {"content": {"application/cap+xml": {}, "application/octet-stream": {}}}}
    )
    def alert(id: _Id, accept: Annotated[str, Header()] = "*/*") -> Response:
        """One alert: JSON, CAP 1.2 (`application/cap+xml`), or the signed envelope (`application/octet-stream`)."""
        found = desk.journal.alert(id)
        if found is None or found[0].sequence > desk.head.position.sequence:
            raise Denied(404, "alert_unknown", f"there is no alert {id}")
        entry, _ = found
        wanted = {part.partition(";")[0].strip() for part in accept.split(",")}
        vary = {"Vary": "Accept"}
        if "application/cap+xml" in wanted:
            return Response(desk.journal.document(notice_of(entry).cap), media_type="application/cap+xml", headers=vary)
        if "application/octet-stream" in wanted:
            return Response(entry.body, media_type="application/octet-stream", headers=vary)
        return JSONResponse(views.alert_view(entry, desk.head.position.epoch), headers=vary)

    @routes.get("/regions", response_class=JSONResponse)
    def regions(request: Request) -> Response:
        """The atlas as a tree, parents first."""
        return tree.answer(request)

    @routes.get("/regions/map", response_class=JSONResponse)
    def regions_map(request: Request) -> Response:
        """The atlas as SVG path data for the first two levels."""
        return drawing().answer(request)

    return routes


def health_route(desk: Desk) -> APIRouter:
    """Return the route that tells a supervisor whether orders can be issued."""
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    def health() -> JSONResponse:
        state: dict[str, Any] = {"status": "fault" if desk.fault else "ok", "position": str(desk.head.position)}
        if warnings := desk.warnings:
            state["warnings"] = list(warnings)
        if desk.fault:
            return JSONResponse(state | {"message": desk.fault}, 503)
        return JSONResponse(state)

    return routes


def _alarm(board: Board, entry: Entry) -> Alarm:
    """Return the alarm whose newest entry is *entry*: from the board, or as an ended one that the board has let go."""
    notice = notice_of(entry)
    standing = board.find(notice.alarm)
    if standing is not None and standing.sequence == entry.sequence:
        return standing
    if notice.kind in ENDINGS:
        return Alarm(notice, entry.sequence, State.ENDED_CLEAR if notice.kind is Kind.ALL_CLEAR else State.ENDED_FALSE)
    return fold(Board(), entry.sequence, notice).alarms[notice.alarm]
