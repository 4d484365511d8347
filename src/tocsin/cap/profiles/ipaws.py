"""IPAWS 1.0, the profile of the United States."""

import re
from datetime import timedelta

from tocsin.cap.model import Alert, Area, Info
from tocsin.cap.profiles.check import Check, Profile, has_area, has_one_event, named, names_what_it_changes

MARK = "IPAWSv1.0"
_EVENT = re.compile(r"[A-Z]{3}")
_PLACE = re.compile(r"[0-9]{6}")


def _has_local_offset(alert: Alert) -> bool:
    return alert.sent.utcoffset() != timedelta()


def _has_one_event_code(info: Info) -> bool:
    codes = named(info.event_codes, "SAME")
    return len(codes) == 1 and _EVENT.fullmatch(codes[0]) is not None


def _has_place(area: Area) -> bool:
    places = named(area.geocodes, "SAME")
    return bool(places) and all(_PLACE.fullmatch(place) for place in places)


PROFILE = Profile(
    name="IPAWS 1.0",
    claims=lambda alert: MARK in alert.codes,
    of_alert=(
        (
            Check("ipaws-offset", "sent", "Times have the offset of the place that is warned.", "Write like -05:00."),
            _has_local_offset,
        ),
        (
            Check("ipaws-references", "references", "Update and Cancel name what they change.", "Give references."),
            names_what_it_changes,
        ),
        (
            Check(
                "ipaws-same-event", "info", "All infos have the same categories and event codes.", "Make them equal."
            ),
            has_one_event,
        ),
    ),
    of_info=(
        (
            Check("ipaws-expires", "expires", "An info says until when it holds.", "Give expires."),
            lambda info: info.expires is not None,
        ),
        (
            Check(
                "ipaws-event-code", "eventCode", "Exactly one eventCode SAME has three capitals.", "Give one, like TOR."
            ),
            _has_one_event_code,
        ),
        (Check("ipaws-area", "area", "An info has an area.", "Say where."), has_area),
        (
            Check("ipaws-description", "description", "An info describes what happens.", "Add it."),
            lambda info: bool(info.description.strip()),
        ),
        (
            Check("ipaws-instruction", "instruction", "An info says what to do.", "Add it."),
            lambda info: bool(info.instruction.strip()),
        ),
        (
            Check(
                "ipaws-ignored",
                "",
                "The times effective and onset are not looked at.",
                "Leave them out, or count on sent.",
            ),
            lambda info: info.effective is None and info.onset is None,
        ),
    ),
    of_area=(
        (
            Check("ipaws-geocode", "geocode", "An area has a geocode SAME of six digits.", "Give one, like 006109."),
            _has_place,
        ),
    ),
)
