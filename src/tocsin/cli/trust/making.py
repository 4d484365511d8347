"""``tocsin trust init`` and ``keygen``: the roots of an authority, and the keys of its services and revokers."""

import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from secrets import token_bytes
from typing import Annotated, Any

import typer

from tocsin.cli.console import ExitStatus, Failure, err, out
from tocsin.notice import DEMO, Domain, SigningKey, b64
from tocsin.notice.words import AUTHORITY

from .root_keys import fingerprint, make_key, new_passphrase, write_secret
from .statement import AUTHORITY_FILE, CARD_PICTURE, CARD_TEXT, Statement
from .template import TEMPLATE

PLAN_LASTS = timedelta(days=365)
PICTURE_SCALE = 8
_HOST = re.compile(r"https://([a-z0-9.-]+)(?::\d+)?/?")

PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="Take the passphrase from its first line; for scripts.")
]


def init(
    authority: Annotated[str, typer.Option("--authority", help="Name of the authority, as kyiv.example.")],
    folder: Annotated[Path, typer.Option("--out", help="A new folder, on a medium that is kept offline.")],
    url: Annotated[str | None, typer.Option("--url", help="Where the page will be, as https://alerts.example.")] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make the two roots of an authority, encrypted, with a card to print and a plan to fill in.

    One root stands for real alerts, one for exercises. Do this on a machine without network, and keep copies apart.
    """
    host = _host(url)
    if not AUTHORITY.fullmatch(authority) or authority == DEMO:
        raise Failure(f"{authority!r} cannot be a name: a-z 0-9 . - up to 64, and not {DEMO!r}", ExitStatus.WRONG_USE)
    passphrase = new_passphrase(passphrase_file)
    try:
        folder.mkdir(mode=0o700, parents=True)
    except OSError as why:
        raise Failure(f"{folder} cannot be made: {why.strerror}; choose a new folder", ExitStatus.WRONG_USE) from None
    roots = {domain: make_key(folder / f"root-{domain}.pem", passphrase).public for domain in Domain}
    statement = Statement(authority, roots)
    expires = (datetime.now(UTC) + PLAN_LASTS).date()
    plan = TEMPLATE.format(authority=authority, expires=expires, host=host or "alerts.example.org")
    (folder / AUTHORITY_FILE).write_text(statement.to_json(), encoding="utf-8")
    (folder / CARD_TEXT).write_text(statement.to_card(url), encoding="utf-8")
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    _show(statement, url, folder)


def _host(url: str | None) -> str | None:
    if url is None:
        return None
    found = _HOST.fullmatch(url)
    if not found:
        raise Failure(f"--url {url!r} is no address like https://alerts.example", ExitStatus.WRONG_USE)
    return found[1]


def _show(statement: Statement, url: str | None, folder: Path) -> None:
    out.print(f"authority  {statement.authority}", markup=False)
    for domain, mark in statement.fingerprints().items():
        out.print(f"root       {domain:<9} {mark}", markup=False)
    try:
        segno: Any = import_module("segno")
    except ModuleNotFoundError:
        err.print("No QR code was drawn: pip install segno", markup=False)
    else:
        code = segno.make(statement.to_code(url), error="m")
        code.save(str(folder / CARD_PICTURE), scale=PICTURE_SCALE, title=f"Roots of {statement.authority}")
        code.terminal(out=out.file, compact=True)
    err.print(
        f"\nIn {folder}: the two roots (encrypted; without the passphrase they are lost), {AUTHORITY_FILE} (public), "
        f"{CARD_TEXT} and {CARD_PICTURE} to print, and plan.toml to fill in.\nNext: edit {folder / 'plan.toml'}, then "
        f"tocsin trust check {folder / 'plan.toml'}",
        markup=False,
    )


def keygen(
    file: Annotated[Path, typer.Argument(help="Where the new key is written.")],
    revoker: Annotated[
        bool, typer.Option("--revoker", help="A key that a person keeps: encrypted with a passphrase.")
    ] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a key for a service (readable by this user alone) or, with --revoker, for a person who may revoke.

    The public key that is printed goes into the plan.
    """
    if revoker:
        key = make_key(file, new_passphrase(passphrase_file))
    else:
        key = SigningKey.from_seed(token_bytes(32))
        write_secret(file, f"{b64(key.seed)}\n".encode())
    out.print(f"public       {b64(key.public)}", markup=False)
    out.print(f"key          {key.id.hex()}", markup=False)
    out.print(f"fingerprint  {fingerprint(key.public)}", markup=False)
