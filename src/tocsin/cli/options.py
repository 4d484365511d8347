"""Options that several commands share, and how their values are read."""

import re
from pathlib import Path
from typing import Annotated

import typer

from tocsin.notice import LANGUAGE, Text

DATA_DEFAULT = Path("tocsin-data")

_DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?")
_UNITS_S = (86_400, 3_600, 60, 1)


def read_duration(text: str) -> int:
    """Return the seconds that ``90m``, ``2h``, ``1h30m`` or ``1d`` mean."""
    found = _DURATION.fullmatch(text.strip().lower())
    seconds = sum(int(count or 0) * unit for count, unit in zip(found.groups(), _UNITS_S, strict=True)) if found else 0
    if not seconds:
        raise typer.BadParameter(f"{text!r} is no duration above zero; write 45s, 90m, 2h, 1h30m or 1d")
    return seconds


def read_expiry(text: str | None) -> int | None:
    return None if text is None else read_duration(text)


def read_texts(headlines: list[str] | None, instructions: list[str] | None) -> dict[str, Text]:
    """Return the texts by language from ``LANGUAGE=TEXT`` options."""
    heads, instructs = _by_language("--headline", headlines), _by_language("--instruction", instructions)
    alone = sorted(set(instructs) - set(heads))
    if alone:
        raise typer.BadParameter(f"--instruction {alone[0]}=… needs a --headline {alone[0]}=… beside it")
    return {language: Text(heads[language], instructs.get(language, "")) for language in sorted(heads)}


def _by_language(option: str, values: list[str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values or []:
        language, equals, text = value.partition("=")
        if not equals or not LANGUAGE.fullmatch(language) or not text.strip():
            raise typer.BadParameter(f"{option} {value!r} does not have the form LANGUAGE=TEXT, as in uk=…")
        if language in found:
            raise typer.BadParameter(f"{option} is given twice for {language}")
        found[language] = text
    return found


Data = Annotated[Path, typer.Option("--data", envvar="TOCSIN_DATA", help="Folder of the authority.")]
Url = Annotated[
    str | None, typer.Option("--url", envvar="TOCSIN_URL", help="Address of the server, if it did not leave one there.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Issue without asking; for scripts.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Id = Annotated[str | None, typer.Option("--id", help="Id of the order; giving it again is harmless.")]
Regions = Annotated[
    list[str] | None, typer.Option("--region", help="Code, alias or name, as UA-30 or Вишгород; may be repeated.")
]
Hazard = Annotated[str | None, typer.Option("--hazard", help="What the danger is, as air_raid.")]
ExpiresIn = Annotated[
    str | None, typer.Option("--expires-in", metavar="DURATION", help="How long it holds, as 90m or 2h.")
]
Headlines = Annotated[list[str] | None, typer.Option("--headline", help="Own words, as en=…; may be repeated.")]
Instructions = Annotated[list[str] | None, typer.Option("--instruction", help="What to do, as en=…; may be repeated.")]
