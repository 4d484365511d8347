"""``tocsin trust requests``: on the server, the passkeys that were enrolled and stand in no roster yet.

It needs the server extra, as the records are the server's.
"""

from datetime import UTC, datetime

from tocsin.cli import options
from tocsin.cli.console import err, out
from tocsin.notice import b64, key_id
from tocsin.ports.records import Credential

from .root_keys import fingerprint


def requests(data: options.Data = options.DATA_DEFAULT) -> None:
    """List enrolled passkeys as they go into the plan. Let each person read the fingerprint aloud and compare."""
    # Read only here: the rest of `tocsin trust` works without the server extra.
    from tocsin.cli.office import records_of, trust_in

    trust = trust_in(data)
    listed = {key.id for roster in trust.rosters.values() for key in roster.keys}
    with records_of(data) as records:
        waiting = [one for one in records.credentials() if key_id(one.public).hex() not in listed]
    if not waiting:
        err.print("No passkey waits for a roster; `tocsin operator invite` prints a link for one person", markup=False)
    for one in waiting:
        out.print(_snippet(one), markup=False)


def _snippet(one: Credential) -> str:
    when = f"{datetime.fromtimestamp(one.enrolled_ms // 1000, UTC):%Y-%m-%d %H:%M} UTC"
    return (
        f"# {one.name}, enrolled {when}\n# fingerprint  {fingerprint(one.public)}\n"
        f'# in [[person]] with id = "{one.holder}":\nkeys = ["{b64(one.public)}"]\n'
    )
