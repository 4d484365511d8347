"""Canonical JSON, and what every signed document has in common.

The form is what ECMAScript's ``JSON.stringify`` gives (``spec/notice.md``): a reader parses, serialises again and
compares, so that a document has one spelling and two parsers cannot read it differently. It knows no signature:
``envelope`` does.
"""

import re
from typing import TypeVar

import msgspec

INTEGER_MAX = 2**53 - 1  # ECMAScript reads larger ones inexactly

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_encoder = msgspec.json.Encoder()

Document = TypeVar("Document", bound="SignedDocument")


class DocumentError(ValueError):
    """The document breaks a rule of ``spec/notice.md``; the text says which."""

    code = "document"


class SignedDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document that people sign: all fields present, in the order of the class."""


def encode(document: SignedDocument) -> bytes:
    return _encoder.encode(document)


def decode(data: bytes, shape: type[Document]) -> Document:
    """Read canonical JSON into *shape*. Raises ``DocumentError``."""
    try:
        document = msgspec.json.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as why:
        raise DocumentError(str(why)) from None
    if encode(document) != data:
        raise DocumentError("the document is not in canonical form")
    return document


def require(truth: object, rule: str) -> None:
    if not truth:
        raise DocumentError(rule)


def require_text(text: str, name: str, length_min: int, length_max: int) -> None:
    require(
        length_min <= len(text) <= length_max, f"{name} has {len(text)} characters; {length_min} to {length_max} fit"
    )
    require(not _CONTROL.search(text), f"{name} holds a control character; only line feeds are allowed")


def require_integer(value: int, name: str, least: int = 0, most: int = INTEGER_MAX) -> None:
    require(least <= value <= most, f"{name} is {value}; it lies between {least} and {most}")


def require_match(pattern: re.Pattern[str], text: str, name: str) -> None:
    require(pattern.fullmatch(text), f"{name} {text!r} does not have the form {pattern.pattern}")
