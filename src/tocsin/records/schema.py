"""The SQL of the records, and what tells their file from any other."""

import apsw

from tocsin import sql
from tocsin.ports.records import RecordsFault

# "Toco" in ASCII, in the file's header.
APPLICATION_ID = 0x546F636F

STATEMENTS = sql.read_statements(__package__)
MIGRATIONS = sql.read_migrations(__package__)


def migrate(connection: apsw.Connection, name: str) -> None:
    """Bring the schema to the newest. Raises ``RecordsFault`` for a file that is not ours, or of a newer schema."""
    done, mark = connection.pragma("user_version"), connection.pragma("application_id")
    if mark != APPLICATION_ID and (mark or connection.execute("SELECT count(*) FROM sqlite_schema").get):
        raise RecordsFault(f"{name} does not hold an office's records; point --data at a Tocsin data folder")
    if done > len(MIGRATIONS):
        raise RecordsFault(
            f"{name} has schema {done}; this Tocsin knows {len(MIGRATIONS)}: run the newer Tocsin that wrote it"
        )
    sql.migrate(connection, MIGRATIONS, APPLICATION_ID)
