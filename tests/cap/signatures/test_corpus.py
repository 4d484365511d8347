"""Real signed alerts get the verdict that the index of the corpus leads one to expect, none of them is lost."""

from collections import Counter
from typing import Any

from tocsin import cap
from tocsin.cap import feeds, signatures
from tocsin.cap.signatures import Reason, Relaxation, Verdict

from .conftest import RECEIVED

Corpus = list[tuple[dict[str, Any], bytes]]


def signed_alerts(corpus: Corpus) -> Corpus:
    return [(row, data) for row, data in corpus if row["kind"] == "alert" and row["signatures"]]


def expected(details: dict[str, Any]) -> Verdict:
    """What the index found, in our words: nobody is registered here, so nobody is trusted."""
    if "X509Certificate" in details.get("base64_undecodable", ()):
        return Verdict.UNVERIFIABLE
    if details["check"] == "invalid" or details.get("base64_non_canonical"):
        return Verdict.INVALID
    return Verdict.UNVERIFIABLE if details["check_mode"] == "blank-text-removed" else Verdict.UNTRUSTED


def test_every_signature_of_the_corpus_gets_its_verdict(corpus: Corpus) -> None:
    wrong, seen = [], Counter[Verdict]()
    for row, data in signed_alerts(corpus):
        trust = signatures.verify(data, signatures.NO_SENDERS, RECEIVED, relaxations=frozenset(Relaxation))
        verdicts = [each.verdict for each in trust.signatures]
        seen.update(verdicts)
        if verdicts != [expected(details) for details in row["signature_details"]]:
            wrong.append(f"{row['path']}: {[str(each.reason) for each in trust.signatures]}")
    assert not wrong, "\n".join(wrong)
    assert seen[Verdict.INVALID] >= 15
    assert seen[Verdict.UNVERIFIABLE] >= 3
    assert seen[Verdict.UNTRUSTED] >= 5


def test_a_genuine_alert_of_the_national_aggregator_is_not_called_invalid(corpus: Corpus) -> None:
    data = next(data for row, data in corpus if row["path"].endswith("testdata/canada_signed.cap"))
    strict = signatures.verify(data, signatures.NO_SENDERS, RECEIVED)
    assert strict.reason is Reason.OTHER_SIGNATURES_LEFT_OUT
    assert strict.verdict is Verdict.UNVERIFIABLE
    relaxed = signatures.verify(data, signatures.NO_SENDERS, RECEIVED, relaxations=frozenset(Relaxation))
    assert relaxed.verdict is Verdict.UNTRUSTED
    assert relaxed.relaxations == frozenset(Relaxation)


def test_every_alert_that_was_altered_on_purpose_is_found(corpus: Corpus) -> None:
    altered = [(row, data) for row, data in corpus if row["intended"] == "invalid-signature"]
    assert len(altered) == 15
    for row, data in altered:
        trust = signatures.verify(data, signatures.NO_SENDERS, RECEIVED)
        assert trust.verdict in (Verdict.INVALID, Verdict.UNVERIFIABLE), row["path"]


def test_what_is_shown_of_a_real_signed_alert_is_the_same_alert(corpus: Corpus) -> None:
    for row, data in signed_alerts(corpus):
        trust = signatures.verify(data, signatures.NO_SENDERS, RECEIVED, relaxations=frozenset(Relaxation))
        if row["xsd_valid"]:
            assert cap.read(trust.document) == cap.read(data), row["path"]


def test_a_signed_alert_that_is_cut_out_of_a_feed_still_verifies(corpus: Corpus) -> None:
    data = next(data for row, data in corpus if row["path"].endswith("testdata/canada_signed.atom"))
    (entry,) = feeds.read(data).entries
    document = entry.alerts[0].document
    trust = signatures.verify(document, signatures.NO_SENDERS, RECEIVED, relaxations=frozenset(Relaxation))
    assert [each.verdict for each in trust.signatures] == [Verdict.UNTRUSTED, Verdict.UNTRUSTED]
