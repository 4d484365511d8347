"""What rules about single texts have in common: a finding without a document, what is filled in, what is earlier."""

import re
from collections.abc import Iterator
from datetime import datetime

from tocsin.cap.errors import Finding, excerpt

BLANK = re.compile(r"\s")


def found(code: str, path: str, rule: str, remedy: str, text: str = "") -> Finding:
    return Finding(code=code, path=path, rule=rule, remedy=remedy, found=excerpt(text))


def filled(text: str, path: str, name: str, code: str = "empty-text") -> Iterator[Finding]:
    if not text or text.isspace():
        yield found(code, f"{path}/{name}", "This text is required.", "Fill it in.")


def link(uri: str, path: str, name: str) -> Iterator[Finding]:
    if uri and BLANK.search(uri):
        yield found("link-blank", f"{path}/{name}", "A link holds no white space.", "Write a blank as %20.", uri)


def earlier(first: datetime, second: datetime) -> bool:
    # A date without an offset has its own finding and cannot be compared.
    return first.tzinfo is None or second.tzinfo is None or first < second
