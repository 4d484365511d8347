"""Values of options: durations and texts, right and wrong."""

import pytest
import typer

from tocsin.cli.options import read_duration, read_texts
from tocsin.notice import Text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("45s", 45),
        ("90m", 5_400),
        ("2h", 7_200),
        ("1h30m", 5_400),
        ("1d", 86_400),
        (" 2H ", 7_200),
        ("1d1h1m1s", 90_061),
    ],
)
def test_durations_are_written_with_their_units(text: str, seconds: int) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "2", "0s", "0h0m", "-2h", "2 h", "h", "2h90", "30m1h", "two hours", "1e3s"])
def test_what_is_no_duration_is_named_with_the_way_out(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="write 45s, 90m, 2h"):
        read_duration(text)


def test_texts_are_given_by_language() -> None:
    found = read_texts(["uk=Навчання = тест", "en-GB=Practice"], ["uk=Нічого не робіть"])
    assert found == {"en-GB": Text("Practice", ""), "uk": Text("Навчання = тест", "Нічого не робіть")}
    assert read_texts(None, None) == {}


@pytest.mark.parametrize(
    ("headlines", "instructions", "said"),
    [
        (["Practice"], None, "does not have the form LANGUAGE=TEXT"),
        (["=Practice"], None, "does not have the form"),
        (["English=Practice"], None, "does not have the form"),
        (["en= "], None, "does not have the form"),
        (["en=one", "en=two"], None, "given twice for en"),
        (None, ["en=Do nothing"], "needs a --headline en="),
        (["uk=Навчання"], ["en=Do nothing"], "needs a --headline en="),
    ],
)
def test_what_is_no_text_is_named(headlines: list[str] | None, instructions: list[str] | None, said: str) -> None:
    with pytest.raises(typer.BadParameter, match=said):
        read_texts(headlines, instructions)
