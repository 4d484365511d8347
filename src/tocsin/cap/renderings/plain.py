"""An alert as text that a person reads from top to bottom. It leaves out no place and no time."""

from collections.abc import Iterator

from tocsin.cap.model import Alert, Area, Info
from tocsin.cap.values import Status


def plain(alert: Alert) -> str:
    """Return *alert* as lines of text. What is no real alert says so in its first line."""
    return "\n".join([*_head(alert), *(line for info in alert.infos for line in _info(info))]) + "\n"


def _head(alert: Alert) -> Iterator[str]:
    if alert.status is not Status.ACTUAL:
        yield f"*** {alert.status.upper()}: this is not a real alert ***"
    yield f"{alert.msg_type} {alert.identifier} from {alert.sender}, sent {alert.sent_text}"
    yield f"Status {alert.status}, scope {alert.scope}" + (f" ({alert.restriction})" if alert.restriction else "")
    for reference in alert.references:
        yield f"About {reference.identifier} from {reference.sender}, sent {reference.sent or 'at an unknown time'}"
    if alert.note:
        yield f"Note: {_flat(alert.note)}"


def _info(info: Info) -> Iterator[str]:
    yield ""
    yield f"[{info.language}] {_flat(info.headline) or _flat(info.event)}"
    yield f"  {_flat(info.event)}: {info.urgency}, {info.severity}, {info.certainty}"
    for name, instant in (("From", info.onset or info.effective), ("Until", info.expires)):
        if instant is not None:
            yield f"  {name} {instant.isoformat()}"
    if info.response_types:
        yield f"  Do: {', '.join(info.response_types)}"
    for text in (info.description, info.instruction):
        if text.strip():
            yield f"  {_flat(text)}"
    for area in info.areas:
        yield f"  Where: {_area(area)}"
    for name, text in (("By", info.sender_name), ("See", info.web), ("Ask", info.contact)):
        if text.strip():
            yield f"  {name}: {_flat(text)}"


def _area(area: Area) -> str:
    codes = [f"{pair.value_name} {pair.value}" for pair in area.geocodes]
    drawn = [f"{len(area.polygons)} polygons"] if area.polygons else []
    drawn += [f"circle {text}" for text in area.circles]
    return "; ".join([_flat(area.area_desc), *codes, *drawn])


def _flat(text: str) -> str:
    return " ".join(text.split())
