"""The live stream over HTTP: connects, reads, comes back with its position, and says so when nothing is heard.

What the bytes mean is decided in ``follower``; how they are read, in ``connection``.
"""

from collections.abc import Generator, Iterator
from queue import Queue
from random import uniform
from secrets import token_urlsafe

from tocsin.notice import HEARTBEAT_VALID_S, Position, Trust

from .connection import Answer, Closed, Connection, Item, NoAnswer, ask, next_of
from .events import Disconnected, Event, KeysRevoked, RosterLearned, Snapshot
from .failures import ClientError, Unreachable
from .folder import Address
from .follower import Follower
from .memory import Memory
from .operator import Clock
from .orders import AlarmAnswer, AuthorityAnswer, read_answer
from .sse import StreamError

# Until the server says how long: somewhere in the range that it would choose from.
RETRY_MS = (1_000, 4_000)
NONCE_SIZE_BYTES = 16


def follow(address: Address, trust: Trust, since: Position | None = None) -> Iterator[Event]:
    """Yield what happens at *address*, for ever, beginning after *since* or with a snapshot."""
    return Stream(address, trust, since).events()


class Stream:
    """One follower and its connections; ``follower`` may be looked at while ``events`` runs."""

    def __init__(
        self,
        address: Address,
        trust: Trust,
        since: Position | None = None,
        clock: Clock | None = None,
        memory: Memory | None = None,
    ) -> None:
        self._address, self._clock, self._memory = address, clock or Clock(), memory
        self.follower = Follower(trust, self._clock.monotonic_s(), since)

    def events(self) -> Iterator[Event]:
        """Yield what happens, for ever. A connection that ends is followed by another one after a jittered pause.

        What was learned of trust is kept in the memory before it is told. Raises ``OSError`` if it cannot be.
        """
        if self._memory is None:
            yield from self._events()
            return
        kept = self._memory.load()
        yield from self.follower.learn_trust(kept.all_rosters(), kept.revocations.values())
        for event in self._events():
            if isinstance(event, RosterLearned | KeysRevoked):
                self._memory.save(self.follower.learned)
            yield event

    def _events(self) -> Iterator[Event]:
        while True:
            why = yield from self._one_connection()
            retry_ms = self.follower.retry_ms or uniform(*RETRY_MS)  # noqa: S311, spreads clients out
            pause_s = retry_ms / 1000 * uniform(0.75, 1.25)  # noqa: S311, spreads clients out
            yield Disconnected(self.follower.end or why, pause_s)
            yield from self._pause(pause_s)

    def _one_connection(self) -> Generator[Event, None, str]:
        """Yield what one connection brings, and return why it ended."""
        follower, nonce = self.follower, token_urlsafe(NONCE_SIZE_BYTES)
        try:
            address = self._address()
            yield from self._ask_for_rosters(address)
        except ClientError as why:
            return str(why)
        follower.connected(nonce, self._now())
        since = {"since": str(follower.position)} if follower.position else {}
        connection = Connection(f"{address}/v1/stream", {"nonce": nonce} | since)
        try:
            return (yield from self._read(connection, address))
        except StreamError as why:
            return str(why)
        finally:
            connection.close()

    def _read(self, connection: Connection, address: str) -> Generator[Event, None, str]:
        follower, asked, is_asking = self.follower, set[str](), False
        while not follower.broken:
            waiting = sorted(follower.orphans - asked)
            if waiting and not is_asking:
                asked.add(waiting[0])
                connection.ask(f"{address}/v1/alarms/{waiting[0]}")
                is_asking = True
            match connection.next(self._patience_s()):
                case Closed(why):
                    return why
                case Answer(body):
                    is_asking = False
                    yield from self._learn_history(body)
                case NoAnswer():
                    is_asking = False  # the alarm stays: only a verified end lets it go
                case bytes(chunk):
                    for event in follower.receive(chunk, self._now()):
                        if isinstance(event, Snapshot):
                            asked.clear()
                        yield event
            yield from follower.check(self._now())
        return "what came is not confirmed"

    def _ask_for_rosters(self, address: str) -> Iterator[Event]:
        if not self.follower.position or self.follower.trust.rosters:
            return
        answers: Queue[Item] = Queue(1)
        ask(f"{address}/v1/authority", answers)
        while (answer := next_of(answers, self._patience_s())) is None:
            yield from self.follower.check(self._now())
        if not isinstance(answer, Answer):
            raise Unreachable(answer.why if isinstance(answer, NoAnswer) else "no answer")
        told = read_answer(answer.body, AuthorityAnswer)
        rosters = (one for bodies in told.rosters.values() for one in bodies)
        yield from self.follower.learn_trust(rosters, told.revocations.values())

    def _learn_history(self, body: bytes) -> Iterator[Event]:
        try:
            answer = read_answer(body, AlarmAnswer)
        except ClientError:
            return
        yield from self.follower.learn_history((one.envelope for one in answer.history), self._now())

    def _pause(self, pause_s: float) -> Iterator[Event]:
        until = self._now() + pause_s
        while (left_s := until - self._now()) > 0:
            self._clock.sleep_s(min(left_s, max(self._patience_s(), 0.0)))
            yield from self.follower.check(self._now())

    def _patience_s(self) -> float:
        """How long nothing has to be looked at unless something comes."""
        due = self.follower.silent_from
        return HEARTBEAT_VALID_S if due is None else max(due - self._now(), 0.0)

    def _now(self) -> float:
        return self._clock.monotonic_s()
