"""Founding an authority: its keys, its first rosters, its folder and the first entries of its journal.

So far only a demo authority can be founded: one by construction, which can never become real. Its root keys lie beside
it, marked as a demo's; those of a real authority never come near a server.
"""

import json
import os
import secrets
import shutil
from pathlib import Path

from tocsin.journal.sqlite import SqliteJournal
from tocsin.notice import (
    DEMO,
    EVERYTHING,
    Domain,
    EpochStart,
    Holder,
    HolderKind,
    Magic,
    Revokers,
    Role,
    Roots,
    Roster,
    RosterKey,
    Rule,
    SigningKey,
    b64,
    from_b64,
    seal,
)

AUTHORITY_FILE = "authority.json"
KEYS_FOLDER = "keys"
HEARTBEAT_KEY = "heartbeat"
DEMO_LASTS_S = 10 * 365 * 86_400

_PEOPLE = {
    "author": ("DEMO operator Olena", HolderKind.PERSON, (Role.APPROVER, Role.AUTHOR)),
    "approver": ("DEMO operator Taras", HolderKind.PERSON, (Role.APPROVER, Role.AUTHOR)),
}
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
    unfinished = folder.parent / f".{folder.name}.{secrets.token_hex(4)}"
    try:
        if folder.exists() and any(folder.iterdir()):
            raise FoundingError(
                f"{folder} is not empty; a data folder never changes its authority. Choose another folder"
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir(mode=0o700)
        _fill(unfinished, now_ms)
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
    (folder / KEYS_FOLDER).mkdir(mode=0o700)
    write_key(folder, HEARTBEAT_KEY, heartbeat)
    (folder / "README.txt").write_text(_README, encoding="utf-8")
    statement = {"authority": DEMO, "demo": True, "roots": {"actual": public.actual, "exercise": public.exercise}}
    (folder / AUTHORITY_FILE).write_text(json.dumps(statement, indent=1) + "\n", encoding="utf-8")
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
    """Read a private key. Raises ``FoundingError``."""
    path = folder / KEYS_FOLDER / f"{name}.key"
    try:
        return SigningKey.from_seed(from_b64(path.read_text().strip()))
    except OSError as why:
        raise FoundingError(
            f"{path} cannot be read ({why.strerror}); the server cannot sign heartbeats without it"
        ) from None
    except ValueError:
        raise FoundingError(f"{path} is no key: one line of base64url for 32 bytes is expected") from None
