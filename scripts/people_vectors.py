"""The cases about people: passkeys, scopes, rules, revocations, and roots that change (``spec/roster.md``)."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from scripts.vector_parts import (
    AUTHORITY,
    HEART,
    NOW,
    PARENTS,
    ROOTS,
    SERVICE,
    STRANGER,
    flipped,
    heartbeat,
    id_of,
    key,
    notice_fields,
    roster,
    sealed_roster,
    trust,
)
from tocsin.notice import (
    EVERYTHING,
    Domain,
    Envelope,
    Kind,
    Level,
    Magic,
    Notice,
    Revocation,
    RevokedKey,
    Role,
    Roster,
    Rule,
    Signature,
    SigningKey,
    Status,
    b64,
    encode,
    encode_notice,
    seal,
    sign_document,
)
from tocsin.testing.passkeys import USER_PRESENT, SoftPasskey
from tocsin.testing.rosters import person, roster_of, service

RP_ID, ORIGIN = "warn.vectors.example", "https://warn.vectors.example"
OTHER_ORIGIN = "https://console.vectors.example:8443"


def passkey(word: str, origin: str = ORIGIN, rp_id: str = RP_ID) -> SoftPasskey:
    return SoftPasskey.from_words(f"tocsin vectors: passkey {word}", rp_id, origin)


OLENA, OLENA_SPARE = passkey("olena"), passkey("olena's second", OTHER_ORIGIN)
TARAS, IVAN, NOBODY = passkey("taras"), passkey("ivan"), passkey("nobody")
SENSOR, FEED, TESTER = key("sensor"), key("feed"), key("link test")
REVOKERS = (key("revoker one"), key("revoker two"), key("revoker three"))
NEW_ROOT = key("the next root")

RULES = (
    Rule(("disputed",), EVERYTHING, EVERYTHING, 1),
    Rule(("all_clear",), EVERYTHING, ("B",), 3),
    Rule(EVERYTHING, ("flood",), ("A1",), 1),
    Rule(EVERYTHING, EVERYTHING, EVERYTHING, 2),
)


def people_roster(domain: Domain = Domain.ACTUAL, version: int = 1, **changes: Any) -> Roster:
    members = [
        person("ivan", IVAN.public, roles=[Role.AUTHOR], hazards=("flood",), regions=("A",), name="Ivan"),
        person("olena", OLENA.public, OLENA_SPARE.public, roles=[Role.AUTHOR], name="Олена К."),
        person("taras", TARAS.public, name="Тарас Ш."),
        service("feed", FEED.public, roles=[Role.SOURCE]),
    ]
    if domain is Domain.ACTUAL:
        scope = {"kinds": ("alert",), "hazards": ("chemical",), "regions": ("A1",), "regions_max": 1}
        members += [
            service("sensor", SENSOR.public, name="Gas sensor", **scope),
            service("server", HEART.public, roles=[Role.HEARTBEAT]),
        ]
    else:
        members.append(service("tester", TESTER.public, roles=[Role.LINK_TEST]))
    fields = {"rules": RULES, "rp_id": RP_ID, "origins": (ORIGIN, OTHER_ORIGIN), "revokers": REVOKERS}
    settings: dict[str, Any] = fields | {"revokers_needed": 2, "version": version} | changes
    return roster_of(AUTHORITY, domain, ROOTS[domain], members, NOW - 1000, **settings)


def signed(*by: SoftPasskey | SigningKey | Signature, **changes: Any) -> bytes:
    document = document_of(**changes)
    return Envelope(Magic.NOTICE, document, tuple(_signature(one, document) for one in by)).pack()


def document_of(**changes: Any) -> bytes:
    return encode_notice(Notice(**notice_fields(**({"regions": ("A1",)} | changes))))


def _signature(by: SoftPasskey | SigningKey | Signature, document: bytes) -> Signature:
    match by:
        case SoftPasskey():
            return by.sign(document)
        case SigningKey():
            return sign_document(by, Magic.NOTICE, document)
        case Signature():
            return by


def people_cases() -> Iterable[dict[str, Any]]:
    """``signers``: names of those whose signatures count, for a believed one."""
    both = signed(OLENA, TARAS)

    def case(
        name: str,
        data: bytes,
        expect: str = "ok",
        signers: Iterable[str] = (),
        revoked: Iterable[bytes] = (),
        event: str = "actual",
        held: bytes = b"",
    ) -> dict[str, Any]:
        lists = [b64(one) for one in revoked]
        return {
            "name": name, "event": event, "held": b64(held) or None, "revocations": lists, "envelope": b64(data),
            "expect": expect, "signers": list(signers),
        }  # fmt: skip

    olena, taras, ivan = "Олена К.", "Тарас Ш.", "Ivan"
    later = dict(id=id_of("two"), version=2, since=NOW - 60)
    update = later | {"kind": Kind.UPDATE}
    exercise = dict(status=Status.EXERCISE, id=id_of("three"), alarm=id_of("three"))
    chemical = dict(hazard="chemical")
    yield case("an author and an approver", both, signers=[olena, taras])
    yield case("in the other order", signed(TARAS, OLENA), signers=[taras, olena])
    yield case(
        "a second passkey of the author, at the other origin", signed(OLENA_SPARE, TARAS), signers=[olena, taras]
    )
    yield case("one person alone", signed(TARAS), "people")
    yield case("one person twice, by one key", signed(OLENA, OLENA), "people")
    yield case("one person twice, by two keys", signed(OLENA, OLENA_SPARE), "people")
    yield case("two authors and no approver", signed(OLENA, IVAN, hazard="flood", regions=("A2",)), "people")
    yield case("a person and a source", signed(TARAS, FEED), "people")
    yield case("a source alone", signed(FEED), "key")
    yield case("the heartbeat key", signed(HEART), "key")
    yield case("a passkey that is not listed", signed(NOBODY), "key")
    yield case("a passkey that is not listed beside one that is", signed(TARAS, NOBODY), "people")
    yield from _following(case)
    yield case("all clear by one", signed(TARAS, **later, kind=Kind.ALL_CLEAR), "people")
    yield case("all clear by two where it takes three",
               signed(OLENA, TARAS, **later, kind=Kind.ALL_CLEAR, regions=("A1", "B")), "people")  # fmt: skip
    yield case(
        "an update by two where an all clear takes three", signed(OLENA, TARAS, **update, regions=("B",)), "people"
    )
    yield case("an update by two", signed(OLENA, TARAS, **update), signers=[olena, taras])
    yield case("a rule for a region", signed(IVAN, hazard="flood"), signers=[ivan])
    yield case("a rule for a region, a child of it", signed(IVAN, hazard="flood", regions=("A11",)), signers=[ivan])
    yield case("a rule for a region, its parent", signed(IVAN, hazard="flood", regions=("A",)), signers=[ivan])
    yield case("a rule for a region, its neighbour", signed(IVAN, hazard="flood", regions=("A2",)), "people")
    yield case("a rule for a region, and its neighbour beside it", signed(IVAN, hazard="flood", regions=("A1", "A2")),
               "people")  # fmt: skip
    yield case("a region that nobody knows takes what takes most", signed(IVAN, hazard="flood", regions=("A1", "ZZ")),
               "scope")  # fmt: skip
    yield case("out of his hazards", signed(IVAN, TARAS), "scope")
    yield case("out of his regions", signed(IVAN, TARAS, hazard="flood", regions=("A2", "B")), "scope")
    yield case("out of scope beside enough others", signed(IVAN, OLENA, TARAS), signers=[olena, taras])
    yield case("all out of scope", signed(IVAN), "scope")
    yield case("in a child of his region", signed(IVAN, TARAS, hazard="flood", regions=("A11",)), signers=[ivan, taras])
    yield case("a region that nobody knows, within a scope of everything", signed(OLENA, TARAS, regions=("ZZ",)),
               signers=[olena, taras])  # fmt: skip
    yield case("a region that nobody knows, within no other scope", signed(IVAN, TARAS, hazard="flood", regions=("ZZ",)),
               "scope")  # fmt: skip
    yield case("a machine within its bounds", signed(SENSOR, **chemical), signers=["Gas sensor"])
    yield case("a machine below its region", signed(SENSOR, **chemical, regions=("A11",)), signers=["Gas sensor"])
    yield case("a machine above its region", signed(SENSOR, **chemical, regions=("A",)), "scope")
    yield case("a machine with too many regions", signed(SENSOR, **chemical, regions=("A1", "A11")), "scope")
    yield case("a machine about something else", signed(SENSOR), "scope")
    yield case("a machine that would end an alarm", signed(SENSOR, **later, **chemical, kind=Kind.ALL_CLEAR), "scope")
    yield case("an exercise by two", signed(OLENA, TARAS, **exercise), signers=[olena, taras], event="exercise")
    yield case("a link test by its service", signed(TESTER, **exercise | {"status": Status.TEST}),
               signers=["Service tester"], event="test")  # fmt: skip
    yield case("an exercise by the service of link tests", signed(TESTER, **exercise), "key", event="exercise")
    for name, more in (
        ("a browser that does not say crossOrigin", ""),
        ("a browser that says more behind crossOrigin", ',"crossOrigin":false,"later":{"a":1}'),
    ):
        client = OLENA.client_data(sha256(document_of()).digest(), more=more)
        yield case(name, signed(OLENA.sign_as(OLENA.authenticator_data(), client), TARAS), signers=[olena, taras])
    yield from (case(name, data, "signature") for name, data in _wrong_passkeys())
    yield case("an approver revoked", both, "revoked", revoked=[revocation(TARAS.id)])
    yield case("all revoked", both, "revoked", revoked=[revocation(OLENA.id, TARAS.id)])
    yield case("one of three revoked", signed(OLENA, TARAS, IVAN, hazard="flood"), revoked=[revocation(IVAN.id)],
               signers=[olena, taras])  # fmt: skip
    yield case("another key of the same person revoked", both, revoked=[revocation(OLENA_SPARE.id)],
               signers=[olena, taras])  # fmt: skip
    spared = b64(sha256(document_of()).digest())
    yield case("revoked, and this notice spared", both, revoked=[revocation(TARAS.id, spared=(spared,))],
               signers=[olena, taras])  # fmt: skip
    yield case("revoked, and another notice spared", signed(OLENA, TARAS, hazard="flood", regions=("A2",)), "revoked",
               revoked=[revocation(TARAS.id, spared=(spared,))])  # fmt: skip
    yield case("a revoked machine", signed(SENSOR, **chemical), "revoked", revoked=[revocation(SENSOR.id)])


def _following(case: Any) -> Iterable[dict[str, Any]]:
    """What may follow the notice *held*: version 1 of the alarm, red, in A1 and B."""
    olena, taras = "Олена К.", "Тарас Ш."
    first = dict(regions=("A1", "B"))
    held = signed(OLENA, TARAS, **first)
    second = dict(id=id_of("two"), version=2)
    dispute = second | first | {"kind": Kind.DISPUTED}
    flood = signed(OLENA, TARAS, regions=("A1",), hazard="flood")
    yield case("disputed by one", signed(OLENA, **dispute), signers=[olena], held=held)
    yield case("disputed, and nothing is known of it", signed(OLENA, TARAS, **dispute), "follows")
    yield case(
        "disputed, and it leaves a region", signed(OLENA, **dispute | {"regions": ("A1",)}), "follows", held=held
    )
    yield case("disputed, and it lowers the level", signed(OLENA, **dispute, level=Level.YELLOW), "follows", held=held)
    yield case("disputed, and it expires earlier", signed(OLENA, **dispute, expires=NOW + 7199), "follows", held=held)
    yield case(
        "disputed, and it expires later", signed(OLENA, **dispute, expires=NOW + 9000), signers=[olena], held=held
    )
    yield case("disputed, and a version is left out", signed(OLENA, **dispute | {"version": 3}), "follows", held=held)
    yield case(
        "disputed, of a version that is held", signed(OLENA, **dispute), "follows", held=signed(OLENA, **dispute)
    )
    update = second | {"kind": Kind.UPDATE}
    yield case("an update that leaves a region by as many as that takes",
               signed(OLENA, TARAS, **update, regions=("A1",)), "people", held=held)  # fmt: skip
    yield case("an update that leaves a region out of the signer's scope",
               signed(IVAN, TARAS, **update, hazard="flood", regions=("A1",)), "people",
               held=signed(OLENA, TARAS, hazard="flood", **first))  # fmt: skip
    wide = signed(OLENA, TARAS, hazard="flood", regions=("A1", "C"))
    yield case("an update that leaves a region which not all who signed may order for",
               signed(IVAN, TARAS, **update, hazard="flood", regions=("A1",)), "scope", held=wide)  # fmt: skip
    strange = signed(OLENA, TARAS, regions=("ZZ",))
    yield case("disputed by one where nobody knows the region", signed(OLENA, **dispute | {"regions": ("ZZ",)}),
               signers=[olena], held=strange)  # fmt: skip
    yield case("an update of another hazard", signed(OLENA, TARAS, **update, hazard="storm"), "follows", held=flood)
    yield case(
        "an update that began at another time", signed(OLENA, TARAS, **update, since=NOW - 60), "follows", held=flood
    )
    clear = second | {"kind": Kind.ALL_CLEAR}
    yield case(
        "an all clear that names another region", signed(OLENA, TARAS, **clear, regions=("A2",)), "people", held=held
    )
    yield case("an all clear by two where two are enough", signed(OLENA, TARAS, **clear, hazard="flood"),
               signers=[olena, taras], held=flood)  # fmt: skip
    yield case("the same version again", flood, signers=[olena, taras], held=flood)


def _wrong_passkeys() -> Iterable[tuple[str, bytes]]:
    document = document_of()
    challenge = sha256(document).digest()
    good = OLENA.sign(document)
    data, client, signature = good.fields

    def beside(one: Signature) -> bytes:
        return signed(one, TARAS)

    def client_of(**more: Any) -> bytes:
        return beside(OLENA.sign_as(data, OLENA.client_data(challenge, **more)))

    yield "a registration instead of an assertion", client_of(kind="webauthn.create")
    yield "in a foreign frame", client_of(more=',"crossOrigin":true')
    yield "with a member before crossOrigin", client_of(more=',"a":1,"crossOrigin":false')
    yield "another challenge", beside(OLENA.sign_as(data, OLENA.client_data(sha256(b"other").digest())))
    yield "another origin", beside(passkey("olena", "https://warn.vectors.example.evil.example").sign(document))
    yield "another port", beside(passkey("olena", ORIGIN + ":8443").sign(document))
    yield "another relying party", beside(passkey("olena", rp_id="vectors.example").sign(document))
    yield "nobody was there", beside(OLENA.sign_as(OLENA.authenticator_data(0), client))
    yield "the person was not verified", beside(OLENA.sign_as(OLENA.authenticator_data(USER_PRESENT), client))
    yield "authenticator data cut", beside(OLENA.sign_as(data[:36], client))
    yield "another document's signature", signed(OLENA.sign(document_of(hazard="flood")), TARAS)
    yield "the key of another person", beside(Signature(good.type, OLENA.id, TARAS.sign(document).fields))
    yield "a signature without DER", beside(Signature(good.type, OLENA.id, (data, client, signature[:-1])))
    longer = bytes([signature[0], signature[1] + 1]) + signature[2:] + b"\0"
    yield "a signature with a byte behind it", beside(Signature(good.type, OLENA.id, (data, client, longer)))
    yield "an Ed25519 signature under a passkey's id beside a right one", _two_of(document, good, bytes(64))


def _two_of(document: bytes, good: Signature, wrong: bytes) -> bytes:
    spoilt = Signature(good.type, good.key, (good.fields[0], good.fields[1], wrong))
    return Envelope(Magic.NOTICE, document, (good, TARAS.sign(document), spoilt)).pack()


def revocation(*keys: bytes, version: int = 1, spared: tuple[str, ...] = (), by: int = 2, **changes: Any) -> bytes:
    """Return the envelope of a list of *keys*, signed by the first *by* revokers."""
    listed = sorted((RevokedKey(one.hex(), "lost", spared) for one in keys), key=lambda one: one.key)
    fields: dict[str, Any] = dict(
        revocation=1, authority=AUTHORITY, domain=Domain.ACTUAL, version=version, issued=NOW, keys=tuple(listed)
    )
    return _revoked(encode(Revocation(**(fields | changes))), *REVOKERS[:by])


def _revoked(document: bytes, *by: SigningKey) -> bytes:
    signatures = tuple(sign_document(one, Magic.REVOCATION, document) for one in by)
    return Envelope(Magic.REVOCATION, document, signatures).pack()


def revocation_cases() -> Iterable[dict[str, Any]]:
    """What comes of the last of ``learn``, lists and rosters one after another, under ``rosters``."""
    first = revocation(TARAS.id)
    spared = (b64(sha256(b"one").digest()),)

    def case(name: str, *learn: bytes, expect: str = "ok") -> dict[str, Any]:
        return {"name": name, "learn": [b64(one) for one in learn], "expect": expect}

    yield case("by two of three revokers", first)
    yield case("the same again", first, first)
    yield case("by three", revocation(TARAS.id, by=3))
    yield case("by one", revocation(TARAS.id, by=1), expect="key")
    document = Envelope.unpack(first, Magic.REVOCATION).document
    yield case("by one twice", _revoked(document, REVOKERS[0], REVOKERS[0]), expect="key")
    yield case("by the root", _revoked(document, ROOTS[Domain.ACTUAL]), expect="key")
    yield case("by one and a stranger", _revoked(document, REVOKERS[0], STRANGER), expect="key")
    yield case("one of them wrong", flipped(first, len(first) - 2), expect="signature")
    yield case("one bit of a key changed", first.replace(b'"lost"', b'"lose"'), expect="signature")
    yield case("one key more", first, revocation(OLENA.id, TARAS.id, version=2))
    yield case("an older version", revocation(TARAS.id, version=2), first, expect="old")
    yield case("two of one version", first, revocation(OLENA.id, TARAS.id), expect="revocation")
    yield case("a key given back", revocation(OLENA.id, TARAS.id), revocation(TARAS.id, version=2), expect="revocation")
    yield case("a notice spared later", first, revocation(TARAS.id, version=2, spared=spared), expect="revocation")
    yield case("a notice spared no longer", revocation(TARAS.id, spared=spared), revocation(TARAS.id, version=2))
    yield case("a key left out that no roster lists", revocation(NOBODY.id), revocation(TARAS.id, version=2))
    second_roster = sealed_roster(people_roster(version=2))
    yield case("an ended list again, behind a newer roster", first, second_roster, first, expect="old")
    yield case("a newer list behind a newer roster", first, second_roster, revocation(TARAS.id, version=2))
    yield case("another authority", revocation(TARAS.id, authority="demo"), expect="authority")
    yield case("a domain without revokers", revocation(TARAS.id, domain=Domain.EXERCISE), expect="key")
    text = document.decode()
    yield case("another format", _revoked(text.replace('"revocation":1', '"revocation":2').encode(), *REVOKERS),
               expect="document")  # fmt: skip
    yield case("no key", _revoked(text[: text.index('"keys"')].encode() + b'"keys":[]}', *REVOKERS), expect="document")
    yield case("a notice", signed(OLENA, TARAS), expect="framing")
    yield case("cut", first[:-1], expect="framing")


def new_root_cases() -> Iterable[dict[str, Any]]:
    """Rosters that change the root; ``root`` is what is held afterwards."""
    old, new = ROOTS[Domain.ACTUAL], NEW_ROOT
    first = sealed_roster(roster(Domain.ACTUAL))
    moved = roster(Domain.ACTUAL, 2, root=new)
    both = Envelope(
        Magic.ROSTER, encode(moved), tuple(sign_document(one, Magic.ROSTER, encode(moved)) for one in (old, new))
    ).pack()
    third = sealed_roster(roster(Domain.ACTUAL, 3, root=new), new)

    def case(name: str, *learn: bytes, expect: str = "ok", root: SigningKey = old) -> dict[str, Any]:
        return {"name": name, "learn": [b64(one) for one in learn], "expect": expect, "root": b64(root.public)}

    yield case("a root changed by both", first, both, root=new)
    yield case("a root changed by the old one alone", first, sealed_roster(moved, old), expect="signature")
    yield case("a root changed by the new one alone", first, sealed_roster(moved, new), expect="key")
    yield case("the new root alone, after the change", first, both, third, root=new)
    yield case("the new root alone, without the change", first, third, expect="key")
    yield case("the old root alone, after the change", first, both, sealed_roster(roster(Domain.ACTUAL, 3), old),
               expect="key", root=new)  # fmt: skip
    yield case("the change again, after it", first, both, both, root=new)


def heartbeat_cases_of_people() -> Iterable[dict[str, Any]]:
    def case(name: str, data: bytes, expect: str, *revoked: bytes) -> dict[str, Any]:
        return {
            "name": name, "revocations": [b64(one) for one in revoked], "heartbeat": b64(data), "newest_ms": 0,
            "nonce": None, "expect": expect,
        }  # fmt: skip

    beat = seal(HEART, Magic.HEARTBEAT, heartbeat()).pack()
    yield case("a heartbeat", beat, "ok")
    yield case("by a machine that issues", seal(SENSOR, Magic.HEARTBEAT, heartbeat()).pack(), "key")
    yield case(
        "by a service of another roster", seal(SERVICE[Domain.ACTUAL], Magic.HEARTBEAT, heartbeat()).pack(), "key"
    )
    yield case("by a revoked key", beat, "revoked", revocation(HEART.id))


def _of_people(cases: Iterable[dict[str, Any]]) -> dict[str, Any]:
    rosters = [b64(sealed_roster(people_roster(domain))) for domain in (Domain.ACTUAL,)]
    exercise = b64(sealed_roster(people_roster(Domain.EXERCISE, revokers=())))
    return {"trust": trust(), "parents": PARENTS, "rosters": [*rosters, exercise], "cases": list(cases)}


PEOPLE_FILES = {
    "people.json": lambda: _of_people(people_cases()),
    "revocations.json": lambda: _of_people(revocation_cases()),
    "roots.json": lambda: {"trust": trust(), "cases": list(new_root_cases())},
    "heartbeats_of_people.json": lambda: _of_people(heartbeat_cases_of_people()),
}
