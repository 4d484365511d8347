"""The built apps: hashed assets for ever, the page and its worker always asked for again."""

import mimetypes
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from .content import Content

CITIZEN = Path(str(files("tocsin.web"))) / "apps" / "citizen"
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".html": "text/html; charset=utf-8"}
_ABSENT = (
    "<!doctype html><html lang=en><title>Tocsin</title><p>The server runs; the page was not built. "
    "Build without TOCSIN_SKIP_APPS, or read <a href=/openapi.json>the interface</a>."
)


def add_pages(app: FastAPI) -> None:
    """Serve the citizens' page at ``/``."""
    routes = APIRouter(include_in_schema=False)
    for file in sorted(CITIZEN.rglob("*")):
        if file.is_file() and not file.name.startswith("."):
            _add(routes, "/" + file.relative_to(CITIZEN).as_posix(), _read(file))
    if not (CITIZEN / "index.html").is_file():

        @routes.get("/")
        def absent() -> HTMLResponse:
            return HTMLResponse(_ABSENT, 503)

    app.include_router(routes)


def _add(routes: APIRouter, path: str, content: Content) -> None:
    @routes.get("/" if path == "/index.html" else path, name=path)
    def page(request: Request) -> Response:
        return content.answer(request)


def _read(file: Path) -> Content:
    media_type = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Content(file.read_bytes(), media_type, _FOR_EVER if file.parent.name == "assets" else _ASK_AGAIN)
