"""What is in force after all messages that came, in whatever order: Updates and Cancels resolved (CAP 1.2, 3.2.1).

A pure fold over a set of messages: the order of arrival, repeats and gaps change nothing but what is known. It knows no
clock (``at`` is given) and no trust: whoever does not trust a message does not put it in. The rules, all on the side of
warning too long:

* A message acts only on earlier messages of its own sender and status. What others say about it is noted.
* An Update takes the place of what it refers to, a Cancel ends it; an Update in which every info says AllClear ends it
  too. What once was replaced or ended does not come back.
* Two contents under one key are a dispute: both are kept, both still warn, and neither replaces or ends anything.
* After expires nobody knows: the state is *expired*, not clear.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from tocsin.cap.model import Alert, Message, Reference
from tocsin.cap.values import MsgType, ResponseType

# (sender, identifier, sent): the identifier alone is not enough.
Key = tuple[str, str, datetime]

# How long an info without expires is taken to hold, unless the caller knows better.
LASTS_ASSUMED = timedelta(hours=24)


class State(StrEnum):
    IN_FORCE = "in force"
    AHEAD = "ahead"
    EXPIRED = "expired"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    ALL_CLEAR = "all clear"
    TELLS_NOTHING = "tells nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one message stands, and why. ``by`` is the message that replaced or ended it."""

    message: Message
    state: State
    why: str
    by: Reference | None = None
    is_disputed: bool = False
    is_expiry_assumed: bool = False


def key_of(alert: Alert) -> Key:
    return alert.sender, alert.identifier, alert.sent


@dataclass(frozen=True)
class Chains:
    """All messages so far. ``add`` returns a new one; equal sets of messages are equal chains."""

    messages: frozenset[Message] = field(default_factory=frozenset)

    def add(self, *messages: Message) -> "Chains":
        return Chains(self.messages.union(messages))

    @cached_property
    def contents(self) -> Mapping[Key, tuple[Message, ...]]:
        """The different contents under each key. Copies with other bytes are one content; the first by bytes stands."""
        found: dict[Key, dict[Alert, Message]] = {}
        for message in sorted(self.messages, key=lambda one: one.data):
            found.setdefault(key_of(message.alert), {}).setdefault(message.alert, message)
        return {key: tuple(by_alert.values()) for key, by_alert in sorted(found.items())}

    @property
    def disputed(self) -> Mapping[Key, tuple[Message, ...]]:
        """The keys under which there is more than one content, with all of them. A person has to look at these."""
        return {key: messages for key, messages in self.contents.items() if len(messages) > 1}

    @cached_property
    def missing(self) -> tuple[Reference, ...]:
        """The messages that are referred to and never came: what they said is unknown."""
        wanted = {
            reference
            for messages in self.contents.values()
            for message in messages
            for reference in message.alert.references
            if not self._named(reference)
        }
        return tuple(sorted(wanted, key=lambda one: (one.sender, one.identifier, one.sent)))

    def standings(self, at: datetime, lasts: timedelta = LASTS_ASSUMED) -> tuple[Standing, ...]:
        """Return how every message stands at the instant *at*, in the order of their keys."""
        return tuple(
            self._standing(message, key, at, lasts) for key, messages in self.contents.items() for message in messages
        )

    def in_force(self, at: datetime, lasts: timedelta = LASTS_ASSUMED) -> tuple[Standing, ...]:
        """Return what warns at the instant *at*."""
        return tuple(one for one in self.standings(at, lasts) if one.state is State.IN_FORCE)

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], tuple[Key, ...]]:
        found: dict[tuple[str, str], tuple[Key, ...]] = {}
        for key in self.contents:
            found[key[:2]] = (*found.get(key[:2], ()), key)
        return found

    def _named(self, reference: Reference) -> tuple[Key, ...]:
        keys = self._by_name.get((reference.sender, reference.identifier), ())
        return tuple(key for key in keys if reference.names(self.contents[key][0].alert))

    @cached_property
    def _ends(self) -> Mapping[Key, Alert]:
        """For each key that was replaced or ended, the first message that did it."""
        found: dict[Key, Alert] = {}
        for messages in sorted(self.contents.values(), key=lambda ones: (ones[0].alert.sent, key_of(ones[0].alert))):
            alert = messages[0].alert
            if len(messages) > 1 or not _acts(alert):
                continue
            for reference in alert.references:
                for key in self._named(reference):
                    earlier = self.contents[key][0].alert
                    if key[0] == alert.sender and key[2] < alert.sent and earlier.status is alert.status:
                        found.setdefault(key, alert)
        return found

    def _standing(self, message: Message, key: Key, at: datetime, lasts: timedelta) -> Standing:
        alert, disputed = message.alert, len(self.contents[key]) > 1
        end = self._ends.get(key)
        if end is not None:
            state, word = _end_of(end)
            why = f"{word} by {end.identifier}, sent {end.sent_text}"
            return Standing(message=message, state=state, why=why, by=end.reference, is_disputed=disputed)
        if alert.msg_type not in (MsgType.ALERT, MsgType.UPDATE) or not alert.infos or _is_all_clear(alert):
            return Standing(
                message=message, state=State.TELLS_NOTHING, why=f"this {alert.msg_type} warns of nothing",
                is_disputed=disputed,
            )  # fmt: skip
        return _timed(message, at, lasts, disputed)


def resolved(messages: Iterable[Message]) -> Chains:
    """Return the chains of *messages*; their order does not matter."""
    return Chains(frozenset(messages))


def _acts(alert: Alert) -> bool:
    # An Update without an info says nothing in place of what it would replace.
    return alert.msg_type is MsgType.CANCEL or (alert.msg_type is MsgType.UPDATE and bool(alert.infos))


def _is_all_clear(alert: Alert) -> bool:
    return bool(alert.infos) and all(ResponseType.ALL_CLEAR in info.response_types for info in alert.infos)


def _end_of(end: Alert) -> tuple[State, str]:
    if end.msg_type is MsgType.CANCEL:
        return State.CANCELLED, "cancelled"
    return (State.ALL_CLEAR, "ended") if _is_all_clear(end) else (State.REPLACED, "replaced")


def _timed(message: Message, at: datetime, lasts: timedelta, disputed: bool) -> Standing:
    alert = message.alert
    told = [info for info in alert.infos if ResponseType.ALL_CLEAR not in info.response_types]
    ends = max(info.expires or (info.effective or alert.sent) + lasts for info in told)
    begins = min(info.effective or alert.sent for info in told)
    assumed = any(info.expires is None for info in told)
    if at >= ends:
        state, why = State.EXPIRED, f"expired {ends.isoformat()}; nobody said that it is over"
    elif at < begins:
        state, why = State.AHEAD, f"holds from {begins.isoformat()}"
    else:
        state, why = State.IN_FORCE, f"holds until {ends.isoformat()}"
    if disputed:
        why += "; other contents came under the same key"
    return Standing(message=message, state=state, why=why, is_disputed=disputed, is_expiry_assumed=assumed)
