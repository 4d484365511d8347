"""``tocsin exercise …``: drills, under their own root and with their own key; the words that confirm them differ.

There is no option that turns one of these into a real alert, and none that does the reverse.
"""

import typer

from tocsin.issuing import Order
from tocsin.notice import Kind, Level, Status

from . import options
from .giving import Manner, give, id_or_new
from .orders import HazardNeeded, LevelNeeded, RegionsNeeded, ending_of, update_of


def register(app: typer.Typer) -> None:
    drills = typer.Typer(no_args_is_help=True, help="Drills: the same orders, never taken for real.")
    drills.command("alert")(alert)
    drills.command("update", help="Change a drill.")(update_of(Status.EXERCISE))
    drills.command("all-clear", help="End a drill.")(ending_of(Kind.ALL_CLEAR, Status.EXERCISE))
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
