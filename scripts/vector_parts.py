"""What the vectors are made of: keys of fixed words, an authority that is nobody's, documents and their seals."""

from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from tocsin.notice import (
    Domain,
    Envelope,
    Heartbeat,
    Kind,
    Level,
    Magic,
    Notice,
    RevocationVersions,
    Role,
    Roster,
    RosterVersions,
    Signature,
    SigningKey,
    Status,
    Text,
    b64,
    encode_notice,
    geometry_hash,
    id_from,
    seal,
    sign_document,
)  # fmt: skip
from tocsin.testing.rosters import roster_of, service

AUTHORITY = "vectors.example"
NOW = 1_790_000_000
EPOCH = "00112233445566ff"


def key(word: str) -> SigningKey:
    return SigningKey.from_seed(sha256(f"tocsin vectors: {word}".encode()).digest())


def id_of(word: str) -> str:
    return id_from(sha256(word.encode()).digest()[:16])


def hash_of(word: str) -> str:
    return b64(sha256(word.encode()).digest())


PARENTS = {"A": None, "A1": "A", "A2": "A", "A11": "A1", "B": None, "C": None}

ROOTS = {Domain.ACTUAL: key("root actual"), Domain.EXERCISE: key("root exercise")}
SERVICE = {Domain.ACTUAL: key("service actual"), Domain.EXERCISE: key("service exercise")}
HEART = key("heartbeat")
STRANGER = key("stranger")


def roster(domain: Domain, version: int = 1, root: SigningKey | None = None, **changes: Any) -> Roster:
    members = [service("duty", SERVICE[domain].public, name="Duty service")]
    if domain is Domain.ACTUAL:
        members.append(service("server", HEART.public, roles=(Role.HEARTBEAT,), name="Server"))
    made = roster_of(AUTHORITY, domain, root or ROOTS[domain], members, NOW - 1000, version=version, lasts_s=1_001_000)
    return replace(made, **changes)


def sealed_roster(one: Roster, by: SigningKey | None = None) -> bytes:
    return seal(by or ROOTS[one.domain], Magic.ROSTER, one).pack()


def notice_fields(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = dict(
        notice=1, id=id_of("one"), alarm=id_of("one"), version=1, kind=Kind.ALERT, status=Status.ACTUAL,
        authority=AUTHORITY, hazard="air_raid", level=Level.RED, since=NOW, sent=NOW, effective=NOW, expires=NOW + 7200,
        atlas=hash_of("atlas"), regions=("UA80000000000093317",), shapes=(), geometry=geometry_hash(()),
        text={"en": Text("VECTOR ONLY: air raid alert", "Go to a shelter.\nThis is test data."),
              "uk": Text("ЛИШЕ ВЕКТОР: повітряна тривога", "Прямуйте в укриття. Це тестові дані, «лапки» й апостроф’и.")},
        issuer="Vector service", roster=1, channels=("*",), cap=hash_of("cap"),
    )  # fmt: skip
    return fields | changes


def sealed_notice(by: SigningKey | None = None, **changes: Any) -> bytes:
    notice = Notice(**notice_fields(**changes))
    return seal(by or SERVICE[Domain.of(notice.status)], Magic.NOTICE, notice).pack()


def sealed_text(text: str, magic: Magic = Magic.NOTICE, by: SigningKey | None = None) -> bytes:
    """Sign any text as if it were a document, right or wrong."""
    document = text.encode("utf-8", "surrogatepass")
    return Envelope(magic, document, (sign_document(by or SERVICE[Domain.ACTUAL], magic, document),)).pack()


def text_of(**changes: Any) -> str:
    return encode_notice(Notice(**notice_fields(**changes))).decode()


def broken(old: str, new: str) -> bytes:
    text = text_of()
    assert text.count(old) == 1, old
    return sealed_text(text.replace(old, new))


def with_signatures(*signatures: Signature) -> bytes:
    return Envelope(Magic.NOTICE, text_of().encode(), signatures).pack()


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def heartbeat(**changes: Any) -> Heartbeat:
    fields: dict[str, Any] = dict(
        heartbeat=2, authority=AUTHORITY, time_ms=NOW * 1000, valid_until_ms=NOW * 1000 + 15_000,
        position=f"{EPOCH}-7", chain=hash_of("chain"), board=hash_of("board"),
        rosters=RosterVersions(actual=1, exercise=1), revocations=RevocationVersions(actual=0, exercise=0), nonce="",
    )  # fmt: skip
    return Heartbeat(**(fields | changes))


def trust() -> dict[str, Any]:
    return {"authority": AUTHORITY, "roots": {domain: b64(ROOTS[domain].public) for domain in Domain}}


def rosters() -> list[str]:
    return [b64(sealed_roster(roster(domain))) for domain in Domain]
