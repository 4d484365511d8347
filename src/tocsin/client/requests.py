"""One signed request to the operator API, and what its answer means (``spec/stream.md``, "Ordering").

It sends once. Trying again, and what a lost answer may mean, is ``operator``'s business.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import httpx
import msgspec

from tocsin.notice import REQUEST_TAG, SigningKey, b64

from .failures import Candidate, OrderRefused, Unreachable

# A server on the same machine answers in milliseconds; a synced write on a busy disk takes a second or two.
TIMEOUT = httpx.Timeout(10.0, connect=3.0)

# Answers that say nothing about the order itself; with the same id it is harmless to ask again.
_LATER = frozenset({408, 429, 500, 502, 503, 504})


class _Error(msgspec.Struct, frozen=True):
    code: str
    message: str
    candidates: list[dict[str, Any]] = []


class _ErrorAnswer(msgspec.Struct, frozen=True):
    error: _Error


def authorization(key: SigningKey, method: str, path: str, body: bytes, now_ms: int) -> str:
    """Return the value of the header ``Authorization``; *path* includes the query."""
    signed = f"{method} {path}\n{now_ms}\n{sha256(body).hexdigest()}".encode()
    return f"Tocsin {key.id.hex()}.{now_ms}.{b64(key.sign(REQUEST_TAG, signed))}"


def send(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    """Return a good answer. Raises ``Unreachable`` or ``OrderRefused``."""
    try:
        response = client.send(request)
    except httpx.TransportError as why:
        raise Unreachable(f"no answer from {_place(request)}: {why or type(why).__name__}") from why
    if response.is_success:
        return response
    error = _error(response)
    if response.status_code in _LATER:
        raise Unreachable(f"{_place(request)} cannot answer now: {error.message}")
    raise OrderRefused(response.status_code, error.code, error.message, tuple(map(_candidate, error.candidates)))


def _place(request: httpx.Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc.decode()}"


def _error(response: httpx.Response) -> _Error:
    try:
        return msgspec.json.decode(response.content, type=_ErrorAnswer).error
    except msgspec.MsgspecError:
        message = f"HTTP {response.status_code} without a word; is there a Tocsin at {_place(response.request)}?"
        return _Error("not_tocsin", message)


def _candidate(found: dict[str, Any]) -> Candidate:
    """A candidate is an alarm or a region; its other fields tell a person which."""
    name = str(found.get("alarm") or found.get("region") or "")
    details = {key: value for key, value in found.items() if key not in ("alarm", "region")}
    if isinstance(since := details.get("since"), int):
        details["since"] = f"since {datetime.fromtimestamp(since, UTC):%Y-%m-%d %H:%M} UTC"
    if isinstance(regions := details.get("regions"), list):
        details["regions"] = "; ".join(map(str, regions))
    return Candidate(name, " · ".join(map(str, details.values())))
