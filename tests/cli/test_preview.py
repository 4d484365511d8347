"""What a person sees before signing, and the words that confirm: real and drill never look or read alike."""

import pytest
from rich.console import Console, RenderableType

from tests.client.authority import id_of, notice
from tocsin.areas import load_ukraine
from tocsin.cli.console import Failure
from tocsin.cli.preview import REGIONS_SHOWN_MAX, confirmation, is_confirmed, panel, word_to_type
from tocsin.client import Draft, Part, without_asking
from tocsin.notice import DEMO, Kind, Level, Notice, Status, Text, encode

VYSHHOROD, LVIV = "UA32100000000065867", "UA46000000000026241"


def shown(what: RenderableType) -> str:
    console = Console(width=100, force_terminal=False)
    with console.capture() as captured:
        console.print(what)
    return captured.get()


def drafted(one: Notice, *history: Notice) -> Draft:
    return Draft(one.id, (Part(encode(one), one, b""),), history)


def preview(one: Notice, *history: Notice) -> str:
    return shown(panel(drafted(one, *history), load_ukraine()))


def test_a_preview_says_what_where_how_bad_until_when_and_in_which_words() -> None:
    text = preview(
        notice(
            "a", regions=(VYSHHOROD, LVIV), text={"en": Text("TEST DATA", "Do nothing"), "uk": Text("ТЕСТОВІ ДАНІ", "")}
        )
    )
    for expected in (
        "Alert", "air_raid", "red level", "2 regions", "Vyshhorodskyi raion, Kyiv Oblast", "Lviv Oblast",
        "TEST DATA", "Do nothing", "ТЕСТОВІ ДАНІ", "2026-09-21 16:13:20 UTC",
        id_of("a"),
    ):  # fmt: skip
        assert expected in text


def test_a_preview_names_where_an_update_ends() -> None:
    text = preview(notice("a", 2, regions=(LVIV,)), notice("a", regions=(VYSHHOROD, LVIV)))
    assert "Update" in text
    assert "ends in" in text
    assert "Vyshhorodskyi raion" in text


@pytest.mark.parametrize(
    ("authority", "status", "first"),
    [
        (DEMO, Status.ACTUAL, "DEMO Alert"),
        (DEMO, Status.EXERCISE, "DEMO EXERCISE Alert"),
        ("city.example", Status.EXERCISE, "EXERCISE Alert"),
        ("city.example", Status.TEST, "TEST Alert"),
        ("city.example", Status.ACTUAL, "Alert"),
    ],
)
def test_demo_and_exercise_come_first(authority: str, status: Status, first: str) -> None:
    (title, *_) = preview(notice("a", authority=authority, status=status, regions=(LVIV,))).splitlines()
    assert title.strip("╭╮─ ") == first


def test_a_long_list_of_regions_does_not_hide_the_rest() -> None:
    atlas = load_ukraine()
    codes = tuple(sorted(region.code for region in atlas.regions if region.level == 2))
    text = preview(notice("a", regions=codes))
    assert f"… and {len(codes) - REGIONS_SHOWN_MAX} more" in text
    assert "expires" in text


def test_texts_are_shown_as_they_are_and_not_as_markup() -> None:
    assert "[bold]TEST[/bold] [link=x]" in preview(
        notice("a", regions=(LVIV,), text={"en": Text("[bold]TEST[/bold] [link=x]", "")})
    )


@pytest.mark.parametrize(
    ("kind", "status", "regions", "word"),
    [
        (Kind.ALERT, Status.ACTUAL, (LVIV,), "air_raid 1"),
        (Kind.ALERT, Status.ACTUAL, (VYSHHOROD, LVIV), "air_raid 2"),
        (Kind.ALERT, Status.EXERCISE, (LVIV,), "exercise air_raid 1"),
        (Kind.ALERT, Status.TEST, (LVIV,), "test air_raid 1"),
        (Kind.UPDATE, Status.ACTUAL, (LVIV,), "update 1"),
        (Kind.ALL_CLEAR, Status.ACTUAL, (LVIV,), "all-clear 1"),
        (Kind.ALL_CLEAR, Status.EXERCISE, (LVIV,), "exercise all-clear 1"),
        (Kind.FALSE_ALARM, Status.ACTUAL, (LVIV,), "false-alarm 1"),
        (Kind.DISPUTED, Status.ACTUAL, (LVIV,), "disputed 1"),
    ],
)
def test_the_word_says_what_and_in_how_many_regions(
    kind: Kind, status: Status, regions: tuple[str, ...], word: str
) -> None:
    version = 1 if kind is Kind.ALERT else 2
    assert word_to_type(drafted(notice("a", version, kind=kind, status=status, regions=regions))) == word


def test_the_word_of_a_drill_never_confirms_a_real_alert_nor_the_reverse() -> None:
    real, drill = (word_to_type(drafted(notice("a", status=status))) for status in (Status.ACTUAL, Status.EXERCISE))
    assert not is_confirmed(drill, real)
    assert not is_confirmed(real, drill)


@pytest.mark.parametrize("typed", ["air_raid 2", " AIR_RAID  2 \n", "Air_raid 2"])
def test_blanks_and_case_do_not_matter(typed: str) -> None:
    assert is_confirmed(typed, "air_raid 2")


@pytest.mark.parametrize("typed", ["", "y", "yes", "air_raid", "2", "air_raid 1", "air_raid 22", "air raid 2"])
def test_anything_else_confirms_nothing(typed: str) -> None:
    assert not is_confirmed(typed, "air_raid 2")


def test_without_a_terminal_nobody_can_confirm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(Failure, match="Give --yes to issue without asking"):
        confirmation(load_ukraine(), yes=False)
    assert confirmation(load_ukraine(), yes=True) is without_asking


def test_a_yellow_level_reads_otherwise_than_a_red_one() -> None:
    assert "yellow level" in preview(notice("a", level=Level.YELLOW, regions=(LVIV,)))
