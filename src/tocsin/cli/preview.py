"""What a person sees before signing, and the word to be typed.

It shows the frozen bytes and what follows from proven ones, never the server's own words, with names from the atlas
here.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tocsin.areas import Atlas
from tocsin.client import Confirm, Draft, without_asking
from tocsin.client.agreement import ended_regions
from tocsin.notice import ENDINGS, Kind, Level, Notice, Status

from .console import ExitStatus, Failure, err

KIND_WORDS = {
    Kind.ALERT: "Alert",
    Kind.UPDATE: "Update",
    Kind.DISPUTED: "Disputed: being checked, stays in force",
    Kind.ALL_CLEAR: "All clear: the danger is over",
    Kind.FALSE_ALARM: "False alarm: there was no danger",
}
LEVEL_WORDS = {Level.RED: "red level", Level.YELLOW: "yellow level"}
LEVEL_STYLES = {Level.RED: "bold white on red", Level.YELLOW: "bold black on yellow"}
STATUS_WORDS = {Status.ACTUAL: "", Status.EXERCISE: "EXERCISE", Status.TEST: "TEST"}
EXERCISE_STYLE = "bold white on blue"

# A list longer than the screen hides the rest of the preview; the number of regions is in the word to be typed.
REGIONS_SHOWN_MAX = 30


def first_words(notice: Notice) -> str:
    """Return what must be said before anything else: DEMO, EXERCISE, TEST, or nothing."""
    return " ".join(word for word in ("DEMO" if notice.demo else "", STATUS_WORDS[notice.status]) if word)


def word_to_type(draft: Draft) -> str:
    """Return what a person types to confirm: what it is and in how many regions; an exercise says so first."""
    notice = draft.notice
    what = notice.hazard if notice.kind is Kind.ALERT else notice.kind.replace("_", "-")
    drill = f"{notice.status} " if notice.status is not Status.ACTUAL else ""
    return f"{drill}{what} {len(draft.regions)}"


def panel(draft: Draft, atlas: Atlas) -> RenderableType:
    """Return the preview of *draft*."""
    notice = draft.notice
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for label, value in _lines(draft, atlas):
        table.add_row(label, value)
    actual = notice.status is Status.ACTUAL
    style = LEVEL_STYLES[notice.level] if actual else EXERCISE_STYLE
    title = f"{first_words(notice)} {KIND_WORDS[notice.kind]}".strip()
    return Panel(Group(table), title=Text(f" {title} ", style), border_style="red" if actual else "blue")


def confirmation(atlas: Atlas, yes: bool) -> Confirm:
    """Return how an order is confirmed: not at all with *yes*, else by a typed word, which takes a terminal."""
    if yes:
        return without_asking
    if not sys.stdin.isatty():
        raise Failure(
            "This is not a terminal, so nobody can confirm; nothing was sent. Give --yes to issue without asking.",
            ExitStatus.WRONG_USE,
        )

    def ask(draft: Draft) -> bool:
        word = word_to_type(draft)
        err.print(panel(draft, atlas))
        typed = err.input(Text(f"Type “{word}” to sign it, anything else to stop: "))
        return is_confirmed(typed, word)

    return ask


def is_confirmed(typed: str, word: str) -> bool:
    return " ".join(typed.split()).casefold() == word


def shown_time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _lines(draft: Draft, atlas: Atlas) -> Iterator[tuple[str, Text]]:
    notice = draft.notice
    yield "hazard", Text(notice.hazard, "bold")
    if notice.kind not in ENDINGS:  # the end of a danger shows no colour of it
        yield "level", Text(f" {LEVEL_WORDS[notice.level]} ", LEVEL_STYLES[notice.level])
    for part in draft.parts:
        yield "alarm", Text(f"{part.notice.alarm}, version {part.notice.version}")
    if len(draft.parts) > 1:
        yield "split", Text(f"one notice cannot hold it; it becomes {len(draft.parts)} alarms, issued together", "bold")
    yield f"{len(draft.regions)} regions" if len(draft.regions) > 1 else "region", _names(draft.regions, atlas)
    if ended := ended_regions(draft, atlas):
        yield "ends in", _names(ended, atlas)
    for language, text in notice.text.items():
        yield language, Text(f"{text.headline}\n{text.instruction}".strip())
    yield "expires", Text(shown_time(notice.expires))


def _names(codes: tuple[str, ...], atlas: Atlas) -> Text:
    shown = [f"{atlas.path_name(code, 'en')}  {code}" for code in codes[:REGIONS_SHOWN_MAX]]
    rest = len(codes) - len(shown)
    return Text("\n".join([*shown, f"… and {rest} more"] if rest else shown))
