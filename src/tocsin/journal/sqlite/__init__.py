"""The journal in one SQLite file: ``journal.sqlite`` in the data folder.

It knows entries and their chain. Whether a notice may follow another is decided in ``tocsin.issuing``, who is believed
in ``tocsin.notice``.
"""

from .journal import SqliteJournal
from .opening import FILE_NAME

__all__ = ["FILE_NAME", "SqliteJournal"]
