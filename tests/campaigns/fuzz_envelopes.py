"""Spoils signed envelopes in every way it knows and asks the verifier; nothing that nobody signed may be believed.

    python -m tests.campaigns.fuzz_envelopes --envelopes 1000000 [--seed 1] [--typescript]

The seeds are the believed cases of ``vectors/``. A believed envelope is a forgery if a signature that counts is not,
byte for byte, one that was made over its document. With ``--typescript`` the same envelopes are judged by the page's
verifier as well, and the two must say the same reason.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from hatch_build import find_node_of_wheel
from tocsin.notice import (
    ED25519,
    WEBAUTHN,
    Believed,
    Domain,
    Envelope,
    Magic,
    Refused,
    Signature,
    Signer,
    Trust,
    b64,
    from_b64,
)

ROOT = Path(__file__).parents[2]
FILES = ("notices.json", "people.json")
TYPESCRIPT = Path(__file__).with_suffix(".ts")
BATCH = 500
SHOWN_MAX, SHOWN_LENGTH_MAX = 3, 6_000

_TYPES = {"ed25519": ED25519, "webauthn": WEBAUTHN}
_INTERESTING = (b"\0", b"\xff", b"0", b"9", b'"', b",", b"}", b"]", b"*", b"\\", b"actual", b"exercise", b"all_clear")


@dataclass(frozen=True)
class Seeds:
    """What the believed cases of one file are made of."""

    file: str
    trust: Trust
    envelopes: tuple[Envelope, ...]

    def is_forged(self, envelope: Envelope, signers: Iterable[Signer]) -> bool:
        """Whether a believed *envelope* holds what nobody signed; *signers* are those who count."""
        genuine = {
            signature for seed in self.envelopes if seed.document == envelope.document for signature in seed.signatures
        }
        counting = {(_TYPES[one.key.type], bytes.fromhex(one.key.id)) for one in signers}
        return not {one for one in envelope.signatures if (one.type, one.key) in counting} <= genuine


@dataclass
class Tally:
    verdicts: Counter[str] = field(default_factory=Counter)
    forged: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.forged and not self.disagreements


def load(file: str) -> Seeds:
    """Return the seeds of a file of vectors."""
    content: dict[str, Any] = json.loads((ROOT / "vectors" / file).read_text(encoding="utf-8"))
    roots = {Domain(domain): from_b64(key) for domain, key in content["trust"]["roots"].items()}
    parents = content.get("parents", {})
    trust: Trust | Refused = Trust(content["trust"]["authority"], roots, lineage=partial(_lineage, parents))
    for roster in content["rosters"]:
        assert isinstance(trust, Trust)
        trust = trust.learn(from_b64(roster))
    assert isinstance(trust, Trust)
    good = [
        case
        for case in content["cases"]
        if case["expect"] == "ok" and not case.get("revocations") and not case.get("held")
    ]
    return Seeds(file, trust, tuple(Envelope.unpack(from_b64(case["envelope"]), Magic.NOTICE) for case in good))


def _lineage(parents: dict[str, str | None], code: str) -> tuple[str, ...]:
    if code not in parents:
        return ()
    above = parents[code]
    return (code,) if above is None else (code, *_lineage(parents, above))


def mutants(seeds: Seeds, random: Random) -> Iterator[bytes]:
    """Yield spoilt envelopes without end."""
    while True:
        envelope = random.choice(seeds.envelopes)
        data = random.choice(_WAYS)(envelope, seeds, random)
        for _ in range(random.choice((0, 0, 0, 1, 3))):
            data = _spoil_bytes(data, random)
        yield data


def _spoil_bytes(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data)) if data else 0
    match random.randrange(5):
        case 0:
            return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :] if data else data
        case 1:
            return data[:at] + random.choice(_INTERESTING) + data[at + 1 :]
        case 2:
            return data[:at] + data[at + random.randrange(1, 9) :]
        case 3:
            return data[:at] + random.randbytes(random.randrange(1, 9)) + data[at:]
        case _:
            end = min(len(data), at + random.randrange(1, 40))
            return data[:end] + data[at:end] + data[end:]


def _bytes_of(envelope: Envelope, seeds: Seeds, random: Random) -> bytes:
    return _spoil_bytes(envelope.pack(), random)


def _document_of(envelope: Envelope, seeds: Seeds, random: Random) -> bytes:
    """Spoil the document alone; the lengths around it are made right."""
    return _packed(_spoil_bytes(envelope.document, random), envelope.signatures)


def _field_of(envelope: Envelope, seeds: Seeds, random: Random) -> bytes:
    """Take a field of the document from another notice, in canonical form."""
    one, other = json.loads(envelope.document), json.loads(random.choice(seeds.envelopes).document)
    for name in random.sample(list(one), random.choice((1, 1, 2, 4))):
        one[name] = other[name]
    return _packed(_json(one), envelope.signatures)


def _number_of(envelope: Envelope, seeds: Seeds, random: Random) -> bytes:
    one = json.loads(envelope.document)
    name = random.choice(("version", "since", "sent", "effective", "expires", "roster"))
    one[name] = max(0, one[name] + random.choice((-3600, -1, 1, 3600, 10**6)))
    return _packed(_json(one), envelope.signatures)


def _other_signatures(envelope: Envelope, seeds: Seeds, random: Random) -> bytes:
    """Mix the signatures of several notices."""
    all_of_them = [signature for seed in seeds.envelopes for signature in seed.signatures]
    return _packed(envelope.document, tuple(random.choices(all_of_them, k=random.randrange(1, 9))))


def _moved_keys(envelope: Envelope, seeds: Seeds, random: Random) -> bytes:
    """Put another key's id or another type on a signature."""
    others = [signature for seed in seeds.envelopes for signature in seed.signatures]
    moved = [Signature(one.type, random.choice(others).key, one.fields) for one in envelope.signatures]
    if random.random() < 0.3:
        moved.append(Signature(random.choice((1, 2, 3, 255)), moved[0].key, random.choice(others).fields))
    return _packed(envelope.document, tuple(moved))


def _fewer_or_repeated(envelope: Envelope, seeds: Seeds, random: Random) -> bytes:
    return _packed(envelope.document, tuple(random.choices(envelope.signatures, k=random.randrange(1, 4))))


def _spoilt_field(envelope: Envelope, seeds: Seeds, random: Random) -> bytes:
    """Spoil one field of one signature; the lengths are made right."""
    signatures = list(envelope.signatures)
    at = random.randrange(len(signatures))
    fields = list(signatures[at].fields)
    which = random.randrange(len(fields))
    fields[which] = _spoil_bytes(fields[which], random)
    signatures[at] = Signature(signatures[at].type, signatures[at].key, tuple(fields))
    return _packed(envelope.document, tuple(signatures))


_WAYS: tuple[Callable[[Envelope, Seeds, Random], bytes], ...] = (
    _bytes_of, _document_of, _field_of, _number_of, _other_signatures, _moved_keys, _fewer_or_repeated, _spoilt_field,
)  # fmt: skip


def _json(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def _packed(document: bytes, signatures: tuple[Signature, ...]) -> bytes:
    """Frame without asking for the limits."""
    parts = [b"TCN1", len(document).to_bytes(2, "big"), document, bytes([len(signatures)])]
    for one in signatures:
        parts += [bytes([one.type]), one.key, bytes([len(one.fields)])]
        parts += [part for field in one.fields for part in (len(field).to_bytes(2, "big"), field)]
    return b"".join(parts)


def judge(seeds: Seeds, data: bytes, tally: Tally) -> str:
    """Count what the verifier says of *data*, and return it: ``ok`` or a reason."""
    match seeds.trust.verify_signed(data):
        case Refused(reason):
            verdict = str(reason)
        case Believed(_, signers):
            verdict = "ok"
            if seeds.is_forged(Envelope.unpack(data, Magic.NOTICE), signers):
                tally.forged.append(b64(data))
    tally.verdicts[verdict] += 1
    return verdict


def judge_many(seeds: Seeds, count: int, random: Random, tally: Tally, other: "Other | None" = None) -> None:
    """Judge *count* mutants, by *other* as well if there is one."""
    made = mutants(seeds, random)
    for begin in range(0, count, BATCH):
        batch = list(islice(made, min(BATCH, count - begin)))
        if other is not None:
            other.ask(batch)
        verdicts = [judge(seeds, data, tally) for data in batch]
        for data, ours, theirs in zip(batch, verdicts, other.answers(len(batch)) if other else verdicts, strict=True):
            if ours != theirs:
                tally.disagreements.append(f"{ours} here, {theirs} there: {b64(data)}")


class Other:
    """The page's verifier in a process of its own: a line in, a verdict out."""

    def __init__(self, file: str, stack: ExitStack) -> None:
        node, *_ = find_node_of_wheel()
        command = [node, "--disable-warning=ExperimentalWarning", str(TYPESCRIPT), str(ROOT / "vectors" / file)]
        self._process = stack.enter_context(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        stack.callback(self._process.stdin.close)  # type: ignore[union-attr]  # it was asked for

    def ask(self, batch: list[bytes]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.writelines(b64(data) + "\n" for data in batch)
        self._process.stdin.flush()

    def answers(self, count: int) -> list[str]:
        assert self._process.stdout is not None
        return [self._process.stdout.readline().strip() for _ in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--envelopes", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--typescript", action="store_true")
    options = parser.parse_args()
    tally, random = Tally(), Random(options.seed)
    with ExitStack() as stack:
        for file in FILES:
            other = Other(file, stack) if options.typescript else None
            judge_many(load(file), options.envelopes // len(FILES), random, tally, other)
    for verdict, count in tally.verdicts.most_common():
        print(f"{count:>9,}  {verdict}")
    for name, found in (("forged and believed", tally.forged), ("judged differently", tally.disagreements)):
        print(f"{len(found):>9,}  {name}")
        print(*(one[:SHOWN_LENGTH_MAX] for one in found[:SHOWN_MAX]), sep="\n")
    sys.exit(not tally.clean)


if __name__ == "__main__":
    main()
