"""``tocsin witness``: follow a server from elsewhere, verify all of it, and say what does not agree.

What is decided how is in ``tocsin.witness``; here are the options, and the words on the screen.
"""

import asyncio
import contextlib
import re
import signal
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl

import msgspec
import typer

from tocsin.areas import AreaError, Atlas, load_ukraine, read_atlas
from tocsin.notice import Domain, Trust, b64, from_b64
from tocsin.notice.words import AUTHORITY
from tocsin.witness import answering
from tocsin.witness.findings import Found, Over, Report, Seen
from tocsin.witness.following import Following, log_of
from tocsin.witness.keeping import Files, KeepingError, read_or_make_key

from .console import ExitStatus, Failure, err, out
from .trust.statement import AUTHORITY_FILE, read_statement

ROOT_SIZE_BYTES = 32
PORT_MAX = 65_535

Address = Annotated[str, typer.Argument(metavar="URL", help="Address of the server, as https://alerts.example.")]
Pin = Annotated[
    str, typer.Option(help="Whom to trust: what the code on the authority's card holds, or its authority.json.")
]
Listen = Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Show devices what was verified; port 0: any.")]
StateFile = Annotated[Path, typer.Option("--state", help="What was seen; another run goes on from here.")]
KeyFile = Annotated[Path, typer.Option("--key", help="This witness's key; made if it is not there.")]
Name = Annotated[str, typer.Option(help="This witness's name in the roster.")]
Also = Annotated[list[str] | None, typer.Option(metavar="URL", help="Another way to the same server; repeatable.")]
AtlasFile = Annotated[Path | None, typer.Option("--atlas", help="Atlas of the authority, if it is not Ukraine's.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def register(app: typer.Typer) -> None:
    app.command("witness")(witness)


def witness(
    url: Address,
    pin: Pin,
    listen: Listen = None,
    state: StateFile = Path("tocsin-witness.json"),
    key: KeyFile = Path("tocsin-witness.key"),
    name: Name = "witness",
    also: Also = None,
    atlas: AtlasFile = None,
    json: Json = False,
) -> None:
    """Follow a server until it is told to stop; status 1 if anything was found that does not agree."""
    if not AUTHORITY.fullmatch(name):
        raise Failure(f"--name {name!r} has other characters than a-z 0-9 . -", ExitStatus.WRONG_USE)
    trust = _read_pin(pin, _atlas(atlas))
    ways = [_address(one) for one in (url, *(also or []))]
    screen = _Screen(_say_json if json else _say_plainly)
    try:
        signing = read_or_make_key(key)
        with contextlib.closing(Files(state)) as files:
            watch = files.load(name, signing, log_of(ways[0]), trust)
            following = Following(ways[0], tuple(ways[1:]), watch, files, screen.tell)
            listener = None if listen is None else answering.listen(*_host_and_port(listen))
            _say_beginning(trust, name, signing.public, listener)
            asyncio.run(_run(following, answering.make_server(watch), listener))
    except KeepingError as why:
        raise Failure(str(why), ExitStatus.WRONG_USE) from None
    except OSError as why:
        raise Failure(f"--listen {listen} cannot be listened on: {why.strerror}", ExitStatus.WRONG_USE) from None
    if screen.found:
        raise Failure("Something was found that does not agree.", ExitStatus.NOT_DONE)


def _say_beginning(trust: Trust, name: str, public: bytes, listener: socket.socket | None) -> None:
    first = "DEMO authority. " if trust.demo else ""
    err.print(f"{first}Witness {name}, key {b64(public)}, follows {trust.authority}.", markup=False)
    if listener is not None:
        host, port = listener.getsockname()[:2]
        err.print(f"Devices ask http://{host}:{port}/v1/witness", markup=False)


async def _run(following: Following, server: answering.Server, listener: socket.socket | None) -> None:
    """Follow, and answer devices, until a signal says stop."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tasks = [loop.create_task(following.run()), loop.create_task(stop.wait())]
    if listener is not None:
        tasks.append(loop.create_task(server.serve([listener])))
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    for task in tasks[:2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


class _Screen:
    """Says what happens, in lines for people or for programs; ``found`` if anything did not agree."""

    def __init__(self, say: Callable[[dict[str, object]], None]) -> None:
        self.found, self._say = False, say

    def tell(self, report: Report) -> None:
        self._say({"at_ms": int(time.time() * 1000)} | self._content(report))

    def _content(self, report: Report) -> dict[str, object]:
        match report:
            case Found(finding):
                self.found = True
                return {"event": "found", **msgspec.to_builtins(finding)}
            case Over(finding):
                return {"event": "over", **msgspec.to_builtins(finding)}
            case Seen(position, cosigned):
                return {"event": "seen", "position": position, "cosigned": cosigned}


def _say_json(line: dict[str, object]) -> None:
    out.print(msgspec.json.encode(line).decode(), markup=False, soft_wrap=True)
    out.file.flush()


def _say_plainly(line: dict[str, object]) -> None:
    at = datetime.now(UTC).strftime("%H:%M:%S")
    match line["event"]:
        case "seen":
            what = f"verified  {line['position']}{'' if line['cosigned'] else ', not cosigned'}"
        case "over":
            what = f"over      {line['verdict']}: {line['where']}: {line['message']}"
        case _:
            what = f"FOUND     {line['verdict']}: {line['where']}: {line['message']}"
    out.print(f"{at}Z {what}", markup=False)
    out.file.flush()


def _read_pin(text: str, atlas: Atlas) -> Trust:
    """Return the trust in the roots of a card's code (`#authority=NAME&actual=KEY&exercise=KEY`) or of a file."""
    code = dict(parse_qsl(re.split("#|tocsin:", text)[-1]))
    if code.keys() == {"authority", *Domain}:
        pinned = _trust_in(code)
    elif Path(text).exists():
        pinned = read_statement(Path(text)).trust()
    else:
        raise Failure(
            f"--pin {text!r} is neither the code on the authority's card nor its {AUTHORITY_FILE}", ExitStatus.WRONG_USE
        )
    return Trust(pinned.authority, pinned.roots, lineage=atlas.lineage)


def _trust_in(code: dict[str, str]) -> Trust:
    try:
        roots = {domain: from_b64(code[domain]) for domain in Domain}
    except ValueError as why:
        raise Failure(f"--pin has a root that is no key: {why}", ExitStatus.WRONG_USE) from None
    is_root = [len(root) == ROOT_SIZE_BYTES for root in roots.values()]
    if not AUTHORITY.fullmatch(code["authority"]) or not all(is_root) or len(set(roots.values())) < len(Domain):
        raise Failure("--pin does not name an authority and its two roots of 32 bytes", ExitStatus.WRONG_USE)
    return Trust(code["authority"], roots)


def _atlas(file: Path | None) -> Atlas:
    try:
        return load_ukraine() if file is None else read_atlas(file.read_bytes())
    except (OSError, AreaError) as why:
        raise Failure(f"--atlas {file} cannot be read: {why}", ExitStatus.WRONG_USE) from None


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise Failure(f"{url!r} is no address like https://alerts.example", ExitStatus.WRONG_USE)
    return url.rstrip("/")


def _host_and_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > PORT_MAX:
        raise Failure(f"--listen {text!r} is not HOST:PORT, as 127.0.0.1:8100", ExitStatus.WRONG_USE)
    return host.strip("[]"), int(port)
