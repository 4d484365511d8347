"""``tocsin watch``: a live board in the terminal. It verifies like any device and says so when it is not live."""

import os
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.live import Live

from tocsin.client import (
    ActualNotice,
    DataFolder,
    Disconnected,
    Event,
    ExerciseNotice,
    Heard,
    KeysRevoked,
    Memory,
    NotBelieved,
    NotLive,
    RosterLearned,
    Stream,
    TestNotice,
    open_folder,
)
from tocsin.client.operator import Clock

from . import options
from .board_view import NOT_LIVE, Sight, board_view, notice_line, plain_lines
from .connection import address_of, atlas_of, trust_of
from .console import ExitStatus, Failure, err, out, plainly

# Often enough for "last heard 3 s ago" to be true, rare enough to cost nothing.
REFRESH_PER_S = 2

Once = Annotated[bool, typer.Option("--once", help="Print the board and end; status 4 if it is not live.")]
Plain = Annotated[bool, typer.Option("--plain", help="One line for each event; for pipes.")]


def register(app: typer.Typer) -> None:
    app.command("watch")(watch)


def watch(
    region: options.Regions = None,
    once: Once = False,
    plain: Plain = False,
    data: options.Data = options.DATA_DEFAULT,
    url: options.Url = None,
) -> None:
    """Show what is in force, everywhere or in the places named, for as long as it runs."""
    with plainly():
        folder = open_folder(data)
        atlas = atlas_of(folder)
        places = tuple(atlas.resolve(text).code for text in region or ())
        stream = Stream(address_of(folder, url), trust_of(folder, atlas), memory=_memory(folder))
        sight = Sight(atlas, places, folder.demo)
        try:
            if once:
                _once(stream, sight)
            elif plain or not out.is_terminal:
                print_events(stream.events(), sight)
            else:
                _live(stream, sight)
        except KeyboardInterrupt:
            return


def _memory(folder: DataFolder) -> Memory | None:
    """Return where it is remembered whom to trust, if this user may write there."""
    if os.access(folder.path, os.W_OK):
        return Memory(folder.seen)
    err.print(f"{folder.path} cannot be written: an older roster could be played after the next start", markup=False)
    return None


def _once(stream: Stream, sight: Sight) -> None:
    for event in stream.events():
        _complain(event)
        if isinstance(event, Heard | NotLive):
            for line in plain_lines(stream.follower, sight, Clock().monotonic_s()):
                out.print(line, markup=False)
            if isinstance(event, NotLive):
                raise Failure(f"{NOT_LIVE}: {event.message}", ExitStatus.UNREACHABLE)
            return


def _live(stream: Stream, sight: Sight) -> None:
    clock = Clock()

    def screen() -> RenderableType:
        return board_view(stream.follower, sight, clock.monotonic_s())

    with Live(get_renderable=screen, console=out, refresh_per_second=REFRESH_PER_S):
        for event in stream.events():
            _complain(event)


def print_events(events: Iterable[Event], sight: Sight) -> None:
    """Print what happens, a line for each event; what is not believed goes to standard error."""
    live, first = False, "DEMO  " if sight.demo else ""
    for event in events:
        match event:
            case ActualNotice(notice, names) | ExerciseNotice(notice, names) | TestNotice(notice, names):
                if sight.concerns(notice.regions):
                    out.print(notice_line(notice, sight, names), markup=False)
            case RosterLearned(domain, version):
                err.print(f"{first}roster: version {version} says who may order ({domain})", markup=False)
            case KeysRevoked(domain, version):
                err.print(f"{first}revoked: keys count no longer ({domain}, list {version})", markup=False)
            case Heard():
                if not live:
                    out.print(f"{first}live", markup=False)
                live = True
            case NotLive(_, message):
                live = False
                out.print(f"{first}{NOT_LIVE}: {message}", markup=False)
            case _:
                _complain(event)
        out.file.flush()


def _complain(event: Event) -> None:
    match event:
        case NotBelieved(name, reason, message):
            err.print(f"not believed: {name}: {reason}: {message}", markup=False)
        case Disconnected(message, again_in_s):
            err.print(f"disconnected: {message}; again in {again_in_s:.1f} s", markup=False)
        case _:
            pass
