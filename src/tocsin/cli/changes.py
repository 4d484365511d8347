"""Finding the alarm to be changed, and its new regions. Pure; the server checks all of it again."""

from collections.abc import Sequence

from tocsin.areas import Atlas
from tocsin.client import AlarmView

from .console import ExitStatus, Failure

ALARMS_LISTED_MAX = 10


def find_alarm(alarms: Sequence[AlarmView], name: str) -> AlarmView:
    """Return the one alarm whose id begins with *name*. Raises ``Failure`` with those that there are."""
    found = [one for one in alarms if one.alarm.startswith(name)]
    if len(found) == 1:
        return found[0]
    listed = (found or list(alarms))[:ALARMS_LISTED_MAX]
    lines = [f"  {one.alarm}  {one.hazard} {one.level}, {len(one.regions)} regions" for one in listed]
    problem = (
        f"{len(found)} alarms begin with {name!r}; give more of the id:"
        if found
        else f"No alarm that has not ended begins with {name!r}"
        + ("; there are:" if listed else "; there is none at all.")
    )
    raise Failure("\n".join([problem, *lines]), ExitStatus.REFUSED)


def changed_regions(now: Sequence[str], add: Sequence[str], remove: Sequence[str], atlas: Atlas) -> tuple[str, ...]:
    """Return the whole new set of codes. Raises ``Failure``, and the errors of ``Atlas.resolve``."""
    added = {atlas.resolve(text).code for text in add}
    removed = {atlas.resolve(text).code for text in remove}
    strangers = sorted(removed - set(now))
    if strangers:
        held = ", ".join(atlas.path_name(code, "en") for code in now)
        stranger = atlas.path_name(strangers[0], "en")
        raise Failure(
            f"The alarm does not name {stranger}, so it cannot end there alone. It names: {held}", ExitStatus.WRONG_USE
        )
    if added & removed:
        both = atlas.path_name(min(added & removed), "en")
        raise Failure(f"{both} is both added and removed", ExitStatus.WRONG_USE)
    left = tuple(sorted((set(now) - removed) | added))
    if not left:
        raise Failure("No region would be left; `tocsin all-clear` ends the alarm", ExitStatus.WRONG_USE)
    return left
