"""``tocsin serve`` and ``tocsin demo``: run the server of an authority; make a demo one first."""

import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from tocsin.areas import AreaError
from tocsin.assembly import Service, StartRefused, open_desk
from tocsin.founding import AUTHORITY_FILE, DEMO_PEOPLE, FoundingError, found_demo, read_key
from tocsin.logs import set_up_logs
from tocsin.notice import Domain, b64
from tocsin.ports.journal import JournalFault
from tocsin.settings import Settings, SettingsError, read_settings

from .console import ExitStatus, Failure, err

_Data = Annotated[Path | None, typer.Option("--data", help="Folder of the authority.", show_default=False)]
_Host = Annotated[str | None, typer.Option(help="Address to listen on; a public one needs TLS.", show_default=False)]
_Port = Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.", show_default=False)]
_Cert = Annotated[Path | None, typer.Option("--tls-cert", help="Certificate chain (PEM).", show_default=False)]
_Key = Annotated[
    Path | None, typer.Option("--tls-key", help="Private key of the certificate (PEM).", show_default=False)
]
_Hosts = Annotated[str | None, typer.Option(help="Host names that requests may name, by comma.", show_default=False)]
_Log = Annotated[str | None, typer.Option(help="auto, text or json.", show_default=False)]


def register(app: typer.Typer) -> None:
    app.command()(serve)
    app.command()(demo)


def serve(
    data: _Data = None, host: _Host = None, port: _Port = None, tls_cert: _Cert = None, tls_key: _Key = None,
    hosts: _Hosts = None, log: _Log = None,
) -> None:  # fmt: skip
    """Run the server of the authority in the data folder."""
    given = {
        "data": data,
        "host": host,
        "port": port,
        "tls_cert": tls_cert,
        "tls_key": tls_key,
        "hosts": hosts,
        "log": log,
    }
    _run(_settings(given), _say_address)


def demo(data: _Data = None, port: _Port = None, log: _Log = None) -> None:
    """Make a demo authority if the data folder is empty, run its server and say where to click.

    Nothing of a demo can pass for real: every notice, screen and voice says DEMO first.
    """
    settings = _settings({"data": data, "port": port, "log": log})
    if not (settings.data / AUTHORITY_FILE).exists():
        from time import time_ns

        try:
            found_demo(settings.data, time_ns() // 1_000_000)
        except FoundingError as why:
            raise Failure(str(why), ExitStatus.WRONG_USE) from None
    _run(settings, lambda url: _say_demo(url, settings.data))


def _settings(given: dict[str, Any]) -> Settings:
    try:
        return read_settings(**given)
    except SettingsError as why:
        raise Failure("\n".join(why.lines), ExitStatus.WRONG_USE) from None


def _run(settings: Settings, ready: Any) -> None:
    set_up_logs(settings.log, settings.log_level)
    try:
        desk = open_desk(settings)
        Service(settings, desk).run(ready)
    except (StartRefused, FoundingError, JournalFault, AreaError) as why:
        raise Failure(f"Not started: {why}", ExitStatus.WRONG_USE) from None


def _say_address(url: str) -> None:
    err.print(f"Tocsin serves {url}", markup=False)


def demo_consoles(url: str, data: Path) -> list[tuple[str, str]]:
    """Return each demo operator with the link that signs them in: their software keys lie in it."""
    # Browsers take passkeys and secure cookies on localhost without TLS, and nowhere else.
    origin = f"http://localhost:{urlsplit(url).port}"
    found = []
    for person in DEMO_PEOPLE:
        seeds = ".".join(b64(read_key(data, f"{person}-{domain}").seed) for domain in Domain)
        found.append((person, f"{origin}/console/#/demo/{seeds}"))
    return found


def _say_demo(url: str, data: Path) -> None:
    consoles = "\n".join(f"    {name:<8} {link}" for name, link in demo_consoles(url, data))
    command = "tocsin" if sys.prefix == sys.base_prefix else f"{sys.prefix}/bin/tocsin"
    err.print(
        f"""
[bold reverse] DEMO [/] This authority is a demo: nobody is warned, and every notice says DEMO first.

  The page        [bold]{url}[/]   choose a place, then tap "sound"
  The interface   {url}/openapi.json
  The console     for two DEMO operators; a real one signs with a passkey, and no link does it:
{consoles}

  In another terminal, from the same folder, both of them sign at once:

    {command} alert --data {data} --region UA-30 --hazard air_raid --level red
    {command} all-clear --data {data} --region UA-30 --hazard air_raid
    {command} exercise alert --data {data} --region UA-30 --hazard flood --level yellow
    {command} watch --data {data}

  Ctrl+C ends it.
""",
    )
