"""CAP-CP, the profile of Canada. Versions 1.0 and 0.4 are in use and ask for the same."""

from tocsin.cap.model import Alert, Area, Info
from tocsin.cap.profiles.check import (
    Check,
    Profile,
    has_area,
    has_one_event,
    has_shape,
    names_what_it_changes,
    tells_something,
)

MARK = "profile:CAP-CP:"
EVENT = "profile:CAP-CP:Event:"
LOCATION = "profile:CAP-CP:Location:"


def _has_event_code(info: Info) -> bool:
    return any(pair.value_name.startswith(EVENT) and pair.value.strip() for pair in info.event_codes)


def _has_location(area: Area) -> bool:
    return any(pair.value_name.startswith(LOCATION) and pair.value.strip() for pair in area.geocodes)


def _has_both_languages(alert: Alert) -> bool:
    spoken = {info.language.partition("-")[0].lower() for info in alert.infos}
    return not alert.infos or {"en", "fr"} <= spoken


PROFILE = Profile(
    name="CAP-CP",
    claims=lambda alert: any(code.startswith(MARK) for code in alert.codes),
    of_alert=(
        (
            Check("cap-cp-info", "info", "A message has an info, unless it is Ack or Error.", "Add one."),
            tells_something,
        ),
        (
            Check("cap-cp-references", "references", "Update and Cancel name what they change.", "Give references."),
            names_what_it_changes,
        ),
        (
            Check(
                "cap-cp-same-event", "info", "All infos have the same categories and event codes.", "Make them equal."
            ),
            has_one_event,
        ),
        (
            Check("cap-cp-languages", "info", "There is an info in English and one in French.", "Add the other one."),
            _has_both_languages,
        ),
    ),
    of_info=(
        (Check("cap-cp-area", "area", "An info has an area.", "Say where."), has_area),
        (
            Check("cap-cp-event-code", "eventCode", f"An info has an eventCode {EVENT}….", "Take one of the list."),
            _has_event_code,
        ),
        (
            Check("cap-cp-expires", "expires", "An info says until when it holds.", "Give expires."),
            lambda info: info.expires is not None,
        ),
        (
            Check("cap-cp-sender-name", "senderName", "An info names its sender for readers.", "Add it."),
            lambda info: bool(info.sender_name.strip()),
        ),
        (
            Check("cap-cp-response-type", "responseType", "An info has a responseType.", "Add one."),
            lambda info: bool(info.response_types),
        ),
        (
            Check("cap-cp-instruction", "instruction", "An info says what to do.", "Add it."),
            lambda info: bool(info.instruction.strip()),
        ),
    ),
    of_area=(
        (
            Check("cap-cp-location", "geocode", f"An area has a geocode {LOCATION}….", "Give the code of the census."),
            _has_location,
        ),
        (Check("cap-cp-shape", "", "An area has a polygon or a circle.", "Draw one."), has_shape),
    ),
)
