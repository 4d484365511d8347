"""``tocsin relay FILE.xml``: issue what a CAP 1.2 message says.

The server turns the message into a notice; the same is done here, and the two must agree before anything is signed.
"""

from pathlib import Path
from typing import Annotated

import typer

from tocsin.areas import Atlas
from tocsin.client import open_folder
from tocsin.issuing import Order, Refusal, read_relayed
from tocsin.notice import Domain

from . import options
from .connection import atlas_of, operator
from .console import ExitStatus, Failure, plainly
from .giving import Manner, show
from .preview import confirmation


def register(app: typer.Typer) -> None:
    app.command("relay")(relay)


def relay(
    file: Annotated[Path, typer.Argument(help="A CAP 1.2 document.")],
    data: options.Data = options.DATA_DEFAULT,
    url: options.Url = None,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """Issue what a CAP 1.2 file says, under its own status. Relaying it again is harmless."""
    with plainly():
        folder = open_folder(data)
        atlas = atlas_of(folder)
        document, order = read_message(file, atlas)
        with operator(data, url, Domain.of(order.status)) as duty:
            show(duty.relay(document, order, confirmation(atlas, yes)), order, Manner(data, url, yes, json), duty)


def read_message(file: Path, atlas: Atlas) -> tuple[bytes, Order]:
    """Return the bytes of the message and the order that it asks for. Raises ``Failure``."""
    try:
        document = file.read_bytes()
    except OSError as why:
        raise Failure(f"{file} cannot be read: {why.strerror}", ExitStatus.WRONG_USE) from why
    order = read_relayed(document, atlas)
    if isinstance(order, Refusal):
        raise Failure(f"{file} cannot be relayed ({order.code}): {order.message}", ExitStatus.WRONG_USE)
    return document, order
