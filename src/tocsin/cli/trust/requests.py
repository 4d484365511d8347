"""``tocsin trust requests``: on the server, the passkeys that were enrolled and stand in no roster yet.

It needs the server extra, as the records are the server's.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.console import ExitStatus, Failure, err, out
from tocsin.cli.options import DATA_DEFAULT
from tocsin.notice import b64
from tocsin.ports.records import Credential

from .root_keys import fingerprint


def requests(
    data: Annotated[Path, typer.Option("--data", envvar="TOCSIN_DATA", help="Folder of the authority.")] = DATA_DEFAULT,
) -> None:
    """List enrolled passkeys as they go into the plan. Let each person read the fingerprint aloud and compare."""
    enrolled = _enrolled(data)
    if not enrolled:
        err.print("Nobody has enrolled; `tocsin operator invite` prints a link for one person", markup=False)
    for one in enrolled:
        out.print(_snippet(one), markup=False)


def _enrolled(data: Path) -> list[Credential]:
    from tocsin.records import SqliteRecords

    if not (data / "authority.json").is_file():
        raise Failure(f"there is no authority in {data}; --data names another folder", ExitStatus.WRONG_USE)
    records = SqliteRecords.open(data)
    try:
        return records.credentials()
    finally:
        records.close()


def _snippet(one: Credential) -> str:
    when = f"{datetime.fromtimestamp(one.enrolled_ms // 1000, UTC):%Y-%m-%d %H:%M} UTC"
    return (
        f"# {one.name}, enrolled {when}\n# fingerprint  {fingerprint(one.public)}\n"
        f'# in [[person]] with id = "{one.holder}":\nkeys = ["{b64(one.public)}"]\n'
    )
