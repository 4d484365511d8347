"""An alert as CAP 1.2 has it: frozen, named after the standard, in its order (CAP 1.2, 3.2).

It knows no XML (``reading``, ``writing``) and holds what a message says, not whether that is right (``structure``,
``rules``). The exact bytes stay with whoever received them: a signature is over those, never over a copy.
A text that is not there is the empty string, as CAP makes no difference between the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from tocsin.cap import times
from tocsin.cap.errors import Finding
from tocsin.cap.values import Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency

DEFAULT_LANGUAGE = "en-US"


@dataclass(frozen=True, slots=True)
class Pair:
    """A named value of somebody's own list: an event code, a parameter or a geocode."""

    value_name: str
    value: str


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message. ``sent`` is text, as messages repeat it literally (CAP 1.2, 3.2.1 references).

    It is empty where CAP 1.0 refers without a time.
    """

    sender: str
    identifier: str
    sent: str

    def names(self, alert: "Alert") -> bool:
        """Tell whether *alert* is meant: same sender, same identifier, same instant however it is written."""
        if (self.sender, self.identifier) != (alert.sender, alert.identifier):
            return False
        return not self.sent or self.sent == alert.sent_text or times.parsed(self.sent) == alert.sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where. ``polygons`` and ``circles`` are the raw text; ``shapes`` reads their numbers. Heights are in feet."""

    area_desc: str
    polygons: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    geocodes: tuple[Pair, ...] = ()
    altitude: Decimal | None = None
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A file that goes with the alert. ``size`` is in bytes, ``deref_uri`` is the content itself in base64."""

    resource_desc: str
    mime_type: str
    size: int | None = None
    uri: str = ""
    deref_uri: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What is the matter, in one language. All times are aware; a missing ``effective`` means ``Alert.sent``."""

    categories: tuple[Category, ...]
    event: str
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    language: str = DEFAULT_LANGUAGE
    response_types: tuple[ResponseType, ...] = ()
    audience: str = ""
    event_codes: tuple[Pair, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Pair, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message. Its key is (sender, identifier, sent); the identifier alone is not enough.

    ``sent_text`` is ``sent`` as the document spells it. It takes no part in comparison, and a new alert gets the
    spelling that ``write`` uses.
    """

    identifier: str
    sender: str
    sent: datetime
    status: Status
    msg_type: MsgType
    scope: Scope
    source: str = ""
    restriction: str = ""
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()
    sent_text: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.sent_text:
            object.__setattr__(self, "sent_text", times.written(self.sent))

    @property
    def reference(self) -> Reference:
        """Return how a later message refers to this one."""
        return Reference(self.sender, self.identifier, self.sent_text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An alert as it came: its exact bytes, what was read from them, and what had to be read otherwise than written.

    ``dates`` holds the raw text of each date by its path (``alert/info[1]/expires``).
    """

    data: bytes
    version: str
    alert: Alert
    notes: tuple[Finding, ...] = ()
    # A mapping has no hash; the bytes say the same.
    dates: Mapping[str, str] = field(default_factory=dict, hash=False)
