"""``tocsin trust``: roots, plans, rosters and revocations. It works offline, with the base install.

Each command has a module; what a roster means is ``tocsin.notice``'s to say.
"""

import typer

from . import making, publishing, requests, revoking, showing, signing


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Who may order: roots, rosters, revocations. Works offline.")
    group.command("init")(making.init)
    group.command("keygen")(making.keygen)
    group.command("check")(signing.check)
    group.command("sign")(signing.sign)
    group.command("rotate")(signing.rotate)
    group.command("show")(showing.show)
    group.command("publish")(publishing.publish)
    group.command("requests")(requests.requests)
    group.command("revoke")(revoking.revoke)
    group.command("countersign")(revoking.countersign)
    app.add_typer(group, name="trust")
