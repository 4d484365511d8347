"""Drafting on paper: no journal and no keys; what is drafted is taken as issued. No text here is an alert."""

from functools import cache
from typing import Any

from tocsin.alarms import Board, fold
from tocsin.areas import Atlas, load_ukraine
from tocsin.issuing import Draft, Order, Refusal
from tocsin.issuing.drafting import draft
from tocsin.issuing.situation import Situation
from tocsin.notice import DEMO, Kind, Level, Notice, Status, id_from

NOW = 1_790_000_000
KYIV, KYIV_OBLAST, LVIV_OBLAST, SEVASTOPOL = (
    "UA80000000000093317",
    "UA32000000000030281",
    "UA46000000000026241",
    "UA85000000000065278",
)
# Within 30 km of a point in Vyshhorod raion.
CIRCLE = "circle 50.9,30.4 5"


@cache
def ukraine() -> Atlas:
    return load_ukraine()


def numbered_id(number: int) -> str:
    return id_from(number.to_bytes(16, "big"))


class Paper:
    """A board that grows with what is drafted on it."""

    def __init__(self, authority: str = DEMO, atlas: Atlas | None = None) -> None:
        self.authority, self.atlas, self.now = authority, atlas or ukraine(), NOW
        self.board = Board()
        self.notices: list[Notice] = []
        self._ids = 0

    def situation(self) -> Situation:
        return Situation(
            board=self.board,
            atlas=self.atlas,
            authority=self.authority,
            issuer="Test duty service",
            roster=1,
            now=self.now,
            history=lambda alarm: [one for one in self.notices if one.alarm == alarm],
            alarms_named=lambda prefix: sorted({n.alarm for n in self.notices if n.alarm.startswith(prefix)})[:2],
            alarm_of=lambda id: next((one.alarm for one in self.notices if one.id == id), None),
        )

    def order(self, kind: Kind, **given: Any) -> Order:
        self._ids += 1
        if kind is Kind.ALERT:
            given = {"hazard": "air_raid", "level": Level.RED, "regions": (KYIV,)} | given
        return Order(**{"id": numbered_id(self._ids), "kind": kind, "status": Status.ACTUAL} | given)

    def draft(self, kind: Kind, **given: Any) -> Draft:
        drafted = draft(self.order(kind, **given), self.situation())
        assert isinstance(drafted, Draft), drafted
        return drafted

    def take_order(self, order: Order) -> Draft:
        drafted = draft(order, self.situation())
        assert isinstance(drafted, Draft), drafted
        return drafted

    def refusal(self, kind: Kind, **given: Any) -> Refusal:
        refused = draft(self.order(kind, **given), self.situation())
        assert isinstance(refused, Refusal), refused
        return refused

    def issue(self, kind: Kind, **given: Any) -> Notice:
        return self.take(self.draft(kind, **given))

    def take(self, drafted: Draft) -> Notice:
        self.notices.append(drafted.notice)
        self.board = fold(self.board, len(self.notices), drafted.notice)
        return drafted.notice
