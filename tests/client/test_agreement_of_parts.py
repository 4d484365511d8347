"""An order that one notice cannot hold: its parts together are what was ordered, or nothing is signed."""

from typing import Any

import msgspec
import pytest

from tests.client.authority import NAME, NOW, TRUST, id_of
from tests.client.desk import Desk
from tocsin.areas import Atlas, load_ukraine
from tocsin.client import Draft, Part, Signer
from tocsin.client.orders import read_draft
from tocsin.issuing import Order
from tocsin.notice import Kind, Level, Status, Text, b64, encode


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_ukraine()


@pytest.fixture(scope="module")
def order(atlas: Atlas) -> Order:
    """One hromada of each raion: no children of one parent, so that none gives way."""
    raions = [one.code for one in atlas.regions if one.level == 2 and len(atlas.children(one.code)) > 1]
    return Order(
        id=id_of("large"), kind=Kind.ALERT, status=Status.ACTUAL, hazard="air_raid", level=Level.RED,
        regions=tuple(atlas.children(raion)[0] for raion in raions),
    )  # fmt: skip


@pytest.fixture(scope="module")
def drafted(atlas: Atlas, order: Order) -> Draft:
    found = Desk(atlas).freeze(order)
    parts = [{"notice": one.notice.id, "bytes": b64(one.document), "cap": one.cap.decode()} for one in found.parts]
    draft = read_draft(msgspec.json.encode({"draft": order.id, "notices": parts}))
    assert len(draft.parts) > 1
    return draft


@pytest.fixture
def signer(atlas: Atlas) -> Signer:
    return Signer(NAME, atlas, TRUST)


def changed(draft: Draft, number: int, **changes: Any) -> Draft:
    part = draft.parts[number]
    notice = msgspec.structs.replace(part.notice, **changes)
    parts = list(draft.parts)
    parts[number] = Part(encode(notice), notice, part.cap)
    return Draft(draft.id, tuple(parts))


def test_a_large_order_becomes_several_alarms_that_together_say_what_was_ordered(
    drafted: Draft, order: Order, signer: Signer
) -> None:
    assert signer.disagreements(drafted, order, NOW) == []
    assert set(drafted.regions) == set(order.regions)
    assert len({part.notice.alarm for part in drafted.parts}) == len(drafted.parts)


def test_a_part_that_is_left_out_is_noticed(drafted: Draft, order: Order, signer: Signer) -> None:
    (found,) = signer.disagreements(Draft(drafted.id, drafted.parts[:-1]), order, NOW)
    assert found.startswith("its regions are")


def test_a_region_that_nobody_ordered_is_noticed_in_any_part(
    drafted: Draft, order: Order, signer: Signer, atlas: Atlas
) -> None:
    last = len(drafted.parts) - 1
    stranger = next(one.code for one in atlas.regions if one.level == 3 and one.code not in drafted.regions)
    regions = tuple(sorted({*drafted.parts[last].notice.regions, stranger}))
    assert signer.disagreements(changed(drafted, last, regions=regions), order, NOW)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"text": {"en": Text("TEST DATA, another text", "")}}, "part 2: its text"),
        ({"level": Level.YELLOW}, "part 2: its level"),
        ({"id": id_of("other"), "alarm": id_of("other")}, "part 2: its id"),
        ({"hazard": "flood"}, "part 2: its hazard"),
        ({"authority": "somebody.example"}, "part 2: its authority"),
    ],
)
def test_each_part_says_what_was_ordered(
    drafted: Draft, order: Order, signer: Signer, changes: dict[str, Any], what: str
) -> None:
    found = signer.disagreements(changed(drafted, 1, **changes), order, NOW)
    assert any(one.startswith(what) for one in found)


def test_only_an_alert_can_be_split(drafted: Draft, order: Order, signer: Signer) -> None:
    update = msgspec.structs.replace(order, kind=Kind.UPDATE, alarm=id_of("large"))
    assert "only an alert can be split" in signer.disagreements(drafted, update, NOW)[0]
