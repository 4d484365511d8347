"""The console's interface: enrolling and signing in by passkey, and who is there (``spec/stream.md``, "Sign-in").

Who gets in is decided in ``tocsin.people``; here is HTTP. What waits for the disk runs on threads of the application.
"""

import asyncio
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from tocsin.issuing import Desk, Refusal
from tocsin.notice import b64, key_id
from tocsin.people import IDLE_S, LASTS_S, People, Session, SignedIn

from .access import body_within, signed_body
from .cookies import check_origin, clear_session, session_of, set_session, token_of
from .errors import Denied, refused

# A passkey's answer has a few hundred bytes, with an attestation certificate some thousand; nobody has signed in yet.
CEREMONY_SIZE_BYTES_MAX = 16 * 1024
TOKEN_LENGTH_MAX = 100

Form = TypeVar("Form")


class _Invited(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    token: Annotated[str, msgspec.Meta(max_length=TOKEN_LENGTH_MAX)]


class _Registration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    token: Annotated[str, msgspec.Meta(max_length=TOKEN_LENGTH_MAX)]
    credential: dict[str, Any]


class _Assertion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    credential: dict[str, Any]


class _DemoPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    holder: str = ""


def console_routes(desk: Desk, people: People) -> APIRouter:
    """Return the routes of the console: all take and give JSON, and none is for another origin."""
    routes = APIRouter(prefix="/v1/console", tags=["sign-in"])

    @routes.post("/enrol/options")
    async def enrol_options(request: Request) -> Response:
        """What the browser of an invited person asks an authenticator for."""
        asked = await _read(request, _Invited)
        options = await asyncio.to_thread(people.registration_options, asked.token)
        return refused(options) if isinstance(options, Refusal) else JSONResponse(options)

    @routes.post("/enrol/finish", status_code=201)
    async def enrol_finish(request: Request) -> Response:
        """Take in a passkey. It orders nothing until a roster lists it."""
        asked = await _read(request, _Registration)
        enrolled = await asyncio.to_thread(people.register, asked.token, asked.credential)
        if isinstance(enrolled, Refusal):
            return refused(enrolled)
        key = enrolled.key
        return JSONResponse({"holder": key.holder, "name": enrolled.name, "key": key.id, "public": key.public}, 201)

    @routes.post("/sign-in/options")
    async def sign_in_options(request: Request) -> Response:
        """What the browser of anybody asks an authenticator for."""
        await _read(request, msgspec.Raw)
        return JSONResponse(people.sign_in_options())

    @routes.post("/sign-in/finish")
    async def sign_in_finish(request: Request) -> Response:
        """Open a session for whose passkey answered."""
        asked = await _read(request, _Assertion)
        signed_in = await asyncio.to_thread(people.sign_in, asked.credential)
        return refused(signed_in) if isinstance(signed_in, Refusal) else await opened(signed_in)

    @routes.post("/demo")
    async def demo(request: Request) -> Response:
        """Open a session for a person of a demo, who signs the request with a software key."""
        check_origin(request)
        if not desk.trust.demo:
            raise Denied(404, "not_a_demo", f"{desk.trust.authority} is no demo; sign in with a passkey")
        asked = await signed_body(request, desk, CEREMONY_SIZE_BYTES_MAX)
        named = _decode(asked.body, _DemoPerson).holder
        if named and named != asked.holder:
            raise Denied(403, "not_listed", f"the key that signed is not that of {named[:40]!r}")
        person = people.person(asked.key)
        if isinstance(person, Refusal):
            return refused(person)
        return await opened(await asyncio.to_thread(people.open_session, person.id, asked.key))

    @routes.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        """Close the session, if there is one."""
        await _read(request, msgspec.Raw)
        people.sign_out(token_of(request))
        response = JSONResponse({})
        clear_session(response)
        return response

    @routes.get("/me")
    async def me(request: Request) -> Response:
        """Who is signed in here."""
        return JSONResponse(await asyncio.to_thread(me_view, desk, people, session_of(request, people)))

    async def opened(signed_in: SignedIn) -> Response:
        response = JSONResponse(await asyncio.to_thread(me_view, desk, people, signed_in.session))
        set_session(response, signed_in)
        return response

    return routes


def me_view(desk: Desk, people: People, session: Session) -> dict[str, Any]:
    """Return who is signed in, with the passkeys that a roster lists, and when the session ends at the latest."""
    roles = people.roles(session.holder)
    listed = {key.id for roster in desk.trust.rosters.values() for key in roster.keys if key.holder == session.holder}
    passkeys = [(b64(one.id), key_id(one.public).hex()) for one in people.records.credentials()]
    return {
        "authority": desk.trust.authority,
        "demo": desk.trust.demo,
        "holder": session.holder,
        "name": next((one.name for one in roles.values()), session.holder),
        "roles": sorted({role for one in roles.values() for role in one.roles}),
        "domains": list(roles),
        "rp_id": people.where().rp_id,
        "passkeys": [{"credential": credential, "key": key} for credential, key in passkeys if key in listed],
        "idle_s": IDLE_S,
        "ends_at": session.opened + LASTS_S,
    }


async def _read(request: Request, form: type[Form]) -> Form:
    check_origin(request)
    return _decode(await body_within(request, CEREMONY_SIZE_BYTES_MAX), form)


def _decode(body: bytes, form: type[Form]) -> Form:
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError) as why:
        raise Denied(400, "body_malformed", f"the body cannot be read: {why}") from None
