"""An operator on duty at a demo server: gives orders by the hundred, all of them DEMO."""

import ssl
from functools import cache
from itertools import cycle
from typing import Any

import httpx

from tests.conftest import Server
from tocsin.areas import Atlas, load_ukraine
from tocsin.client import Operator, Signer, open_folder
from tocsin.client.operator import new_id
from tocsin.client.orders import Issued
from tocsin.issuing import Order
from tocsin.notice import Domain, Kind, Level, Position, Status, Text, Trust, from_b64

REGIONS = ("UA-05", "UA-07", "UA-09", "UA-12", "UA-14", "UA-18", "UA-21", "UA-23", "UA-26", "UA-30")


@cache
def _atlas() -> Atlas:
    return load_ukraine()


class Duty:
    """Orders in the name of the demo authority of *server*."""

    def __init__(self, server: Server, trusted: str | None = None) -> None:
        folder = open_folder(server.data)
        keys = {domain: folder.keys(domain) for domain in Domain}
        verify = ssl.create_default_context(cafile=trusted) if trusted else False
        client = httpx.Client(trust_env=False, timeout=10, verify=verify)
        self.operator = Operator(folder.address, keys, Signer(folder.authority, _atlas()), client=client)
        self.trust = folder.trust
        self._regions = cycle(REGIONS)

    def close(self) -> None:
        self.operator.client.close()

    def alert(self, status: Status = Status.ACTUAL, words: str = "") -> Issued:
        text = {"en": Text("Practice of the test suite", words)} if words else {}
        return self._order(
            kind=Kind.ALERT,
            status=status,
            hazard="air_raid",
            level=Level.RED,
            regions=(next(self._regions),),
            text=text,
        )

    def all_clear(self, issued: Issued, status: Status = Status.ACTUAL) -> Issued:
        return self._order(kind=Kind.ALL_CLEAR, status=status, alarm=issued.alarm)

    def _order(self, **given: Any) -> Issued:
        issued = self.operator.order(Order(id=new_id(), **given))
        assert isinstance(issued, Issued)
        return issued

    def position(self) -> Position:
        return Position.parse(self.operator.board().position)

    def trusting(self) -> Trust:
        """Return the pinned trust with the rosters that the server shows."""
        trust = self.trust
        for roster in self.operator.get("/v1/authority").json()["rosters"].values():
            learned = trust.learn(from_b64(roster[-1]))
            assert isinstance(learned, Trust)
            trust = learned
        return trust


def sequence(issued: Issued) -> int:
    return Position.parse(issued.position).sequence
