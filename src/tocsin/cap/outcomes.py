"""What becomes of a message with findings: accepted, kept for a person, or no alert at all.

Most rules have their outcome in the ``catalogue``. Here are those where it depends: on what the broken element is for,
on the type of the message, on what is left of an area. A warning is never lost for a fault that leaves it readable, and
nothing is widened or guessed. A source may have rules of its own; they are kept with the source.
"""

import re
from collections.abc import Iterable

from tocsin.cap import shapes
from tocsin.cap.catalogue import CATALOGUE, Outcome
from tocsin.cap.errors import FINDINGS_MAX, Finding
from tocsin.cap.model import Alert, Area
from tocsin.cap.values import VERY_LIKELY, MsgType

_RANK = (Outcome.ACCEPT, Outcome.QUARANTINE, Outcome.REJECT)

# Without these a message can be neither named, updated nor cancelled.
_IDENTITY = ("identifier", "sender", "sent", "status", "msgType")
# Without these nobody knows how bad it is, or for whom.
_MEANING = ("scope", "category", "event", "urgency", "severity", "certainty", "info")

_ABSENCES = ("missing-element", "enumeration", "repeated-element")
_END = (MsgType.UPDATE, MsgType.CANCEL)
_CANCEL_ONLY = ("references-missing", "references-malformed")

_AREA_PATH = re.compile(r"alert/info\[(\d+)\]/area\[(\d+)\]")
# Faults after which nothing is left of a shape, or of the name of an area.
_AREA_LOSSES = (
    "polygon-empty", "polygon-short", "polygon-arity", "polygon-unparsable", "polygon-too-large", "circle-unparsable",
    "circle-range", "circle-lon-range", "area-desc-empty",
)  # fmt: skip


def outcome(findings: Iterable[Finding], alert: Alert | None) -> Outcome:
    """Return the gravest outcome of *findings*; a message that could not be understood is at least kept apart."""
    findings = list(findings)
    found = [_of(finding, alert) for finding in findings]
    found += [Outcome.QUARANTINE for place in _spoilt(findings) if alert and not _is_somewhere(_area(place, alert))]
    # More faults than a report holds are more than anybody can have looked at.
    if alert is None or len(findings) > FINDINGS_MAX:
        found.append(Outcome.QUARANTINE)
    return max(found, key=_RANK.index, default=Outcome.ACCEPT)


def _spoilt(findings: list[Finding]) -> set[str]:
    """Return the paths of the areas that lost a shape or their name."""
    lost = [one for one in findings if one.code in _AREA_LOSSES or one.path.endswith("/areaDesc")]
    return {match[0] for one in lost if (match := _AREA_PATH.match(one.path))}


def _of(finding: Finding, alert: Alert | None) -> Outcome:
    name = finding.path.rpartition("/")[2].partition("[")[0]
    usual = CATALOGUE[finding.code].outcome
    if finding.code in _ABSENCES:
        return _of_absence(finding, name, usual)
    if finding.path == "alert/sent" and finding.code in ("date-naive", "date-naive-older", "date-bad"):
        return Outcome.QUARANTINE if finding.found else Outcome.REJECT
    if alert is None:
        return usual
    if finding.code == "expires-before-sent" and alert.msg_type in _END:
        return Outcome.ACCEPT
    if finding.code == "unknown-element" and alert.msg_type in _END:
        return Outcome.QUARANTINE
    if finding.code in _CANCEL_ONLY and alert.msg_type is MsgType.CANCEL:
        return Outcome.QUARANTINE
    return usual


def _of_absence(finding: Finding, name: str, usual: Outcome) -> Outcome:
    if finding.path.count("/") == 1 and name in _IDENTITY:
        return Outcome.REJECT
    if name in _MEANING and finding.found != VERY_LIKELY:
        return Outcome.QUARANTINE
    return usual


def _area(path: str, alert: Alert) -> Area | None:
    match = _AREA_PATH.match(path)
    if match is None:
        return None
    info, area = int(match[1]) - 1, int(match[2]) - 1
    known = info < len(alert.infos) and area < len(alert.infos[info].areas)
    return alert.infos[info].areas[area] if known else None


def _is_somewhere(area: Area | None) -> bool:
    """Tell whether a geocode, a polygon that encloses something or a circle is left of *area*."""
    if area is None:
        return False
    if any(pair.value.strip() for pair in area.geocodes):
        return True
    return any(map(_is_ring, area.polygons)) or any(map(shapes.is_circle, area.circles))


def _is_ring(text: str) -> bool:
    points, faults = shapes.ring(text)
    return bool(points) and all(fault.code in ("polygon-unclosed", "polygon-lon-range") for fault in faults)
