"""Taking in rosters and revocation lists: they carry their own signatures, so nothing else is asked of who brings them.

Whether they are believed is decided at the desk (``spec/roster.md``).
"""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from tocsin.issuing import Accepted, Desk, Refusal
from tocsin.notice import TRUST_SIZE_BYTES_MAX

from .access import body_within
from .errors import Denied, refused

# Each that is tried costs signatures to check, under the lock that orders need too. More than these wait nowhere.
TRIED_AT_ONCE_MAX = 4


def trust_routes(desk: Desk) -> APIRouter:
    """Return the routes that take in who may order, and whose key counts no longer."""
    routes = APIRouter(prefix="/v1", tags=["trust"])
    tried = 0

    async def take(request: Request, accept: Callable[[bytes], Awaitable[Accepted | Refusal]]) -> Response:
        nonlocal tried
        body = await body_within(request, TRUST_SIZE_BYTES_MAX)
        if tried >= TRIED_AT_ONCE_MAX:
            raise Denied(429, "busy", f"{TRIED_AT_ONCE_MAX} documents are being checked; send it again in a second")
        tried += 1
        try:
            result = await accept(body)
        finally:
            tried -= 1
        if isinstance(result, Refusal):
            return refused(result)
        document = result.learned.document
        view = {"domain": document.domain, "version": document.version, "position": str(desk.head.position)}
        return JSONResponse(view, 200 if result.again else 201)

    @routes.post("/rosters", status_code=201)
    async def rosters(request: Request) -> Response:
        """Take in a roster: the body is its envelope."""
        return await take(request, desk.accept_roster)

    @routes.post("/revocations", status_code=201)
    async def revocations(request: Request) -> Response:
        """Take in a revocation list: the body is its envelope."""
        return await take(request, desk.accept_revocation)

    return routes
