"""``tocsin exercise …``: drills, under their own root and with their own key; the words that confirm them differ.

There is no option that turns one of these into a real alert, and none that does the reverse.
"""

import typer

from tocsin.issuing import Order
from tocsin.notice import Kind, Level, Status

from . import options
from .giving import Manner, ending, give, give_update, id_or_new
from .orders import (
    AddRegions,
    AlarmArgument,
    AlarmOrNone,
    HazardNeeded,
    LevelNeeded,
    LevelOrNone,
    RegionsNeeded,
    RemoveRegions,
)


def register(app: typer.Typer) -> None:
    drills = typer.Typer(no_args_is_help=True, help="Drills: the same orders, never taken for real.")
    drills.command("alert")(alert)
    drills.command("update")(update)
    drills.command("all-clear")(all_clear)
    app.add_typer(drills, name="exercise")


def alert(
    region: RegionsNeeded,
    hazard: HazardNeeded,
    level: LevelNeeded = Level.RED,
    expires_in: options.ExpiresIn = None,
    headline: options.Headlines = None,
    instruction: options.Instructions = None,
    id: options.Id = None,
    data: options.Data = options.DATA_DEFAULT,
    url: options.Url = None,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """Begin a drill: devices show it as an exercise, sirens stay silent."""
    text = options.read_texts(headline, instruction)
    order = Order(
        id=id_or_new(id), kind=Kind.ALERT, status=Status.EXERCISE, hazard=hazard, level=level, regions=tuple(region),
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
    """Change a drill."""
    text = options.read_texts(headline, instruction)
    order = Order(
        id=id_or_new(id), kind=Kind.UPDATE, status=Status.EXERCISE, alarm=alarm, level=level,
        regions=tuple(region or ()), expires_in_s=options.read_expiry(expires_in), text=text,
    )  # fmt: skip
    give_update(order, add_region or [], remove_region or [], Manner(data, url, yes, json))


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
    """End a drill."""
    order = ending(Kind.ALL_CLEAR, Status.EXERCISE, id, alarm, region, hazard)
    give(order, Manner(data, url, yes, json))
