"""The life of an alarm, as a table of transitions. ``docs/lifecycle.md`` is drawn from it.

It knows no people: how many signatures a transition takes is the roster's business. It knows no clock: the caller says
which state holds, ``EXPIRED`` included, which no notice brings about.
"""

from dataclasses import dataclass
from enum import StrEnum

from tocsin.notice import Kind


class State(StrEnum):
    """Where an alarm stands."""

    NONE = "none"
    IN_FORCE = "in_force"
    DISPUTED = "disputed"
    EXPIRED = "expired"
    ENDED_CLEAR = "ended_clear"
    ENDED_FALSE = "ended_false"


ENDED = frozenset({State.ENDED_CLEAR, State.ENDED_FALSE})


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A step that the life of an alarm does not have: why, and what would work."""

    code: str
    why: str


_UNKNOWN = Forbidden("alarm_unknown", "there is no such alarm; `alert` begins one")
_BEGUN = Forbidden("alarm_begun", "the alarm has begun already; `update` changes it")
_DISPUTED = Forbidden(
    "alarm_disputed", "the alarm is disputed already; `update` confirms it, `all_clear` or `false_alarm` ends it"
)
_EXPIRED = Forbidden(
    "alarm_expired",
    "the alarm has expired and never comes back; `alert` begins a new one, `all_clear` confirms its end",
)
_ENDED = Forbidden("alarm_ended", "the alarm has ended; `alert` begins a new one")

LIFE: dict[State, dict[Kind, State | Forbidden]] = {
    State.NONE: {
        Kind.ALERT: State.IN_FORCE,
        Kind.UPDATE: _UNKNOWN,
        Kind.DISPUTED: _UNKNOWN,
        Kind.ALL_CLEAR: _UNKNOWN,
        Kind.FALSE_ALARM: _UNKNOWN,
    },
    State.IN_FORCE: {
        Kind.ALERT: _BEGUN,
        Kind.UPDATE: State.IN_FORCE,
        Kind.DISPUTED: State.DISPUTED,
        Kind.ALL_CLEAR: State.ENDED_CLEAR,
        Kind.FALSE_ALARM: State.ENDED_FALSE,
    },
    State.DISPUTED: {
        Kind.ALERT: _BEGUN,
        Kind.UPDATE: State.IN_FORCE,
        Kind.DISPUTED: _DISPUTED,
        Kind.ALL_CLEAR: State.ENDED_CLEAR,
        Kind.FALSE_ALARM: State.ENDED_FALSE,
    },
    State.EXPIRED: {
        Kind.ALERT: _BEGUN,
        Kind.UPDATE: _EXPIRED,
        Kind.DISPUTED: _EXPIRED,
        Kind.ALL_CLEAR: State.ENDED_CLEAR,
        Kind.FALSE_ALARM: State.ENDED_FALSE,
    },
    State.ENDED_CLEAR: dict.fromkeys(Kind, _ENDED),
    State.ENDED_FALSE: dict.fromkeys(Kind, _ENDED),
}

# What the passing of `expires` does. It is no notice: nobody signs it, and it confirms nothing.
EXPIRY: dict[State, State] = {State.IN_FORCE: State.EXPIRED, State.DISPUTED: State.EXPIRED}


def step(state: State, kind: Kind) -> State | Forbidden:
    """Return the state after a notice of *kind*, or why there is no such step."""
    return LIFE[state][kind]


def draw() -> str:
    """Return the table as the Markdown page ``docs/lifecycle.md``."""
    arrows = [f"    {_box(state)} --> {_box(after)}: expires" for state, after in EXPIRY.items()]
    rows = []
    for state, steps in LIFE.items():
        for kind, after in steps.items():
            if isinstance(after, State):
                arrows.append(f"    {_box(state)} --> {_box(after)}: {kind}")
        cells = [f"**{after}**" if isinstance(after, State) else f"`{after.code}`" for after in steps.values()]
        rows.append(f"| {state} | " + " | ".join(cells) + " |")
    refusals = {
        after.code: after.why for steps in LIFE.values() for after in steps.values() if isinstance(after, Forbidden)
    }
    return _PAGE.format(
        arrows="\n".join(sorted(arrows)),
        kinds=" | ".join(Kind),
        rule="|---" * (len(Kind) + 1) + "|",
        rows="\n".join(rows),
        refusals="\n".join(f"- `{code}`: {why}." for code, why in refusals.items()),
    )


def _box(state: State) -> str:
    return "[*]" if state is State.NONE else state


_PAGE = """\
# The life of an alarm

Drawn from the table in `src/tocsin/alarms/life.py` by `tocsin docs lifecycle`; a test holds this page against it.

```mermaid
stateDiagram-v2
{arrows}
```

Rows: where the alarm stands. Columns: the kind of the notice. Bold: the state after it. Code: why it is refused.

| state | {kinds} |
{rule}
{rows}

{refusals}

*expired* means: expired, not confirmed clear. No notice brings it about, and it is never shown as safe. An `update`
carries the full new set of regions; those that left it have ended there. A disputed alarm stays in force: people stay
in shelter until it is confirmed.
"""
