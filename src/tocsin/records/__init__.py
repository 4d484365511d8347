"""The office's private records in one SQLite file beside the journal: the second floor of ``tocsin.ports.records``.

It keeps what it is given. What may be drafted is decided in ``tocsin.issuing``, who may come in in ``tocsin.people``.
"""

from .records import FILE_NAME, SqliteRecords

__all__ = ["FILE_NAME", "SqliteRecords"]
