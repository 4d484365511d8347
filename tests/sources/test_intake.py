"""What comes from a source waits for people: submitted, again after it lapsed, gone once it was issued or is over."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.issuing.office import OLENA, TARAS, Office, found
from tests.issuing.test_relay import message
from tocsin import cap
from tocsin.issuing import Submitted
from tocsin.notice import Status
from tocsin.ports.source import Received
from tocsin.sources.intake import Intake

SOURCE = "sensor"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "office"
    folder.mkdir()
    found(folder)
    office = Office(folder)
    yield office
    office.close()


def received(**given: object) -> Received:
    document = cap.write(message(**given))
    return Received("https://practice.example/1.cap", document, cap.judge(document))


def intake_of(office: Office) -> Intake:
    return Intake(office.folder / "sources" / "held", office.desk)


def held(office: Office) -> list[str]:
    return [path.name for path in (office.folder / "sources" / "held").iterdir()]


def waiting(office: Office) -> list[Submitted]:
    return list(office.desk.submitted())


def test_a_message_becomes_a_submitted_draft_that_says_where_it_is_from(office: Office) -> None:
    intake = intake_of(office)
    for _ in range(2):
        intake.hold(SOURCE, received())
        asyncio.run(intake.submit_all())
    (one,) = waiting(office)
    assert one.waiting.draft.notice.status is Status.EXERCISE
    assert one.missing == 2
    assert b"<value>sensor</value>" in one.waiting.draft.cap
    assert b"<value>unasked</value>" in one.waiting.draft.cap
    assert len(held(office)) == 1


def test_it_is_submitted_again_after_it_lapsed_until_it_expires(office: Office) -> None:
    intake = intake_of(office)
    intake.hold(SOURCE, received())
    asyncio.run(intake.submit_all())
    office.clock.ms += 700_000
    assert waiting(office) == []
    asyncio.run(intake_of(office).submit_all())
    assert len(waiting(office)) == 1
    office.clock.ms += 7_200_000
    asyncio.run(intake.submit_all())
    assert (waiting(office), held(office)) == ([], [])


def test_what_people_have_issued_is_forgotten(office: Office) -> None:
    intake = intake_of(office)
    intake.hold(SOURCE, received())
    asyncio.run(intake.submit_all())
    (one,) = waiting(office)
    office.sign(one.waiting, OLENA)
    office.sign(one.waiting, TARAS)
    asyncio.run(intake.submit_all())
    assert held(office) == []
    assert [notice.status for notice in office.ears.told] == [Status.EXERCISE]


def test_a_source_that_no_roster_lists_waits(office: Office) -> None:
    intake = intake_of(office)
    intake.hold("unlisted", received())
    asyncio.run(intake.submit_all())
    assert waiting(office) == []
    assert len(held(office)) == 1


def test_what_can_never_be_an_order_is_let_go(office: Office) -> None:
    intake = intake_of(office)
    intake.hold(SOURCE, received(status=cap.Status.SYSTEM))
    asyncio.run(intake.submit_all())
    assert held(office) == []
