"""The built apps as files: hashed assets for ever, the page and its worker always asked for again."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

CITIZEN = Path(str(files("tocsin.web"))) / "apps" / "citizen"
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_ABSENT = (
    "<!doctype html><html lang=en><title>Tocsin</title><p>The server runs; the page was not built. "
    "Build without TOCSIN_SKIP_APPS, or read <a href=/openapi.json>the interface</a>."
)


class _Assets(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOR_EVER
        return response


def add_pages(app: FastAPI) -> None:
    """Serve the citizens' page at ``/``."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def page() -> Response:
        index = CITIZEN / "index.html"
        if not index.is_file():
            return HTMLResponse(_ABSENT, 503)
        return FileResponse(index, headers={"Cache-Control": _ASK_AGAIN})

    app.include_router(routes)
    if (CITIZEN / "assets").is_dir():
        app.mount("/assets", _Assets(directory=CITIZEN / "assets"))
        for file in CITIZEN.iterdir():
            if file.is_file() and not file.name.startswith(".") and file.name != "index.html":
                _add_file(app, file)


def _add_file(app: FastAPI, file: Path) -> None:
    types = {".webmanifest": "application/manifest+json", ".js": "text/javascript"}

    @app.get(f"/{file.name}", include_in_schema=False, name=file.name)
    def named() -> FileResponse:
        return FileResponse(file, media_type=types.get(file.suffix), headers={"Cache-Control": _ASK_AGAIN})
