"""A door in this process, with a feed and an application that do as a test says; its loop runs on a thread."""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import uvloop
from uvicorn.config import Config
from uvicorn.server import ServerState

from tocsin.live import Door, Doorkeeper, Feed, Hub, Rooms

Result = TypeVar("Result")


class StillFeed:
    """Tells on joining what it is given, and an empty heartbeat."""

    told = b'event: snapshot\ndata: {"position":"00-0"}\nid: 00-0\n\n'

    def snapshot(self) -> bytes:
        return self.told

    def since(self, text: str) -> list[bytes]:
        return [self.told]

    def heartbeat(self, nonce: str = "") -> bytes:
        return b'event: heartbeat\ndata: {"heartbeat":"%b"}\n\n' % nonce.encode()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """``/size`` reads the body and says its size; ``/deaf`` answers without reading; ``/large`` answers with 8 MB."""
    size, more = 0, scope["path"] == "/size"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message["more_body"]
    body = b"a" * 8_000_000 if scope["path"] == "/large" else json.dumps({"size": size}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


class Porch:
    """A running door. Its hub and keeper are to be touched by ``call`` and ``run`` only."""

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop, keeper: Doorkeeper) -> None:
        self.url, self.keeper, self._loop = url, keeper, loop

    @property
    def hub(self) -> Hub:
        """Who hears everything."""
        return self.keeper.rooms.everything.hub

    def run(self, what: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(20)

    def call(self, what: Callable[..., Result], *arguments: Any) -> Result:
        async def called() -> Result:
            return what(*arguments)

        return self.run(called())


@contextmanager
def open_porch(feed: object = None, descriptors_max: int = 10_000) -> Iterator[Porch]:
    started, porches, stop = threading.Event(), list[Porch](), asyncio.Event()

    async def serve() -> None:
        keeper = Doorkeeper(Rooms(cast(Feed, feed or StillFeed())), descriptors_max)
        loop, config = asyncio.get_running_loop(), Config(application, ws="none", log_config=None)
        config.load()
        state = ServerState()
        make = Door.factory(keeper)
        server = await loop.create_server(lambda: make(config, state, {}), "127.0.0.1", 0)
        sweeping = loop.create_task(keeper.sweep())
        port = server.sockets[0].getsockname()[1]
        porches.append(Porch(f"http://127.0.0.1:{port}", loop, keeper))
        started.set()
        await stop.wait()
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)
        server.close()

    thread = threading.Thread(target=lambda: uvloop.run(serve()))
    thread.start()
    assert started.wait(10)
    (porch,) = porches
    yield porch
    porch.call(stop.set)
    thread.join()
