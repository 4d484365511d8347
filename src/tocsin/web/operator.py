"""The operator interface: draft an order, sign the frozen notice, issue it (``spec/stream.md``, "Ordering")."""

import asyncio
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from tocsin.areas import Atlas
from tocsin.cap import LIMITS
from tocsin.issuing import Desk, Draft, Issued, Order, Refusal, read_order, read_relayed
from tocsin.issuing.desk import DRAFT_LAPSES_S
from tocsin.notice import ED25519, ID, Signature, b64, encode_notice, from_b64
from tocsin.notice.envelope import SIGNATURES_MAX

from . import views
from .access import signed_body
from .errors import error, refused

_Id = Annotated[str, Path(pattern=f"^{ID.pattern}$", description="26 characters")]


class _Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    type: str
    key: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
    signature: Annotated[str, msgspec.Meta(max_length=200)]


class _Signatures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    signatures: Annotated[list[_Signature], msgspec.Meta(min_length=1, max_length=SIGNATURES_MAX)]


def operator_routes(desk: Desk) -> APIRouter:
    """Return the routes for those who may order."""
    routes = APIRouter(prefix="/v1/operator", tags=["ordering"])

    @routes.post("/drafts", status_code=201)
    async def make_draft(request: Request) -> Response:
        """Freeze a notice for an order; the answer holds the bytes to sign."""
        order = read_order(await signed_body(request, desk))
        return _drafted(order)

    @routes.post("/relay", status_code=201)
    async def relay(request: Request) -> Response:
        """Freeze a notice for a CAP 1.2 message; a repeated message is harmless."""
        body = await signed_body(request, desk, LIMITS.size_bytes_max)
        # What is in the file is a stranger's: however long it takes to read, heartbeats go on.
        return _drafted(await asyncio.to_thread(read_relayed, body, desk.atlas, desk.now))

    @routes.post("/drafts/{id}/issue", status_code=201)
    async def issue(id: _Id, request: Request) -> Response:
        """Issue a draft under signatures over its bytes."""
        body = await signed_body(request, desk)
        try:
            signatures = [_signature(one) for one in msgspec.json.decode(body, type=_Signatures).signatures]
        except (msgspec.DecodeError, ValueError) as why:
            return error(400, "signatures_malformed", f"the signatures cannot be read: {why}")
        result = await desk.issue(id, signatures)
        if isinstance(result, Refusal):
            return refused(result)
        return JSONResponse(
            views.issued_view(result.entry, result.notice, desk.head.position.epoch), 200 if result.again else 201
        )

    def _drafted(order: Order | Refusal) -> Response:
        result = order if isinstance(order, Refusal) else desk.draft(order)
        match result:
            case Refusal():
                return refused(result)
            case Issued(entry, notice):
                return JSONResponse({"issued": views.issued_view(entry, notice, desk.head.position.epoch)})
            case Draft():
                return JSONResponse(draft_view(result, desk.atlas), 201)

    return routes


def draft_view(draft: Draft, atlas: Atlas) -> dict[str, Any]:
    notice = draft.notice
    return {
        "draft": notice.id,
        "notice": b64(encode_notice(notice)),
        "cap": draft.cap.decode(),
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
                for code in notice.regions
            ],
            "text": {language: msgspec.to_builtins(text) for language, text in notice.text.items()},
            "ended_regions": list(draft.regions_ended),
            "warnings": list(draft.warnings),
        },
    }


def _signature(one: _Signature) -> Signature:
    if one.type != "ed25519":
        raise ValueError(f"type {one.type!r} is unknown; ed25519 is known")
    return Signature(ED25519, bytes.fromhex(one.key), (from_b64(one.signature),))
