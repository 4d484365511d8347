"""Connects to checked addresses only: the name is looked up here, and nowhere else between the check and the socket.

TLS and the Host header keep the name, so certificates are checked as ever.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpcore

from tocsin.fetch.reach import Reach

# Of a name with many addresses, one that answers is among the first; the rest would only eat the deadline.
ADDRESSES_TRIED_MAX = 4

Resolve = Callable[[str, int], Awaitable[list[str]]]


class OutOfReachError(Exception):
    """A name leads to an address that may not be reached."""


async def resolve(host: str, port: int) -> list[str]:
    """Return all addresses of *host*, as the system's resolver orders them. Raises ``OSError``."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """The network of ``httpcore``, behind the check."""

    def __init__(self, reach: Reach, look_up: Resolve = resolve) -> None:
        self._reach = reach
        self._resolve = look_up
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (the signature is httpcore's)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await self._resolve(host, port)
        except OSError as why:
            raise httpcore.ConnectError(f"the name {host} cannot be looked up") from why
        # One bad address refuses all: a name that leads both outside and home is set up to be tried until it hits.
        for address in addresses:
            if not self._reach.allows(address):
                raise OutOfReachError(f"{host} leads to {address}, which is not a public address")
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses[:ADDRESSES_TRIED_MAX]:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as why:
                failure = why
        raise failure

    async def connect_unix_socket(self, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        raise OutOfReachError("a socket of this machine is not asked")

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)
