"""Notice and trust: the signed bytes of an alert, who is believed, heartbeat, hash chain, board hash.

Pure: data in, data out. Which notices may follow each other is decided in ``tocsin.alarms``.
"""

from .chain import GENESIS, EntryType, EpochStart, Position, Roots, entry_hash
from .documents import DocumentError, decode, encode
from .envelope import ED25519, ENVELOPE_SIZE_BYTES_MAX, Envelope, FramingError, Magic, Signature
from .heartbeat import HEARTBEAT_EVERY_S, HEARTBEAT_VALID_S, Heartbeat, RosterVersions
from .keys import REQUEST_TAG, SigningKey, is_signed_by, key_id, seal, sign_document
from .merkle import board_root
from .notice import (
    EVERY_CHANNEL,
    HEADLINE_LENGTH_MAX,
    INSTRUCTION_LENGTH_MAX,
    NOTICE_SIZE_BYTES_MAX,
    Notice,
    Text,
    decode_notice,
    encode_notice,
    geometry_hash,
)
from .roster import Role, Roster, RosterKey
from .verification import Reason, Refused, Trust
from .words import DEMO, ENDINGS, HAZARD, ID, LANGUAGE, NONCE, Domain, Kind, Level, Status, b64, from_b64, id_from

__all__ = [
    "DEMO",
    "ED25519",
    "ENDINGS",
    "ENVELOPE_SIZE_BYTES_MAX",
    "EVERY_CHANNEL",
    "GENESIS",
    "HAZARD",
    "HEADLINE_LENGTH_MAX",
    "HEARTBEAT_EVERY_S",
    "HEARTBEAT_VALID_S",
    "ID",
    "INSTRUCTION_LENGTH_MAX",
    "LANGUAGE",
    "NONCE",
    "NOTICE_SIZE_BYTES_MAX",
    "REQUEST_TAG",
    "DocumentError",
    "Domain",
    "EntryType",
    "Envelope",
    "EpochStart",
    "FramingError",
    "Heartbeat",
    "Kind",
    "Level",
    "Magic",
    "Notice",
    "Position",
    "Reason",
    "Refused",
    "Role",
    "Roots",
    "Roster",
    "RosterKey",
    "RosterVersions",
    "Signature",
    "SigningKey",
    "Status",
    "Text",
    "Trust",
    "b64",
    "board_root",
    "decode",
    "decode_notice",
    "encode",
    "encode_notice",
    "entry_hash",
    "from_b64",
    "geometry_hash",
    "id_from",
    "is_signed_by",
    "key_id",
    "seal",
    "sign_document",
]
