"""The built apps: hashed assets for ever, the page and its worker always asked for again."""

import mimetypes
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from .content import Content

APPS = Path(str(files("tocsin.web"))) / "apps"
CITIZEN, CONSOLE = APPS / "citizen", APPS / "console"
# Stricter than elsewhere: who can run a script here can have people sign what they do not see.
CONSOLE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".html": "text/html; charset=utf-8"}
_ABSENT = (
    "<!doctype html><html lang=en><title>Tocsin</title><p>The server runs; the page was not built. "
    "Build without TOCSIN_SKIP_APPS, or read <a href=/openapi.json>the interface</a>."
)


def add_pages(app: FastAPI) -> None:
    """Serve the citizens' page at ``/`` and the operators' console at ``/console/``."""
    routes = APIRouter(include_in_schema=False)
    _add_folder(routes, CITIZEN, "/", {})
    _add_folder(routes, CONSOLE, "/console/", {"Content-Security-Policy": CONSOLE_POLICY})

    @routes.get("/console")
    def console() -> Response:
        return RedirectResponse("/console/", 308)

    app.include_router(routes)


def _add_folder(routes: APIRouter, folder: Path, base: str, headers: dict[str, str]) -> None:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.name.startswith("."):
            _add(routes, base + file.relative_to(folder).as_posix().removesuffix("index.html"), _read(file), headers)
    if not (folder / "index.html").is_file():

        @routes.get(base, name=f"{base} absent")
        def absent() -> HTMLResponse:
            return HTMLResponse(_ABSENT, 503)


def _add(routes: APIRouter, path: str, content: Content, headers: dict[str, str]) -> None:
    @routes.get(path, name=path)
    def page(request: Request) -> Response:
        response = content.answer(request)
        response.headers.update(headers)
        return response


def _read(file: Path) -> Content:
    media_type = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Content(file.read_bytes(), media_type, _FOR_EVER if file.parent.name == "assets" else _ASK_AGAIN)
