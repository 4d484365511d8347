"""What believing costs a device: one notice from its bytes to who signed it, and how large such a notice is.

    python -m bench.verify [--write]

The notices are the largest that may be (2,800 bytes), signed by one service, or by two people with passkeys; beside
them the bare signatures, as ``cryptography`` checks them. ``verify.ts`` asks the page's verifier the same.
"""

import argparse
import platform
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter_ns
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from hatch_build import find_node_of_wheel
from scripts.people_vectors import OLENA, SENSOR, TARAS, people_roster, signed
from scripts.vector_parts import AUTHORITY, PARENTS, ROOTS, notice_fields, sealed_roster
from tocsin.notice import (
    NOTICE_SIZE_BYTES_MAX,
    Believed,
    DocumentError,
    Notice,
    Text,
    Trust,
    encode_notice,
)
from tocsin.notice.verification import Refused

RESULTS = Path(__file__).with_name("RESULTS-verify.md")
ROUNDS = 15
TIMES = 200
# RFC 8291 and RFC 8188: what is left of 4,096 bytes.
WEB_PUSH_SIZE_BYTES_MAX = 3_993


def trust() -> Trust:
    """Return a device's trust in the people of the vectors."""
    pinned = {domain: root.public for domain, root in ROOTS.items()}
    learned: Trust | Refused = Trust(AUTHORITY, pinned, lineage=_lineage)
    learned = learned.learn(sealed_roster(people_roster())) if isinstance(learned, Trust) else learned
    assert isinstance(learned, Trust)
    return learned


def _lineage(code: str) -> tuple[str, ...]:
    above = PARENTS[code]
    return (code,) if above is None else (code, *_lineage(above))


def largest(**changes: Any) -> dict[str, Any]:
    """Return the fields of the largest notice: its instruction in Ukrainian fills what is left."""
    for length in range(1_000, 0, -1):
        text = {"en": Text("VECTOR ONLY: bench", "x" * 700), "uk": Text("ЛИШЕ ВЕКТОР", "ж" * length)}
        try:
            fields = notice_fields(**({"regions": ("A1",)} | changes | {"text": text}))
            encode_notice(Notice(**fields))
        except DocumentError:
            continue
        return {"text": text, **changes}
    raise AssertionError("nothing fits")


def median_us(step: Callable[[], object]) -> float:
    """Return the median over rounds of what one *step* takes."""
    rounds = []
    for _ in range(ROUNDS):
        begun = perf_counter_ns()
        for _ in range(TIMES):
            step()
        rounds.append((perf_counter_ns() - begun) / TIMES / 1_000)
    return median(rounds)


def table() -> str:
    """Return the table of costs and sizes."""
    device = trust()
    envelopes = {
        "one machine, Ed25519": signed(SENSOR, **largest(hazard="chemical")),
        "two people, passkeys": signed(OLENA, TARAS, **largest()),
    }
    rows = []
    for name, envelope in envelopes.items():
        assert isinstance(device.verify_signed(envelope), Believed)
        cost = median_us(lambda envelope=envelope: device.verify_signed(envelope))
        rows.append((f"notice: {name}", f"{cost:.0f}", f"{len(envelope):,}"))
    for name, check in _bare().items():
        rows.append((name, f"{median_us(check):.0f}", ""))
    lines = ["| what | median us | bytes |", "| --- | --- | --- |", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)


def page_table() -> str:
    """Return the table of ``verify.ts``."""
    node, *_ = find_node_of_wheel()
    command = [node, "--disable-warning=ExperimentalWarning", str(Path(__file__).with_suffix(".ts"))]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _bare() -> dict[str, Callable[[], object]]:
    data = b"x" * NOTICE_SIZE_BYTES_MAX
    edwards = Ed25519PrivateKey.from_private_bytes(bytes(32))
    nist = derive_private_key(7, SECP256R1())
    one, other = edwards.sign(data), nist.sign(data, ECDSA(SHA256()))
    return {
        "bare Ed25519 signature": lambda: edwards.public_key().verify(one, data),
        "bare ES256 signature": lambda: nist.public_key().verify(other, data, ECDSA(SHA256())),
        "bare SHA-256": lambda: sha256(data).digest(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    of_page = "The page's verifier, under the Node.js that builds it (`bench/verify.ts`):"
    shown = f"{table()}\n\n{of_page}\n\n{page_table()}"
    print(shown)
    if parser.parse_args().write:
        RESULTS.write_text(_page(shown), encoding="utf-8")


def _page(shown: str) -> str:
    return f"""# Verifying: what believing a notice costs

Made by `python -m bench.verify --write`, Python {platform.python_version()}; medians of {ROUNDS} rounds. The notices
are the largest that may be, {NOTICE_SIZE_BYTES_MAX:,} bytes.
A Web Push message holds {WEB_PUSH_SIZE_BYTES_MAX:,} bytes.

{shown}
"""


if __name__ == "__main__":
    main()
