"""The ``tocsin`` command. Each sub-command is read from its module only when it is called, so that help stays quick."""

import sys

from .console import Failure, err
from .table import app


def main(arguments: list[str] | None = None) -> None:
    """Run the command line *arguments*, or those of the process, and exit."""
    try:
        app(arguments, prog_name="tocsin")
    except Failure as why:
        err.print(str(why), markup=False)
        sys.exit(why.status)
