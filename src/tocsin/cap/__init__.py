"""The Common Alerting Protocol: alerts as data, and their XML both ways (OASIS CAP 1.2).

``read`` takes the bytes of a stranger, ``write`` makes bytes that every reader of the standard accepts. The package
knows no network, no clock and no rule of the house: what an alert means for an alarm is in ``tocsin.alarms``.

``sign`` and ``verify`` are those of ``tocsin.cap.signatures``, which is loaded when one of them is asked for.
"""

from typing import TYPE_CHECKING, Any

from tocsin.cap.catalogue import Grade, Layer, Outcome
from tocsin.cap.contents import Contents, Judged, Place, judge_all
from tocsin.cap.errors import CapError, Finding
from tocsin.cap.geometry import Geometry, geometry
from tocsin.cap.judging import Report, judge
from tocsin.cap.limits import LIMITS, Limits
from tocsin.cap.model import DEFAULT_LANGUAGE, Alert, Area, Info, Message, Pair, Reference, Resource
from tocsin.cap.reading import read, read_message
from tocsin.cap.shapes import Circle, ShapeError, circle, polygon_points
from tocsin.cap.values import (
    NAMESPACE,
    Category,
    Certainty,
    MsgType,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from tocsin.cap.writing import write

if TYPE_CHECKING:
    from tocsin.cap.signatures import sign, verify

__all__ = [
    "DEFAULT_LANGUAGE",
    "LIMITS",
    "NAMESPACE",
    "Alert",
    "Area",
    "CapError",
    "Category",
    "Certainty",
    "Circle",
    "Contents",
    "Finding",
    "Geometry",
    "Grade",
    "Info",
    "Judged",
    "Layer",
    "Limits",
    "Message",
    "MsgType",
    "Outcome",
    "Pair",
    "Place",
    "Reference",
    "Report",
    "Resource",
    "ResponseType",
    "Scope",
    "Severity",
    "ShapeError",
    "Status",
    "Urgency",
    "circle",
    "geometry",
    "judge",
    "judge_all",
    "polygon_points",
    "read",
    "read_message",
    "sign",
    "verify",
    "write",
]


def __getattr__(name: str) -> Any:
    # Signatures bring as many imports as all the rest, and most users of the package need none.
    if name not in ("sign", "verify"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tocsin.cap import signatures

    return getattr(signatures, name)
