"""``tocsin alert``, ``update``, ``disputed``, ``all-clear``, ``false-alarm``: orders about real dangers.

Exercises have commands of their own (``exercise``). Both are given the same way (``giving``).
"""

from collections.abc import Callable
from typing import Annotated

import typer

from tocsin.issuing import Order
from tocsin.notice import Kind, Level, Status

from . import options
from .giving import Manner, ending, give, give_update, id_or_new

AlarmArgument = Annotated[
    str, typer.Argument(metavar="ALARM", help="Id of the alarm, or its first 4 or more characters.")
]
AlarmOrNone = Annotated[
    str | None, typer.Argument(metavar="ALARM", help="Id of the alarm; or give --region and --hazard.")
]
HazardNeeded = Annotated[str, typer.Option("--hazard", help="What the danger is, as air_raid.")]
LevelNeeded = Annotated[Level, typer.Option("--level", help="How bad it is; from yellow to red sounds again.")]
LevelOrNone = Annotated[Level | None, typer.Option("--level", help="The new level.")]
RegionsNeeded = Annotated[
    list[str], typer.Option("--region", help="Code, alias or name, as UA-30 or Вишгород; may be repeated.")
]
AddRegions = Annotated[list[str] | None, typer.Option("--add-region", help="A region to add; may be repeated.")]
RemoveRegions = Annotated[
    list[str] | None, typer.Option("--remove-region", help="A region where it ends; may be repeated.")
]


def register(app: typer.Typer) -> None:
    app.command("alert")(alert)
    app.command("update", help="Change an alarm. What is left out stays as it was; --region gives the whole new set.")(
        update_of(Status.ACTUAL)
    )
    app.command("disputed")(disputed)
    app.command("all-clear", help="End an alarm: the danger is over.")(ending_of(Kind.ALL_CLEAR, Status.ACTUAL))
    app.command("false-alarm", help="End an alarm: there is and was no danger.")(
        ending_of(Kind.FALSE_ALARM, Status.ACTUAL)
    )


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


def update_of(status: Status) -> Callable[..., None]:
    """Return the command that changes an alarm of *status*."""

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
        text = options.read_texts(headline, instruction)
        order = Order(
            id=id_or_new(id), kind=Kind.UPDATE, status=status, alarm=alarm, level=level,
            regions=tuple(region or ()), expires_in_s=options.read_expiry(expires_in), text=text,
        )  # fmt: skip
        give_update(order, add_region or [], remove_region or [], Manner(data, url, yes, json))

    return update


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


def ending_of(kind: Kind, status: Status) -> Callable[..., None]:
    """Return the command that ends an alarm of *status* by *kind*."""

    def end(
        alarm: AlarmOrNone = None,
        region: options.Regions = None,
        hazard: options.Hazard = None,
        id: options.Id = None,
        data: options.Data = options.DATA_DEFAULT,
        url: options.Url = None,
        yes: options.Yes = False,
        json: options.Json = False,
    ) -> None:
        order = ending(kind, status, id, alarm, region, hazard)
        give(order, Manner(data, url, yes, json))

    return end
