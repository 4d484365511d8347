"""How names of places are compared: case, accents, apostrophes and alphabets aside.

A name is compared in Latin letters, Ukrainian ones transliterated by the official rule (Cabinet of Ministers of
Ukraine, resolution 55 of 27 January 2010), so that "Вишгород", "вишгород" and "Vyshhorod" are one name. It knows no
region: which name belongs to which place is in ``tocsin.areas.search``.
"""

import re
import unicodedata

# People type what their keyboard has: the straight quote, the typographic one, the letter apostrophe, the grave accent.
APOSTROPHES = "'’ʼ`‘"

LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z", "и": "y",
    "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ю": "iu",
    "я": "ia",
}  # fmt: skip
LATIN_AT_THE_START = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}

_LETTERS = str.maketrans(
    LATIN | {letter.upper(): latin.capitalize() for letter, latin in LATIN.items()} | dict.fromkeys(APOSTROPHES, "")
)
_START_OF_WORD = re.compile(rf"(?<![\w{APOSTROPHES}])[єїйюя]", re.IGNORECASE)
_ZH = re.compile("(з)г", re.IGNORECASE)
_GAPS = re.compile(r"[^\w]+")


def transliterate(text: str) -> str:
    """Write Ukrainian *text* in Latin letters; other letters stay as they are."""
    text = unicodedata.normalize("NFC", text)
    text = _ZH.sub(lambda found: ("Z" if found[1].isupper() else "z") + "gh", text)
    return _START_OF_WORD.sub(_start, text).translate(_LETTERS)


def _start(found: re.Match[str]) -> str:
    latin = LATIN_AT_THE_START[found[0].lower()]
    return latin.capitalize() if found[0].isupper() else latin


def folded(text: str) -> str:
    """Return *text* as it is compared: Latin, lower case, no accents or apostrophes, one blank between words."""
    return plain(transliterate(text))


def plain(text: str) -> str:
    """Return *text* in its own alphabet, lower case, no accents or apostrophes, one blank between words."""
    bare = "".join(letter for letter in text if letter not in APOSTROPHES)
    if not bare.isascii():
        bare = "".join(letter for letter in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(letter))
    return _GAPS.sub(" ", bare.casefold()).strip()


def likeness(one: str, other: str) -> float:
    """Return how alike two folded names are, 0 to 1: the share of letter pairs that both have (Dice)."""
    pairs, others = _pairs(one), _pairs(other)
    return 2 * len(pairs & others) / (len(pairs) + len(others))


def _pairs(text: str) -> set[str]:
    framed = f" {text} "
    return {framed[at : at + 2] for at in range(len(framed) - 1)}
