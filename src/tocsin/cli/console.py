"""What every command shares: where it writes, how it fails, and the exit statuses.

Results go to standard output, everything said to a person to standard error. It knows no order and no server.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class ExitStatus(IntEnum):
    """What a script can tell from how a command ended; 0 is done."""

    NOT_DONE = 1  # declined at the keyboard, or a comparison found a difference
    WRONG_USE = 2  # the command line, a file or the data folder is wrong; nothing was sent
    REFUSED = 3  # the server said no; nothing was written
    UNREACHABLE = 4  # no answer; the same --id makes another try harmless
    NOT_AS_ORDERED = 5  # the server froze something else; nothing was signed
    SUBMITTED = 6  # not issued yet: people have to sign it


EXIT_STATUSES = (
    "Exit status: 0 done, 1 not done, 2 wrong use, 3 refused by the server, 4 no answer, 5 not as ordered, 6 not "
    "issued yet: people have to sign."
)


class Failure(Exception):
    """A command cannot go on: what to tell, and the status to end with."""

    def __init__(self, message: str, status: ExitStatus) -> None:
        super().__init__(message)
        self.status = status


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what the client and the atlas raise into ``Failure``, candidates included."""
    from tocsin import client
    from tocsin.areas import AreaError

    try:
        yield
    except client.OrderRefused as why:
        lines = [f"  {one.name}  {one.description}".rstrip() for one in why.candidates]
        raise Failure("\n".join([f"Refused ({why.code}): {why}", *lines]), ExitStatus.REFUSED) from why
    except (client.Unreachable, client.AnswerUnreadable) as why:
        raise Failure(f"No answer: {why}", ExitStatus.UNREACHABLE) from why
    except client.NotAsOrdered as why:
        raise Failure(f"Not signed: {why}", ExitStatus.NOT_AS_ORDERED) from why
    except client.Declined as why:
        raise Failure(str(why).capitalize(), ExitStatus.NOT_DONE) from why
    except (client.FolderError, AreaError) as why:
        raise Failure(str(why), ExitStatus.WRONG_USE) from why
