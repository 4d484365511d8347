"""Making an order fit: what gives way when one notice cannot hold it.

Shapes first, whose hash stays and which the CAP document has; then children to their parent where all of them are in,
which is the same area; then the order becomes several alarms. Text never gives way.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

from tocsin.areas import Atlas
from tocsin.notice import ENVELOPE_SIZE_BYTES_MAX, DocumentError, Kind, Notice, encode_notice, id_from

from .orders import Refusal

# Each of them is signed by each person, and ends by itself. A country by its hromadas is some twenty.
PARTS_MAX = 32
# A passkey's signature with a long origin and what browsers add to the client data.
SIGNATURE_SIZE_BYTES_MAX = 450
_FRAMING_SIZE_BYTES = 7

PeopleNeeded = Callable[[Notice], int]


def part_id(order: str, number: int) -> str:
    """Return the id of part *number* of an order that had to be split; the first has the order's own."""
    return order if number == 0 else id_from(sha256(f"{order} part {number}".encode()).digest()[:16])


def fit(notice: Notice, shapes: tuple[str, ...], atlas: Atlas, people_needed: PeopleNeeded) -> list[Notice] | Refusal:
    """Return *notice*, which has no shapes yet, within its limits: one, or one for each part of its area.

    Raises ``DocumentError`` if its text alone is too long.
    """
    if shapes and (whole := _with_shapes(notice, shapes)) and _fits(whole, people_needed):
        return [whole]
    if _fits(notice, people_needed):
        return [notice]
    # A dispute says nothing of where: it names the very regions of what it disputes.
    smaller = notice if notice.kind is Kind.DISPUTED else with_changes(notice, regions=collapsed(notice.regions, atlas))
    if _fits(smaller, people_needed):
        return [smaller]
    if notice.kind is not Kind.ALERT:
        return Refusal(
            "order_unsplittable",
            f"alarm {notice.alarm} with {len(smaller.regions)} regions and this text does not fit one notice, and one "
            "alarm cannot become several: shorten the text, or name what lies above the regions",
        )
    return _split(smaller, people_needed)


def _split(notice: Notice, people_needed: PeopleNeeded) -> list[Notice] | Refusal:
    parts: list[Notice] = []
    left = notice.regions
    while left:
        if len(parts) == PARTS_MAX:
            return Refusal(
                "order_too_large",
                f"the order would become more than {PARTS_MAX} alarms; name what lies above the regions, or shorten "
                "the text",
            )
        id = part_id(notice.id, len(parts))
        part = _largest(with_changes(notice, id=id, alarm=id), left, people_needed)
        parts.append(part)
        left = left[len(part.regions) :]
    return parts


def _largest(notice: Notice, regions: Sequence[str], people_needed: PeopleNeeded) -> Notice:
    """Return *notice* with as many of the first *regions* as fit. Raises ``DocumentError`` if not even one does."""
    fitting, unfit = 0, len(regions) + 1
    while unfit - fitting > 1:
        middle = (fitting + unfit) // 2
        fits = _fits(with_changes(notice, regions=regions[:middle]), people_needed)
        fitting, unfit = (middle, unfit) if fits else (fitting, middle)
    largest = with_changes(notice, regions=regions[: max(fitting, 1)])
    encode_notice(largest)
    if not fitting:
        people = people_needed(largest)
        raise DocumentError(f"the notice leaves no room for the signatures of {people} people; shorten the texts")
    return largest


def _with_shapes(notice: Notice, shapes: tuple[str, ...]) -> Notice | None:
    """Return *notice* with its *shapes*; None if one of them is longer than a notice may be."""
    try:
        return with_changes(notice, shapes=shapes)
    except DocumentError:
        return None


def collapsed(regions: Sequence[str], atlas: Atlas) -> tuple[str, ...]:
    """Return *regions* with children replaced by their parent wherever all of them are in; the area stays the same."""
    codes = set(regions)
    while True:
        parents = {atlas.region(code).parent for code in codes} - {None}
        full = {one for one in parents if one and codes.issuperset(atlas.children(one))}
        if not full:
            return tuple(sorted(codes))
        codes = (codes - {child for one in full for child in atlas.children(one)}) | full


def _fits(notice: Notice, people_needed: PeopleNeeded) -> bool:
    """Whether *notice* fits, and its envelope with the signatures of all the people that it takes."""
    try:
        size_bytes = len(encode_notice(notice))
    except DocumentError:
        return False
    signatures = max(people_needed(notice), 1) * SIGNATURE_SIZE_BYTES_MAX
    return _FRAMING_SIZE_BYTES + size_bytes + signatures <= ENVELOPE_SIZE_BYTES_MAX


def with_changes(notice: Notice, **changes: object) -> Notice:
    """Return *notice* with other fields. Raises ``DocumentError`` if they do not go together."""
    fields: dict[str, object] = {name: getattr(notice, name) for name in notice.__struct_fields__}
    return Notice(**(fields | changes))  # type: ignore[arg-type]  # the fields are the struct's own
