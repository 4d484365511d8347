"""The forms that CAP 1.2 asks of single values: one function per form, text in, what is wrong with it out.

Where a value stands, and how often, is known in ``structure``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tocsin.cap import times
from tocsin.cap.limits import LINK_CHARACTERS_MAX, NUMBER_CHARACTERS_MAX
from tocsin.cap.times import XML_BLANKS

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
# RFC 3986: a scheme begins with a letter, a port is digits, "%" opens two hexadecimal digits, "#" comes once.
_ESCAPED = "%[0-9A-Fa-f]{2}"
_URI = re.compile(
    r"([A-Za-z][A-Za-z0-9+.-]*:|(?=[^:]*([/?#]|$)))"
    rf"(//(([^%/?#@\[\]]|{_ESCAPED})*@)?(\[[0-9A-Fa-f:.]+\]|([^%/?#:@\[\]]|{_ESCAPED})*)(:[0-9]+)?(?=[/?#]|$)|(?!//))"
    rf"([^%#\[\]]|{_ESCAPED})*(#([^%#]|{_ESCAPED})*)?"
)


@dataclass(frozen=True, slots=True)
class Fault:
    code: str
    rule: str
    remedy: str


Datatype = Callable[[str], Fault | None]


def any_text(text: str) -> Fault | None:
    return None


def date_time(text: str) -> Fault | None:
    if times.parsed(text) is not None:
        return None
    return Fault(
        times.fault(text),
        "A date has a four-digit year, whole seconds and a numeric offset.",
        "Write it like 2026-03-01T04:05:06+02:00, UTC as -00:00.",
    )


def language(text: str) -> Fault | None:
    # An empty element takes the default that the standard gives, en-US.
    if text == "" or _LANGUAGE.fullmatch(text.strip(XML_BLANKS)):
        return None
    return Fault("datatype", "A language is a tag of RFC 3066.", "Write it like uk or en-US.")


def integer(text: str) -> Fault | None:
    return _number(text, _INTEGER, "A size is a whole number of bytes.")


def decimal(text: str) -> Fault | None:
    return _number(text, _DECIMAL, "A height is a decimal number of feet.")


def uri(text: str) -> Fault | None:
    link = text.strip(XML_BLANKS)
    if len(link) <= LINK_CHARACTERS_MAX and _URI.fullmatch(link):
        return None
    rule = f"A link is a URI (RFC 3986) of at most {LINK_CHARACTERS_MAX} characters."
    return Fault("datatype", rule, "Write it like https://example.org/warnings.")


def one_of(words: type[StrEnum]) -> Datatype:
    """Return the form that takes the values of *words* and nothing else."""
    values = {word.value for word in words}
    listed = ", ".join(word.value for word in words)

    def check(text: str) -> Fault | None:
        if text in values:
            return None
        meant = [value for value in values if value.lower() == text.strip().lower()]
        remedy = f"Write {meant[0]}, without blanks around it." if meant else "Use one of these words."
        return Fault("enumeration", f"Allowed are: {listed}.", remedy)

    return check


def _number(text: str, form: re.Pattern[str], rule: str) -> Fault | None:
    digits = text.strip(XML_BLANKS)
    if len(digits) <= NUMBER_CHARACTERS_MAX and form.fullmatch(digits):
        return None
    return Fault("datatype", rule, "Write digits only, without a unit.")
