"""The part of ``vectors/`` about checkpoints, cosignatures, and proofs for some regions."""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from typing import Any

from scripts.vector_parts import AUTHORITY, EPOCH, HEART, NOW, SERVICE, STRANGER, id_of, key, rosters, trust
from tocsin.notice import Domain, Position, b64, board_root
from tocsin.notice.merkle import BoardTree, Leaf
from tocsin.notice.signed_note import SignedNote, cosign, sign_note
from tocsin.notice.statement import Audited, Statement

WITNESS, WITNESS_NAME = key("witness"), "observer"
STATEMENT = Statement(
    AUTHORITY,
    Position(EPOCH, 42),
    sha256(b"entry 42").digest(),
    Audited(7, sha256(b"audit 7").digest()),
    sha256(b"board 42").digest(),
    NOW * 1000 + 5,
)


def note_cases() -> Iterable[dict[str, Any]]:
    good = STATEMENT.signed(HEART)
    cosigned = cosign(good, WITNESS_NAME, WITNESS, NOW + 2)
    text, origin = STATEMENT.write(), STATEMENT.origin

    def case(name: str, note: SignedNote | str, expect: str = "ok", cosigned_at: int | None = None) -> dict[str, Any]:
        return {
            "name": name,
            "note": note if isinstance(note, str) else note.write(),
            "expect": expect,
            "cosigned_at": cosigned_at,
        }

    def signed(changed: str) -> SignedNote:
        return sign_note(changed, origin, HEART)

    yield case("signed by the server", good)
    yield case("and cosigned by the witness", cosigned, cosigned_at=NOW + 2)
    yield case("cosigned twice: the later time counts", cosign(cosigned, WITNESS_NAME, WITNESS, NOW + 9),
               cosigned_at=NOW + 9)  # fmt: skip
    yield case("cosigned by a stranger in the witness's name", cosign(good, WITNESS_NAME, STRANGER, NOW))
    yield case("cosigned under another name", cosign(good, "another", WITNESS, NOW))
    *first, last = cosigned.signatures
    later = replace(last, signature=(NOW + 3).to_bytes(8, "big") + last.signature[8:])
    yield case("cosigned, the time changed", replace(cosigned, signatures=(*first, later)))
    yield case("one cosignature right and one wrong", replace(cosigned, signatures=(*first, last, later)))
    yield case("a stranger signed beside the server", good.with_signature(sign_note(text, "x", STRANGER).signatures[0]))
    yield case("signed by nobody whom the roster lets", sign_note(text, origin, STRANGER), "key")
    yield case("signed by a key that issues", sign_note(text, origin, SERVICE[Domain.ACTUAL]), "key")
    yield case("signed in another name", sign_note(text, AUTHORITY, HEART), "key")
    yield case("only cosigned", replace(cosigned, signatures=(last,)), "key", NOW + 2)
    wrong = replace(good.signatures[0], signature=bytes(64))
    yield case("one right signature and one wrong", good.with_signature(wrong), "key")
    yield case("another sequence under the same signature", good.write().replace("\n42\n", "\n43\n"), "key")
    yield case("another authority", replace(STATEMENT, authority="demo").signed(HEART), "authority")
    yield case("before the roster", replace(STATEMENT, time_ms=(NOW - 2_000) * 1000).signed(HEART), "roster")
    yield case("no audit journal", replace(STATEMENT, audited=Audited(0, bytes(32))).signed(HEART))
    yield case("a leading zero", signed(text.replace("\n42\n", "\n042\n")), "document")
    yield case("a line more", signed(text + "more\n"), "document")
    yield case("a line less", signed(text[: text.index("time ")]), "document")
    yield case("base64url instead of base64", signed(text.replace("+", "-").replace("/", "_")), "document")
    yield case("an epoch that is none", signed(text.replace(EPOCH, "epoch")), "document")
    yield case("a number that others read inexactly", signed(text.replace(f"{NOW * 1000 + 5}", str(2**53))), "document")
    yield case("no signature", text + "\n", "framing")
    yield case("no empty line", text + good.signatures[0].line(), "framing")
    yield case("a line feed missing at the end", good.write()[:-1], "framing")
    yield case("a hyphen for the dash", good.write().replace("— ", "- "), "framing")
    yield case("a carriage return", good.write().replace("\n42\n", "\r\n42\n"), "framing")
    yield case("a plus in a name", good.write().replace(f"— {AUTHORITY}", "— a+b"), "framing")
    yield case("seventeen signatures", good.write() + good.signatures[0].line() * 16, "framing")


def proof_cases() -> Iterable[dict[str, Any]]:
    alarms = [id_of(f"alarm {number}") for number in range(3)]
    leaves: list[Leaf] = [
        ("actual", "A", alarms[0], 1),
        ("actual", "A1", alarms[0], 2),
        ("actual", "A1", alarms[1], 1),
        ("actual", "B", alarms[1], 1),
        ("exercise", "A1", alarms[2], 3),
    ]
    root = board_root(leaves)

    def case(
        name: str, told: list[Leaf], codes: list[str], asked: list[str] | None = None, expect: str = "ok"
    ) -> dict[str, Any]:
        proof = BoardTree(told).prove(codes)
        wanted = asked or codes
        return {
            "name": name,
            "root": b64(root if told else board_root([])),
            "codes": wanted,
            "proof": {
                "size": proof.size,
                "leaves": [list(leaf) for leaf in proof.leaves],
                "hashes": list(proof.hashes),
            },
            "expect": expect,
            "leaves": [list(leaf) for leaf in sorted(told) if leaf[1] in wanted] if expect == "ok" else [],
        }

    yield case("an empty board", [], ["A"])
    yield case("one region", leaves, ["A1"])
    yield case("a region in which nothing holds", leaves, ["A2"])
    yield case("several", leaves, ["A", "A1", "Z"])
    yield case("before the first and behind the last", leaves, ["0", "zz"])
    yield case("another region than was proven", leaves, ["B"], ["A1"], "unproven")
    yield case("a leaf dropped", leaves[:2] + leaves[3:], ["A1"], expect="unproven")
    yield case(
        "a version changed", [*leaves[:1], ("actual", "A1", alarms[0], 9), *leaves[2:]], ["A1"], expect="unproven"
    )


NOTE_FILES = {
    "notes.json": lambda: {
        "trust": trust(),
        "rosters": rosters(),
        "witness": {"name": WITNESS_NAME, "public": b64(WITNESS.public)},
        "says": {
            "position": str(STATEMENT.position),
            "chain": b64(STATEMENT.chain),
            "board": b64(STATEMENT.board),
            "time_ms": STATEMENT.time_ms,
        },
        "cases": list(note_cases()),
    },
    "proofs.json": lambda: {"cases": list(proof_cases())},
}
