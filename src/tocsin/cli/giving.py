"""Giving an order from the command line: freeze, look, confirm, sign, hand in, and say what became of it.

Which commands there are stands in ``orders`` and ``exercise``.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import typer

from tocsin.client import AlarmView, Issued, Operator, Submitted, Unreachable, new_id
from tocsin.issuing import Order
from tocsin.notice import DEMO, ID, Domain, Kind, Status

from .changes import changed_regions, find_alarm
from .connection import operator
from .console import ExitStatus, Failure, out, plainly
from .preview import confirmation, shown_time


@dataclass(frozen=True, slots=True)
class Manner:
    """How an order is given: where to, whether asked, how the result is shown."""

    data: Path
    url: str | None
    yes: bool
    json: bool


def ending(
    kind: Kind, status: Status, id: str | None, alarm: str | None, region: list[str] | None, hazard: str | None
) -> Order:
    """Return the order that ends *alarm*, or the one alarm of *hazard* in *region*."""
    if alarm is None and not (region and hazard):
        raise typer.BadParameter("name the alarm, or give both --region and --hazard")
    if alarm is not None and (region or hazard):
        raise typer.BadParameter("name the alarm or give --region and --hazard, not both")
    return Order(id=id_or_new(id), kind=kind, status=status, alarm=alarm, hazard=hazard, regions=tuple(region or ()))


def id_or_new(id: str | None) -> str:
    if id is not None and not ID.fullmatch(id):
        raise typer.BadParameter(f"{id!r} is no id: 26 characters a-z2-7; leave --id out to have one made")
    return id or new_id()


def give(order: Order, manner: Manner) -> None:
    """Give *order* and print what became of it."""
    with plainly(), operator(manner.data, manner.url, Domain.of(order.status)) as duty:
        _give(duty, order, manner)


def give_update(order: Order, add: list[str], remove: list[str], manner: Manner) -> None:
    """Issue an update; regions to add or to remove make the whole new set from what holds now."""
    if order.regions and (add or remove):
        raise typer.BadParameter("--region gives the whole new set; use either it or --add-region and --remove-region")
    if not (add or remove or order.level or order.regions or order.expires_in_s or order.text):
        raise typer.BadParameter("nothing to change: give --level, --expires-in, --headline or regions")
    with plainly(), operator(manner.data, manner.url, Domain.of(order.status)) as duty:
        if not (add or remove):
            _give(duty, order, manner)
            return
        now = find_alarm(duty.board().of(order.status), order.alarm or "")
        _give(duty, _with_regions(duty, order, now, add, remove), manner, version=now.version + 1)


def _with_regions(duty: Operator, order: Order, now: AlarmView, add: list[str], remove: list[str]) -> Order:
    regions = changed_regions(now.regions, add, remove, duty.signer.atlas)
    return msgspec.structs.replace(order, alarm=now.alarm, regions=regions)


def _give(duty: Operator, order: Order, manner: Manner, version: int | None = None) -> None:
    confirm = confirmation(duty.signer.atlas, manner.yes)
    try:
        given = duty.order(order, confirm, version)
    except (Unreachable, KeyboardInterrupt) as why:
        # Nobody knows whether it went out. The same id makes it harmless to find out.
        status = ExitStatus.UNREACHABLE if isinstance(why, Unreachable) else ExitStatus.NOT_DONE
        raise Failure(f"{why or 'Stopped'}\nGive it again with --id {order.id}: it goes out once.", status) from None
    show(given, order, manner, duty)


def show(given: Issued | Submitted, order: Order, manner: Manner, duty: Operator) -> None:
    """Print what the journal holds now, or what waits and for whom; a demo says so first. Raises ``Failure``."""
    if manner.json:
        said = {"submitted": given} if isinstance(given, Submitted) else given
        out.print(msgspec.json.encode(said).decode(), markup=False)
    what = f"{'DEMO ' if duty.signer.authority == DEMO else ''}{order.status} {order.kind}"
    if isinstance(given, Submitted):
        raise Failure(waiting(given, what, duty.console(Domain.of(order.status))), ExitStatus.SUBMITTED)
    for one in () if manner.json else (given, *given.others):
        out.print(f"{what}: alarm {one.alarm} version {one.version} position {one.position}", markup=False)


def waiting(submitted: Submitted, what: str, console: str) -> str:
    """Return what to tell of a draft that people have to sign."""
    people = "1 person" if submitted.missing == 1 else f"{submitted.missing} people"
    signed = ", ".join(one.name for one in submitted.signed_by) or "nobody"
    return (
        f"NOT ISSUED YET. {what}: {people} must sign, until {shown_time(submitted.lapses_at)}; signed: {signed}.\n"
        f"They look and sign here: {console}{submitted.link}"
    )
