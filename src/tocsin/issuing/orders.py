"""An order as an operator gives it: which alarm, what to say of it, where. Checked for form only.

Whether it can be done is decided in ``drafting``; the wire form is in ``spec/stream.md``, "Ordering".
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated

import msgspec

from tocsin.notice import HEADLINE_LENGTH_MAX, ID, INSTRUCTION_LENGTH_MAX, LANGUAGE, Kind, Level, Status, Text

REGIONS_NAMED_MAX = 500  # a country by its raions is 136; the notice itself is the tighter limit
REGION_TEXT_LENGTH_MAX = 100
SHAPES_MAX = 50
SHAPE_TEXT_LENGTH_MAX = 20_000
PARAMETERS_MAX = 20
PARAMETER_LENGTH_MAX = 200
# Parameters of these names are written by the server itself; an order that set one could say another kind or status.
PARAMETER_RESERVED = "tocsin:"
ALARM_PREFIX_LENGTH_MIN = 4  # shorter ones name too many
ORDER_SIZE_BYTES_MAX = 256 * 1024

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=REGION_TEXT_LENGTH_MAX)]
_Shape = Annotated[str, msgspec.Meta(min_length=1, max_length=SHAPE_TEXT_LENGTH_MAX)]
_Parameter = Annotated[str, msgspec.Meta(min_length=1, max_length=PARAMETER_LENGTH_MAX)]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was asked cannot be done; nothing was written. *candidates* are the nearest things that would work."""

    code: str
    message: str
    candidates: tuple[dict[str, object], ...] = field(default=())


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator asks for. What an update leaves out stays as it was."""

    id: str
    kind: Kind
    status: Status
    alarm: str | None = None
    hazard: str | None = None
    level: Level | None = None
    regions: Annotated[tuple[_Name, ...], msgspec.Meta(max_length=REGIONS_NAMED_MAX)] = ()
    shapes: Annotated[tuple[_Shape, ...], msgspec.Meta(max_length=SHAPES_MAX)] = ()
    expires_in_s: int | None = None
    text: dict[str, Text] = {}
    parameters: Annotated[dict[_Parameter, _Parameter], msgspec.Meta(max_length=PARAMETERS_MAX)] = {}

    def digest(self) -> bytes:
        """Return the SHA-256 of the order as asked for: the same id with another order is no repeat."""
        return sha256(msgspec.json.encode(self, order="sorted")).digest()


def read_order(data: bytes) -> Order | Refusal:
    """Read an order from JSON and check its form."""
    if len(data) > ORDER_SIZE_BYTES_MAX:
        return Refusal("order_too_large", f"the order has {len(data)} bytes; {ORDER_SIZE_BYTES_MAX} fit")
    try:
        order = msgspec.json.decode(data, type=Order)
    except (msgspec.DecodeError, UnicodeDecodeError) as why:
        return Refusal("order_malformed", f"the order cannot be read: {why}")
    return _misformed(order) or order


def _misformed(order: Order) -> Refusal | None:
    if not ID.fullmatch(order.id):
        return Refusal("id_malformed", f"id {order.id[:40]!r} is not 26 characters a-z2-7 as an id has them")
    for name in order.parameters:
        if name.casefold().startswith(PARAMETER_RESERVED):
            return Refusal(
                "parameter_reserved",
                f"parameter {name[:40]!r}: names that begin with {PARAMETER_RESERVED} are the server's own",
            )
    for language, text in order.text.items():
        if not LANGUAGE.fullmatch(language):
            return Refusal("language_malformed", f"language {language[:20]!r} is no tag such as uk, en or en-GB")
        if not text.headline.strip():
            return Refusal("text_missing", f"the headline in {language} says nothing; leave the text out or write one")
        for name, value, most in (
            ("headline", text.headline, HEADLINE_LENGTH_MAX),
            ("instruction", text.instruction, INSTRUCTION_LENGTH_MAX),
        ):
            if len(value) > most:
                return Refusal(
                    "text_too_long",
                    f"the {name} in {language} has {len(value)} characters; {most} fit. Text is never cut: shorten it",
                )
    return None
