"""Time, handed in. The wall clock for what is signed and recorded; nothing compares the clocks of two machines."""

from typing import Protocol


class Clock(Protocol):
    def now_ms(self) -> int:
        """Return Unix time in milliseconds."""
        ...
