"""What people read and hear: texts of every hazard, kind and level in Ukrainian and English.

All languages are made from the same order, so none is left at a default of another event. The first word says DEMO,
EXERCISE or TEST where it must; no order can leave it out. Where, since when and until when devices add themselves.
"""

import re

from tocsin.alarms import Hazard
from tocsin.notice import DEMO, Kind, Level, Status, Text

LANGUAGES = ("en", "uk")

_FIRST_WORDS = {
    "demo": {"en": "DEMO", "uk": "ДЕМО"},
    Status.EXERCISE: {"en": "EXERCISE", "uk": "НАВЧАННЯ"},
    Status.TEST: {"en": "TEST", "uk": "ТЕСТ"},
}
_HEADLINES = {
    Kind.ALERT: {"en": "{name}", "uk": "{name}"},
    Kind.UPDATE: {"en": "{name}, changed", "uk": "{name}, зміни"},
    Kind.DISPUTED: {
        "en": "Being checked: {name}. Stay in shelter",
        "uk": "Перевіряється: {name}. Залишайтеся в укритті",
    },
    Kind.ALL_CLEAR: {"en": "All clear: {name}", "uk": "Відбій: {name}"},
    Kind.FALSE_ALARM: {"en": "False alarm: {name}", "uk": "Хибна тривога: {name}"},
}
_LEVELS = {
    Level.RED: {"en": "red level", "uk": "червоний рівень"},
    Level.YELLOW: {"en": "yellow level", "uk": "жовтий рівень"},
}
_INSTRUCTIONS: dict[str, dict[str, str]] = {
    "air_raid": {
        "en": "Go to the nearest shelter now. Stay there until the all clear.",
        "uk": "Негайно прямуйте до найближчого укриття. Залишайтеся там до відбою.",
    },
    "artillery_shelling": {
        "en": "Take cover now, behind two walls and away from windows. Stay there until the all clear.",
        "uk": "Негайно сховайтеся за двома стінами, подалі від вікон. Залишайтеся там до відбою.",
    },
    "urban_fights": {
        "en": "Do not go out. Stay away from windows, below the ground floor if you can.",
        "uk": "Не виходьте на вулицю. Тримайтеся подалі від вікон, за можливості спустіться в підвал.",
    },
    "chemical": {
        "en": "Go indoors, upstairs. Close windows and doors, switch ventilation off. "
        "Cover mouth and nose with a wet cloth.",
        "uk": "Зайдіть у приміщення на верхні поверхи. Зачиніть вікна й двері, вимкніть вентиляцію. "
        "Прикрийте рот і ніс вологою тканиною.",
    },
    "nuclear": {
        "en": "Go indoors, close windows and doors, stay in the middle of the building. Take iodine only when told to.",
        "uk": "Зайдіть у приміщення, зачиніть вікна й двері, тримайтеся посередині будівлі. "
        "Йод приймайте лише за вказівкою.",
    },
    "flood": {
        "en": "Go to high ground now. Do not walk or drive through water.",
        "uk": "Негайно підніміться на вище місце. Не йдіть і не їдьте крізь воду.",
    },
    "storm": {
        "en": "Go indoors, away from windows. Do not stand under trees or power lines.",
        "uk": "Зайдіть у приміщення, подалі від вікон. Не стійте під деревами й лініями електропередач.",
    },
    "wildfire": {
        "en": "Be ready to leave at once. Go away from the fire, across the wind.",
        "uk": "Будьте готові негайно вирушити. Відходьте від вогню впоперек вітру.",
    },
    "earthquake": {
        "en": "Drop, cover, hold on. Afterwards leave the building by the stairs.",
        "uk": "Ляжте, сховайтеся, тримайтеся. Потім вийдіть з будівлі сходами.",
    },
    "tsunami": {
        "en": "Go inland and to high ground now. Do not return until the all clear.",
        "uk": "Негайно відійдіть від берега й підніміться вище. Не повертайтеся до відбою.",
    },
    "dam_failure": {
        "en": "Go to high ground now. Do not return for belongings.",
        "uk": "Негайно підніміться на вище місце. Не повертайтеся по речі.",
    },
    "other_danger": {
        "en": "Stay indoors and follow the instructions of the authorities.",
        "uk": "Залишайтеся в приміщенні й виконуйте вказівки служб.",
    },
}
_ENDS = {
    Kind.ALL_CLEAR: {
        "en": "The danger is over. You may leave the shelter.",
        "uk": "Небезпека минула. Можна виходити з укриття.",
    },
    Kind.FALSE_ALARM: {
        "en": "There is and was no danger. The alert was an error.",
        "uk": "Небезпеки немає й не було. Тривога була помилковою.",
    },
}


def first_word(language: str, status: Status, authority: str) -> str:
    """Return the word that must come first in *language*, or nothing for an actual order of a real authority."""
    words = [_FIRST_WORDS["demo"]] if authority == DEMO else []
    words += [_FIRST_WORDS[status]] if status in _FIRST_WORDS else []
    return ", ".join(word["uk" if language.startswith("uk") else "en"] for word in words)


def with_first_word(text: Text, language: str, status: Status, authority: str) -> Text:
    """Return *text* with the word that must come first, once."""
    word = first_word(language, status, authority)
    # Only as a word of its own: a headline about a DEMOlition does not begin with DEMO.
    if not word or re.match(rf"{word}\b", text.headline):
        return text
    return Text(f"{word}: {text.headline}", text.instruction)


def standard_text(kind: Kind, hazard: Hazard, level: Level) -> dict[str, Text]:
    """Return the prepared texts of all languages, without the first word."""
    return {language: _standard(kind, hazard, level, language) for language in LANGUAGES}


def _standard(kind: Kind, hazard: Hazard, level: Level, language: str) -> Text:
    name = hazard.name(language)
    if level is Level.YELLOW and kind in (Kind.ALERT, Kind.UPDATE):
        name = f"{name}, {_LEVELS[level][language]}"
    if kind is not Kind.ALERT:
        name = name[0].lower() + name[1:] if not _HEADLINES[kind][language].startswith("{") else name
    instruction = _ENDS[kind][language] if kind in _ENDS else _INSTRUCTIONS[hazard.code][language]
    return Text(_HEADLINES[kind][language].format(name=name), instruction)
