"""The console as it is built: small, nothing inline, nothing from elsewhere."""

import gzip
import json
import re
from pathlib import Path

import pytest

from .conftest import ROOT

LIMITS = json.loads((ROOT / "apps/size-limits.json").read_text())


@pytest.fixture
def console(built: Path) -> Path:
    return built.parent / "console"


def test_the_console_fits_its_limit(console: Path) -> None:
    files = [file for file in console.rglob("*") if file.is_file()]
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) <= LIMITS["console"]


def test_nothing_is_inline_so_that_the_content_policy_can_forbid_it(console: Path) -> None:
    html = (console / "index.html").read_text()
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert not re.search(r"<style|\s(?:style|on\w+)=", html)
    for script in (console / "assets").glob("*.js"):
        assert not re.search(r"\beval\(|new Function\(", script.read_text()), script.name


def test_the_console_asks_no_other_host(console: Path) -> None:
    # Names of XML vocabularies are no addresses; how an origin in a roster is spelled is none either.
    names = {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML", "http://www.w3.org/1999/xhtml"}
    for file in console.rglob("*"):
        if file.suffix in {".html", ".js", ".css"}:
            found = set(re.findall(r"https?://[^\s\"'`)<]+", file.read_text())) - names
            assert {one for one in found if not one.startswith("https://${")} == set(), file.name
