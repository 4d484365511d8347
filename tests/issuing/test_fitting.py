"""An order that one notice cannot hold becomes several alarms, in one transaction; nothing of it is lost."""

import pytest

from tests.issuing.office import OF_LVIV, OLENA, TARAS, Office, signed
from tests.issuing.paper import LVIV_OBLAST, Paper, ukraine
from tocsin import cap
from tocsin.issuing import Issued, Refusal, Submitted
from tocsin.issuing.capform import regions_of_shapes
from tocsin.issuing.drafting import Draft
from tocsin.issuing.fitting import PARTS_MAX, fit, part_id
from tocsin.notice import (
    ENVELOPE_SIZE_BYTES_MAX,
    ID,
    NOTICE_SIZE_BYTES_MAX,
    DocumentError,
    Kind,
    Text,
    encode_notice,
    geometry_hash,
)

HROMADAS = tuple(region.code for region in ukraine().regions if region.level == 3)
# Of every raion some hromadas are left out, so that none can give way to its parent.
SCATTERED = HROMADAS[::3][:500]
FROM_WEST_TO_EAST = tuple(
    f"polygon {lat},{lon} {lat},{lon + 0.9} {lat + 0.9},{lon + 0.9} {lat + 0.9},{lon} {lat},{lon}"
    for lat in range(46, 51)
    for lon in range(23, 38)
)[:50]


def regions(drafted: Draft) -> list[str]:
    return [code for part in drafted.parts for code in part.notice.regions]


def leaves(codes: list[str] | tuple[str, ...]) -> set[str]:
    atlas = ukraine()
    every = {one for code in codes for one in (code, *atlas.descendants(code))}
    return {code for code in every if not atlas.children(code)}


@pytest.fixture
def paper() -> Paper:
    return Paper()


def test_five_hundred_regions_become_alarms_of_their_own(paper: Paper) -> None:
    drafted = paper.draft(Kind.ALERT, regions=SCATTERED)
    assert len(drafted.parts) > 1
    assert regions(drafted) == sorted(SCATTERED), "every region once, in order"
    assert [part.notice.id for part in drafted.parts] == [
        part_id(drafted.order.id, number) for number in range(len(drafted.parts))
    ]
    for part in drafted.parts:
        assert ID.fullmatch(part.notice.id)
        assert (part.notice.alarm, part.notice.version) == (part.notice.id, 1)
        assert part.document == encode_notice(part.notice)
        assert part.notice.text == drafted.notice.text
        alert = cap.read(part.cap)
        assert alert.identifier == part.notice.id
        assert [pair.value for pair in alert.infos[0].areas[0].geocodes if pair.value_name == "KATOTTG"] == list(
            part.notice.regions
        )
    assert f"{len(drafted.parts)} alarms" in drafted.warnings[0]


def test_the_parts_are_as_few_as_can_be(paper: Paper) -> None:
    drafted = paper.draft(Kind.ALERT, regions=SCATTERED)
    code_size_bytes = len('"UA01020010000048857",')
    for part in drafted.parts[:-1]:
        assert len(part.document) + code_size_bytes > NOTICE_SIZE_BYTES_MAX


def test_the_whole_country_by_fifty_shapes_is_ordered(paper: Paper) -> None:
    touched = regions_of_shapes(FROM_WEST_TO_EAST, ukraine())
    assert not isinstance(touched, Refusal)
    drafted = paper.draft(Kind.ALERT, regions=(), shapes=FROM_WEST_TO_EAST)
    assert leaves(regions(drafted)) == leaves(tuple(touched))
    for part in drafted.parts:
        assert part.notice.shapes == ()
        assert part.notice.geometry == geometry_hash(FROM_WEST_TO_EAST)
        assert part.cap.count(b"<polygon>") == 2 * len(FROM_WEST_TO_EAST)


def test_a_border_too_long_for_any_notice_is_in_the_document(paper: Paper) -> None:
    points = " ".join(f"{50 + number / 10_000:.4f},30.4" for number in range(400))
    shape = f"polygon {points} 50.2,30.9 50.0000,30.4"
    drafted = paper.draft(Kind.ALERT, regions=(), shapes=(shape,))
    assert drafted.notice.shapes == ()
    assert drafted.notice.geometry == geometry_hash((shape,))
    assert drafted.cap.count(b"<polygon>") == 2


def test_the_same_order_is_always_split_in_the_same_way(paper: Paper) -> None:
    order = paper.order(Kind.ALERT, regions=SCATTERED)
    again = Paper()
    assert [part.notice.id for part in paper.take_order(order).parts] == [
        part.notice.id for part in again.take_order(order).parts
    ]


def test_an_alarm_that_exists_is_never_split(paper: Paper) -> None:
    alert = paper.issue(Kind.ALERT)
    refused = paper.refusal(Kind.UPDATE, alarm=alert.alarm, regions=SCATTERED)
    assert refused.code == "order_unsplittable"
    assert "one alarm cannot become several" in refused.message


def test_an_update_that_fits_once_children_give_way_is_not_refused(paper: Paper) -> None:
    alert = paper.issue(Kind.ALERT)
    assert paper.draft(Kind.UPDATE, alarm=alert.alarm, regions=HROMADAS[:400]).parts


def test_text_never_gives_way_to_regions(paper: Paper) -> None:
    # So little room is left for regions that the order would become hundreds of alarms.
    long = {"en": Text("DEMO: Practice", "x" * 1_000), "uk": Text("ДЕМО: Практика", "й" * 450)}
    refused = paper.refusal(Kind.ALERT, regions=SCATTERED, text=long)
    assert refused.code == "order_too_large"
    assert f"more than {PARTS_MAX} alarms" in refused.message


@pytest.mark.parametrize("people", range(1, 7))
def test_an_envelope_with_all_its_signatures_fits(paper: Paper, people: int) -> None:
    notice = paper.draft(Kind.ALERT, regions=SCATTERED[:300]).parts[0].notice
    found = fit(notice, (), ukraine(), lambda _: people)
    assert not isinstance(found, Refusal)
    assert all(len(encode_notice(one)) + people * 450 < ENVELOPE_SIZE_BYTES_MAX for one in found)


def test_more_people_than_an_envelope_holds_are_named(paper: Paper) -> None:
    notice = paper.draft(Kind.ALERT).notice
    with pytest.raises(DocumentError, match="the signatures of 8 people"):
        fit(notice, (), ukraine(), lambda _: 8)


class TestAtTheDesk:
    def test_all_parts_are_signed_by_each_and_issued_in_one_transaction(self, office: Office) -> None:
        order = office.order(regions=SCATTERED)
        waiting = office.draft(order, "olena")
        parts = len(waiting.draft.parts)
        assert parts > 1
        assert isinstance(office.sign(waiting, OLENA), Submitted)
        assert office.ears.told == []
        issued = office.sign(waiting, TARAS)
        assert isinstance(issued, Issued)
        assert len(issued.entries) == parts
        assert len({entry.recorded_ms for entry in issued.entries}) == 1
        assert office.ears.told == [part.notice for part in waiting.draft.parts]
        assert len(office.desk.board.alarms) == parts
        assert office.desk.head == office.journal.head
        again = office.desk.draft(order, "olena")
        assert isinstance(again, Issued)
        assert again.entries == issued.entries

    def test_whoever_signs_a_part_only_signs_nothing(self, office: Office) -> None:
        waiting = office.draft(office.order(regions=SCATTERED), "olena")
        handed = signed(waiting, OLENA)
        refused = office.hand_in_all(waiting, handed[1:])
        assert isinstance(refused, Refusal)
        assert refused.code == "signatures_malformed"
        mixed = office.hand_in_all(waiting, [*signed(waiting, TARAS)[:1], *handed[1:]])
        assert isinstance(mixed, Refusal)
        assert mixed.code == "signatures_malformed"

    def test_an_order_cannot_be_split_past_a_ceiling(self, office: Office) -> None:
        raions = [one.code for one in office.desk.atlas.regions if one.parent == LVIV_OBLAST]
        hromadas = [one for raion in raions for one in office.desk.atlas.children(raion)][:3]
        waiting = office.draft(office.order(regions=tuple(hromadas)), "olena")
        office.sign(waiting, OLENA)
        refused = office.sign(waiting, OF_LVIV)
        assert isinstance(refused, Refusal)
        assert refused.code == "too_many_regions"

    def test_it_survives_a_restart_in_all_its_parts(self, office: Office) -> None:
        waiting = office.draft(office.order(regions=SCATTERED), "olena")
        office.sign(waiting, OLENA)
        office.stop_as_killed()
        office.open()
        issued = office.sign(waiting, TARAS)
        assert isinstance(issued, Issued)
        assert len(issued.entries) == len(waiting.draft.parts)
