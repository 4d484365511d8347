"""Giving the orders of a replay when they are due, and holding the board against the file at the end.

A server that dies is waited for: the operator asks again under the same id, so nothing is lost and nothing told twice.
Which orders there are is decided in ``timeline``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tocsin.client import AlarmView, Operator, OrderRefused

from .timeline import Step, Window, order_of


@dataclass(frozen=True, slots=True)
class Playback:
    """One run of a replay, under the name that its ids are made of."""

    duty: Operator
    run: str
    window: Window

    def done_before(self, steps: Sequence[Step]) -> int:
        """Return how many of *steps*, from the first on, an earlier call of this run has issued."""
        return next((count for count, step in enumerate(steps) if not self._is_issued(step)), len(steps))

    def play(self, steps: Iterable[Step], after_s: float, told: Callable[[Step], None]) -> float:
        """Issue *steps*, beginning *after_s* seconds into the replay; return the greatest delay in seconds."""
        clock = self.duty.clock
        start, late_s = clock.monotonic_s() - after_s, 0.0
        for step in steps:
            wait_s = start + step.after_s - clock.monotonic_s()
            if wait_s > 0:
                clock.sleep_s(wait_s)
            self.duty.order(order_of(step, self.run, self.window))
            late_s = max(late_s, clock.monotonic_s() - start - step.after_s)
            told(step)
        return late_s

    def _is_issued(self, step: Step) -> bool:
        try:
            self.duty.get(f"/v1/alerts/{order_of(step, self.run, self.window).id}")
        except OrderRefused as why:
            if why.http_status != 404:
                raise
            return False
        return True


def differences(
    expected: Mapping[str, str], ours: frozenset[str], board: Iterable[AlarmView], names: Callable[[str], str]
) -> list[str]:
    """Return where the *board* departs from the file, in words.

    *expected*: alarm and region of what must hold; *ours*: every alarm of the replay; others on the board are left be.
    """
    held = {one.alarm: one.regions for one in board if one.alarm in ours}
    missing = [f"{names(region)} is not on the board" for alarm, region in expected.items() if alarm not in held]
    extra = [
        f"{', '.join(map(names, regions))} is still on the board"
        for alarm, regions in held.items()
        if alarm not in expected
    ]
    elsewhere = [
        f"{names(expected[alarm])} is on the board as {', '.join(map(names, regions))}"
        for alarm, regions in held.items()
        if alarm in expected and regions != (expected[alarm],)
    ]
    return sorted(missing + extra + elsewhere)
