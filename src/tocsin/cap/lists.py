"""The lists that CAP writes into one text: addresses and incidents, and references (CAP 1.2, 3.2.1).

Both directions. Items are separated by white space; an item with white space stands in double quotes.
"""

import re

from tocsin.cap.model import Reference
from tocsin.cap.times import XML_BLANKS

_ITEM = re.compile(rf'"([^"]*)"|[^{XML_BLANKS}]+')
_BLANK = re.compile(rf"[{XML_BLANKS}]")


def items(text: str) -> tuple[str, ...]:
    """Return the items of *text*, without their quotes; empty ones are left out."""
    found = (match[1] if match[1] is not None else match[0] for match in _ITEM.finditer(text))
    return tuple(item for item in found if item)


def items_text(parts: tuple[str, ...]) -> str:
    return " ".join(f'"{part}"' if _BLANK.search(part) else part for part in parts)


def references(text: str) -> tuple[Reference, ...]:
    """Return the triplets of *text* that can be read; what has not three parts is left out."""
    parts = (word.split(",") for word in text.split())
    return tuple(Reference(*part) for part in parts if len(part) == 3 and all(part))


def broken_references(text: str) -> tuple[str, ...]:
    """Return the words of *text* that ``references`` leaves out."""
    return tuple(word for word in text.split() if word.count(",") != 2 or not all(word.split(",")))


def older_references(text: str) -> tuple[Reference, ...]:
    """Return the pairs ``identifier/sender`` of CAP 1.0 as references without a time."""
    pairs = (word.rpartition("/") for word in text.split())
    return tuple(Reference(sender, identifier, "") for identifier, _, sender in pairs if identifier and sender)


def references_text(parts: tuple[Reference, ...]) -> str:
    return " ".join(f"{part.sender},{part.identifier},{part.sent}" for part in parts)
