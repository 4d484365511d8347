"""National and regional profiles: what one part of the world asks beyond CAP (data and rules apart from the standard).

A message is held against the profiles that it claims. A profile never changes what becomes of a message: its findings
are for the issuer, and a warning that breaks one is a warning all the same.
"""

from collections.abc import Iterator

from tocsin.cap.errors import Finding
from tocsin.cap.model import Alert
from tocsin.cap.profiles import cap_au, cap_cp, ipaws, meteoalarm
from tocsin.cap.profiles.check import Profile

PROFILES: tuple[Profile, ...] = (ipaws.PROFILE, cap_cp.PROFILE, cap_au.PROFILE, meteoalarm.PROFILE)


def findings(alert: Alert, profiles: tuple[Profile, ...] = PROFILES) -> Iterator[Finding]:
    """Yield what *alert* breaks of those *profiles* that it claims to follow."""
    for profile in profiles:
        if profile.is_claimed_by(alert):
            yield from profile.findings(alert)


def claimed(alert: Alert) -> tuple[str, ...]:
    """Return the names of the profiles that *alert* claims."""
    return tuple(profile.name for profile in PROFILES if profile.is_claimed_by(alert))
