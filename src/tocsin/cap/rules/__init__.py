"""The rules that the form of CAP leaves open, each a small function from the model to findings.

``of_a_sender`` is what an alert must keep to be written: there it is as strict as the standard. ``of_a_reader`` asks
more questions, and none of its answers loses a message: that is decided in ``outcomes``. Findings have a path and no
line, the model has no document. National rules are in ``tocsin.cap.profiles``.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice

from tocsin.cap.errors import FINDINGS_MAX, Finding
from tocsin.cap.model import Alert
from tocsin.cap.rules import areas, calendar, heads, infos, prose, references
from tocsin.cap.rules.rings import Crossings


def of_a_sender(alert: Alert) -> list[Finding]:
    """Return every rule that *alert* breaks, in the order of the standard."""
    return list(_standard(alert, None))


def of_a_reader(alert: Alert, now: datetime | None = None) -> list[Finding]:
    """Return every rule that *alert* breaks, odd and risky things included. Without *now* no future is looked for.

    One more than a report holds is enough: a hostile document is not judged to its end.
    """
    standard = _standard(alert, Crossings())
    return list(islice(chain(standard, calendar.content(alert, now), prose.content(alert)), FINDINGS_MAX + 1))


def _standard(alert: Alert, crossings: Crossings | None) -> Iterator[Finding]:
    yield from heads.head(alert)
    yield from references.references(alert)
    yield from heads.info_missing(alert)
    for number, info in enumerate(alert.infos, start=1):
        path = f"alert/info[{number}]"
        yield from infos.content(info, alert.sent, path)
        for count, area in enumerate(info.areas, start=1):
            yield from areas.content(area, f"{path}/area[{count}]", crossings)
