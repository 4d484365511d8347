"""The notice: the compact bytes of an alert that people sign and devices verify.

Every other form of an alert is a view of these bytes or bound to them by hash. ``spec/notice.md`` has the table. It
knows no signature (``envelope``), no trust (``verification``) and no life of an alarm (``tocsin.alarms``).
"""

from hashlib import sha256

import msgspec

from .documents import (
    DocumentError,
    SignedDocument,
    decode,
    encode,
    require,
    require_integer,
    require_match,
    require_text,
)
from .words import AUTHORITY, CHANNEL, DEMO, HASH, HAZARD, ID, LANGUAGE, REGION_CODE, Kind, Level, Status, b64

# With two passkey signatures the envelope still fits one Web Push message (3,993 bytes).
NOTICE_SIZE_BYTES_MAX = 2_800
VERSION_MAX = 1_000_000
ROSTER_VERSION_MAX = 1_000_000_000
LANGUAGES_MAX = 8
HEADLINE_LENGTH_MAX = 200
INSTRUCTION_LENGTH_MAX = 1_000
ISSUER_LENGTH_MAX = 80
EVERY_CHANNEL = ("*",)


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people read and hear in one language."""

    headline: str
    instruction: str


class Notice(SignedDocument, frozen=True, forbid_unknown_fields=True):
    """One alert. Times are Unix seconds; hashes are SHA-256 in base64url. Built wrong it raises ``DocumentError``."""

    notice: int
    id: str
    alarm: str
    version: int
    kind: Kind
    status: Status
    authority: str
    hazard: str
    level: Level
    since: int
    sent: int
    effective: int
    expires: int
    atlas: str
    regions: tuple[str, ...]
    shapes: tuple[str, ...]
    geometry: str
    text: dict[str, Text]
    issuer: str
    roster: int
    channels: tuple[str, ...]
    cap: str

    def __post_init__(self) -> None:
        _check_identity(self)
        _check_times(self)
        _check_area(self)
        _check_words(self)

    @property
    def demo(self) -> bool:
        return self.authority == DEMO


def encode_notice(notice: Notice) -> bytes:
    """Return the bytes to be signed. Raises ``DocumentError`` over ``NOTICE_SIZE_BYTES_MAX``."""
    data = encode(notice)
    require(
        len(data) <= NOTICE_SIZE_BYTES_MAX,
        f"the notice has {len(data)} bytes; {NOTICE_SIZE_BYTES_MAX} fit. Order fewer regions or shorten the texts",
    )
    return data


def decode_notice(data: bytes) -> Notice:
    """Read a notice. Raises ``DocumentError`` for anything but canonical bytes that keep the table."""
    require(len(data) <= NOTICE_SIZE_BYTES_MAX, f"the notice has {len(data)} bytes; {NOTICE_SIZE_BYTES_MAX} fit")
    return decode(data, Notice)


def geometry_hash(shapes: tuple[str, ...]) -> str:
    """Return the hash of all *shapes* of an order, each as ``polygon …`` or ``circle …`` in CAP's own form."""
    return b64(sha256("\n".join(shapes).encode()).digest())


def _check_identity(notice: Notice) -> None:
    require(notice.notice == 1, f"notice format {notice.notice} is unknown; this is format 1")
    require_match(ID, notice.id, "id")
    require_match(ID, notice.alarm, "alarm")
    require_integer(notice.version, "version", 1, VERSION_MAX)
    first = notice.version == 1
    require((notice.kind is Kind.ALERT) == first, "an alert has version 1, and no other kind has")
    require((notice.alarm == notice.id) == first, "an alarm is named after its first notice, and no other notice is")
    require_match(AUTHORITY, notice.authority, "authority")
    require_match(HAZARD, notice.hazard, "hazard")
    require_text(notice.issuer, "issuer", 1, ISSUER_LENGTH_MAX)
    require_integer(notice.roster, "roster", 1, ROSTER_VERSION_MAX)
    require_match(HASH, notice.cap, "cap")


def _check_times(notice: Notice) -> None:
    for name in ("since", "sent", "effective", "expires"):
        require_integer(getattr(notice, name), name)
    require(notice.since <= notice.sent, "since lies after sent")
    require(notice.version > 1 or notice.since == notice.sent, "the first notice begins its alarm: since equals sent")
    require(max(notice.sent, notice.effective) < notice.expires, "expires does not lie after sent and effective")


def _check_area(notice: Notice) -> None:
    require_match(HASH, notice.atlas, "atlas")
    require_match(HASH, notice.geometry, "geometry")
    require(notice.regions, "regions is empty; a notice without an area warns nobody")
    _check_list(notice.regions, "regions")
    for code in notice.regions:
        require_match(REGION_CODE, code, "region")
    for shape in notice.shapes:
        require(shape.startswith(("polygon ", "circle ")), f"shape {shape[:20]!r} is neither polygon nor circle")
        require_text(shape, "shape", 8, NOTICE_SIZE_BYTES_MAX)
    require(
        not notice.shapes or geometry_hash(notice.shapes) == notice.geometry,
        "geometry is not the hash of the shapes",
    )


def _check_words(notice: Notice) -> None:
    require(1 <= len(notice.text) <= LANGUAGES_MAX, f"text has {len(notice.text)} languages; 1 to {LANGUAGES_MAX} fit")
    _check_list(tuple(notice.text), "languages of text")
    for language, text in notice.text.items():
        require_match(LANGUAGE, language, "language")
        require_text(text.headline, f"headline ({language})", 1, HEADLINE_LENGTH_MAX)
        require_text(text.instruction, f"instruction ({language})", 0, INSTRUCTION_LENGTH_MAX)
    require(notice.channels, "channels is empty; a notice that may travel on none reaches nobody")
    if notice.channels != EVERY_CHANNEL:
        _check_list(notice.channels, "channels")
        for channel in notice.channels:
            require_match(CHANNEL, channel, "channel")


def _check_list(items: tuple[str, ...], name: str) -> None:
    if list(items) != sorted(set(items)):
        raise DocumentError(f"{name} are not sorted, or repeat")
