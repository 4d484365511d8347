"""A hostile relay between page and server: it passes everything on and tampers with the stream."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

# Takes one event of the stream as bytes and returns what is passed on instead; may add or swallow.
Tampering = Callable[[bytes], bytes]

_HOP_BY_HOP = {"connection", "content-length", "transfer-encoding", "content-encoding", "vary"}


class Relay:
    """A relay in front of *upstream*. ``tampering`` can be changed at any time."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.tampering: Tampering = lambda event: event
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        relay = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/v1/stream"):
                    relay._stream(self)
                else:
                    relay._pass(self)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def _pass(self, handler: BaseHTTPRequestHandler) -> None:
        answer = httpx.get(self.upstream + handler.path, headers=_asked(handler))
        handler.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in _HOP_BY_HOP:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.content)))
        handler.end_headers()
        handler.wfile.write(answer.content)

    def _stream(self, handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        try:
            with httpx.stream("GET", self.upstream + handler.path, headers=_asked(handler), timeout=60) as answer:
                handler.send_response(200)
                handler.send_header("Content-Type", "text/event-stream")
                handler.send_header("Connection", "close")
                handler.end_headers()
                for event in _events(answer.iter_raw()):
                    handler.wfile.write(self.tampering(event))
                    handler.wfile.flush()
        except (OSError, httpx.HTTPError):
            return


def _asked(handler: BaseHTTPRequestHandler) -> dict[str, str]:
    kept = ("accept", "last-event-id")
    return {name: value for name, value in handler.headers.items() if name.lower() in kept}


def _events(parts: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for part in parts:
        rest += part
        while b"\n\n" in rest:
            event, _, rest = rest.partition(b"\n\n")
            yield event + b"\n\n"
