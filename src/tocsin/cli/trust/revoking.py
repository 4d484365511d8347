"""``tocsin trust revoke`` and ``countersign``: take a key away now, without the root and without a new roster.

A list can only take away. What a revoked key signed is not believed any longer, except the notices that the list
spares: by default those of alarms that stand, so that people are not left without a warning that is real.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import time
from typing import Annotated

import typer

from tocsin.cli.console import ExitStatus, Failure, err, out
from tocsin.notice import (
    DocumentError,
    Domain,
    Envelope,
    FramingError,
    Magic,
    Notice,
    Revocation,
    RevokedKey,
    Roster,
    SigningKey,
    Trust,
    b64,
    decode,
    decode_notice,
    encode,
    from_b64,
    sign_document,
)

from . import server
from .documents import REVOCATION_SUFFIX, read_revocation, read_signed, signed_further, write_signed
from .making import PassphraseFile
from .root_keys import read_key
from .statement import read_statement

Roots = Annotated[Path, typer.Option("--roots", help="authority.json, or the folder that has it.")]
Url = Annotated[str, typer.Option("--url", envvar="TOCSIN_URL", help="Address of the server.")]
Revokers = Annotated[list[Path], typer.Option("--with", help="A revoker's key (encrypted PEM); may be repeated.")]
Out = Annotated[Path, typer.Option("--out", help="Folder that the lists are written to.")]


@dataclass(frozen=True, slots=True)
class Standing:
    """A notice of an alarm that has not ended, and the hash of its document."""

    notice: Notice
    hash: str


def revoke(
    key: Annotated[str, typer.Argument(help="Id of the key: 16 hex digits, as `tocsin trust show` prints.")],
    with_: Revokers,
    roots: Roots,
    url: Url,
    reason: Annotated[str, typer.Option("--reason", help="Why; everybody can read it.")] = "the key may be stolen",
    spare_none: Annotated[
        bool, typer.Option("--spare-none", help="Nothing that the key signed stands, not even alarms in force.")
    ] = False,
    to: Out = Path(),
    passphrase_file: PassphraseFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking; for scripts.")] = False,
) -> None:
    """Take a key away wherever a roster lists it: signs the next revocation lists, and publishes those that suffice.

    A list with too few signatures is written to a file for `tocsin trust countersign`.
    """
    told = server.get(url, "/v1/authority")
    trust = server.learned(read_statement(roots).trust(), told, url)
    made = []
    for domain in _domains_of(trust, key):
        spared = [] if spare_none else standing_signed_by(_standing(url, domain), key)
        _tell(trust.rosters[domain], key, spared)
        made.append(next_list(trust, domain, RevokedKey(key, reason, _hashes(spared)), _issued(trust, domain)))
    if not yes:
        _confirm(key)
    keys = [read_key(file, passphrase_file) for file in with_]
    whole = [_publish_or_pass_on(_signed(one, trust, keys), trust, url, to) for one in made]
    if not all(whole):
        raise typer.Exit(ExitStatus.NOT_DONE)


def countersign(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Revocation lists that need more signatures.")],
    with_: Revokers,
    roots: Roots,
    url: Url,
    to: Out = Path(),
    passphrase_file: PassphraseFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking; for scripts.")] = False,
) -> None:
    """Sign revocation lists that another revoker has begun, and publish each once enough have signed."""
    trust = server.learned(read_statement(roots).trust(), server.get(url, "/v1/authority"), url)
    begun = [_begun(file) for file in files]
    if not yes:
        _confirm(str(len(begun)))
    keys = [read_key(one, passphrase_file) for one in with_]
    whole = [_publish_or_pass_on(_signed_further(one, trust, keys), trust, url, to) for one in begun]
    if not all(whole):
        raise typer.Exit(ExitStatus.NOT_DONE)


def _begun(file: Path) -> Envelope:
    """Return the list in *file*, after saying what it takes away."""
    magic, data = read_signed(file)
    if magic is not Magic.REVOCATION:
        raise Failure(f"{file} is no revocation list", ExitStatus.WRONG_USE)
    made = read_revocation(data, file)
    for one in made.keys:
        err.print(f"{made.domain}: revokes {one.key}: {one.reason}; {len(one.spared)} notices stay", markup=False)
    return Envelope.unpack(data, magic)


def _signed(made: Revocation, trust: Trust, keys: Sequence[SigningKey]) -> Envelope:
    document = encode(made)
    _check_revokers(trust.rosters[made.domain], keys)
    return Envelope(Magic.REVOCATION, document, tuple(sign_document(key, Magic.REVOCATION, document) for key in keys))


def _signed_further(begun: Envelope, trust: Trust, keys: Sequence[SigningKey]) -> Envelope:
    _check_revokers(trust.rosters[decode(begun.document, Revocation).domain], keys)
    for key in keys:
        begun = signed_further(begun, key)
    return begun


def next_list(trust: Trust, domain: Domain, revoked: RevokedKey, issued: int) -> Revocation:
    """Return the list that takes *revoked* as well. What an earlier list took stays taken. Raises ``Failure``."""
    known = trust.revocations.get(domain)
    before = {one.key: one for one in known.keys} if known else {}
    if revoked.key in before:
        # It can only take away: what was not spared then cannot be spared now.
        kept = set(before[revoked.key].spared) & set(revoked.spared)
        revoked = RevokedKey(revoked.key, revoked.reason, tuple(sorted(kept)))
    keys = before | {revoked.key: revoked}
    try:
        return Revocation(
            revocation=1,
            authority=trust.authority,
            domain=domain,
            version=known.version + 1 if known else _first_version(issued),
            issued=issued,
            keys=tuple(keys[id] for id in sorted(keys)),
        )
    except ValueError as why:
        raise Failure(f"This makes no revocation list: {why}", ExitStatus.WRONG_USE) from None


def _first_version(issued: int) -> int:
    """Return a version above every earlier one: a newer roster ends a list, and its version is told nowhere then."""
    return issued // 60


def _issued(trust: Trust, domain: Domain) -> int:
    return max(int(time()), trust.rosters[domain].issued)


def _domains_of(trust: Trust, key: str) -> list[Domain]:
    found = [domain for domain, roster in trust.rosters.items() if any(one.id == key for one in roster.keys)]
    if not found:
        known = ", ".join(f"{one.id} of {one.holder}" for roster in trust.rosters.values() for one in roster.keys)
        raise Failure(f"No roster lists key {key}. Listed are: {known}", ExitStatus.WRONG_USE)
    return found


def _standing(url: str, domain: Domain) -> list[bytes]:
    """Return the envelopes of all alarms of *domain* that have not ended, as the server has them."""
    board = server.get(url, "/v1/board")
    statuses = ("actual",) if domain is Domain.ACTUAL else ("exercise", "test")
    alarms = [one["alarm"] for status in statuses for one in board[status]]
    histories = [server.get(url, f"/v1/alarms/{alarm}")["history"] for alarm in alarms]
    return [from_b64(entry["envelope"]) for history in histories for entry in history]


def standing_signed_by(envelopes: Sequence[bytes], key: str) -> list[Standing]:
    """Return the notices in *envelopes* that *key* (16 hex digits) has signed."""
    found = []
    for data in envelopes:
        try:
            envelope = Envelope.unpack(data, Magic.NOTICE)
            notice = decode_notice(envelope.document)
        except (FramingError, DocumentError) as why:
            raise Failure(f"The server shows something that is no notice: {why}", ExitStatus.REFUSED) from None
        if any(one.key.hex() == key for one in envelope.signatures):
            found.append(Standing(notice, b64(sha256(envelope.document).digest())))
    return found


def _hashes(spared: Sequence[Standing]) -> tuple[str, ...]:
    return tuple(sorted({one.hash for one in spared}))


def _tell(roster: Roster, key: str, spared: Sequence[Standing]) -> None:
    holder = next(one.holder for one in roster.keys if one.id == key)
    name = next(one.name for one in roster.holders if one.id == holder)
    err.print(f"Key {key} of {name} ({roster.domain}) will count no longer.", markup=False)
    if spared:
        err.print("These notices of alarms that stand were signed with it, and will stand. Is each of them real?")
    for one in spared:
        headline = next(iter(one.notice.text.values())).headline
        err.print(f"  {one.notice.alarm} v{one.notice.version} {one.notice.kind}: {headline}", markup=False)


def _confirm(word: str) -> None:
    if not sys.stdin.isatty():
        raise Failure("This is not a terminal, so nobody can be asked; give --yes", ExitStatus.WRONG_USE)
    if err.input(f"Type “{word}” to go on, anything else to stop (--spare-none spares nothing): ").strip() != word:
        raise Failure("Not confirmed; nothing was signed", ExitStatus.NOT_DONE)


def _check_revokers(roster: Roster, keys: Sequence[SigningKey]) -> None:
    listed = {one.id for one in roster.revokers.keys}
    for key in keys:
        if key.id.hex() not in listed:
            raise Failure(f"{key.id.hex()} is no revoker of the roster; nothing was signed", ExitStatus.WRONG_USE)


def _publish_or_pass_on(envelope: Envelope, trust: Trust, url: str, folder: Path) -> bool:
    """Write the list down, publish it if enough have signed, and say whether they have."""
    made = decode(envelope.document, Revocation)
    needed, signed = trust.rosters[made.domain].revokers.threshold, len({one.key for one in envelope.signatures})
    file = folder / f"revocation-{made.domain}-{made.version}-by-{signed}{REVOCATION_SUFFIX}"
    write_signed(file, envelope)
    if signed < needed:
        out.print(f"{file}: {signed} of {needed} signatures; pass it on for `tocsin trust countersign`", markup=False)
        return False
    server.publish(url, Magic.REVOCATION, envelope.pack())
    out.print(f"{file} is in force at {url}", markup=False)
    return True
