"""``tocsin operator``: on the server, let a person in. What the person may do is the roster's to say."""

from typing import Annotated

import typer

from tocsin.assembly import SteadyClock
from tocsin.issuing.audit import AuditTrail
from tocsin.notice import Holder, HolderKind, Trust
from tocsin.people import People, Place
from tocsin.people.people import INVITATION_LASTS_S

from . import options
from .console import ExitStatus, Failure, err, out
from .office import records_of, trust_in

HOUR_S = 3600


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Let people in.")
    group.callback()(_group)
    group.command("invite")(invite)
    app.add_typer(group, name="operator")


def _group() -> None:
    """Let people in."""


def invite(
    name: Annotated[str, typer.Argument(help="Name of the person, as others see it.")],
    holder: Annotated[str, typer.Option("--holder", help="Id of the person in the plan and the rosters.")],
    data: options.Data = options.DATA_DEFAULT,
    url: options.Url = None,
) -> None:
    """Print a one-time link with which one person makes a passkey. Hand it over in person, or by a call you know.

    The passkey orders nothing until a roster lists it: `tocsin trust requests` prints it for the plan.
    """
    trust = trust_in(data)
    if not _is_person(trust, holder):
        err.print(f"No roster lists a person {holder!r} yet; the plan must name the same id.", style="yellow")
    place = _place(trust, url)
    clock = SteadyClock()
    with records_of(data) as records:
        trail = AuditTrail(records, clock)
        try:
            token = People(records, trail, clock, lambda: trust, place).invite(holder, name)
        finally:
            trail.close()
    out.print(f"{place.origins[0]}/console/#/enrol/{token}", markup=False)
    err.print(f"It works once, within {INVITATION_LASTS_S // HOUR_S} hours, for {name}.", markup=False)


def _is_person(trust: Trust, id: str) -> bool:
    return any(_is(one, id) for roster in trust.rosters.values() for one in roster.holders)


def _is(one: Holder, id: str) -> bool:
    return one.id == id and one.kind is HolderKind.PERSON


def _place(trust: Trust, url: str | None) -> Place:
    """Return where the console is: what a roster says, else this machine."""
    for roster in trust.rosters.values():
        if roster.rp_id:
            return Place(roster.rp_id, roster.origins)
    if url is None:
        raise Failure(
            "No roster says where people sign. Give --url with the address of the console, or set rp_id and origins in "
            "the plan",
            ExitStatus.WRONG_USE,
        )
    return Place("localhost", (url.rstrip("/"),))
