"""The quick yes says nothing else than the rules would have said, on real alerts and on spoilt ones."""

import random
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin import cap
from tocsin.cap import assent

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "cap"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
TEXT = re.compile(rb">([^<>]*)</")
SPOILT = (
    b"", b" ", b"x", b"a b", b"a,b", b"&lt;b>", b"&#xa0;", b"Cancel", b"Restricted", b"Private", b"IPAWSv1.0", b"-5",
    b"2569-03-01T00:00:00+07:00", b"2026-03-01T24:00:00+01:00", b"a,b,2026-03-01T00:00:00-00:00", b"awareness_level",
    b"1,1 2,2 1,2 2,1 1,1", b"91,0 1,1 2,0 91,0", b"1,1 1,2 2,2", b"x" * 200, b"<!-- -->x", b"http://a b/",
)  # fmt: skip


def documents() -> list[bytes]:
    paths = sorted(path for path in CORPUS.rglob("*") if path.is_file())
    return [path.read_bytes() for path in paths if path.stat().st_size <= assent.SIZE_BYTES_MAX]


def mutants(number: int) -> list[bytes]:
    chance, originals, made = random.Random(3), documents(), []
    for _ in range(number):
        data = chance.choice(originals)
        places = list(TEXT.finditer(data))
        if places:
            place = chance.choice(places)
            made.append(data[: place.start(1)] + chance.choice(SPOILT) + data[place.end(1) :])
    return made


@pytest.mark.parametrize("now", [None, NOW], ids=["without a clock", "with a clock"])
def test_the_quick_yes_says_what_the_rules_say(now: datetime | None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [*documents(), *mutants(1_000)]
    quick = [cap.judge(data, now=now) for data in asked]
    monkeypatch.setattr(assent, "SIZE_BYTES_MAX", 0)
    for data, report in zip(asked, quick, strict=True):
        slow = cap.judge(data, now=now)
        assert (report.findings, report.outcome, report.message) == (slow.findings, slow.outcome, slow.message)
