"""The operator interface: draft an order, sign the frozen notices, issue them (``spec/stream.md``, "Ordering")."""

import asyncio
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from tocsin.areas import Atlas
from tocsin.cap import LIMITS
from tocsin.issuing import (
    DRAFT_LAPSES_S,
    Desk,
    Handed,
    Issued,
    Order,
    Refusal,
    Submitted,
    Waiting,
    read_order,
    read_relayed,
)
from tocsin.notice import ED25519, ID, WEBAUTHN, Domain, Signature, b64, from_b64
from tocsin.notice.envelope import SIGNATURES_MAX
from tocsin.people import People

from . import views
from .access import Asked, asked_by
from .errors import error, refused

# An order of a whole country by its hromadas is some parts; each person signs each of them.
HANDED_MAX = 32 * SIGNATURES_MAX
FIELD_LENGTH_MAX = 2_000

_Id = Annotated[str, Path(pattern=f"^{ID.pattern}$", description="26 characters")]
_Field = Annotated[str, msgspec.Meta(max_length=FIELD_LENGTH_MAX)]


class _Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    notice: Annotated[str, msgspec.Meta(pattern=f"^{ID.pattern}$")]
    type: str
    key: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
    signature: _Field
    authenticator_data: _Field = ""
    client_data_json: _Field = ""


class _Signatures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    signatures: Annotated[list[_Signature], msgspec.Meta(min_length=1, max_length=HANDED_MAX)]


class _Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


def operator_routes(desk: Desk, people: People) -> APIRouter:
    """Return the routes for those who may order."""
    routes = APIRouter(prefix="/v1/operator", tags=["ordering"])

    @routes.post("/drafts", status_code=201)
    async def make_draft(request: Request) -> Response:
        """Freeze the notices for an order; the answer holds the bytes to sign."""
        asked = await asked_by(request, desk, people)
        return _drafted(read_order(asked.body), asked)

    @routes.post("/relay", status_code=201)
    async def relay(request: Request) -> Response:
        """Freeze the notices for a CAP 1.2 message; a repeated message is harmless."""
        asked = await asked_by(request, desk, people, LIMITS.size_bytes_max)
        # What is in the file is a stranger's: however long it takes to read, heartbeats go on.
        return _drafted(await asyncio.to_thread(read_relayed, asked.body, desk.atlas, desk.now), asked)

    @routes.post("/drafts/{id}/sign", status_code=201)
    async def sign(id: _Id, request: Request) -> Response:
        """Hand in signatures over the bytes of a draft; it is issued once enough people have signed."""
        asked = await asked_by(request, desk, people)
        try:
            handed = [_handed(one) for one in msgspec.json.decode(asked.body, type=_Signatures).signatures]
        except (msgspec.DecodeError, ValueError) as why:
            return error(400, "signatures_malformed", f"the signatures cannot be read: {why}")
        match await desk.sign(id, handed):
            case Refusal() as refusal:
                return refused(refusal)
            case Submitted() as submitted:
                view = {"submitted": submitted_view(submitted, desk.atlas)}
                return JSONResponse(view, 200 if submitted.again else 202)
            case Issued() as issued:
                return JSONResponse(_issued_view(issued), 200 if issued.again else 201)

    @routes.get("/drafts")
    async def drafts(request: Request) -> Response:
        """The drafts that wait for signatures."""
        await asked_by(request, desk, people)
        return JSONResponse({"submitted": [submitted_view(one, desk.atlas) for one in desk.submitted()]})

    @routes.get("/drafts/{id}")
    async def draft(id: _Id, request: Request) -> Response:
        """One draft that waits for signatures."""
        await asked_by(request, desk, people)
        found = desk.waiting(id)
        return refused(found) if isinstance(found, Refusal) else JSONResponse(submitted_view(found, desk.atlas))

    @routes.post("/drafts/{id}/return")
    async def give_back(id: _Id, request: Request) -> Response:
        """Drop a draft and say why."""
        asked = await asked_by(request, desk, people)
        found = desk.waiting(id)
        if isinstance(found, Submitted) and not _is_listed(asked, found.waiting.domain):
            return refused(_unlisted(found.waiting.domain))
        try:
            reason = msgspec.json.decode(asked.body, type=_Reason).reason
        except msgspec.DecodeError as why:
            return error(400, "reason_malformed", f"the reason cannot be read: {why}")
        result = await desk.give_back(id, asked.holder, reason)
        return refused(result) if isinstance(result, Refusal) else JSONResponse({"returned": id})

    def _is_listed(asked: Asked, domain: Domain) -> bool:
        # Two rosters may give one id to different keys: the id alone says not whose order it is.
        return any(one.id == asked.key for one in desk.trust.rosters[domain].keys)

    def _unlisted(domain: Domain) -> Refusal:
        return Refusal("not_listed", f"the roster for {domain} does not list the key that asks")

    def _drafted(order: Order | Refusal, asked: Asked) -> Response:
        if isinstance(order, Order) and not _is_listed(asked, domain := Domain.of(order.status)):
            return refused(_unlisted(domain))
        match order if isinstance(order, Refusal) else desk.draft(order, asked.holder):
            case Refusal() as refusal:
                return refused(refusal)
            case Issued() as issued:
                return JSONResponse(_issued_view(issued))
            case waiting:
                return JSONResponse(draft_view(waiting, desk.atlas), 201)

    def _issued_view(issued: Issued) -> dict[str, Any]:
        epoch = desk.head.position.epoch
        pairs = zip(issued.entries, issued.notices, strict=True)
        return {"issued": [views.issued_view(entry, notice, epoch) for entry, notice in pairs]}

    return routes


def submitted_view(submitted: Submitted, atlas: Atlas) -> dict[str, Any]:
    """Return a draft that waits, with who signed and how many people are missing."""
    waiting = submitted.waiting
    return draft_view(waiting, atlas) | {
        "signed_by": [msgspec.to_builtins(one) for one in waiting.signed_by],
        "people": submitted.people,
        "missing": submitted.missing,
        "lapses_at": waiting.lapses_at,
        "link": f"/console/#/approve/{waiting.id}",
    }


def draft_view(waiting: Waiting, atlas: Atlas) -> dict[str, Any]:
    draft = waiting.draft
    notice, regions = draft.notice, sorted({code for part in draft.parts for code in part.notice.regions})
    return {
        "draft": waiting.id,
        "notices": [
            {"notice": part.notice.id, "bytes": b64(part.document), "cap": part.cap.decode()} for part in draft.parts
        ],
        "lapses_in_s": DRAFT_LAPSES_S,
        "preview": {
            "alarm": notice.alarm,
            "version": notice.version,
            "kind": notice.kind,
            "status": notice.status,
            "hazard": notice.hazard,
            "level": notice.level,
            "expires": notice.expires,
            "regions": [
                {"code": code, "names": {language: atlas.path_name(code, language) for language in ("uk", "en")}}
                for code in regions
            ],
            "text": {language: msgspec.to_builtins(text) for language, text in notice.text.items()},
            "ended_regions": list(draft.regions_ended),
            "warnings": list(draft.warnings),
            "split": len(draft.parts),
        },
    }


def _handed(one: _Signature) -> Handed:
    key, signature = bytes.fromhex(one.key), from_b64(one.signature)
    match one.type:
        case "ed25519":
            return Handed(one.notice, Signature(ED25519, key, (signature,)))
        case "webauthn":
            fields = (from_b64(one.authenticator_data), from_b64(one.client_data_json), signature)
            return Handed(one.notice, Signature(WEBAUTHN, key, fields))
    raise ValueError(f"type {one.type!r} is unknown; ed25519 and webauthn are known")
