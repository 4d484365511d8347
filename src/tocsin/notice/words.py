"""The words that a notice is made of: kind, status, level, and the shapes of ids and codes.

Spelling on the wire is final (``spec/notice.md``). What the words mean for an alarm is decided in ``tocsin.alarms``.
"""

import re
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from enum import StrEnum


class Kind(StrEnum):
    ALERT = "alert"
    UPDATE = "update"
    DISPUTED = "disputed"
    ALL_CLEAR = "all_clear"
    FALSE_ALARM = "false_alarm"


ENDINGS = frozenset({Kind.ALL_CLEAR, Kind.FALSE_ALARM})


class Status(StrEnum):
    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


class Domain(StrEnum):
    """Which root stands behind a notice."""

    ACTUAL = "actual"
    EXERCISE = "exercise"

    @classmethod
    def of(cls, status: Status) -> "Domain":
        return cls.ACTUAL if status is Status.ACTUAL else cls.EXERCISE


class Level(StrEnum):
    YELLOW = "yellow"
    RED = "red"


# An authority of this name is a demo by construction: every verifier and every screen says so first.
DEMO = "demo"

# 128 random bits in base32 leave two bits of the last character unused: they are zero.
ID = re.compile(r"[a-z2-7]{25}[aeimquy4]")
AUTHORITY = re.compile(r"[a-z0-9.-]{1,64}")
HAZARD = re.compile(r"[a-z][a-z_]{0,39}")
REGION_CODE = re.compile(r"[A-Za-z0-9._:-]{1,32}")
CHANNEL = re.compile(r"[a-z_]{1,32}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
HASH = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
NONCE = re.compile(r"[A-Za-z0-9_-]{0,64}")


def id_from(randomness: bytes) -> str:
    """Return the id that 16 random bytes spell."""
    if len(randomness) != 16:
        raise ValueError(f"an id is made of 16 random bytes, not {len(randomness)}")
    return b32encode(randomness).decode().rstrip("=").lower()


def b64(data: bytes) -> str:
    """Return base64url without padding (RFC 4648, section 5)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_b64(text: str) -> bytes:
    """Read base64url without padding. Raises ``ValueError`` for anything else, other spellings of the bytes too."""
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64(data) != text:
        raise ValueError("not base64url in its one spelling")
    return data
