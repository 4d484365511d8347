"""Servers on loopback that answer exactly as a test says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

from tocsin.fetch import GuardedClient, Reach

Answer = Callable[[str, asyncio.StreamWriter], None]


@dataclass
class Server:
    """A server of one test: *answers* by path; *heads* are the requests that came, in order."""

    answers: dict[str, bytes]
    heads: list[str] = field(default_factory=list)
    port: int = 0

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def client(self) -> GuardedClient:
        return GuardedClient(self.reach)

    @property
    def reach(self) -> Reach:
        """What a test reaches on purpose: this machine, at this port."""
        return Reach(ports=frozenset({self.port}), also=(ip_network("127.0.0.0/8"),))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            answer = self.answers.get(head.split()[1])
            if answer is None:
                # Never answers: waits until the other side goes.
                await reader.read()
            else:
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(answers: dict[str, bytes]) -> AsyncIterator[Server]:
    server = Server(answers)
    listener = await asyncio.start_server(server._serve, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        await listener.wait_closed()


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
