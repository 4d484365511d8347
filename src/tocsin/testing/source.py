"""``SourceContract``: what every source must keep. Its own tests inherit it and say how the other side behaves.

::

    class TestMySource(SourceContract):
        def source(self): return MySource(...)
        def show(self, documents): ...   # from now on the other side lists these, and no others
        def fail(self): ...              # from now on the other side cannot be read
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tocsin.cap import Alert, Area, Category, Certainty, Info, MsgType, Pair, Scope, Severity, Status, Urgency, write
from tocsin.ports.source import NOTHING_KNOWN, Memory, Polled, Source, Standing

NOW = datetime(2026, 3, 1, 4, 6, tzinfo=UTC)


def sample_alert(name: str) -> bytes:
    """Return an exercise called *name* as a document."""
    info = Info(
        categories=(Category.SAFETY,),
        event="EXERCISE",
        urgency=Urgency.FUTURE,
        severity=Severity.MINOR,
        certainty=Certainty.UNLIKELY,
        headline="EXERCISE. This is not a real alert",
        areas=(Area(area_desc="EXERCISE area", geocodes=(Pair("EXERCISE", "0"),)),),
        expires=NOW + timedelta(hours=1),
    )
    return write(
        Alert(
            identifier=name,
            sender="exercise@example.org",
            sent=NOW - timedelta(minutes=1),
            status=Status.EXERCISE,
            msg_type=MsgType.ALERT,
            scope=Scope.PUBLIC,
            note="Exercise of a test",
            infos=(info,),
        )
    )


def names(polled: Polled) -> list[str]:
    return [each.report.alert.identifier if each.report.alert else "" for each in polled.received]


class SourceContract(ABC):
    """Inherit, name the class ``Test…``, and implement the three methods."""

    @abstractmethod
    def source(self) -> Source: ...

    @abstractmethod
    def show(self, documents: Sequence[bytes]) -> None:
        """From now on the other side lists *documents*, and no others."""

    @abstractmethod
    def fail(self) -> None:
        """From now on the other side cannot be read."""

    def poll(self, memory: Memory = NOTHING_KNOWN, now: datetime = NOW) -> Polled:
        return asyncio.run(self.source().poll(memory, now))

    def test_a_message_comes_once(self) -> None:
        self.show([sample_alert("one")])
        first = self.poll()
        assert names(first) == ["one"]
        assert first.received[0].document == sample_alert("one")
        self.show([sample_alert("one"), sample_alert("two")])
        second = self.poll(first.memory)
        assert names(second) == ["two"]
        assert self.poll(second.memory).received == ()

    def test_a_message_comes_again_if_its_poll_was_never_stored(self) -> None:
        self.show([sample_alert("one")])
        assert names(self.poll()) == names(self.poll()) == ["one"]

    def test_a_message_that_is_gone_is_named_and_not_cancelled(self) -> None:
        self.show([sample_alert("one"), sample_alert("two")])
        first = self.poll()
        self.show([sample_alert("two")])
        second = self.poll(first.memory)
        assert second.received == ()
        assert [reference.identifier for reference in second.gone] == ["one"]
        assert self.poll(second.memory).gone == ()
        self.show([sample_alert("one"), sample_alert("two")])
        assert self.poll(second.memory).received == ()

    def test_a_source_that_fails_changes_nothing_but_its_standing(self) -> None:
        self.show([sample_alert("one")])
        memory = self.poll().memory
        self.fail()
        failed = self.poll(memory, NOW + timedelta(minutes=5))
        assert failed.memory == memory
        assert failed.received == ()
        assert failed.gone == ()
        assert failed.troubles

    def test_a_source_that_was_not_read_for_long_is_stale_and_not_quiet(self) -> None:
        long = timedelta(minutes=3)
        assert NOTHING_KNOWN.standing(NOW, long) is Standing.NEVER_READ
        self.show([])
        memory = self.poll().memory
        assert memory.standing(NOW + long, long) is Standing.FRESH
        assert memory.standing(NOW + 2 * long, long) is Standing.STALE
        again = self.poll(memory, NOW + 2 * long)
        assert again.memory.standing(NOW + 2 * long, long) is Standing.FRESH

    def test_a_message_that_is_no_alert_is_handed_over_once_with_what_is_wrong(self) -> None:
        self.show([b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><note>EXERCISE</note></alert>"])
        first = self.poll()
        assert [each.report.is_well_formed for each in first.received] == [False]
        assert first.received[0].report.findings
        assert self.poll(first.memory).received == ()
