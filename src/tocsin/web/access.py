"""Under which names the server answers, and who may order: a key that a roster lists, or a person who is signed in.

``spec/stream.md``, "Ordering". The signature of a request, like a session, lets its caller draft; it issues nothing.
What issues are signatures over the frozen notices.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from tocsin.issuing import Desk
from tocsin.issuing.orders import ORDER_SIZE_BYTES_MAX
from tocsin.notice import REQUEST_TAG, Role, Roster, RosterKey, from_b64, is_signed_by
from tocsin.people import People

from .cookies import session_of, token_of
from .errors import Denied, error

# The two clocks may be this far off; longer, and a recorded request could be used again.
CLOCK_OFF_S_MAX = 60
_AUTHORIZATION = re.compile(r"Tocsin ([0-9a-f]{16})\.([0-9]{1,15})\.([A-Za-z0-9_-]{86})")

_ASKING = frozenset({Role.AUTHOR, Role.APPROVER, Role.ISSUE, Role.LINK_TEST, Role.SOURCE})

# RFC 9110, 7.2: a name or an address, an IPv6 one in brackets; then a port.
_HOST = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]{0,5})?|([^:\[\]/@\s]+)(?::[0-9]{0,5})?")


class NamedHosts:
    """Answers requests for *hosts* only, compared without case.

    Else a page of another site could have its own name resolved to this server and read here in its visitor's place.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app, self._hosts = app, {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            named = Headers(scope=scope).get("host", "").strip(" \t")
            found = _HOST.fullmatch(named)
            if found is None or (found[1] or found[2]).lower() not in self._hosts:
                message = f"this server does not answer as {named[:100]!r}; the setting hosts lists further names"
                await error(400, "host_unknown", message)(scope, receive, send)
                return
        await self._app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Asked:
    """The body of a request, and the id of the holder who asks."""

    body: bytes
    holder: str
    key: str


async def asked_by(request: Request, desk: Desk, people: People, size_bytes_max: int = ORDER_SIZE_BYTES_MAX) -> Asked:
    """Return a request by a listed key or of an open session. Raises ``Denied`` with 401, 403, 413 or 415."""
    if "authorization" in request.headers:
        return await signed_body(request, desk, size_bytes_max)
    if not token_of(request):
        raise Denied(401, "unsigned", "the request has neither a signature (Authorization) nor a session; sign in")
    session = session_of(request, people)
    return Asked(await body_within(request, size_bytes_max), session.holder, session.key)


async def body_within(request: Request, size_bytes_max: int) -> bytes:
    """Return the body of *request*. Raises ``Denied`` with 413 as soon as it is too large, whatever its head says."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > size_bytes_max:
            raise Denied(413, "body_too_large", f"the body has more than {size_bytes_max} bytes")
    return bytes(body)


async def signed_body(request: Request, desk: Desk, size_bytes_max: int = ORDER_SIZE_BYTES_MAX) -> Asked:
    """Return a request that is signed as it must be. Raises ``Denied`` with 401 or 413."""
    body = await body_within(request, size_bytes_max)
    found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if found is None:
        raise Denied(401, "unsigned", "the header Authorization is not: Tocsin KEY.TIME.SIGNATURE")
    key, at_ms = bytes.fromhex(found[1]), int(found[2])
    off_s = abs(desk.clock.now_ms() - at_ms) / 1000
    if off_s > CLOCK_OFF_S_MAX:
        raise Denied(401, "clock", f"the request's time is {off_s:.0f} s off; {CLOCK_OFF_S_MAX} s are allowed")
    listed = next((one for roster in desk.trust.rosters.values() if (one := _asking(roster, key))), None)
    if listed is not None and any(one.revokes(listed.id) for one in desk.trust.revocations.values()):
        raise Denied(401, "key_revoked", f"key {found[1]} is revoked")
    if listed is None:
        raise Denied(401, "key_unknown", f"no roster lists key {found[1]} with a role that may order")
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    signed = f"{request.method} {target}\n{at_ms}\n{sha256(body).hexdigest()}".encode()
    try:
        signature = from_b64(found[3])
    except ValueError:
        signature = b""
    if not is_signed_by(listed.raw, REQUEST_TAG, signed, signature):
        raise Denied(401, "signature_wrong", "the request's signature is wrong")
    return Asked(body, listed.holder, listed.id)


def _asking(roster: Roster, id: bytes) -> RosterKey | None:
    """Return the key of that *id* if its holder may ask for drafts."""
    key = roster.key(id)
    if key is None or key.type != "ed25519" or _ASKING.isdisjoint(roster.holder_of(key).roles):
        return None
    return key
