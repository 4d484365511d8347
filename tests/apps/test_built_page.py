"""What a browser loads: how large it is, that the content policy lets it run, that it opens without a network."""

import gzip
import json
import re
import struct
from pathlib import Path

import pytest

from .conftest import ROOT

LIMITS = json.loads((ROOT / "apps/size-limits.json").read_text())


def packed(*files: Path) -> int:
    """Return the bytes that travel: each file by gzip, as a server sends it."""
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def first_view(built: Path) -> list[Path]:
    """Return the page and everything that its head names or that these scripts import at once."""
    html = (built / "index.html").read_text()
    named = re.findall(r'(?:src|href)="/(assets/[^"]+)"', html)
    assert any(name.endswith(".js") for name in named)
    assert any(name.endswith(".css") for name in named)
    return [built / "index.html", *(built / name for name in dict.fromkeys(named))]


def test_the_first_view_fits_its_limit(built: Path) -> None:
    assert packed(*first_view(built)) <= LIMITS["first view"]


def test_the_worker_fits_its_limit(built: Path) -> None:
    assert packed(built / "sw.js") <= LIMITS["worker"]


def test_what_is_loaded_later_fits_its_limit(built: Path) -> None:
    later = set((built / "assets").glob("*.js")) - set(first_view(built))
    assert later
    for file in later:
        assert packed(file) <= LIMITS["loaded later, each"], file.name


def test_scripts_that_the_first_ones_import_at_once_are_named_in_the_head(built: Path) -> None:
    head = {file.name for file in first_view(built)}
    for file in first_view(built):
        if file.suffix == ".js":
            imported = re.findall(r'from"\./([^"]+)"|import"\./([^"]+)"', file.read_text())
            assert {one or other for one, other in imported} <= head


def test_nothing_is_inline_so_that_the_content_policy_can_forbid_it(built: Path) -> None:
    html = (built / "index.html").read_text()
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert "<style" not in html
    assert not re.search(r"\s(?:style|on\w+)=", html)
    for script in (built / "assets").glob("*.js"):
        assert not re.search(r"\beval\(|new Function\(", script.read_text()), script.name


def test_the_page_asks_no_other_host(built: Path) -> None:
    # Names of XML vocabularies are no addresses: nothing is fetched from them.
    names = {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML", "http://www.w3.org/1999/xhtml"}
    for file in built.rglob("*"):
        if file.suffix in {".html", ".js", ".css", ".svg", ".webmanifest"}:
            found = re.findall(r"https?://[^\s\"'`)<]+", file.read_text())
            # The rules of what a roster may name as an origin or a witness are no addresses either.
            assert {one for one in found if not re.match(r"https?://(\$\{|localhost$)", one)} <= names, file.name


def test_the_worker_keeps_every_file_of_the_page(built: Path) -> None:
    worker = (built / "sw.js").read_text()
    for file in built.rglob("*"):
        if file.is_file() and file.name != "sw.js":
            path = "/" + file.relative_to(built).as_posix()
            assert f'"{"/" if path == "/index.html" else path}"' in worker.replace("`", '"')


@pytest.mark.parametrize("size", [192, 512])
def test_the_icons_are_what_the_manifest_says(built: Path, size: int) -> None:
    manifest = json.loads((built / "manifest.webmanifest").read_text())
    files = [icon["src"] for icon in manifest["icons"] if icon["sizes"] == f"{size}x{size}"]
    assert files
    for name in files:
        data = (built / name.lstrip("/")).read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", data[16:24]) == (size, size)
