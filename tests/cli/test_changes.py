"""Which alarm is meant, and what its regions will be."""

import pytest

from tocsin.areas import UnknownRegion, load_ukraine
from tocsin.cli.changes import changed_regions, find_alarm
from tocsin.cli.console import Failure
from tocsin.client import AlarmView
from tocsin.notice import Level, Status

KYIV, LVIV, CITY = "UA32000000000030281", "UA46000000000026241", "UA80000000000093317"


def view(alarm: str) -> AlarmView:
    return AlarmView(alarm, 1, Status.ACTUAL, "in_force", "air_raid", Level.RED, 0, (KYIV,))


def test_the_first_characters_of_an_alarm_are_enough() -> None:
    assert find_alarm([view("abcd"), view("abxy")], "abc").alarm == "abcd"


@pytest.mark.parametrize(
    ("name", "held", "said"),
    [
        ("zz", ["abcd"], "begins with 'zz'; there are:\n  abcd"),
        ("zz", [], "there is none at all"),
        ("ab", ["abcd", "abxy"], "2 alarms begin with 'ab'; give more of the id:\n  abcd"),
    ],
)
def test_what_is_not_one_alarm_lists_those_there_are(name: str, held: list[str], said: str) -> None:
    with pytest.raises(Failure) as caught:
        find_alarm([view(one) for one in held], name)
    assert said in str(caught.value)


def test_regions_are_added_and_removed_by_any_name() -> None:
    atlas = load_ukraine()
    assert changed_regions([KYIV], ["UA-46"], [], atlas) == (KYIV, LVIV)
    assert changed_regions([KYIV, LVIV], ["Київ"], ["Львівська область"], atlas) == (KYIV, CITY)
    assert changed_regions([KYIV], ["UA-32"], [], atlas) == (KYIV,)


@pytest.mark.parametrize(
    ("add", "remove", "said"),
    [
        ([], ["UA-46"], "does not name Lviv Oblast, so it cannot end there alone. It names: Kyiv Oblast"),
        ([], ["Вишгородський район"], "so it cannot end there alone"),
        ([], ["UA-32"], "`tocsin all-clear` ends the alarm"),
        (["UA-32"], ["UA-32"], "both added and removed"),
    ],
)
def test_a_change_that_cannot_be_names_the_way_out(add: list[str], remove: list[str], said: str) -> None:
    with pytest.raises(Failure) as caught:
        changed_regions([KYIV], add, remove, load_ukraine())
    assert said in str(caught.value)


def test_an_unknown_region_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownRegion, match="Вишгородська"):
        changed_regions([KYIV], ["Вишгродська громада"], [], load_ukraine())
