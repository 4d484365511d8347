"""The forms that CAP asks of single values: one function per form, text in, what is wrong with it out.

Each form is also written as a type of XML Schema, for the quick yes of ``compiled``. Where a value stands, and how
often, is known in ``structure``.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Datatype:
    """*fault* explains what is wrong with a text; *schema* is the same form as the body of an ``xs:simpleType``."""

    fault: Callable[[str], Fault | None]
    schema: str


def _restricted(base: str, *facets: str) -> str:
    return f'<xs:restriction base="{base}">{"".join(facets)}</xs:restriction>'


def _date_time(text: str) -> Fault | None:
    if times.parsed(text) is not None:
        return None
    return Fault(
        times.fault(text),
        "A date has a four-digit year, whole seconds and a numeric offset.",
        "Write it like 2026-03-01T04:05:06+02:00, UTC as -00:00.",
    )


def _older_date_time(text: str) -> Fault | None:
    if times.is_older_form(text):
        return None
    return Fault(
        "date-bad",
        "A date has a four-digit year, a day and a time.",
        "Write it like 2026-03-01T04:05:06+02:00, UTC as -00:00.",
    )


def _language(text: str) -> Fault | None:
    # An empty element takes the default that the standard gives, en-US.
    if text == "" or _LANGUAGE.fullmatch(text.strip(XML_BLANKS)):
        return None
    return Fault("datatype", "A language is a tag of RFC 3066.", "Write it like uk or en-US.")


def _integer(text: str) -> Fault | None:
    return _number(text, _INTEGER, "A size is a whole number of bytes.")


def _decimal(text: str) -> Fault | None:
    return _number(text, _DECIMAL, "A height is a decimal number of feet.")


def _uri(text: str) -> Fault | None:
    link = text.strip(XML_BLANKS)
    if len(link) <= LINK_CHARACTERS_MAX and _URI.fullmatch(link):
        return None
    rule = f"A link is a URI (RFC 3986) of at most {LINK_CHARACTERS_MAX} characters."
    return Fault("datatype", rule, "Write it like https://example.org/warnings.")


def one_of(words: Iterable[str]) -> Datatype:
    """Return the form that takes one of *words* and nothing else."""
    words = tuple(str(word) for word in words)
    values = frozenset(words)
    listed = ", ".join(words)

    def fault(text: str) -> Fault | None:
        if text in values:
            return None
        meant = [value for value in values if value.lower() == text.strip().lower()]
        remedy = f"Write {meant[0]}, without blanks around it." if meant else "Use one of these words."
        return Fault("enumeration", f"Allowed are: {listed}.", remedy)

    return Datatype(fault, _restricted("xs:string", *(f'<xs:enumeration value="{value}"/>' for value in words)))


def _number(text: str, form: re.Pattern[str], rule: str) -> Fault | None:
    digits = text.strip(XML_BLANKS)
    if len(digits) <= NUMBER_CHARACTERS_MAX and form.fullmatch(digits):
        return None
    return Fault("datatype", rule, "Write digits only, without a unit.")


_DIGITS = f'<xs:totalDigits value="{NUMBER_CHARACTERS_MAX}"/>'

any_text = Datatype(lambda text: None, _restricted("xs:string"))
date_time = Datatype(
    _date_time, _restricted("xs:dateTime", r'<xs:pattern value="\d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"/>')
)
older_date_time = Datatype(_older_date_time, _restricted("xs:dateTime"))
language = Datatype(_language, _restricted("xs:language"))
integer = Datatype(_integer, _restricted("xs:integer", _DIGITS))
decimal = Datatype(_decimal, _restricted("xs:decimal", _DIGITS))
uri = Datatype(_uri, _restricted("xs:anyURI", f'<xs:maxLength value="{LINK_CHARACTERS_MAX}"/>'))
