"""The console as it is built: small, nothing inline, nothing from elsewhere."""

import gzip
import json
import re
from pathlib import Path

import pytest

from tests.apps.conftest import ROOT, hatch_build

LIMITS = json.loads((ROOT / "apps/size-limits.json").read_text())


@pytest.fixture(scope="module")
def built() -> Path:
    if hatch_build.is_stale(ROOT):
        hatch_build.build(ROOT)
    return ROOT / "src/tocsin/web/apps/console"


def test_the_console_fits_its_limit(built: Path) -> None:
    files = [file for file in built.rglob("*") if file.is_file()]
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) <= LIMITS["console"]


def test_nothing_is_inline_so_that_the_content_policy_can_forbid_it(built: Path) -> None:
    html = (built / "index.html").read_text()
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert not re.search(r"<style|\s(?:style|on\w+)=", html)
    for script in (built / "assets").glob("*.js"):
        assert not re.search(r"\beval\(|new Function\(", script.read_text()), script.name


def test_the_console_asks_no_other_host(built: Path) -> None:
    # Names of XML vocabularies are no addresses; how an origin in a roster is spelled is none either.
    names = {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML", "http://www.w3.org/1999/xhtml"}
    for file in built.rglob("*"):
        if file.suffix in {".html", ".js", ".css"}:
            found = set(re.findall(r"https?://[^\s\"'`)<]+", file.read_text())) - names
            assert {one for one in found if not one.startswith("https://${")} == set(), file.name
