"""Signed time against a clock that only rises, and until when the last confirmation holds.

``spec/notice.md``, "Heartbeat". Whom to believe is decided in ``tocsin.notice``, what confirms what in ``follower``.
Moments are seconds of a clock that only rises. A recording that is played slowly falls behind that clock.
"""

from tocsin.notice import HEARTBEAT_VALID_S, Heartbeat

# Connecting and a large snapshot on a slow line come before the answer. What is later may have been held back.
NONCE_ANSWERED_WITHIN_S = 10.0


class Freshness:
    """``newest_ms`` is the newest time signed; ``confirmed_at`` when the last confirmation was signed, if any was;
    from ``silent_from`` on that confirmation holds no longer.
    """

    def __init__(self, now: float) -> None:
        self.newest_ms = 0
        self.confirmed_at: float | None = None
        self.silent_from = now + HEARTBEAT_VALID_S
        self._anchor, self._anchor_ms = now, 0
        self._asked_at: float | None = None

    def ask(self, now: float) -> None:
        """Note when a nonce was sent: what answers it was signed after *now*."""
        self._asked_at = now

    def is_overdue(self, now: float) -> bool:
        """Whether a nonce has waited too long for its answer."""
        return self._asked_at is not None and now - self._asked_at > NONCE_ANSWERED_WITHIN_S

    def hear(self, heartbeat: Heartbeat, now: float) -> None:
        """Take the time of a believed heartbeat: an answer to a nonce sets it anew, others only move it forwards."""
        self.newest_ms = heartbeat.time_ms
        if self._asked_at is not None:
            self._anchor, self._anchor_ms, self._asked_at = self._asked_at, heartbeat.time_ms, None
        elif self._moment(heartbeat.time_ms) > now:
            self._anchor, self._anchor_ms = now, heartbeat.time_ms

    def confirm(self, heartbeat: Heartbeat) -> None:
        """Take it that all that *heartbeat* says is held here."""
        self.confirmed_at, self.silent_from = self._moment(heartbeat.time_ms), self._holds_until(heartbeat)

    def is_stale(self, heartbeat: Heartbeat, now: float) -> bool:
        return now >= self._holds_until(heartbeat)

    def signed_now(self, now: float) -> int:
        """Return Unix seconds, at least as late as it is; 0 before the first heartbeat."""
        return int(self._anchor_ms / 1000 + (now - self._anchor)) if self._anchor_ms else 0

    def _holds_until(self, heartbeat: Heartbeat) -> float:
        signed_at = self._moment(heartbeat.time_ms)
        return min(signed_at + HEARTBEAT_VALID_S, self._moment(heartbeat.valid_until_ms))

    def _moment(self, time_ms: int) -> float:
        return self._anchor + (time_ms - self._anchor_ms) / 1000
