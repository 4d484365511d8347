"""``python -m tocsin``: the ``tocsin`` command."""

from tocsin.cli import main

main()
