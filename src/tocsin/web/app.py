"""The HTTP application: everything but the live stream, which is taken over before it gets here."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tocsin.issuing import Desk
from tocsin.notice import Domain
from tocsin.people import People

from .access import NamedHosts
from .console import console_routes
from .errors import handle_errors
from .log import log_routes
from .operator import operator_routes
from .pages import add_pages
from .public import health_route, public_routes
from .trust import trust_routes

_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=()",
}
# What pages of other origins may not read.
_OURS_ALONE = ("/v1/operator", "/v1/console")


class SafeHeaders:
    """Adds the headers that keep a browser from being turned against the page."""

    def __init__(self, app: ASGIApp, witnesses: Callable[[], list[str]]) -> None:
        self._app, self._witnesses = app, witnesses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", _policy(self._witnesses()))
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/v1/") and not scope["path"].startswith(_OURS_ALONE):
                    headers.setdefault("Access-Control-Allow-Origin", "*")
                if scope["path"].startswith("/v1/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_safely if scope["type"] == "http" else send)


def _policy(witnesses: list[str]) -> str:
    """Return the content policy: the page asks this server, and the witnesses that the roster names."""
    return "; ".join([_POLICY, f"connect-src 'self' {' '.join(witnesses)}".strip()])


def witness_origins(desk: Desk) -> list[str]:
    """Return the origins of the witnesses in the roster of real alerts."""
    parts = [urlsplit(one.url) for one in desk.trust.rosters[Domain.ACTUAL].witnesses]
    return sorted({f"{one.scheme}://{one.netloc}" for one in parts})


def make_app(desk: Desk, people: People, allowed_hosts: Sequence[str], version: str) -> FastAPI:
    """Return the application of one desk."""
    app = FastAPI(
        title="Tocsin",
        version=version,
        summary="Public warning: what is in force, and how to order it. The live stream is GET /v1/stream.",
        # The framework's pages of the interface load their scripts from a third party.
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(NamedHosts, hosts=allowed_hosts)
    app.add_middleware(SafeHeaders, witnesses=lambda: witness_origins(desk))
    handle_errors(app)
    app.include_router(public_routes(desk))
    app.include_router(log_routes(desk))
    app.include_router(operator_routes(desk, people))
    app.include_router(console_routes(desk, people))
    app.include_router(trust_routes(desk))
    app.include_router(health_route(desk))
    add_pages(app)
    return app
