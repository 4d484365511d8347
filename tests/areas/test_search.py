"""Finding a region by what a person types."""

import pytest

from tocsin.areas import AmbiguousRegion, Atlas, UnknownRegion, load_ukraine
from tocsin.areas.names import folded, transliterate


@pytest.fixture(scope="module")
def ukraine() -> Atlas:
    return load_ukraine()


def names(ukraine: Atlas, text: str, limit: int = 50) -> list[str]:
    return [region.names["uk"] for region in ukraine.find(text, limit)]


@pytest.mark.parametrize(
    ("ukrainian", "latin"),
    [
        ("Згурський", "Zghurskyi"),
        ("Щастинський", "Shchastynskyi"),
        ("Єланецька", "Yelanetska"),
        ("Новоєгорівка", "Novoiehorivka"),
        ("Кам’янець-Подільський", "Kamianets-Podilskyi"),
        ("Їжакевичі Юрʼїв", "Yizhakevychi Yuriv"),
        ("Ґалаґанівка", "Galaganivka"),
        ("Южноукраїнська", "Yuzhnoukrainska"),
        ("Kyiv", "Kyiv"),
    ],
)
def test_transliteration_follows_the_official_rule(ukrainian: str, latin: str) -> None:
    assert transliterate(ukrainian) == latin


def test_decomposed_letters_are_the_same_letters() -> None:
    assert folded("Киі\u0308в") == folded("Київ") == "kyiv"
    assert folded("Ізюмськи\u0438\u0306") == folded("Ізюмськи\u0439")


@pytest.mark.parametrize("apostrophe", [*"'’ʼ`‘", ""])
def test_any_apostrophe_finds_the_same_place(ukraine: Atlas, apostrophe: str) -> None:
    assert "Кам’янський район" in names(ukraine, f"кам{apostrophe}янський")
    assert ukraine.resolve(f"Куп{apostrophe}янський район").names["en"] == "Kupianskyi raion"


@pytest.mark.parametrize("text", ["Вишгород", "вишгород", "ВИШГОРОД", "Vyshhorod", "vyshh", "ишгородськ", "UA3210"])
def test_a_part_of_a_name_or_code_is_enough(ukraine: Atlas, text: str) -> None:
    assert "Вишгородський район" in names(ukraine, text)


def test_the_exact_name_comes_first_and_then_the_larger_region(ukraine: Atlas) -> None:
    assert names(ukraine, "Київ")[0] == "Київ"
    assert names(ukraine, "31")[0] == "Київ"
    assert names(ukraine, "Полтавськ")[:2] == ["Полтавська область", "Полтавський район"]


def test_a_name_that_starts_so_comes_before_one_that_has_it_inside(ukraine: Atlas) -> None:
    hromadas = [name for name in names(ukraine, "миколаїв", 200) if name.endswith("громада")]
    inside = [not name.startswith("Миколаїв") for name in hromadas]
    assert inside == sorted(inside)
    assert {True, False} == set(inside)


def test_each_word_narrows_the_search(ukraine: Atlas) -> None:
    assert names(ukraine, "полтавський район") == ["Полтавський район"]


def test_a_town_finds_its_hromada(ukraine: Atlas) -> None:
    assert "Білоцерківська громада" in names(ukraine, "Біла Церква")


def test_a_town_is_never_taken_for_the_region_round_it(ukraine: Atlas) -> None:
    with pytest.raises(AmbiguousRegion, match="Криворізька громада"):
        ukraine.resolve("Kryvyi Rih")
    assert ukraine.resolve("Київ").kind == "city"


@pytest.mark.parametrize("text", ["", "   ", "—", "Атлантида"])
def test_what_is_no_name_finds_nothing(ukraine: Atlas, text: str) -> None:
    assert ukraine.find(text, 10) == []


def test_no_more_are_found_than_asked_for(ukraine: Atlas) -> None:
    assert len(ukraine.find("а", 7)) == 7


def test_an_ambiguous_name_lists_all_candidates_with_their_parents(ukraine: Atlas) -> None:
    with pytest.raises(AmbiguousRegion) as caught:
        ukraine.resolve("Миколаївська громада")
    assert caught.value.code == "region_ambiguous"
    assert len(caught.value.candidates) == 9
    assert "UA59080150000013842 Миколаївська громада, Сумський район, Сумська область" in str(caught.value)


def test_a_proper_name_goes_before_an_old_one(ukraine: Atlas) -> None:
    with pytest.raises(AmbiguousRegion) as caught:
        ukraine.resolve("Первомайська громада")
    assert {region.names["uk"] for region in caught.value.candidates} == {"Первомайська громада"}
    assert "Заводська громада" in names(ukraine, "Первомайська громада")


@pytest.mark.parametrize("text", ["Вышгородський район", "Vyshgorodskyi raion", "Вишгородський рйон"])
def test_a_misspelt_name_gets_the_nearest_by_spelling(ukraine: Atlas, text: str) -> None:
    with pytest.raises(UnknownRegion) as caught:
        ukraine.resolve(text)
    assert caught.value.code == "region_unknown"
    assert "UA32100000000065867" in {region.code for region in caught.value.nearest}
    assert "Вишгородський район, Київська область" in str(caught.value)


def test_an_unknown_code_is_not_guessed(ukraine: Atlas) -> None:
    with pytest.raises(UnknownRegion):
        ukraine.resolve("UA-99")
    with pytest.raises(UnknownRegion, match="no region is called 'UA-30'"):
        ukraine.region("UA-30")


def test_nonsense_has_no_nearest(ukraine: Atlas) -> None:
    with pytest.raises(UnknownRegion, match="nothing is spelt like it"):
        ukraine.resolve("qqqqzzzz")
