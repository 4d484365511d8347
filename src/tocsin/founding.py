"""Founding an authority: its keys, its first rosters, its folder and the first entries of its journal.

A demo authority is one by construction and can never become real. Its root keys lie beside it, marked as a demo's;
those of a real authority never come near a server: it is founded on public roots and rosters that they have signed.
"""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from tocsin.issuing import trust_after
from tocsin.journal.sqlite import SqliteJournal
from tocsin.notice import (
    DEMO,
    EVERYTHING,
    Domain,
    EpochStart,
    Holder,
    HolderKind,
    Magic,
    Refused,
    Revokers,
    Role,
    Roots,
    Roster,
    RosterKey,
    Rule,
    SigningKey,
    Trust,
    b64,
    from_b64,
    seal,
)

AUTHORITY_FILE = "authority.json"
KEYS_FOLDER = "keys"
HEARTBEAT_KEY = "heartbeat"
DEMO_LASTS_S = 10 * 365 * 86_400
# How a root begins that `tocsin trust init` made, whatever the file is called.
_ENCRYPTED_KEY = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"

_PEOPLE = {
    "author": ("DEMO operator Olena", HolderKind.PERSON, (Role.APPROVER, Role.AUTHOR)),
    "approver": ("DEMO operator Taras", HolderKind.PERSON, (Role.APPROVER, Role.AUTHOR)),
}
# By the beginning of their key files' names.
DEMO_PEOPLE = tuple(_PEOPLE)
_DISPUTED = Rule(("disputed",), EVERYTHING, EVERYTHING, 1)
# Two people for whatever warns or ends a warning; one to say that it is being checked, and for exercises.
_RULES = {
    Domain.ACTUAL: (_DISPUTED, Rule(EVERYTHING, EVERYTHING, EVERYTHING, 2)),
    Domain.EXERCISE: (Rule(EVERYTHING, EVERYTHING, EVERYTHING, 1),),
}

_README = """DEMO AUTHORITY. Nothing in this folder can warn anybody: every notice made with it says DEMO first.

keys/author-*.key      DEMO operator Olena: drafts and signs; the first of the two people that an order takes
keys/approver-*.key    DEMO operator Taras: signs as the second one
keys/heartbeat.key     the demo's server
keys/root-*.key        the demo's roots; a real authority keeps its roots offline

Each person has one key for orders (actual) and one for exercises and tests (exercise).
"""


class FoundingError(Exception):
    """The authority cannot be founded or opened; the text says why and what to do."""

    code = "founding"


def found_demo(folder: Path, now_ms: int) -> None:
    """Make a demo authority in *folder*, whole or not at all. Raises ``FoundingError`` if something lies there."""
    _make(folder, lambda unfinished: _fill(unfinished, now_ms))


def found(
    folder: Path, authority: str, roots: Roots, rosters: Sequence[bytes], heartbeat: SigningKey, now_ms: int
) -> Trust:
    """Make the data folder of a real authority, whole or not at all, and return whom it trusts.

    *rosters* are signed envelopes, at least one for each domain, in the order of their versions. *heartbeat* is the key
    that they list for this server. Raises ``FoundingError``.
    """
    trust = _founding_trust(authority, roots, rosters)
    check_trust(trust, now_ms // 1000)
    if not _is_server(trust.rosters[Domain.ACTUAL], heartbeat):
        raise FoundingError(
            f"the roster for {Domain.ACTUAL} lists no key {heartbeat.id.hex()} with the role heartbeat; put the "
            "server's public key into the plan and sign again"
        )
    _make(folder, lambda unfinished: _fill_with(unfinished, authority, roots, rosters, heartbeat, now_ms))
    return trust


def renew(folder: Path, authority: str, roots: Roots, rosters: Sequence[bytes], now_ms: int) -> Trust:
    """Add *rosters* to the journal of a server that is stopped, and return whom it trusts then.

    A server that has no roster in force does not start, so it cannot be given one over HTTP. Raises ``FoundingError``
    and what the journal raises.
    """
    journal = SqliteJournal.open_for_writing(folder, authority, roots)
    try:
        trust = trust_after(Trust(authority, _pinned(roots)), journal)
        for roster in rosters:
            trust = _learned(trust, roster)
        check_trust(trust, now_ms // 1000)
        for roster in rosters:
            journal.append_roster(roster, now_ms)
    finally:
        journal.close()
    return trust


def check_trust(trust: Trust, now: int) -> None:
    """Raise ``FoundingError`` unless there is a roster in force for each domain at *now*, under a root of its own."""
    for domain in Domain:
        roster = trust.rosters.get(domain)
        if roster is None:
            raise FoundingError(f"there is no roster for {domain}; `tocsin trust sign --domain {domain}` makes one")
        if now >= roster.expires:
            raise FoundingError(
                f"the roster for {domain}, version {roster.version}, expired {(now - roster.expires) // 86_400} days "
                "ago; no device believes anything under it; sign a new one (`tocsin trust sign`) and hand it in with "
                "`tocsin authority renew`"
            )
        if now < roster.issued:
            raise FoundingError(
                f"the roster for {domain} holds from {roster.issued - now} s from now; compare the clocks of this "
                "machine and of the one that signed it"
            )
    if len({roster.root for roster in trust.rosters.values()}) == 1:
        raise FoundingError(
            "both domains have the same root, so an exercise could pass for a real alert; `tocsin trust init` makes two"
        )


def _founding_trust(authority: str, roots: Roots, rosters: Sequence[bytes]) -> Trust:
    if authority == DEMO:
        raise FoundingError(f"{DEMO!r} is the name of demos alone; `tocsin demo` makes one")
    if roots.actual == roots.exercise:
        raise FoundingError("the two roots are equal; `tocsin trust init` makes two")
    trust = Trust(authority, _pinned(roots))
    for roster in rosters:
        trust = _learned(trust, roster)
    return trust


def _pinned(roots: Roots) -> dict[Domain, bytes]:
    return {Domain.ACTUAL: from_b64(roots.actual), Domain.EXERCISE: from_b64(roots.exercise)}


def _learned(trust: Trust, roster: bytes) -> Trust:
    learned = trust.learn(roster)
    if isinstance(learned, Refused):
        raise FoundingError(f"a roster is not to be believed: {learned.message}")
    return learned


def _is_server(roster: Roster, key: SigningKey) -> bool:
    listed = roster.key(key.id)
    return listed is not None and Role.HEARTBEAT in roster.holder_of(listed).roles


def _make(folder: Path, fill: Callable[[Path], None]) -> None:
    """Have *fill* fill a new *folder*, whole or not at all. Raises ``FoundingError`` if something lies there."""
    unfinished = folder.parent / f".{folder.name}.{secrets.token_hex(4)}"
    try:
        if folder.exists() and any(folder.iterdir()):
            raise FoundingError(
                f"{folder} is not empty; a data folder never changes its authority. Choose another folder"
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir(mode=0o700)
        fill(unfinished)
        for path in (*unfinished.rglob("*"), unfinished):
            _sync(path)
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
        _sync(folder.parent)
    except OSError as why:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise FoundingError(f"no authority can be made in {folder}: {why.strerror}. Choose another folder") from None
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable: a power cut must not leave keys that are empty."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fill(folder: Path, now_ms: int) -> None:
    roots = {domain: SigningKey.from_seed(secrets.token_bytes(32)) for domain in Domain}
    heartbeat = SigningKey.from_seed(secrets.token_bytes(32))
    public = Roots(b64(roots[Domain.ACTUAL].public), b64(roots[Domain.EXERCISE].public))
    _write_server(folder, DEMO, public, heartbeat)
    (folder / "README.txt").write_text(_README, encoding="utf-8")
    journal = SqliteJournal.create(folder, EpochStart(secrets.token_hex(8), DEMO, public), now_ms)
    try:
        for domain in Domain:
            write_key(folder, f"root-{domain}", roots[domain])
            people = {name: SigningKey.from_seed(secrets.token_bytes(32)) for name in _PEOPLE}
            for name, key in people.items():
                write_key(folder, f"{name}-{domain}", key)
            roster = _roster(domain, roots[domain], people, heartbeat, now_ms // 1000)
            journal.append_roster(seal(roots[domain], Magic.ROSTER, roster).pack(), now_ms)
    finally:
        journal.close()


def _fill_with(
    folder: Path, authority: str, roots: Roots, rosters: Sequence[bytes], heartbeat: SigningKey, now_ms: int
) -> None:
    _write_server(folder, authority, roots, heartbeat)
    journal = SqliteJournal.create(folder, EpochStart(secrets.token_hex(8), authority, roots), now_ms)
    try:
        for roster in rosters:
            journal.append_roster(roster, now_ms)
    finally:
        journal.close()


def _write_server(folder: Path, authority: str, roots: Roots, heartbeat: SigningKey) -> None:
    (folder / KEYS_FOLDER).mkdir(mode=0o700)
    write_key(folder, HEARTBEAT_KEY, heartbeat)
    statement = {
        "authority": authority,
        "demo": authority == DEMO,
        "roots": {"actual": roots.actual, "exercise": roots.exercise},
    }
    (folder / AUTHORITY_FILE).write_text(json.dumps(statement, indent=1) + "\n", encoding="utf-8")


def _roster(domain: Domain, root: SigningKey, people: dict[str, SigningKey], heartbeat: SigningKey, now: int) -> Roster:
    listed = [(_holder(name, *_PEOPLE[name]), key) for name, key in people.items()]
    if domain is Domain.ACTUAL:
        listed.append((_holder("server", "DEMO server", HolderKind.SERVICE, (Role.HEARTBEAT,)), heartbeat))
    keys = [RosterKey(key.id.hex(), "ed25519", b64(key.public), holder.id) for holder, key in listed]
    return Roster(
        roster=2,
        authority=DEMO,
        domain=domain,
        version=1,
        issued=now - 60,  # a clock that is set back a little must not make the demo's first minute unbelievable
        expires=now + DEMO_LASTS_S,
        root=b64(root.public),
        rp_id="",
        origins=(),
        holders=tuple(sorted((holder for holder, _ in listed), key=lambda one: one.id)),
        keys=tuple(sorted(keys, key=lambda one: one.id)),
        rules=_RULES[domain],
        revokers=Revokers(0, ()),
        witnesses=(),
    )


def _holder(id: str, name: str, kind: HolderKind, roles: tuple[Role, ...]) -> Holder:
    return Holder(id, name, kind, roles, EVERYTHING, EVERYTHING, EVERYTHING, regions_max=0, per_hour=0)


def write_key(folder: Path, name: str, key: SigningKey) -> None:
    """Write a private key where only its owner reads it."""
    file = os.open(folder / KEYS_FOLDER / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as out:
        out.write(b64(key.seed) + "\n")


def read_key(folder: Path, name: str) -> SigningKey:
    """Read a private key of a data folder. Raises ``FoundingError``."""
    return read_key_file(folder / KEYS_FOLDER / f"{name}.key")


def read_key_file(path: Path) -> SigningKey:
    """Read a private key: one line of base64url for 32 bytes. Raises ``FoundingError``."""
    try:
        return SigningKey.from_seed(from_b64(path.read_text().strip()))
    except OSError as why:
        raise FoundingError(
            f"{path} cannot be read ({why.strerror}); the server cannot sign heartbeats without it"
        ) from None
    except ValueError:
        raise FoundingError(f"{path} is no key: one line of base64url for 32 bytes is expected") from None


def root_keys_in(folder: Path) -> list[Path]:
    """Return the files in *folder* that look like private keys of a root: they never lie on a server."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and _is_root_key(file))


def _is_root_key(file: Path) -> bool:
    if file.suffix not in (".pem", ".key"):
        return False
    if file.name.startswith("root-"):
        return True
    with file.open("rb") as content:
        return content.read(len(_ENCRYPTED_KEY)) == _ENCRYPTED_KEY
