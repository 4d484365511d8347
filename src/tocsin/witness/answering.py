"""What a witness answers: its newest cosigned checkpoints, to every device that asks (``spec/witness.md``)."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from .watch import Watch

CONNECTIONS_MAX = 2_000
IDLE_S = 5
STOPPING_S = 2
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class Server(uvicorn.Server):
    """Leaves signals to the command, which has its own word to say at the end."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def make_server(watch: Watch) -> Server:
    """Return the server of *watch*; ``serve`` it with the sockets to listen on."""

    async def checkpoints(_: Request) -> JSONResponse:
        return JSONResponse({"checkpoints": watch.checkpoints}, headers=_HEADERS)

    return Server(
        uvicorn.Config(
            Starlette(routes=[Route("/v1/witness", checkpoints)]),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS_MAX,
            timeout_keep_alive=IDLE_S,
            timeout_graceful_shutdown=STOPPING_S,
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that waits for connections. Raises ``OSError``."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
