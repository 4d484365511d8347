"""Taking in rosters and revocation lists: they carry their own signatures, so nothing else is asked of who brings them.

Whether they are believed is decided at the desk (``spec/roster.md``).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from tocsin.issuing import Accepted, Desk, Refusal
from tocsin.issuing.acceptance import is_signed_by_keeper
from tocsin.notice import TRUST_SIZE_BYTES_MAX, Magic

from .access import body_within
from .errors import Denied, refused

# Each that is rightly signed costs some milliseconds, under the lock that orders need too. More than these wait
# nowhere; rosters and lists are counted apart, so that a known roster, sent again and again, keeps no revocation out.
TRIED_AT_ONCE_MAX = 4


_Accept = Callable[[bytes], Awaitable[Accepted | Refusal]]


def trust_routes(desk: Desk) -> APIRouter:
    """Return the routes that take in who may order, and whose key counts no longer."""
    routes = APIRouter(prefix="/v1", tags=["trust"])
    tried = Counter[Magic]()

    async def take(request: Request, magic: Magic, accept: _Accept) -> Response:
        body = await body_within(request, TRUST_SIZE_BYTES_MAX)
        # Anybody may ask this, so it is asked beside the loop that orders need, before anything is parsed.
        if not await asyncio.to_thread(is_signed_by_keeper, desk.trust, body, magic):
            raise Denied(400, "not_signed", "neither a root nor enough revokers of this authority signed this document")
        if tried[magic] >= TRIED_AT_ONCE_MAX:
            raise Denied(429, "busy", f"{TRIED_AT_ONCE_MAX} documents are being checked; send it again in a second")
        tried[magic] += 1
        try:
            result = await accept(body)
        finally:
            tried[magic] -= 1
        if isinstance(result, Refusal):
            return refused(result)
        document = result.learned.document
        view = {"domain": document.domain, "version": document.version, "position": str(desk.head.position)}
        return JSONResponse(view, 200 if result.again else 201)

    @routes.post("/rosters", status_code=201)
    async def rosters(request: Request) -> Response:
        """Take in a roster: the body is its envelope."""
        return await take(request, Magic.ROSTER, desk.accept_roster)

    @routes.post("/revocations", status_code=201)
    async def revocations(request: Request) -> Response:
        """Take in a revocation list: the body is its envelope."""
        return await take(request, Magic.REVOCATION, desk.accept_revocation)

    return routes
