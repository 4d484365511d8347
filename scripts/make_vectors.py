"""Make ``vectors/``: golden data on which every implementation must agree.

Run: ``python -m scripts.make_vectors``. The bytes are the same each time: the keys come from fixed words, so they protect
nothing and belong to no authority. A test makes the vectors again and compares.
"""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from scripts.note_vectors import NOTE_FILES
from scripts.people_vectors import PEOPLE_FILES
from scripts.vector_parts import (
    AUTHORITY,
    EPOCH,
    HEART,
    NOW,
    PARENTS,
    ROOTS,
    SERVICE,
    STRANGER,
    broken,
    flipped,
    hash_of,
    heartbeat,
    id_of,
    roster,
    rosters,
    sealed_notice,
    sealed_roster,
    sealed_text,
    text_of,
    trust,
    with_signatures,
)
from tocsin.notice import (
    GENESIS,
    Domain,
    EntryType,
    EpochStart,
    Kind,
    Magic,
    Roots,
    Signature,
    Status,
    b64,
    board_root,
    encode,
    entry_hash,
    geometry_hash,
    seal,
    sign_document,
)


def notice_cases() -> Iterable[dict[str, Any]]:
    good = sealed_notice()
    right = sign_document(SERVICE[Domain.ACTUAL], Magic.NOTICE, text_of().encode())
    update = dict(id=id_of("two"), version=2, kind=Kind.UPDATE, since=NOW - 60)
    exercise = dict(status=Status.EXERCISE, id=id_of("three"), alarm=id_of("three"))
    shapes = ("circle 50.4,30.5 10", "polygon 50,30 51,30 51,31 50,30")
    unknown_type = Signature(9, b"\0" * 8, (b"new",))
    unsigned = text_of().encode()

    def case(name: str, data: bytes, expect: str = "ok", event: str = "actual") -> dict[str, Any]:
        return {"name": name, "event": event, "envelope": b64(data), "expect": expect}

    yield case("an alert signed by a listed key", good)
    yield case("an update", sealed_notice(**update))
    yield case("an all clear", sealed_notice(**update | {"kind": Kind.ALL_CLEAR}))
    yield case("an exercise under its own root", sealed_notice(**exercise), event="exercise")
    yield case("a test under the root of exercises", sealed_notice(**exercise | {"status": Status.TEST}), event="test")
    yield case("shapes that fit", sealed_notice(shapes=shapes, geometry=geometry_hash(shapes)))
    yield case("shapes that gave way to their hash", sealed_notice(geometry=geometry_hash(shapes)))
    yield case("a signature of an unknown type beside a right one", with_signatures(unknown_type, right))
    yield case("a stranger's signature beside a right one",
               with_signatures(right, sign_document(STRANGER, Magic.NOTICE, unsigned)))  # fmt: skip
    yield case("characters beyond the basic plane", sealed_notice(issuer="Служба \U0001f6a8 \u2028"))
    yield case("signed by a stranger", sealed_notice(by=STRANGER), "key")
    yield case("signed by the root itself", sealed_notice(by=ROOTS[Domain.ACTUAL]), "key")
    yield case("signed by the heartbeat key", sealed_notice(by=HEART), "key")
    yield case("only a signature of an unknown type", with_signatures(unknown_type), "key")
    yield case("actual, signed by the key of exercises", sealed_notice(by=SERVICE[Domain.EXERCISE]), "key")
    yield case("an exercise signed by the key of actual",
               sealed_notice(by=SERVICE[Domain.ACTUAL], **exercise), "key", "exercise")  # fmt: skip
    yield case("an exercise that comes as actual", sealed_notice(**exercise), "status")
    yield case("actual that comes as an exercise", good, "status", "exercise")
    yield case(
        "a test that comes as an exercise", sealed_notice(**exercise | {"status": Status.TEST}), "status", "exercise"
    )
    yield case("another authority", sealed_notice(authority="other.example"), "authority")
    yield case("a demo", sealed_notice(authority="demo"), "authority")
    yield case("sent before the roster was in force",
               sealed_notice(sent=NOW - 2000, since=NOW - 2000), "roster")  # fmt: skip
    yield case("sent after the roster expired",
               sealed_notice(sent=NOW + 1_000_000, since=NOW + 1_000_000, expires=NOW + 1_000_100), "roster")  # fmt: skip
    yield case("signed with the tag of a heartbeat",
               with_signatures(Signature(1, SERVICE[Domain.ACTUAL].id,
                                         (SERVICE[Domain.ACTUAL].sign(Magic.HEARTBEAT.tag, unsigned),))), "signature")  # fmt: skip
    yield case("signed without a tag",
               with_signatures(Signature(1, SERVICE[Domain.ACTUAL].id,
                                         (SERVICE[Domain.ACTUAL].sign(b"", unsigned),))), "signature")  # fmt: skip
    yield case("one right and one wrong signature of the same key",
               with_signatures(right, Signature(1, right.key, (bytes(64),))), "signature")  # fmt: skip
    yield case("one bit of the text changed", good.replace(b"VECTOR ONLY", b"VECTOR ONLX"), "signature")
    yield case("the region changed", good.replace(b"UA80000000000093317", b"UA80000000000093318"), "signature")
    yield case("one bit of the signature changed", flipped(good, len(good) - 1), "signature")
    yield case("one bit of the key id changed", flipped(good, len(good) - 68), "key")
    yield case("cut by one byte", good[:-1], "framing")
    yield case("one byte more", good + b"\0", "framing")
    yield case("empty", b"", "framing")
    yield case("the magic of a heartbeat", b"TCH1" + good[4:], "framing")
    yield case("no signature", good[: -(64 + 2 + 1 + 8 + 1 + 1)] + b"\0", "framing")
    yield case("nine signatures", _nine(unsigned, right), "framing")
    yield case(
        "an ed25519 signature of two fields", _raw(unsigned, bytes([1]) + right.key + b"\2\0\1a\0\1b"), "framing"
    )
    yield case("larger than an envelope may be", b"TCN1\x0f\xff" + b" " * 4095 + b"\1", "framing")
    yield case("white space", broken('"version":1', '"version": 1'), "document")
    yield case("a repeated field", broken('"notice":1,', '"notice":1,"notice":1,'), "document")
    yield case("another order of fields", sealed_text(_reordered()), "document")
    yield case("an unknown field", broken('"version":1', '"version":1,"extra":1'), "document")
    yield case("an escape that is not needed", broken("VECTOR ONLY: air", "VECTOR ONLY\\u003a air"), "document")
    yield case("a number with a fraction", broken('"version":1', '"version":1.0'), "document")
    yield case("a number with an exponent", broken(f'"sent":{NOW}', f'"sent":{NOW // 10**7}e7'), "document")
    yield case("a number that is a text", broken('"version":1', '"version":"1"'), "document")
    yield case("an integer beyond 2^53", broken(f'"expires":{NOW + 7200}', '"expires":9007199254740993'), "document")
    yield case("a lone surrogate", broken("Vector service", "Vector \ud800 service"), "document")
    yield case("a byte order mark", sealed_text("\ufeff" + text_of()), "document")
    yield case("not JSON", sealed_text("alarm"), "document")
    yield case("a list", sealed_text("[]"), "document")
    yield case("null", sealed_text("null"), "document")
    yield case("another format", broken('"notice":1', '"notice":2'), "document")
    yield case("no region", broken('["UA80000000000093317"]', "[]"), "document")
    yield case("regions out of order", broken('["UA80000000000093317"]', '["UB","UA"]'), "document")
    yield case("a region twice", broken('["UA80000000000093317"]', '["UA","UA"]'), "document")
    yield case("a region with a blank", broken("UA80000000000093317", "UA 80"), "document")
    yield case("an unknown kind", broken('"kind":"alert"', '"kind":"alarm"'), "document")
    yield case("an unknown status", broken('"status":"actual"', '"status":"real"'), "document")
    yield case("an unknown level", broken('"level":"red"', '"level":"orange"'), "document")
    yield case("a hazard in capitals", broken('"hazard":"air_raid"', '"hazard":"AIR"'), "document")
    yield case("an alert of version 2", broken('"version":1', '"version":2'), "document")
    yield case("version 0", broken('"version":1', '"version":0'), "document")
    yield case("an alarm of another name", broken(f'"alarm":"{id_of("one")}"', f'"alarm":"{id_of("two")}"'), "document")
    yield case("an id in capitals", sealed_text(text_of().replace(id_of("one"), id_of("one").upper())), "document")
    yield case("expires before sent", broken(f'"expires":{NOW + 7200}', f'"expires":{NOW - 1}'), "document")
    yield case("since after sent", broken(f'"since":{NOW}', f'"since":{NOW + 1}'), "document")
    yield case("since before sent in a first notice", broken(f'"since":{NOW}', f'"since":{NOW - 1}'), "document")
    yield case("a short hash", broken(hash_of("cap"), hash_of("cap")[:-1]), "document")
    yield case("a hash with unused bits set", broken(hash_of("cap"), hash_of("cap")[:-1] + "_"), "document")
    yield case("shapes that do not match their hash", broken('"shapes":[]', '"shapes":["circle 50,30 1"]'), "document")
    yield case("a shape that is neither polygon nor circle", broken('"shapes":[]', '"shapes":["square 1"]'), "document")
    yield case("no text", sealed_text(_without_text()), "document")
    yield case("an empty headline", broken("VECTOR ONLY: air raid alert", ""), "document")
    yield case("a headline of 201 characters", broken("VECTOR ONLY: air raid alert", "x" * 201), "document")
    yield case("a tab in a headline", broken("VECTOR ONLY: air", "VECTOR ONLY:\\tair"), "document")
    yield case("no channel", broken('"channels":["*"]', '"channels":[]'), "document")
    yield case("every channel and one more", broken('"channels":["*"]', '"channels":["*","webpush"]'), "document")


def _reordered() -> str:
    document = json.loads(text_of())
    document = {"id": document.pop("id")} | document
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _without_text() -> str:
    document = json.loads(text_of()) | {"text": {}}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _raw(document: bytes, signature: bytes) -> bytes:
    return b"TCN1" + len(document).to_bytes(2, "big") + document + b"\1" + signature


def _nine(document: bytes, one: Signature) -> bytes:
    signature = bytes([1]) + one.key + b"\1\0\x40" + one.fields[0]
    return b"TCN1" + len(document).to_bytes(2, "big") + document + b"\x09" + signature * 9


def roster_cases() -> Iterable[dict[str, Any]]:
    first, exercise = roster(Domain.ACTUAL), roster(Domain.EXERCISE)

    def case(name: str, *learn: bytes, expect: str = "ok") -> dict[str, Any]:
        return {"name": name, "learn": [b64(one) for one in learn], "expect": expect}

    yield case("a first roster", sealed_roster(first))
    yield case("both domains", sealed_roster(first), sealed_roster(exercise))
    yield case("a newer version", sealed_roster(first), sealed_roster(roster(Domain.ACTUAL, 2)))
    yield case("the same again", sealed_roster(first), sealed_roster(first))
    yield case("an older version", sealed_roster(roster(Domain.ACTUAL, 2)), sealed_roster(first), expect="old")
    yield case("two of one version", sealed_roster(first),
               sealed_roster(roster(Domain.ACTUAL, expires=NOW + 5)), expect="roster")  # fmt: skip
    yield case("signed by the other root", sealed_roster(first, ROOTS[Domain.EXERCISE]), expect="key")
    yield case("signed by a listed key", sealed_roster(first, SERVICE[Domain.ACTUAL]), expect="key")
    yield case("another authority", sealed_roster(roster(Domain.ACTUAL, authority="demo")), expect="authority")
    yield case("one bit changed", flipped(sealed_roster(first), len(sealed_roster(first)) - 2), expect="signature")
    yield case("cut", sealed_roster(first)[:-3], expect="framing")
    text = encode(first).decode()
    yield case("a key under another id",
               sealed_text(text.replace(HEART.id.hex(), "ffffffffffffffff"), Magic.ROSTER, ROOTS[Domain.ACTUAL]),
               expect="document")  # fmt: skip
    yield case("an unknown role", sealed_text(text.replace('"issue"', '"admin"'), Magic.ROSTER, ROOTS[Domain.ACTUAL]),
               expect="document")  # fmt: skip


def heartbeat_cases() -> Iterable[dict[str, Any]]:
    good = seal(HEART, Magic.HEARTBEAT, heartbeat()).pack()

    def case(
        name: str, data: bytes, expect: str = "ok", newest_ms: int = 0, nonce: str | None = None
    ) -> dict[str, Any]:
        return {"name": name, "heartbeat": b64(data), "newest_ms": newest_ms, "nonce": nonce, "expect": expect}

    answered = seal(HEART, Magic.HEARTBEAT, heartbeat(nonce="abc_-9")).pack()
    yield case("a heartbeat", good)
    yield case("the same again", good, newest_ms=NOW * 1000)
    yield case("with the nonce asked for", answered, nonce="abc_-9")
    yield case("with a nonce nobody asked for", answered)
    yield case("older than one already believed", good, "old", newest_ms=NOW * 1000 + 1)
    yield case("a recording: without the nonce asked for", good, "nonce", nonce="abc_-9")
    yield case("a recording: with another nonce", answered, "nonce", nonce="abc_-8")
    yield case("signed by the issuing key", seal(SERVICE[Domain.ACTUAL], Magic.HEARTBEAT, heartbeat()).pack(), "key")
    yield case("another authority", seal(HEART, Magic.HEARTBEAT, heartbeat(authority="demo")).pack(), "authority")
    yield case("one bit changed", flipped(good, len(good) - 2), "signature")
    yield case("a notice", sealed_notice(), "framing")
    late = heartbeat(time_ms=(NOW + 1_000_000) * 1000, valid_until_ms=(NOW + 1_000_015) * 1000)
    yield case("after the roster expired", seal(HEART, Magic.HEARTBEAT, late).pack(), "roster")
    text = encode(heartbeat()).decode()
    for name, old, new in (
        ("a position without an epoch", f"{EPOCH}-7", "7"),
        ("a position with a leading zero", f"{EPOCH}-7", f"{EPOCH}-07"),
        ("valid until before its time", f'"valid_until_ms":{NOW * 1000 + 15_000}', '"valid_until_ms":5'),
    ):
        yield case(name, sealed_text(text.replace(old, new), Magic.HEARTBEAT, HEART), "document")


def board_cases() -> Iterable[dict[str, Any]]:
    for count in (0, 1, 2, 3, 4, 5, 7, 8, 9, 33):
        leaves = [("actual" if n % 3 else "exercise", f"UA{n:02}", id_of(str(n)), n + 1) for n in range(count)]
        leaves.reverse()
        yield {"name": f"{count} leaves", "leaves": leaves, "root": b64(board_root(leaves))}


def chain_entries() -> Iterable[dict[str, Any]]:
    start = EpochStart(EPOCH, AUTHORITY, Roots(b64(ROOTS[Domain.ACTUAL].public), b64(ROOTS[Domain.EXERCISE].public)))
    bodies = [
        (EntryType.EPOCH, encode(start)),
        (EntryType.ROSTER, sealed_roster(roster(Domain.ACTUAL))),
        (EntryType.NOTICE, sealed_notice()),
    ]
    before = GENESIS
    for sequence, (type, body) in enumerate(bodies, 1):
        recorded_ms = NOW * 1000 + sequence
        before = entry_hash(before, sequence, recorded_ms, type, body)
        yield {
            "sequence": sequence,
            "recorded_ms": recorded_ms,
            "type": int(type),
            "body": b64(body),
            "hash": b64(before),
        }


def place_cases() -> Iterable[dict[str, Any]]:
    """Regions: A has the children A1 and A2, A1 has the child A11; B stands beside A. ``now`` is the time asked for."""

    def case(name: str, place: str, expect: str, *held: tuple[str, int]) -> dict[str, Any]:
        alarms = [{"regions": [region], "expires": expires} for region, expires in held]
        return {"name": name, "place": place, "now": NOW, "alarms": alarms, "expect": expect}

    on, past = NOW + 60, NOW
    yield case("nothing", "A1", "clear")
    yield case("the place itself", "A1", "alarm", ("A1", on))
    yield case("an ancestor", "A11", "alarm", ("A", on))
    yield case("a child", "A", "partial", ("A1", on))
    yield case("a grandchild", "A", "partial", ("A11", on))
    yield case("a neighbour", "A2", "clear", ("A1", on))
    yield case("another tree", "A", "clear", ("B", on))
    yield case("expired at the second it says", "A1", "expired", ("A1", past))
    yield case("an ancestor's alarm expired", "A11", "expired", ("A", past))
    yield case("a child's alarm expired", "A", "partial", ("A1", past))
    yield case("expired over all, in force in a part", "A", "expired", ("A", past), ("A1", on))
    yield case("expired and another in force", "A", "alarm", ("A", past), ("A", on))
    yield case("in force above and in a part", "A1", "alarm", ("A", on), ("A11", on))


FILES: dict[str, Callable[[], dict[str, Any]]] = {
    "notices.json": lambda: {"trust": trust(), "rosters": rosters(), "cases": list(notice_cases())},
    "rosters.json": lambda: {"trust": trust(), "cases": list(roster_cases())},
    "heartbeats.json": lambda: {"trust": trust(), "rosters": rosters(), "cases": list(heartbeat_cases())},
    "boards.json": lambda: {"cases": list(board_cases())},
    "places.json": lambda: {"parents": PARENTS, "cases": list(place_cases())},
    "chain.json": lambda: {"entries": list(chain_entries())},
    **PEOPLE_FILES,
    **NOTE_FILES,
}


def make(folder: Path) -> None:
    for name, content in FILES.items():
        text = json.dumps(content(), ensure_ascii=False, indent=1)
        (folder / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent.parent / "vectors")
