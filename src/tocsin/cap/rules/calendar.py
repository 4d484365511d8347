"""Dates that no clock of today shows: years of the Buddhist calendar, and messages from the future (CAP 1.2, 3.3.2)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tocsin.cap import times
from tocsin.cap.errors import Finding
from tocsin.cap.model import Alert
from tocsin.cap.rules.words import found

# The Thai solar calendar counts 543 years more.
BUDDHIST_YEARS = 543
BUDDHIST = range(1990 + BUDDHIST_YEARS, 2100 + BUDDHIST_YEARS)

# Clocks of honest senders are wrong by minutes; offsets that are forgotten by hours.
AHEAD_MAX = timedelta(hours=1)


def content(alert: Alert, now: datetime | None) -> Iterator[Finding]:
    yield from _year(alert.sent, "alert/sent")
    for number, info in enumerate(alert.infos, start=1):
        for name, instant in (("effective", info.effective), ("onset", info.onset), ("expires", info.expires)):
            if instant is not None:
                yield from _year(instant, f"alert/info[{number}]/{name}")
    if now is not None and alert.sent > now + AHEAD_MAX and alert.sent.year not in BUDDHIST:
        rule = f"A message is sent before it arrives, {times.written(now)}."
        yield found("sent-in-future", "alert/sent", rule, "Mend the clock or the offset.", alert.sent_text)


def _year(instant: datetime, path: str) -> Iterator[Finding]:
    if instant.year in BUDDHIST:
        rule = (
            f"Years are those of ISO 8601; {instant.year} is {instant.year - BUDDHIST_YEARS} of the Buddhist calendar."
        )
        yield found("year-buddhist", path, rule, "Subtract 543.", times.written(instant))
