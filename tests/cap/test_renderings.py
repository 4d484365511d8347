"""A message in the forms of others, and the commands that print them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tocsin import cap
from tocsin.cap import renderings
from tocsin.cli import cap as command

app = typer.Typer()
command.register(app)


@app.callback()
def _tocsin() -> None:
    """As under the table of commands."""


@pytest.fixture
def file(drill: cap.Alert, tmp_path: Path) -> Path:
    path = tmp_path / "drill.xml"
    path.write_bytes(cap.write(drill))
    return path


def run(*arguments: object, data: bytes | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["cap", *map(str, arguments)], input=data)
    return result.exit_code, result.output


def test_text_begins_with_what_it_is_not(drill: cap.Alert) -> None:
    text = renderings.plain(drill)
    assert text.startswith("*** EXERCISE: this is not a real alert ***")
    assert "НАВЧАННЯ" in text
    assert "KATOTTG UA00000000000000000" in text


def test_geojson_has_longitude_first_and_all_shapes(drill: cap.Alert) -> None:
    (feature,) = json.loads(renderings.geojson(drill))["features"]
    assert feature["geometry"]["type"] == "MultiPolygon"
    assert all(29 < point[0] < 31 for part in feature["geometry"]["coordinates"] for point in part[0])
    assert feature["properties"]["status"] == "Exercise"


def test_a_difference_names_the_place(drill: cap.Alert) -> None:
    other = replace(drill, infos=(replace(drill.infos[0], event="Інша подія"),))
    assert renderings.differences(drill, other) == (
        renderings.Change("alert/infos[1]/event", "Навчальна тривога", "Інша подія"),
    )
    assert renderings.differences(drill, drill) == ()


def test_check_exits_by_severity(file: Path) -> None:
    good = file.read_bytes()
    assert run("check", file)[0] == 0
    assert run("check", "-", data=good.replace("НАВЧАННЯ".encode(), b"&lt;b&gt;"))[0] == 1
    assert run("check", "-", data=good.replace(b"Extreme<", b"Dire<"))[0] == 3
    assert run("check", "-", data=b"<html/>")[0] == 3


def test_check_tells_place_rule_and_remedy(file: Path) -> None:
    _, text = run("check", "-", data=file.read_bytes().replace(b"Extreme<", b"Dire<"))
    flat = " ".join(text.split())
    assert "alert/info[1]/severity" in flat
    assert "Found: Dire" in flat
    assert "quarantined" in flat


def test_check_prints_json_and_sarif(file: Path) -> None:
    bad = file.read_bytes().replace(b"Extreme<", b"Dire<")
    record = json.loads(run("check", "-", "--json", data=bad)[1])
    assert record["outcome"] == "quarantine"
    assert record["findings"][0]["severity"] == "error"
    log = json.loads(run("check", "-", "--sarif", data=bad)[1])
    (result,) = log["runs"][0]["results"]
    assert result["ruleId"] == "enumeration"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] > 1


def test_diff_exits_with_one_if_they_differ(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xml"
    other.write_bytes(file.read_bytes().replace(b"Extreme<", b"Severe<"))
    assert run("diff", file, file)[0] == 0
    code, text = run("diff", file, other)
    assert code == 1
    assert "alert/infos[1]/severity" in text


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["cap", "check", str(tmp_path / "nothing.xml")])
    assert "cannot be read" in str(result.exception)


def test_show_and_convert_print_the_message(file: Path) -> None:
    assert "НАВЧАННЯ" in run("show", file)[1]
    assert json.loads(run("convert", file)[1])["type"] == "FeatureCollection"
    assert "НАВЧАННЯ" in run("convert", file, "--to", "text")[1]
