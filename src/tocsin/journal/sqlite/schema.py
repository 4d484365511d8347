"""The SQL of the journal, and what tells its file from any other."""

import apsw

from tocsin import sql
from tocsin.ports.journal import JournalFault

# "Tocs" in ASCII, in the file's header.
APPLICATION_ID = 0x546F6373

STATEMENTS = sql.read_statements(__package__)
MIGRATIONS = sql.read_migrations(__package__)


def check_is_journal(connection: apsw.Connection, name: str) -> None:
    """Raise ``JournalFault`` if the file is no journal, or one of a newer schema."""
    if connection.pragma("application_id") != APPLICATION_ID:
        raise JournalFault(f"{name} is not a journal; point --data at a Tocsin data folder")
    version = connection.pragma("user_version")
    if version > len(MIGRATIONS):
        raise JournalFault(
            f"{name} has schema {version}; this Tocsin knows {len(MIGRATIONS)}: run the newer Tocsin that wrote it"
        )


def migrate(connection: apsw.Connection) -> None:
    """Bring the schema to the newest."""
    sql.migrate(connection, MIGRATIONS, APPLICATION_ID)
