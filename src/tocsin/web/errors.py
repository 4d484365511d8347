"""Errors on the wire: ``{"error": {"code", "message", "candidates"?}}``, the message in words (``spec/stream.md``)."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from tocsin.issuing import Refusal

# Refusals that are about what came first, not about how the order is formed.
_CONFLICTS = frozenset(
    {
        "alarm_moved_on", "id_used", "alarm_begun", "alarm_ended", "alarm_expired", "alarm_disputed", "same_person",
        "roster_changed",
    }
)  # fmt: skip
_STATUS = {
    "alarm_unknown": HTTPStatus.NOT_FOUND,
    "draft_unknown": HTTPStatus.NOT_FOUND,
    "order_too_large": HTTPStatus.CONTENT_TOO_LARGE
    if hasattr(HTTPStatus, "CONTENT_TOO_LARGE")
    else HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "issuing_stopped": HTTPStatus.SERVICE_UNAVAILABLE,
    "journal_fault": HTTPStatus.SERVICE_UNAVAILABLE,
    "drafts_too_many": HTTPStatus.SERVICE_UNAVAILABLE,
    "records_fault": HTTPStatus.SERVICE_UNAVAILABLE,
    "signature_refused": HTTPStatus.FORBIDDEN,
    "not_listed": HTTPStatus.FORBIDDEN,
    "out_of_scope": HTTPStatus.FORBIDDEN,
    "too_many_regions": HTTPStatus.FORBIDDEN,
    "key_revoked": HTTPStatus.FORBIDDEN,
    "rate": HTTPStatus.FORBIDDEN,
}


class Denied(Exception):
    """A request that is not answered as asked; becomes the error of that status and code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def error(status: int, code: str, message: str, candidates: Sequence[Any] = ()) -> JSONResponse:
    content: dict[str, Any] = {"code": code, "message": message}
    if candidates:
        content["candidates"] = list(candidates)
    return JSONResponse({"error": content}, status)


def refused(refusal: Refusal) -> JSONResponse:
    """Return the answer to an order that cannot be carried out."""
    status = HTTPStatus.CONFLICT if refusal.code in _CONFLICTS else _STATUS.get(refusal.code, HTTPStatus.BAD_REQUEST)
    return error(status, refusal.code, refusal.message, refusal.candidates)


def handle_errors(app: FastAPI) -> None:
    """Give every error that a framework makes by itself the form of ours."""

    @app.exception_handler(Denied)
    async def on_denied(request: Request, why: Denied) -> JSONResponse:
        return error(why.status, why.code, str(why))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, why: HTTPException) -> JSONResponse:
        if why.status_code == HTTPStatus.NOT_FOUND:
            return error(404, "not_found", f"there is no {request.url.path}; /openapi.json lists what there is")
        if why.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = (why.headers or {}).get("Allow", "")
            answer = error(405, "method_not_allowed", f"{request.url.path} takes {allowed}, not {request.method}")
            answer.headers["Allow"] = allowed
            return answer
        return error(why.status_code, "http_error", str(why.detail))

    @app.exception_handler(Exception)
    async def on_fault(request: Request, why: Exception) -> JSONResponse:
        # The framework logs it and raises it on; the asker learns no more than that it was not them.
        return error(500, "fault", "the server failed at this request; its log says why")

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, why: RequestValidationError) -> JSONResponse:
        found = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in why.errors())
        return error(400, "parameter_invalid", found)
