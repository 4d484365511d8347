"""CAP-AU 1.0, the profile of Australia. Its list of events is not part of this package: the code has to be there."""

from tocsin.cap.model import Alert, Info
from tocsin.cap.profiles.check import (
    Check,
    Profile,
    has_area,
    has_one_event,
    has_shape,
    names_what_it_changes,
    tells_something,
)
from tocsin.cap.values import MsgType, Status

MARK = "urn:oasis:names:tc:emergency:cap:1.2:profile:CAP-AU:1.0"
EVENT_LIST = "AUeventLIST"
# Where the list stood before it had a name of its own.
EVENT_LIST_OLDER = "https://govshare.gov.au/xmlui/handle/10772/6495"


def _has_one_event_code(info: Info) -> bool:
    listed = [pair for pair in info.event_codes if EVENT_LIST in pair.value_name or pair.value_name == EVENT_LIST_OLDER]
    return len(listed) == 1


def _cancels_at_once(alert: Alert) -> bool:
    return alert.msg_type is not MsgType.CANCEL or all(info.effective is None for info in alert.infos)


PROFILE = Profile(
    name="CAP-AU 1.0",
    claims=lambda alert: MARK in alert.codes,
    of_alert=(
        (
            Check("cap-au-info", "info", "A message has an info, unless it is Ack or Error.", "Add one."),
            tells_something,
        ),
        (
            Check("cap-au-references", "references", "Update and Cancel name what they change.", "Give references."),
            names_what_it_changes,
        ),
        (
            Check(
                "cap-au-same-event", "info", "All infos have the same categories and event codes.", "Make them equal."
            ),
            has_one_event,
        ),
        (Check("cap-au-effective", "info", "A Cancel has no effective.", "Leave it out."), _cancels_at_once),
        (
            Check("cap-au-sender", "sender", "A sender is an address of e-mail.", "Write it like name@example.org."),
            lambda alert: "@" in alert.sender,
        ),
        (
            Check("cap-au-test", "status", "A Test goes into logs only.", "Use Exercise to be seen."),
            lambda alert: alert.status is not Status.TEST,
        ),
    ),
    of_info=(
        (Check("cap-au-area", "area", "An info has an area.", "Say where."), has_area),
        (
            Check(
                "cap-au-event-code",
                "eventCode",
                "An info has one eventCode of the Australian list.",
                "Take it from there.",
            ),
            _has_one_event_code,
        ),
        (
            Check("cap-au-sender-name", "senderName", "An info names its sender for readers.", "Add it."),
            lambda info: bool(info.sender_name.strip()),
        ),
        (
            Check("cap-au-response-type", "responseType", "An info has a responseType.", "Add one."),
            lambda info: bool(info.response_types),
        ),
        (
            Check("cap-au-instruction", "instruction", "An info says what to do.", "Add it."),
            lambda info: bool(info.instruction.strip()),
        ),
    ),
    of_area=((Check("cap-au-shape", "", "An area has a polygon or a circle.", "Draw one."), has_shape),),
)
