"""A short run of the campaign against forged envelopes, and proof that it would find one."""

from random import Random

import pytest

from tests.campaigns.fuzz_envelopes import FILES, Tally, judge_many, load
from tocsin.notice import passkeys, verification

COUNT = 4_000


@pytest.mark.parametrize("file", FILES)
def test_no_mutant_is_believed(file: str) -> None:
    tally = Tally()
    judge_many(load(file), COUNT, Random(7), tally)
    assert tally.clean, tally.forged[:1]
    assert {"framing", "document", "signature", "key"} <= set(tally.verdicts)


@pytest.mark.parametrize(
    ("file", "module", "check"),
    [("notices.json", verification, "_is_ed25519_right"), ("people.json", passkeys, "_is_signed")],
)
def test_a_verifier_that_checks_nothing_is_found_out(
    file: str, module: object, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, check, lambda *_: True)
    tally = Tally()
    judge_many(load(file), COUNT, Random(7), tally)
    assert tally.forged
