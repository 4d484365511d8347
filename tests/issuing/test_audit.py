"""The audit trail: everything people did, in order, and nothing that can be edited unseen."""

from collections.abc import Callable

import apsw
import pytest

from tests.issuing.office import OLENA, STRANGER, Office, run
from tocsin.issuing import Issued, Submitted
from tocsin.notice import GENESIS
from tocsin.ports.records import audit_hash
from tocsin.records import FILE_NAME


def edit(statement: str) -> Callable[[apsw.Connection], object]:
    return lambda connection: connection.execute(statement)


def rewrite(connection: apsw.Connection) -> None:
    """Put another audit journal in its place, as long and whole in itself."""
    rows = connection.execute("SELECT sequence, at_ms, what, detail FROM audit ORDER BY sequence").fetchall()
    connection.execute("DELETE FROM audit")
    before = GENESIS
    for sequence, at_ms, what, detail in rows:
        before = audit_hash(before, sequence, at_ms, what, "mallory", detail)
        row = (sequence, at_ms, what, "mallory", detail, before)
        connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)", row)


def test_all_that_people_do_with_a_draft_is_in_it(office: Office) -> None:
    waiting = office.draft(office.order(), "olena")
    assert isinstance(office.sign(waiting, OLENA), Submitted)
    office.sign(waiting, STRANGER)
    run(lambda: office.desk.give_back(waiting.id, "taras", "wrong oblast"))
    office.issue()
    assert office.audited() == ["signed", "signature_refused", "returned", "signed", "issued"]
    entries = office.desk.records.audit(0, 10)
    assert [entry.who for entry in entries[:3]] == ["olena", "", "taras"]
    assert "wrong oblast" in entries[2].detail
    assert {entry.at_ms for entry in entries} == {office.clock.ms}


@pytest.mark.parametrize(
    "tamper",
    [
        edit("UPDATE audit SET who = 'taras' WHERE sequence = 1"),
        edit("DELETE FROM audit WHERE sequence = 1"),
        edit("DELETE FROM audit WHERE sequence > 1"),
        edit("DELETE FROM audit"),
        rewrite,
    ],
)
def test_what_was_edited_while_the_server_was_down_is_told(
    office: Office, tamper: Callable[[apsw.Connection], object]
) -> None:
    office.sign(office.draft(office.order(), "olena"), OLENA)
    office.issue()
    office.audited()
    office.close()
    connection = apsw.Connection(str(office.folder / FILE_NAME))
    for trigger in ("audit_is_never_changed", "audit_is_never_removed"):
        connection.execute(f"DROP TRIGGER {trigger}")
    tamper(connection)
    connection.close()
    office.open()
    office.desk.trail.keep(lambda: None).result()
    assert any("the audit journal" in warning for warning in office.desk.warnings)
    assert isinstance(office.sign(office.draft(office.order(), "issue")), Issued), "alerts go before book-keeping"


def test_an_untouched_one_is_told_to_nobody(office: Office) -> None:
    office.issue()
    office.close()
    office.open()
    office.desk.trail.keep(lambda: None).result()
    assert office.desk.warnings == ()


def test_an_alert_does_not_wait_for_its_audit(office: Office) -> None:
    drafted = office.draft(office.order(), "issue")
    office.desk.trail.keep(lambda: None).result()
    office.desk.records.close()
    assert isinstance(office.sign(drafted), Issued)
    office.desk.trail.keep(lambda: None).result()
    assert office.desk.trail.fault
