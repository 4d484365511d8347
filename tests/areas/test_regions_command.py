"""``tocsin regions`` at the command line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.areas.invented import collection, country, feature
from tocsin.areas import read_atlas
from tocsin.cli.regions import app

STATED = (
    *("--code", "id", "--name", "en=name", "--parent", "above", "--source", "invented", "--licence", "CC0-1.0"),
    *("--attribution", "Nowhere Survey", "--date", "2026-01-01", "--accuracy-km", "2"),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "nowhere.geojson"
    path.write_bytes(collection(*country()))
    return path


def run(data: Path, *words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"TOCSIN_DATA": str(data)})


def test_find_prints_code_kind_names_parents_uid_and_iso(tmp_path: Path) -> None:
    result = run(tmp_path, "find", "Вишгород")
    assert result.exit_code == 0
    for cell in (
        "UA32100000000065867",
        "raion",
        "Вишгородський район",
        "Vyshhorodskyi raion",
        "Київська область",
        "74",
    ):
        assert cell in result.output
    assert "UA-30" in run(tmp_path, "find", "kyiv").output


def test_find_says_that_a_region_has_no_uid(tmp_path: Path) -> None:
    result = run(tmp_path, "find", "Вишгородська громада")
    assert "no uid" in result.output


def test_find_tells_the_two_numberings_apart_where_they_differ(tmp_path: Path) -> None:
    assert "29 (alerts.in.ua), 9999 (ukrainealarm)" in run(tmp_path, "find", "UA-43").output


def test_find_says_when_there_may_be_more(tmp_path: Path) -> None:
    result = run(tmp_path, "find", "Миколаїв", "--limit", "2")
    assert "the first 2" in result.output


def test_an_unknown_name_fails_with_the_nearest(tmp_path: Path) -> None:
    for command in ("find", "show"):
        result = run(tmp_path, command, "Вишгрод")
        assert result.exit_code == 2
        assert "no region is called 'Вишгрод'; nearest by spelling: UA32100010000094393" in result.stderr


def test_show_says_everything_about_a_region(tmp_path: Path) -> None:
    result = run(tmp_path, "show", "alerts_in_ua:74")
    assert result.exit_code == 0
    for part in ("Київська область (UA32", "within 10 km", "GeoNames, CC BY 4.0", "7 directly"):
        assert part in result.output


def test_show_lists_the_candidates_of_an_ambiguous_name(tmp_path: Path) -> None:
    result = run(tmp_path, "show", "Миколаївська громада")
    assert result.exit_code == 2
    assert "is the name of 9 regions, use a code" in result.stderr


def test_import_writes_an_atlas_that_find_then_uses(tmp_path: Path, file: Path) -> None:
    result = run(tmp_path, "import", file, *STATED, "--country", "XX=Xland")
    assert result.exit_code == 0, result.output
    atlas = read_atlas((tmp_path / "atlas.json").read_bytes())
    assert atlas.hash in result.output
    assert "4 regions (1 at level 0, 1 at level 1, 2 at level 2), 3 with a border" in result.output
    assert "East Ward" in run(tmp_path, "find", "east").output
    assert "Northland (XX-1), Xland (XX)" in run(tmp_path, "show", "XX-1-2").output


def test_a_second_import_keeps_the_atlas_before(tmp_path: Path, file: Path) -> None:
    run(tmp_path, "import", file, *STATED)
    first = (tmp_path / "atlas.json").read_bytes()
    file.write_bytes(collection(*country(), feature("XX-2", "Southland")))
    result = run(tmp_path, "import", file, *STATED)
    assert "the one before is in" in result.output
    assert (tmp_path / "atlas.json.before").read_bytes() == first
    assert len(read_atlas((tmp_path / "atlas.json").read_bytes()).regions) == 4


def test_a_refused_file_leaves_the_atlas_as_it_was(tmp_path: Path, file: Path) -> None:
    out = tmp_path / "there" / "land.json"
    run(tmp_path, "import", file, *STATED, "--out", out)
    before = out.read_bytes()
    file.write_bytes(collection(*country(), feature("XX-1-2", "Copy"), feature("XX-5", "Lost", "XX-9")))
    result = run(tmp_path, "import", file, *STATED, "--out", out)
    assert result.exit_code == 2
    assert "nothing was written" in result.stderr
    assert "feature 4 (XX-1-2): feature 3 has the same code" in result.stderr
    assert "feature 5 (XX-5): its parent 'XX-9' is not in the file" in result.stderr
    assert out.read_bytes() == before


def test_a_statement_that_is_left_out_is_asked_for(tmp_path: Path, file: Path) -> None:
    result = run(tmp_path, "import", file, *STATED[:-2])
    assert result.exit_code == 2
    assert "--accuracy-km" in result.output + result.stderr


def test_a_mapping_without_a_language_is_refused(tmp_path: Path, file: Path) -> None:
    result = run(tmp_path, "import", file, *STATED, "--name", "name")
    assert result.exit_code == 2
    assert "--name takes two parts with '=' between them, not 'name'" in result.stderr


def test_a_broken_atlas_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "atlas.json").write_text("{}")
    result = run(tmp_path, "find", "Київ")
    assert result.exit_code == 2
    assert "atlas.json: not an atlas file" in result.stderr
    assert "cannot be read" in run(tmp_path, "find", "Київ", "--atlas", tmp_path / "none.json").stderr
