"""Where: names, shapes and heights (CAP 1.2, 3.2.4)."""

from collections.abc import Iterator

from tocsin.cap import shapes
from tocsin.cap.errors import Finding
from tocsin.cap.model import Area
from tocsin.cap.rules.infos import pairs
from tocsin.cap.rules.rings import Crossings
from tocsin.cap.rules.words import filled, found
from tocsin.cap.shapes import ShapeError


def content(area: Area, path: str, crossings: Crossings | None = None) -> Iterator[Finding]:
    """Yield what is wrong in one area. With *crossings* its rings are searched, as far as the message has any left."""
    yield from filled(area.area_desc, path, "areaDesc", "area-desc-empty")
    yield from pairs(area.geocodes, path, "geocode")
    for number, text in enumerate(area.polygons, start=1):
        for fault in _ring(text, crossings):
            yield found(fault.code, f"{path}/polygon[{number}]", str(fault), "Mend the polygon.", text)
    for number, text in enumerate(area.circles, start=1):
        try:
            shapes.circle(text)
        except ShapeError as fault:
            yield found(fault.code, f"{path}/circle[{number}]", str(fault), "Mend the circle.", text)
    if area.ceiling is not None:
        yield from _heights(area, path)


def _ring(text: str, crossings: Crossings | None) -> Iterator[ShapeError]:
    refusal = crossings.refuses(text) if crossings else None
    if refusal is not None:
        yield refusal
        return
    points, faults = shapes.ring(text)
    yield from faults
    fault = crossings(points) if crossings and points else None
    if fault is not None:
        yield fault


def _heights(area: Area, path: str) -> Iterator[Finding]:
    altitude, ceiling = area.altitude, area.ceiling
    if altitude is None:
        rule = "A ceiling goes with an altitude."
        yield found("ceiling-without-altitude", f"{path}/ceiling", rule, "Give the altitude.", str(ceiling))
    elif ceiling is not None and ceiling.is_finite() and altitude.is_finite() and ceiling < altitude:
        rule = "A ceiling is not below its altitude."
        yield found("ceiling-below-altitude", f"{path}/ceiling", rule, "Exchange the two.", str(ceiling))
