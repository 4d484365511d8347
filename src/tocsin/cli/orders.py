"""``tocsin alert``, ``update``, ``disputed``, ``all-clear``, ``false-alarm``: orders about real dangers.

Exercises have commands of their own (``exercise``). Both go the same way: freeze, look, confirm, sign, issue.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tocsin.client import AlarmView, Issued, Operator, new_id
from tocsin.issuing import Order
from tocsin.notice import DEMO, ID, Domain, Kind, Level, Status

from . import options
from .changes import changed_regions, find_alarm
from .connection import operator
from .console import ExitStatus, Failure, out, plainly
from .preview import confirmation

AlarmArgument = Annotated[
    str, typer.Argument(metavar="ALARM", help="Id of the alarm, or its first 4 or more characters.")
]
AlarmOrNone = Annotated[
    str | None, typer.Argument(metavar="ALARM", help="Id of the alarm; or give --region and --hazard.")
]
HazardNeeded = Annotated[str, typer.Option("--hazard", help="What the danger is, as air_raid.")]
LevelNeeded = Annotated[Level, typer.Option("--level", help="How bad it is: red means act now, yellow be ready.")]
LevelOrNone = Annotated[Level | None, typer.Option("--level", help="The new level.")]
RegionsNeeded = Annotated[
    list[str], typer.Option("--region", help="Code, alias or name, as UA-30 or Вишгород; may be repeated.")
]
AddRegions = Annotated[list[str] | None, typer.Option("--add-region", help="A region to add; may be repeated.")]
RemoveRegions = Annotated[
    list[str] | None, typer.Option("--remove-region", help="A region where it ends; may be repeated.")
]


@dataclass(frozen=True, slots=True)
class Manner:
    """How an order is given: where to, whether asked, how the result is shown."""

    data: Path
    url: str | None
    yes: bool
    json: bool


def register(app: typer.Typer) -> None:
    app.command("alert")(alert)
    app.command("update")(update)
    app.command("disputed")(disputed)
    app.command("all-clear")(all_clear)
    app.command("false-alarm")(false_alarm)


def alert(
    region: RegionsNeeded,
    hazard: HazardNeeded,
    level: LevelNeeded,
    expires_in: options.ExpiresIn = None,
    headline: options.Headlines = None,
    instruction: options.Instructions = None,
    id: options.Id = None,
    data: options.Data = options.DATA_DEFAULT,
    url: options.Url = None,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """Warn regions of a danger. This is real: drills are given with `tocsin exercise`."""
    text = options.read_texts(headline, instruction)
    order = Order(
        id=id_or_new(id), kind=Kind.ALERT, status=Status.ACTUAL, hazard=hazard, level=level, regions=tuple(region),
        expires_in_s=options.read_expiry(expires_in), text=text,
    )  # fmt: skip
    give(order, Manner(data, url, yes, json))


def update(
    alarm: AlarmArgument,
    level: LevelOrNone = None,
    region: options.Regions = None,
    add_region: AddRegions = None,
    remove_region: RemoveRegions = None,
    expires_in: options.ExpiresIn = None,
    headline: options.Headlines = None,
    instruction: options.Instructions = None,
    id: options.Id = None,
    data: options.Data = options.DATA_DEFAULT,
    url: options.Url = None,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """Change an alarm. What is left out stays as it was; --region gives the whole new set."""
    text = options.read_texts(headline, instruction)
    order = Order(
        id=id_or_new(id), kind=Kind.UPDATE, status=Status.ACTUAL, alarm=alarm, level=level,
        regions=tuple(region or ()), expires_in_s=options.read_expiry(expires_in), text=text,
    )  # fmt: skip
    give_update(order, add_region or [], remove_region or [], Manner(data, url, yes, json))


def disputed(
    alarm: AlarmArgument,
    id: options.Id = None,
    data: options.Data = options.DATA_DEFAULT,
    url: options.Url = None,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """Say that an alarm is being checked. It stays in force: people stay in shelter until it is confirmed."""
    order = Order(id=id_or_new(id), kind=Kind.DISPUTED, status=Status.ACTUAL, alarm=alarm)
    give(order, Manner(data, url, yes, json))


def all_clear(
    alarm: AlarmOrNone = None,
    region: options.Regions = None,
    hazard: options.Hazard = None,
    id: options.Id = None,
    data: options.Data = options.DATA_DEFAULT,
    url: options.Url = None,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """End an alarm: the danger is over."""
    order = ending(Kind.ALL_CLEAR, Status.ACTUAL, id, alarm, region, hazard)
    give(order, Manner(data, url, yes, json))


def false_alarm(
    alarm: AlarmOrNone = None,
    region: options.Regions = None,
    hazard: options.Hazard = None,
    id: options.Id = None,
    data: options.Data = options.DATA_DEFAULT,
    url: options.Url = None,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """End an alarm: there is and was no danger."""
    order = ending(Kind.FALSE_ALARM, Status.ACTUAL, id, alarm, region, hazard)
    give(order, Manner(data, url, yes, json))


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
    """Issue *order* and print what became of it."""
    with plainly():
        _give(operator(manner.data, manner.url, Domain.of(order.status)), order, manner)


def give_update(order: Order, add: list[str], remove: list[str], manner: Manner) -> None:
    """Issue an update; regions to add or to remove make the whole new set from what holds now."""
    if order.regions and (add or remove):
        raise typer.BadParameter("--region gives the whole new set; use either it or --add-region and --remove-region")
    if not (add or remove or order.level or order.regions or order.expires_in_s or order.text):
        raise typer.BadParameter("nothing to change: give --level, --expires-in, --headline or regions")
    with plainly():
        duty = operator(manner.data, manner.url, Domain.of(order.status))
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
        issued = duty.order(order, confirm, version)
    except KeyboardInterrupt:
        raise Failure(f"Stopped. If it went out already, --id {order.id} shows it", ExitStatus.NOT_DONE) from None
    show(issued, order, manner, duty.signer.authority)


def show(issued: Issued, order: Order, manner: Manner, authority: str) -> None:
    """Print what the journal holds now; a demo says so first."""
    if manner.json:
        out.print(msgspec.json.encode(issued).decode(), markup=False)
        return
    what = f"{'DEMO ' if authority == DEMO else ''}{order.status} {order.kind}"
    out.print(f"{what}: alarm {issued.alarm} version {issued.version} position {issued.position}", markup=False)
