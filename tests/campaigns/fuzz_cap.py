"""Throws spoilt CAP at the package and looks for crashes, slowness of kind and broken promises.

    python -m tests.campaigns.fuzz_cap --executions 2000000 [--seed 1] [--target signature]

With atheris installed it is guided by coverage; without it, a seeded mutator of its own spoils the corpus. The first
byte of an input chooses the promises that are held against the rest. What is found becomes a fixture in tests/cap.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

try:
    import atheris
except ModuleNotFoundError:
    atheris = None

# Coverage is counted in the package alone: counting it everywhere makes each execution twenty times slower.
with atheris.instrument_imports(include=["tocsin.cap"]) if atheris else nullcontext():
    from tocsin import cap
    from tocsin.cap import feeds, renderings, signatures

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "cap"
# Larger seeds make each execution slow and spoil nothing that small ones do not.
SEED_BYTES_MAX = 8_000

RECEIVED = datetime(2026, 3, 1, 4, 6, tzinfo=UTC)
SENDER = "fuzz@example.org"

PIECES = (
    b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x?>", b"<!DOCTYPE a>", b"&#0;", b"&#xD800;", b"&lt;", b"&x;", b"\x00",
    b"\xff", b"9" * 50, b"-", b",", b" ", b"nan", b"1e999", b"+14:00", b"Z", b"T24:00:00", b"9999", b"0001", b"0000",
    b"<info/>", b"</alert>", b"<area><areaDesc/></area>", b"<polygon>", b'xmlns="urn:x"', b'nil="true"', b"\n",
    b"\xef\xbb\xbf", b"<entry>", b"</entry>", b"<content>", b'<link href="a"/>', b"=", b"<ds:Object>", b"</ds:Object>",
    b"http://www.w3.org/2000/09/xmldsig#sha1", b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
)  # fmt: skip

# What stands between two tags: replacing it alone keeps the document well-formed, and leads deeper than noise does.
VALUE = re.compile(rb">([^<]*)<")
VALUES = (
    b"", b" ", b"0", b"-1", b"1e5", b"9" * 41, b"NaN", b"+1.5", b"-0", b"0001-01-01T00:00:00-14:00",
    b"9999-12-31T23:59:59+14:00", b"2568-02-29T00:00:00+07:00", b"2026-02-30T00:00:00-00:00", b"2026-03-01T24:00:00Z",
    b"2026-03-01T04:05:60.5", b"50,30 50,31 51,31 50,30", b"50,30 51,31 50,31 51,30 50,30",
    b"10,179 10,-179 11,-179 10,179",
    b"90,0 90,180 -90,0 90,0", b"1,1 1,1 1,1 1,1", b"0,0 0,0", b"30,50 31,50 31,51", b"50,30", b"50.4,30.5 0",
    b"89.9,0 2000", b"0,180 20038", b"0,0 -1", b"a@b,1,2026-03-01T04:05:06-00:00", b"a@b,,", b",,", b"Actual", b"Alert",
    b"Cancel", b"Public", b"Private", b"Restricted", b"AllClear", b"x-" * 9, b"uk", b"SAME", b"layer:SOREM:1.0:Colour",
    b'"a b" c', b"&lt;b&gt;&amp;amp;", "\u202e\ufeff\U0001f6a8".encode(), b"http://[", b"urn:x",
    b"data:,x", b"//x", b"QQ==", b"QQ", b"image/", b"da39a3ee5e6b4b0d3255bfef95601890afd80709",
)  # fmt: skip


def alert(data: bytes) -> None:
    """Hold the promises of reading, judging and writing against *data*; what is raised is a find."""
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


def feed(data: bytes) -> None:
    """Hold the promises of feeds against *data*."""
    held = cap.judge_all(data)
    try:
        read = feeds.read(data)
    except feeds.FeedError:
        return
    inside = [each for entry in read.entries for each in entry.alerts]
    if held.kind is not None:
        assert [judged.document for judged in held.alerts] == [each.document for each in inside]
    for each in inside:
        assert cap.judge_all(each.document).kind is None, "what is handed out as an alert is one"


def signature(data: bytes) -> None:
    """Hold the promise of signatures against *data*: trusted is what was signed, and nothing else."""
    original, registered = _genuine()
    try:
        trust = cap.verify(data, registered, RECEIVED, relaxations=frozenset(signatures.Relaxation))
    except cap.CapError:
        return
    if trust.verdict is signatures.Verdict.TRUSTED:
        assert cap.read(trust.document) == cap.read(original), "what is trusted is what was signed"
        assert cap.judge(data).alert == cap.read(original), "what is shown is what was signed"


TARGETS: dict[bytes, Callable[[bytes], None]] = {b"A": alert, b"F": feed, b"S": signature}


def one_input(data: bytes) -> None:
    """Hold against *data* the promises that its first byte names; those of an alert if it names none."""
    TARGETS.get(data[:1], alert)(data[1:])


@cache
def _genuine() -> tuple[bytes, signatures.Senders]:
    """Return a signed exercise, and whose key signed it."""
    key = ec.derive_private_key(20261124, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TEST fuzzing")])
    build = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    build = build.not_valid_before(RECEIVED - timedelta(days=1)).not_valid_after(RECEIVED + timedelta(days=1))
    certificate = build.serial_number(1).sign(key, hashes.SHA256())
    text = "TEST of the fuzzing campaign"
    area = cap.Area(area_desc=text, circles=("50.4,30.5 5",))
    info = cap.Info(
        language="en", categories=(cap.Category.MET,), event=text, urgency=cap.Urgency.PAST,
        severity=cap.Severity.MINOR, certainty=cap.Certainty.UNLIKELY, headline=text, areas=(area,),
    )  # fmt: skip
    exercise = cap.Alert(
        identifier="fuzz-1", sender=SENDER, sent=RECEIVED, status=cap.Status.EXERCISE, msg_type=cap.MsgType.ALERT,
        scope=cap.Scope.PUBLIC, note=text, infos=(info,),
    )  # fmt: skip
    return cap.sign(exercise, key, certificate), signatures.Senders({SENDER: (certificate,)})


def seeds(target: str = "") -> list[bytes]:
    """Return the small documents of the corpus under the targets they serve, or under *target* alone."""
    rows = [json.loads(row) for row in _index()]
    small = [(row, (CORPUS / row["path"]).read_bytes()) for row in rows if row["size"] < SEED_BYTES_MAX]
    found = [(b"A" if row["kind"] == "alert" else b"F") + data for row, data in small]
    found += [b"S" + data for row, data in small if row["signatures"]] + [b"S" + _genuine()[0]] * 4
    found.append(f'A<alert xmlns="{cap.NAMESPACE}"><identifier>a</identifier></alert>'.encode())
    found.append(
        f'F<feed xmlns="http://www.w3.org/2005/Atom"><entry><alert xmlns="{cap.NAMESPACE}"/></entry></feed>'.encode()
    )
    return [each for each in found if TARGETS[each[:1]].__name__.startswith(target)]


def _index() -> list[str]:
    return (CORPUS / "INDEX.jsonl").read_text("utf-8").splitlines() if CORPUS.is_dir() else []


def spoilt(data: bytes, other: bytes, random: Random) -> bytes:
    """Return *data* with a few changes: bytes cut, doubled, replaced, or taken from *other*. Its target stays."""
    first, data = data[:1], data[1:]
    for _ in range(random.randint(1, 4)):
        values = list(VALUE.finditer(data)) if random.random() < 0.5 else []
        if values:
            chosen = random.choice(values)
            data = data[: chosen.start(1)] + random.choice(VALUES) + data[chosen.end(1) :]
            continue
        at = random.randrange(len(data) + 1)
        length = min(random.choice((0, 1, 4, 20, 200)), len(data) - at)
        start = random.randrange(len(other) + 1)
        piece = random.choice((*PIECES, b"", data[at : at + 80], other[start : start + random.choice((10, 100, 400))]))
        data = data[:at] + piece + data[at + length :]
    return first + data


def mutate(executions: int, seed: int, target: str = "") -> None:
    """Spoil the corpus *executions* times with our own mutator. Raises what is found, naming the input."""
    random, known = Random(seed), seeds(target)
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
    parser.add_argument("--target", choices=[each.__name__ for each in TARGETS.values()], default="")
    asked = parser.parse_args()
    if atheris is None:
        print("atheris is not installed: the mutator of our own runs, which no coverage guides.", file=sys.stderr)
        mutate(asked.executions, asked.seed, asked.target)
        print(f"{asked.executions} executions, seed {asked.seed}: nothing found")
        return
    known = seeds(asked.target)

    def custom(data: bytes, size_max: int, seed: int) -> bytes:
        chance = Random(seed)
        begin = data if len(data) > 1 and chance.random() < 0.7 else chance.choice(known)
        return spoilt(begin, chance.choice(known), chance)[:size_max]

    options = [f"-runs={asked.executions}", f"-seed={asked.seed}", f"-max_len={2 * SEED_BYTES_MAX}"]
    atheris.Setup([sys.argv[0], *options], one_input, custom_mutator=custom)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
