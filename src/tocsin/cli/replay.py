"""``tocsin replay``: real history through the whole way, in a demo authority and nowhere else.

What the files are is in ``history``, which orders they make in ``timeline``, how those are given in ``playback``.
"""

from pathlib import Path
from secrets import token_hex
from typing import Annotated

import msgspec
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tocsin.areas import AreaError, Atlas
from tocsin.client import DataFolder, Operator, open_folder
from tocsin.client.orders import read_answer
from tocsin.notice import Domain, Kind

from . import options
from .connection import atlas_of, operator
from .console import ExitStatus, Failure, err, out, plainly
from .history import HistoryError, Row, read_history
from .playback import Playback, differences
from .timeline import Step, Window, WindowError, alarms_of, open_at_the_end, read_moment, steps

Placed = list[tuple[Row, str]]

# More than a screen of differences says no more than that the replay went wrong.
DIFFERENCES_SHOWN_MAX = 20


class _Authority(msgspec.Struct, frozen=True):
    demo: bool


def register(app: typer.Typer) -> None:
    app.command("replay")(replay)


def replay(
    file: Annotated[Path, typer.Argument(help="History as CSV: the official or the volunteer form.")],
    begin: Annotated[str, typer.Option("--from", help="First moment, UTC: 2023-03-28 or 2024-03-28T10:09.")],
    end: Annotated[str, typer.Option("--to", help="First moment that is left out, UTC.")],
    speed: Annotated[float, typer.Option("--speed", help="How many times as fast as history.")] = 1.0,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first alerts of the window.")] = None,
    run: Annotated[
        str | None, typer.Option("--run", help="Name of the run; the name of an earlier one goes on where it stopped.")
    ] = None,
    give_up: Annotated[
        str, typer.Option("--give-up", metavar="DURATION", help="How long to wait for a server that is away.")
    ] = "60s",
    data: options.Data = options.DATA_DEFAULT,
    url: options.Url = None,
) -> None:
    """Play history back: `at = start + (t - from) / speed`. At the end the board is held against the file."""
    window, give_up_s = _window(begin, end, speed), options.read_duration(give_up)
    with plainly():
        folder = _demo_folder(data)
        atlas = atlas_of(folder)
        placed = _placed(file, window, limit, atlas)
        with operator(data, url, Domain.ACTUAL, give_up_s) as duty:
            _check_server(duty)
            playback = Playback(duty, run or token_hex(4), window)
            _play(playback, placed, resumed=run is not None)
            found = _compare(playback, placed, atlas)
    if found:
        shown = "\n".join(f"  {line}" for line in found[:DIFFERENCES_SHOWN_MAX])
        raise Failure(f"The board and the file differ in {len(found)} places:\n{shown}", ExitStatus.NOT_DONE)


def _window(begin: str, end: str, speed: float) -> Window:
    try:
        return Window(read_moment(begin), read_moment(end), speed)
    except WindowError as why:
        raise Failure(str(why), ExitStatus.WRONG_USE) from why


def _demo_folder(data: Path) -> DataFolder:
    folder = open_folder(data)
    if not folder.demo:
        raise Failure(
            f"{data} is the folder of {folder.authority}. History is only played in a demo authority, so that nobody "
            "takes it for real.",
            ExitStatus.WRONG_USE,
        )
    return folder


def _check_server(duty: Operator) -> None:
    if not read_answer(duty.get("/v1/authority").content, _Authority).demo:
        raise Failure("The server is not one of a demo authority; nothing was sent", ExitStatus.WRONG_USE)


def _placed(file: Path, window: Window, limit: int | None, atlas: Atlas) -> Placed:
    """Return the rows that start in the window, with their regions. The whole file is checked."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = [row for row in read_history(lines) if row.started in window]
    except OSError as why:
        raise Failure(f"{file} cannot be read: {why.strerror}", ExitStatus.WRONG_USE) from why
    except HistoryError as why:
        raise Failure(f"{file}, {why}", ExitStatus.WRONG_USE) from why
    rows.sort(key=lambda row: (row.started, row.number))
    return [(row, _region(file, row, atlas)) for row in rows[:limit]]


def _region(file: Path, row: Row, atlas: Atlas) -> str:
    try:
        return atlas.history(*row.place).code
    except AreaError as why:
        column = "hromada" if row.hromada else "raion" if row.raion else "oblast or region"
        raise Failure(f"{file}, row {row.number}, column {column}: {why}", ExitStatus.WRONG_USE) from why


def _play(playback: Playback, placed: Placed, *, resumed: bool) -> None:
    every = steps(placed, playback.window)
    if not every:
        err.print("No alert starts in this window; nothing to play.")
        return
    done = playback.done_before(every) if resumed else 0
    left = every[done:]
    begins_after_s = left[0].after_s if done and left else 0.0
    err.print(
        f"DEMO replay, run {playback.run}: {len(placed)} alerts, {len(every) - len(placed)} all clears, {done} done"
    )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=err) as progress:
            task = progress.add_task("DEMO", total=len(every), completed=done)

            def told(step: Step) -> None:
                word = "alert" if step.kind is Kind.ALERT else "clear"
                moment = f"DEMO {step.original:%Y-%m-%d %H:%M:%S} {word}"
                progress.update(task, advance=1, description=moment)

            late_s = playback.play(left, begins_after_s, told)
    except BaseException:
        err.print(f"Stopped. `--run {playback.run}` with the same file and window goes on from here.")
        raise
    out.print(f"{len(every)} orders issued; the latest was {late_s:.1f} s behind history")


def _compare(playback: Playback, placed: Placed, atlas: Atlas) -> list[str]:
    expected = open_at_the_end(placed, playback.window, playback.run)
    ours = alarms_of(placed, playback.window, playback.run)
    found = differences(expected, ours, playback.duty.board().actual, lambda code: atlas.path_name(code, "en"))
    if not found:
        out.print(f"The board says the same as the file: {len(expected)} of {len(placed)} alerts have not ended")
    return found
