"""Throws spoilt CAP at the reader and looks for crashes, slowness of kind and broken promises.

    python -m tests.campaigns.fuzz_cap --executions 2000000 [--seed 1]

With atheris installed it is guided by coverage; without it, a seeded mutator of its own spoils the corpus. What is
found becomes a fixture in tests/cap.
"""

import argparse
import json
import sys
from contextlib import nullcontext
from pathlib import Path
from random import Random

try:
    import atheris
except ModuleNotFoundError:
    atheris = None

# Coverage is counted in the reader alone: counting it everywhere makes each execution twenty times slower.
with atheris.instrument_imports(include=["tocsin.cap"]) if atheris else nullcontext():
    from tocsin import cap
    from tocsin.cap import renderings

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "cap"
# Larger seeds make each execution slow and spoil nothing that small ones do not.
SEED_BYTES_MAX = 8_000

PIECES = (
    b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x?>", b"<!DOCTYPE a>", b"&#0;", b"&#xD800;", b"&lt;", b"&x;", b"\x00",
    b"\xff", b"9" * 50, b"-", b",", b" ", b"nan", b"1e999", b"+14:00", b"Z", b"T24:00:00", b"9999", b"0001", b"0000",
    b"<info/>", b"</alert>", b"<area><areaDesc/></area>", b"<polygon>", b'xmlns="urn:x"', b'nil="true"', b"\n",
    b"\xef\xbb\xbf",
)  # fmt: skip


def one_input(data: bytes) -> None:
    """Hold every promise against *data*; anything but ``CapError`` that is raised is a find."""
    report = cap.judge(data)
    renderings.report_record(report, "fuzz")
    renderings.sarif(report, "fuzz")
    try:
        read = cap.read(data)
    except cap.CapError:
        read = None
    if read is not None:
        assert report.alert == read, "judge and read must see the same alert"
    if report.alert is not None:
        renderings.plain(report.alert)
        renderings.geojson(report.alert)
        _written(report.alert)
    else:
        assert report.outcome is not cap.Outcome.ACCEPT


def _written(alert: cap.Alert) -> None:
    try:
        data = cap.write(alert)
    except cap.CapError:
        return
    assert cap.read(data) == alert, "what is written is read as the same alert"
    assert cap.judge(data).has_the_form, "what is written has the form"


def seeds() -> list[bytes]:
    """Return the small documents of the corpus, or a small one of our own without it."""
    rows = (CORPUS / "INDEX.jsonl").read_text("utf-8").splitlines() if CORPUS.is_dir() else []
    found = [
        (CORPUS / json.loads(row)["path"]).read_bytes() for row in rows if json.loads(row)["size"] < SEED_BYTES_MAX
    ]
    return found or [f'<alert xmlns="{cap.NAMESPACE}"><identifier>a</identifier></alert>'.encode()]


def spoilt(data: bytes, other: bytes, random: Random) -> bytes:
    """Return *data* with a few changes: bytes cut, doubled, replaced, or taken from *other*."""
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(data) + 1)
        length = min(random.choice((0, 1, 4, 20, 200)), len(data) - at)
        start = random.randrange(len(other) + 1)
        piece = random.choice((*PIECES, b"", data[at : at + 80], other[start : start + random.choice((10, 100, 400))]))
        data = data[:at] + piece + data[at + length :]
    return data


def mutate(executions: int, seed: int) -> None:
    """Spoil the corpus *executions* times with our own mutator. Raises what the reader raises, naming the input."""
    random, known = Random(seed), seeds()
    for number in range(executions):
        data = spoilt(random.choice(known), random.choice(known), random)
        try:
            one_input(data)
        except Exception as why:
            why.add_note(f"execution {number} of seed {seed}: {data!r}")
            raise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--executions", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if atheris is None:
        print("atheris is not installed: the mutator of our own runs, which no coverage guides.", file=sys.stderr)
        mutate(asked.executions, asked.seed)
        print(f"{asked.executions} executions, seed {asked.seed}: nothing found")
        return
    random, known = Random(asked.seed), seeds()

    def custom(data: bytes, size_max: int, seed: int) -> bytes:
        chance = Random(seed)
        return spoilt(data if data and chance.random() < 0.7 else chance.choice(known), chance.choice(known), chance)[
            :size_max
        ]

    atheris.Setup(
        [
            sys.argv[0],
            f"-runs={asked.executions}",
            f"-seed={random.randrange(2**31)}",
            f"-max_len={2 * SEED_BYTES_MAX}",
        ],
        one_input,
        custom_mutator=custom,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
