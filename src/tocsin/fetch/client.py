"""``GuardedClient``: asks one address, follows a few checked redirects, and always comes back in time.

Each exchange has a connection of its own: no cookies, no proxy of the environment, nothing left over from the exchange
before. A poll each minute does not need more; what sends a million requests has its own means and the same ``Reach``.
"""

import asyncio
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore
import httpx

from tocsin.fetch.body import ENCODINGS, whole
from tocsin.fetch.network import CheckedBackend, OutOfReachError, Resolve, resolve
from tocsin.fetch.reach import PUBLIC, Reach
from tocsin.ports.fetch import (
    FETCH_LIMITS,
    NO_VALIDATORS,
    Delivered,
    Failed,
    Fetched,
    FetchLimits,
    Forbidden,
    NotModified,
    Validators,
)

USER_AGENT = "tocsin (public warning; CAP reader)"

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

# What a header may have to be kept and sent back.
_VALIDATOR_CHARACTERS_MAX = 512

# What a transport says when the other side is not there or talks nonsense; all of it may be over in a minute.
_TROUBLE = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, ssl.SSLError, OSError, zlib.error)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class GuardedClient:
    """Implements ``tocsin.ports.fetch.Fetch``.

    *tls* is a context of one's own, for instance one that knows an intermediate certificate which a source forgets to
    send. *look_up* names addresses, for tests.
    """

    def __init__(self, reach: Reach = PUBLIC, *, tls: ssl.SSLContext | None = None, look_up: Resolve = resolve) -> None:
        self._reach = reach
        self._tls = tls or ssl.create_default_context()
        self._look_up = look_up

    async def get(
        self, url: str, validators: Validators = NO_VALIDATORS, limits: FetchLimits = FETCH_LIMITS
    ) -> Fetched | NotModified | Forbidden | Failed:
        headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
        asked = {name: text for name, text in headers.items() if text}
        try:
            async with asyncio.timeout(limits.deadline_s):
                return await self._followed(url, asked, limits)
        except TimeoutError:
            return _late(limits)

    async def post(
        self, url: str, body: bytes, headers: dict[str, str], limits: FetchLimits = FETCH_LIMITS
    ) -> Delivered | Forbidden | Failed:
        try:
            async with asyncio.timeout(limits.deadline_s):
                answer = await self._exchange("POST", _parsed(url), headers, body, limits)
        except TimeoutError:
            return _late(limits)
        if not isinstance(answer, _Answer):
            return answer
        if answer.status in _REDIRECTS:
            return Forbidden("redirect", "The server sends elsewhere what was meant for it: give the new address.")
        if not 200 <= answer.status <= 299:
            return _refused(answer.status)
        return Delivered(answer.status, answer.body)

    async def _followed(
        self, url: str, headers: dict[str, str], limits: FetchLimits
    ) -> Fetched | NotModified | Forbidden | Failed:
        place = _parsed(url)
        for _ in range(limits.redirects_max + 1):
            answer = await self._exchange("GET", place, headers, b"", limits)
            if not isinstance(answer, _Answer):
                return answer
            if answer.status not in _REDIRECTS:
                return _outcome(place, answer)
            assert isinstance(place, httpx.URL), "what was asked has an address"
            onward = _joined(place, answer.headers.get("location", ""))
            if isinstance(onward, httpx.URL) and place.scheme == "https" and onward.scheme == "http":
                return Forbidden("downgrade", "A redirect leads from https to http: nobody could tell who answers.")
            place = onward
        return Forbidden("redirects", f"There are more than {limits.redirects_max} redirects: give the last address.")

    async def _exchange(
        self, method: str, url: httpx.URL | Forbidden, headers: Mapping[str, str], content: bytes, limits: FetchLimits
    ) -> _Answer | Forbidden | Failed:
        if isinstance(url, Forbidden):
            return url
        if refusal := self._reach.refusal(url):
            return refusal
        host = url.netloc.decode("ascii")
        sent = {"Host": host, "User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **headers}
        address = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        backend = CheckedBackend(self._reach, self._look_up)
        pool = httpcore.AsyncConnectionPool(ssl_context=self._tls, network_backend=backend, retries=0)
        try:
            async with pool, pool.stream(method, address, headers=list(sent.items()), content=content) as response:
                return await _received(response, limits)
        except OutOfReachError as why:
            return Forbidden("out-of-reach", f"{why}.")
        except _TROUBLE as why:
            return Failed("unreachable", f"No answer from {host}: {why or type(why).__name__}.")


async def _received(response: httpcore.Response, limits: FetchLimits) -> _Answer | Forbidden | Failed:
    headers = {name.decode("ascii").lower(): text.decode("latin-1").strip() for name, text in response.headers}
    encoding = headers.get("content-encoding", "").lower()
    if encoding not in ENCODINGS:
        return Failed("encoding", f"The body is packed as {encoding[:40]}, which was not asked for.", response.status)
    content = await whole(response.aiter_stream(), encoding, limits)
    return content if isinstance(content, Forbidden) else _Answer(response.status, headers, content)


def _outcome(url: httpx.URL | Forbidden, answer: _Answer) -> Fetched | NotModified | Failed:
    if answer.status == 304:
        return NotModified()
    if answer.status != 200:
        return _refused(answer.status)
    kept = (answer.headers.get(name, "") for name in ("etag", "last-modified"))
    validators = Validators(*(text if len(text) <= _VALIDATOR_CHARACTERS_MAX else "" for text in kept))
    return Fetched(str(url), answer.body, answer.headers.get("content-type", ""), validators)


def _parsed(url: str) -> httpx.URL | Forbidden:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as why:
        return Forbidden("bad-url", f"This is no address ({why}): give one like https://example.org/feed.")


def _joined(url: httpx.URL, location: str) -> httpx.URL | Forbidden:
    try:
        return url.join(location).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        return Forbidden("bad-url", "A redirect leads to something that is no address.")


def _refused(status: int) -> Failed:
    return Failed("http-status", f"The server answered with status {status}.", status)


def _late(limits: FetchLimits) -> Failed:
    return Failed("deadline", f"There was no whole answer within {limits.deadline_s:g} s.")
