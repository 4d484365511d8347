"""MeteoAlarm, what the weather services of Europe add to CAP: awareness levels and types, and their regions."""

from tocsin.cap.model import Alert, Area, Info
from tocsin.cap.profiles.check import Check, Profile, named
from tocsin.cap.values import Severity

LEVELS = {"1": ("green", ""), "2": ("yellow", "Moderate"), "3": ("orange", "Severe"), "4": ("red", "Extreme")}
NAMES = ("awareness_level", "awareness_type")
TYPES = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "12", "13")
GEOCODES = ("emma_id", "nuts2", "nuts3")


def _parts(info: Info, name: str) -> list[str]:
    values = named(info.parameters, name)
    return [part.strip() for part in values[0].split(";")] if len(values) == 1 else []


def _has_level(info: Info) -> bool:
    parts = _parts(info, "awareness_level")
    return len(parts) > 1 and parts[0] in LEVELS and parts[1].lower() == LEVELS[parts[0]][0]


def _has_type(info: Info) -> bool:
    parts = _parts(info, "awareness_type")
    return bool(parts) and parts[0] in TYPES


def _agrees_with_severity(info: Info) -> bool:
    _, severity = LEVELS.get(next(iter(_parts(info, "awareness_level")), ""), ("", ""))
    return not severity or info.severity is Severity(severity)


def _is_known_region(area: Area) -> bool:
    return any(pair.value_name.lower() in GEOCODES for pair in area.geocodes)


def _claims(alert: Alert) -> bool:
    return any(pair.value_name in NAMES for info in alert.infos for pair in info.parameters)


PROFILE = Profile(
    name="MeteoAlarm",
    claims=_claims,
    of_alert=(
        (
            Check(
                "meteoalarm-languages", "info", "There is an info in English.", "Add one beside the national language."
            ),
            lambda alert: any(info.language.lower().startswith("en") for info in alert.infos),
        ),
    ),
    of_info=(
        (
            Check(
                "meteoalarm-level", "parameter", "An info has one awareness_level like 2; yellow; Moderate.", "Give it."
            ),
            _has_level,
        ),
        (Check("meteoalarm-type", "parameter", "An info has one awareness_type like 1; Wind.", "Give it."), _has_type),
        (
            Check(
                "meteoalarm-severity",
                "severity",
                "Level and severity say the same: yellow is Moderate, orange Severe, red Extreme.",
                "Make them agree.",
            ),
            _agrees_with_severity,
        ),
    ),
    of_area=(
        (
            Check("meteoalarm-geocode", "geocode", "An area has an EMMA_ID, NUTS2 or NUTS3.", "Give one."),
            _is_known_region,
        ),
    ),
)
