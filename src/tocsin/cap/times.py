"""Dates as CAP 1.2 writes them: whole seconds, a numeric offset, never ``Z`` (CAP 1.2, 3.3.2).

What a date means for an alarm (effective, expired) is decided in ``tocsin.alarms``.
"""

import re
from datetime import datetime, timedelta

XML_BLANKS = " \t\r\n"

# No place on earth is more than fourteen hours away from the middle.
_OFFSET = "[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)"
_DATE = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T)([0-9]{{2}})(:[0-9]{{2}}:[0-9]{{2}}{_OFFSET})")
_FRACTION = re.compile(r"T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]")
_NAIVE = re.compile(r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?$")
_OLDER = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?")

# The last place on earth where a local time comes to pass.
LATEST_OFFSET = "-12:00"


def parsed(text: str) -> datetime | None:
    """Return the instant that *text* writes, or ``None`` if CAP 1.2 does not allow it. Blanks around it are allowed."""
    match = _DATE.fullmatch(text.strip(XML_BLANKS))
    if match is None:
        return None
    day, hour, rest = match.groups()
    try:
        # XML Schema also counts midnight as hour 24 of the day before; Python does not.
        if hour == "24" and rest.startswith(":00:00"):
            return datetime.fromisoformat(f"{day}00{rest}") + timedelta(days=1)
        return datetime.fromisoformat(match[0])
    except (ValueError, OverflowError):
        return None


def loosely_parsed(text: str) -> datetime | None:
    """Return the instant of a date that may have ``Z`` or a fraction, as CAP 1.1 and 1.0 allow; without offset none."""
    match = _OLDER.fullmatch(text.strip(XML_BLANKS))
    if match is None or match[3] is None:
        return None
    return parsed(match[1] + ("+00:00" if match[3] == "Z" else match[3]))


def latest_parsed(text: str) -> datetime | None:
    """Return the latest instant that a date without offset can mean."""
    match = _OLDER.fullmatch(text.strip(XML_BLANKS))
    return parsed(match[1] + LATEST_OFFSET) if match is not None and match[3] is None else None


def is_older_form(text: str) -> bool:
    """Tell whether *text* is a date of CAP 1.1 and 1.0, which is any date and time of XML Schema."""
    return loosely_parsed(text) is not None or latest_parsed(text) is not None


def written(instant: datetime) -> str:
    """Return *instant* in the form of CAP, UTC as ``-00:00``.

    One with a fraction of a second or without an offset comes out as it is, and ``parsed`` refuses it.
    """
    text = instant.isoformat()
    return text.removesuffix("+00:00") + "-00:00" if text.endswith("+00:00") else text


def fault(text: str) -> str:
    """Return the code for a *text* that ``parsed`` refuses."""
    text = text.strip(XML_BLANKS)
    if text.endswith("Z"):
        return "date-z"
    if _FRACTION.search(text):
        return "date-fraction"
    return "date-naive" if _NAIVE.search(text) else "date-bad"
