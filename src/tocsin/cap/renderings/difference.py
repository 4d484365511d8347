"""What changed from one alert to another, place by place, in the order of the standard."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from tocsin.cap.model import Alert


@dataclass(frozen=True, slots=True)
class Change:
    """*before* or *after* is empty where there is nothing on that side."""

    path: str
    before: str
    after: str


def differences(before: Alert, after: Alert) -> tuple[Change, ...]:
    """Return every place in which the two differ; infos and areas are compared by their number."""
    return tuple(_compared(before, after, "alert"))


def _compared(before: object, after: object, path: str) -> Iterator[Change]:
    if before == after:
        return
    if is_dataclass(before) and is_dataclass(after):
        for field in fields(before):
            if field.compare:
                yield from _compared(getattr(before, field.name), getattr(after, field.name), f"{path}/{field.name}")
    elif isinstance(before, tuple) and isinstance(after, tuple):
        for number in range(max(len(before), len(after))):
            old, new = (part[number] if number < len(part) else None for part in (before, after))
            yield from _compared(old, new, f"{path}[{number + 1}]")
    else:
        yield Change(path, _text(before), _text(after))


def _text(value: object) -> str:
    return "" if value is None else str(value)
