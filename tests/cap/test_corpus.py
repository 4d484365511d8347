"""Real messages: the verdict on each equals that of the schema, as the index of the corpus records it."""

from typing import Any

from tocsin import cap

Corpus = list[tuple[dict[str, Any], bytes]]

# What the index calls a rule, and which of our codes say the same.
CODES = {
    "order-or-missing": {
        "missing-element", "wrong-order", "repeated-element", "unknown-element", "foreign-element",
    },
    "enumeration": {"enumeration"},
    "datatype": {"datatype", "date-z", "date-naive", "date-fraction", "date-bad"},
    "text-not-allowed": {"text-not-allowed", "markup-in-text"},
    "unknown-root": {"unknown-root", "unknown-namespace"},
}  # fmt: skip


# Valid but for its signature, for which CAP 1.1 has no place.
FORGIVEN = {"google-cap-library/testdata/earthquake_signed.cap"}

PLACED_APART = {"missing-element", "wrong-order"}


def verdict(data: bytes) -> cap.CapError | None:
    try:
        cap.read(data)
    except cap.CapError as error:
        return error
    return None


def test_every_document_that_the_schema_accepts_is_read_and_no_other(corpus: Corpus) -> None:
    wrong = []
    for row, data in corpus:
        valid = (row["kind"] == "alert" and row["xsd_valid"]) or row["path"] in FORGIVEN
        error = verdict(data)
        if (error is None) != valid:
            wrong.append(f"{row['path']}: schema says {valid}, we say {error}")
    assert not wrong, "\n".join(wrong)
    assert len(corpus) > 150


def test_every_fault_that_the_schema_sees_is_reported_at_its_line(corpus: Corpus) -> None:
    missed = []
    for row, data in corpus:
        error = verdict(data)
        if row["kind"] != "alert" or row["cap_version"] is None or row["doctype"] or error is None:
            continue
        for fault in row["xsd_errors"]:
            same = [finding for finding in error.findings if finding.code in CODES[fault["rule"]]]
            # The schema names the first element that it did not expect; we name the group that lacks one, or the
            # element that came too late.
            if not any(finding.line == fault["line"] or finding.code in PLACED_APART for finding in same):
                missed.append(f"{row['path']}: {fault}: {error}")
    assert not missed, "\n".join(missed)


def test_every_finding_says_where_what_and_how_to_mend_it(corpus: Corpus) -> None:
    for row, data in corpus:
        error = verdict(data)
        for finding in error.findings if error else ():
            assert finding.code, row["path"]
            assert finding.path, row["path"]
            assert finding.rule.endswith((".", "12.5")), finding
            assert finding.remedy.endswith("."), finding


def test_declared_faults_of_structure_are_refused(corpus: Corpus) -> None:
    read = [row["path"] for row, data in corpus if row["intended"] == "invalid-structure" and verdict(data) is None]
    assert not read


def test_older_versions_are_read_into_the_model_of_today(corpus: Corpus) -> None:
    older = [cap.read_message(data) for row, data in corpus if row["cap_version"] == "1.1" and row["xsd_valid"]]
    assert len(older) > 10
    for message in older:
        assert message.version == "1.1"
        assert any(note.code == "older-version" for note in message.notes)
        assert message.dates["alert/sent"] == message.alert.sent_text


def test_a_real_alert_that_is_written_again_is_the_same_alert(corpus: Corpus) -> None:
    written, refused = 0, []
    for row, data in corpus:
        if verdict(data) is not None:
            continue
        alert = cap.read(data)
        try:
            again = cap.write(alert)
        except cap.CapError:
            refused.append(row)
            continue
        assert cap.read(again) == alert, row["path"]
        written += 1
    assert written > 50
    # Only a message with a fault of its own is refused, and the index knows of that fault.
    assert not [row["path"] for row in refused if not row["lint"] and row["cap_version"] == "1.2"]
