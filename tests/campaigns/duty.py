"""Operators who give orders without a pause and insist on an answer, through any number of kills.

Each order keeps its id until it is acknowledged, so a lost answer is asked for again. Everything they order is an
exercise of a demo authority.
"""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tocsin.areas import load_ukraine
from tocsin.client import Clock, DataFolder, FolderError, Issued, Operator, Signer, Unreachable, new_id, open_folder
from tocsin.issuing import Order
from tocsin.notice import Domain, Kind, Level, Status

# Longer than any start: an operator who gave up would leave it open whether his order was issued.
INSIST_S = 120.0
REGIONS = ("UA-05", "UA-07", "UA-12", "UA-30", "UA-46", "UA-63")
PAUSE_S = 0.01
# People wait for seconds between two attempts; then most kills would find nobody ordering.
WAIT_MAX_S = 0.02


@dataclass
class Duty:
    """One operator on a thread. ``acknowledged`` grows while it runs; ``asking`` is the order without an answer yet."""

    operator: Operator
    random: Random
    acknowledged: list[tuple[Order, Issued]] = field(default_factory=list)
    asking: Order | None = None
    failure: BaseException | None = None
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let the order at hand be answered, and stop."""
        self._ended.set()
        assert self._thread is not None
        self._thread.join()
        if self.failure:
            raise self.failure

    def again(self, order: Order) -> Issued:
        """Give an order once more, as after a lost answer."""
        return self.operator.order(order)

    def _run(self) -> None:
        try:
            while not self._ended.is_set():
                alert = self._give(Order(
                    id=new_id(), kind=Kind.ALERT, status=Status.EXERCISE, hazard="air_raid", level=Level.RED,
                    regions=(self.random.choice(REGIONS),),
                ))  # fmt: skip
                for kind in self.random.choice(((Kind.ALL_CLEAR,), (Kind.UPDATE, Kind.ALL_CLEAR), (Kind.FALSE_ALARM,))):
                    self._give(Order(id=new_id(), kind=kind, status=Status.EXERCISE, alarm=alert.alarm))
        except BaseException as why:
            self.failure = why

    def _give(self, order: Order) -> Issued:
        self.asking = order
        issued = self.operator.order(order)
        self.acknowledged.append((order, issued))
        self.asking = None
        self._ended.wait(self.random.uniform(0, PAUSE_S))
        return issued


def on_duty(folder: Path, random: Random) -> Duty:
    """Return an operator of the demo authority in *folder*."""
    data = open_folder(folder)
    keys = {Domain.EXERCISE: data.keys(Domain.EXERCISE)}
    clock = Clock(sleep_s=lambda wait_s: time.sleep(min(wait_s, WAIT_MAX_S)))
    signer = Signer(data.authority, load_ukraine())
    return Duty(Operator(lambda: _address(data), keys, signer, INSIST_S, clock), random)


def _address(data: DataFolder) -> str:
    """A server that is killed while it leaves its address there leaves none, or half of one: ask again."""
    try:
        return data.address()
    except FolderError as why:
        raise Unreachable(str(why)) from None
