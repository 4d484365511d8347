"""``tocsin regions``: find a region, show one, bring another country's.

It reads and writes files and prints; what a region is and what a good file is stands in ``tocsin.areas``.
"""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tocsin.areas import (
    AreaError,
    Atlas,
    Imported,
    Origin,
    Problem,
    Properties,
    Refused,
    Region,
    atlas_bytes,
    import_geojson,
    load_ukraine,
    read_atlas,
)
from tocsin.cli.console import ExitStatus
from tocsin.cli.options import DATA_DEFAULT, Data

app = typer.Typer(
    help="Regions: find one by any name or code, show one, bring another country's.", no_args_is_help=True
)

ATLAS_FILE = "atlas.json"

# A screen of hits; more is a search that wants another word.
FOUND_DEFAULT = 20
WARNINGS_SHOWN_MAX = 20

# Where nobody sees a terminal, a table is read by programs and must not be cut.
PIPE_COLUMNS = 240

NO_UID = "no uid"

AtlasFile = Annotated[Path | None, typer.Option("--atlas", help="Another atlas file than the one of the data folder.")]


@app.command()
def find(
    text: Annotated[str, typer.Argument(help="Any part of a name or code, in either alphabet, or a uid.")],
    limit: Annotated[int, typer.Option(min=1, max=2000, help="How many to show.")] = FOUND_DEFAULT,
    data: Data = DATA_DEFAULT,
    atlas: AtlasFile = None,
) -> None:
    """Find regions by any part of a name or code."""
    regions = _atlas(data, atlas)
    found = regions.find(text, limit)
    if not found:
        try:
            regions.resolve(text)
        except AreaError as error:
            _fail(str(error))
    table = Table("code", "kind", "name", "English", "in", "uid", "ISO")
    table.columns[0].no_wrap = True
    for region in found:
        above = ", ".join(regions.region(code).local_name for code in regions.ancestors(region.code))
        iso = region.alias("iso_3166_2") or ""
        row = (region.code, region.kind, region.local_name, region.name("en"), above, _uid(region), iso)
        table.add_row(*(escape(cell) for cell in row))
    _console().print(table)
    if len(found) == limit:
        _console().print(f"the first {limit}; more words find fewer, --limit shows more")


@app.command()
def show(
    text: Annotated[str, typer.Argument(metavar="CODE", help="A code, an id of another API, or an exact name.")],
    data: Data = DATA_DEFAULT,
    atlas: AtlasFile = None,
) -> None:
    """Show everything the atlas knows about one region."""
    regions = _atlas(data, atlas)
    try:
        region = regions.resolve(text)
    except AreaError as error:
        _fail(str(error))
    table = Table(show_header=False, box=None)
    for label, value in _facts(regions, region):
        table.add_row(f"[bold]{label}", escape(value))
    _console().print(table)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="GeoJSON, WGS 84.")],
    code: Annotated[str, typer.Option(help="The property that holds the code of a region.")],
    name: Annotated[list[str], typer.Option(metavar="LANG=PROP", help="The property with the name in a language.")],
    source: Annotated[str, typer.Option(help="Where the file comes from.")],
    licence: Annotated[str, typer.Option(help="Under which licence.")],
    attribution: Annotated[str, typer.Option(help="What has to stand beside the map.")],
    date: Annotated[str, typer.Option(help="Of which date the borders are, YYYY-MM-DD.")],
    accuracy_km: Annotated[float, typer.Option(help="How far off a border may be, in kilometres.")],
    parent: Annotated[str | None, typer.Option(help="The property that holds the code of the region above.")] = None,
    level: Annotated[str | None, typer.Option(help="The property that holds the level, 0 to 3.")] = None,
    country: Annotated[str | None, typer.Option(metavar="CODE=NAME", help="The country above all of them.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the atlas; default: the data folder.")] = None,
    data: Data = DATA_DEFAULT,
) -> None:
    """Make an atlas of another country's GeoJSON; nothing is written if anything is wrong."""
    properties = Properties(code, dict(_pair(pair, "--name") for pair in name), parent, level)
    origin = Origin(source, licence, attribution, date, accuracy_km)
    outcome = import_geojson(file.read_bytes(), properties, origin, _country(country))
    match outcome:
        case Refused(problems, count):
            _fail(_refusal(file, problems, count))
        case Imported(atlas, warnings):
            target = out or data / ATLAS_FILE
            kept = _write(target, atlas_bytes(atlas))
            _report(atlas, warnings, target, kept)


def _atlas(data: Path, file: Path | None) -> Atlas:
    """Return the atlas asked for, else that of the data folder, else the one of Ukraine."""
    path = file or data / ATLAS_FILE
    if file is None and not path.exists():
        return load_ukraine()
    try:
        return read_atlas(path.read_bytes())
    except OSError as error:
        _fail(f"{path} cannot be read: {error.strerror}")
    except AreaError as error:
        _fail(f"{path}: {error}")


def _facts(atlas: Atlas, region: Region) -> list[tuple[str, str]]:
    """Return what there is to say about *region*, line by line."""
    layer = next((layer for layer in atlas.layers if layer.level == region.level and region.code in atlas.rings), None)
    border = f"within {layer.accuracy_km:g} km; {layer.source}; {layer.licence}" if layer else "not known"
    return [
        ("code", region.code),
        ("kind", f"{region.kind}, level {region.level}"),
        *((f"name ({language})", text) for language, text in region.names.items()),
        ("in", ", ".join(f"{atlas.region(code).local_name} ({code})" for code in atlas.ancestors(region.code)) or "-"),
        ("below it", f"{len(atlas.children(region.code))} directly, {len(atlas.descendants(region.code))} in all"),
        ("uid", _uid(region)),
        *((scheme, ", ".join(values)) for scheme, values in region.aliases.items()),
        ("border", border),
        ("atlas", f"{atlas.title}, {atlas.hash}"),
        ("attribution", atlas.attribution or "-"),
    ]


def _uid(region: Region) -> str:
    """Return the id in the Ukrainian APIs, which share one numbering but for a few."""
    alerts, alarm = region.alias("alerts_in_ua"), region.alias("ukrainealarm")
    if alerts == alarm:
        return alerts or NO_UID
    return ", ".join(f"{uid} ({api})" for uid, api in ((alerts, "alerts.in.ua"), (alarm, "ukrainealarm")) if uid)


def _pair(text: str, option: str) -> tuple[str, str]:
    left, equals, right = text.partition("=")
    if not (left and equals and right):
        _fail(f"{option} takes two parts with '=' between them, not '{text}'")
    return left, right


def _country(text: str | None) -> Region | None:
    if text is None:
        return None
    code, name = _pair(text, "--country")
    return Region(code, 0, "country", None, {"en": name})


def _refusal(file: Path, problems: tuple[Problem, ...], count: int) -> str:
    listed = "\n".join(f"  {problem.message}" for problem in problems)
    more = f"\n  and {count - len(problems)} more" if count > len(problems) else ""
    return f"{file} was not imported, nothing was written:\n{listed}{more}"


def _write(target: Path, data: bytes) -> Path | None:
    """Write the atlas whole or not at all; return where the one before was kept, if there was one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh, before = target.with_name(target.name + ".new"), target.with_name(target.name + ".before")
    fresh.write_bytes(data)
    kept = before if target.exists() else None
    if kept:
        before.write_bytes(target.read_bytes())
    fresh.replace(target)
    return kept


def _report(atlas: Atlas, warnings: tuple[str, ...], target: Path, kept: Path | None) -> None:
    console = _console()
    levels = sorted({region.level for region in atlas.regions})
    counts = ", ".join(f"{sum(region.level == level for region in atlas.regions)} at level {level}" for level in levels)
    console.print(escape(f"{len(atlas.regions)} regions ({counts}), {len(atlas.rings)} with a border"))
    for warning in warnings[:WARNINGS_SHOWN_MAX]:
        console.print(escape(f"look at: {warning}"))
    if len(warnings) > WARNINGS_SHOWN_MAX:
        console.print(f"look at: {len(warnings) - WARNINGS_SHOWN_MAX} more like these")
    console.print(escape(f"atlas {atlas.hash}"))
    console.print(escape(f"written to {target}" + (f"; the one before is in {kept}" if kept else "")))


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PIPE_COLUMNS)


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(ExitStatus.WRONG_USE)
