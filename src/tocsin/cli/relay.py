"""``tocsin relay FILE.xml``: issue what a CAP 1.2 message says.

The server turns the message into a notice; a person looks at what it became. Which rules a message must
keep is in ``tocsin.cap``.
"""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tocsin import cap
from tocsin.client import Operator
from tocsin.notice import Domain, Status

from . import options
from .connection import operator
from .console import ExitStatus, Failure, out, plainly
from .orders import id_or_new
from .preview import confirmation

# System and Draft are no warnings: nothing is issued for them.
STATUSES = {cap.Status.ACTUAL: Status.ACTUAL, cap.Status.EXERCISE: Status.EXERCISE, cap.Status.TEST: Status.TEST}


def register(app: typer.Typer) -> None:
    app.command("relay")(relay)


def relay(
    file: Annotated[Path, typer.Argument(help="A CAP 1.2 document.")],
    id: options.Id = None,
    data: options.Data = options.DATA_DEFAULT,
    url: options.Url = None,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """Issue what a CAP 1.2 file says, under its own status."""
    document, status = read_message(file)
    with plainly():
        duty: Operator = operator(data, url, Domain.of(status))
        issued = duty.relay(id_or_new(id), document, status, confirmation(duty.signer.atlas, yes))
    if json:
        out.print(msgspec.json.encode(issued).decode(), markup=False)
    else:
        where = f"alarm {issued.alarm} version {issued.version} position {issued.position}"
        out.print(f"{status} relayed: {where}", markup=False)


def read_message(file: Path) -> tuple[bytes, Status]:
    """Return the bytes of the message and its status. Raises ``Failure``."""
    try:
        document = file.read_bytes()
        message = cap.read(document)
    except OSError as why:
        raise Failure(f"{file} cannot be read: {why.strerror}", ExitStatus.WRONG_USE) from why
    except cap.CapError as why:
        raise Failure(f"{file} is no CAP 1.2 message:\n{why}", ExitStatus.WRONG_USE) from why
    status = STATUSES.get(message.status)
    if status is None:
        raise Failure(
            f"{file} has the status {message.status}; only Actual, Exercise and Test are issued", ExitStatus.WRONG_USE
        )
    return document, status
