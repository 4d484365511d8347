"""``tocsin trust check``, ``sign`` and ``rotate``: from a plan to a roster under a root's signature."""

import sys
from pathlib import Path
from time import time
from typing import Annotated

import typer

from tocsin.areas import AreaError, Atlas, load_ukraine, read_atlas
from tocsin.cli.console import ExitStatus, Failure, err, out
from tocsin.notice import DEMO, Domain, Envelope, Magic, Roster, SigningKey, b64, encode, from_b64, sign_document

from .changes import changes
from .documents import ROSTER_SUFFIX, read_roster, read_signed, write_signed
from .faults import Finding, Gravity, findings
from .making import PassphraseFile
from .plan import ISSUED_EARLIER_S, Founded, Plan, read_plan, to_roster
from .root_keys import fingerprint, make_key, new_passphrase, read_key

PlanFile = Annotated[Path, typer.Argument(metavar="PLAN", help="The plan (TOML).")]
DomainNeeded = Annotated[Domain, typer.Option("--domain", help="For real alerts, or for exercises and tests.")]
RootFile = Annotated[Path, typer.Option("--root", help="The root key of the domain (encrypted PEM).")]
Previous = Annotated[Path | None, typer.Option("--previous", help="The roster in force; none for the first one.")]
Out = Annotated[Path | None, typer.Option("--out", help="File to write; as roster-actual-2.tcr if left out.")]
AtlasFile = Annotated[Path | None, typer.Option("--atlas", help="Atlas that regions are looked up in, if imported.")]
Yes = Annotated[bool, typer.Option("--yes", help="Sign without asking; for scripts.")]
_STYLES = {Gravity.FAULT: "bold red", Gravity.WARNING: "yellow"}


def check(plan: PlanFile, atlas: AtlasFile = None) -> None:
    """Say what is wrong or unwise in a plan: place, rule, way out. Exit status 1 if a roster cannot be signed."""
    found = findings(read_plan(plan), _atlas(atlas), int(time()))
    _print(found)
    faults = sum(one.gravity is Gravity.FAULT for one in found)
    out.print(f"{plan}: {faults} faults, {len(found) - faults} warnings", markup=False)
    if faults:
        raise typer.Exit(ExitStatus.NOT_DONE)


def sign(
    plan: PlanFile,
    domain: DomainNeeded,
    root: RootFile,
    previous: Previous = None,
    to: Out = None,
    atlas: AtlasFile = None,
    passphrase_file: PassphraseFile = None,
    yes: Yes = False,
) -> None:
    """Sign the next roster of a domain: shows what changes and the fingerprint of every new key, and asks."""
    read, before = _checked(plan, atlas), _before(previous, domain)
    key = read_key(root, passphrase_file)
    if before is not None and from_b64(before.root) != key.public:
        raise Failure(
            f"{root} is not the root that {previous} names; `tocsin trust rotate` changes it", ExitStatus.WRONG_USE
        )
    made = _next(read, domain, key.public, before, _atlas(atlas))
    _finish(made, before, [key], to, yes)


def rotate(
    plan: PlanFile,
    domain: DomainNeeded,
    root: RootFile,
    new: Annotated[Path, typer.Option("--new", help="The new root's file; it is made if it is not there.")],
    previous: Annotated[Path, typer.Option("--previous", help="The roster in force.")],
    to: Out = None,
    atlas: AtlasFile = None,
    passphrase_file: PassphraseFile = None,
    new_passphrase_file: Annotated[
        Path | None, typer.Option("--new-passphrase-file", help="Passphrase of the new root; for scripts.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Change the root of a domain: a roster that both roots sign. Devices that follow move to the new one."""
    read, before = _checked(plan, atlas), _before(previous, domain)
    old = read_key(root, passphrase_file)
    assert before is not None
    if from_b64(before.root) != old.public:
        raise Failure(f"{root} is not the root that {previous} names", ExitStatus.WRONG_USE)
    fresh = read_key(new, new_passphrase_file) if new.exists() else make_key(new, new_passphrase(new_passphrase_file))
    if fresh.public == old.public:
        raise Failure(f"{new} holds the root that is in force already", ExitStatus.WRONG_USE)
    made = _next(read, domain, fresh.public, before, _atlas(atlas))
    _finish(made, before, [old, fresh], to, yes)


def _checked(file: Path, atlas: Path | None) -> Plan:
    plan = read_plan(file)
    found = findings(plan, _atlas(atlas), int(time()))
    _print(found)
    if any(one.gravity is Gravity.FAULT for one in found):
        raise Failure(f"Not signed: {file} has faults", ExitStatus.WRONG_USE)
    if plan.authority == DEMO:
        raise Failure(f"Not signed: {DEMO!r} is the name of demos only", ExitStatus.WRONG_USE)
    return plan


def _before(file: Path | None, domain: Domain) -> Roster | None:
    if file is None:
        return None
    magic, data = read_signed(file)
    if magic is not Magic.ROSTER:
        raise Failure(f"{file} is no roster", ExitStatus.WRONG_USE)
    before = read_roster(data, file)
    if before.domain is not domain:
        raise Failure(f"{file} is the roster for {before.domain}, not for {domain}", ExitStatus.WRONG_USE)
    return before


def _next(plan: Plan, domain: Domain, root: bytes, before: Roster | None, atlas: Atlas) -> Roster:
    if before is not None and before.authority != plan.authority:
        raise Failure(f"The plan is of {plan.authority}, the roster of {before.authority}", ExitStatus.WRONG_USE)
    # A notice counts only if it was sent after its roster was issued. The beginning stays what it was, or each new
    # roster would take every standing alarm from devices that start anew.
    issued = before.issued if before else int(time()) - ISSUED_EARLIER_S
    founded = Founded(domain, root, before.version + 1 if before else 1, issued)
    try:
        return to_roster(plan, founded, atlas)
    except (AreaError, ValueError) as why:
        raise Failure(f"The plan makes no roster: {why}", ExitStatus.WRONG_USE) from None


def _finish(made: Roster, before: Roster | None, keys: list[SigningKey], to: Path | None, yes: bool) -> None:
    err.print(f"Roster of {made.authority} for {made.domain}, version {made.version}", markup=False)
    for line in changes(before, made):
        err.print(f"  {line}", markup=False)
    for key in keys:
        err.print(f"  signed by root {fingerprint(key.public)}", markup=False)
    _confirm(f"{made.domain} {made.version}", yes)
    document = encode(made)
    envelope = Envelope(Magic.ROSTER, document, tuple(sign_document(key, Magic.ROSTER, document) for key in keys))
    file = to or Path(f"roster-{made.domain}-{made.version}{ROSTER_SUFFIX}")
    write_signed(file, envelope)
    out.print(f"{file}: {made.domain} version {made.version}, root {b64(keys[-1].public)}", markup=False)


def _confirm(word: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failure("This is not a terminal, so nobody can be asked; give --yes", ExitStatus.WRONG_USE)
    if err.input(f"Type “{word}” to sign it, anything else to stop: ").strip() != word:
        raise Failure("Not confirmed; nothing was signed", ExitStatus.NOT_DONE)


def _print(found: list[Finding]) -> None:
    for one in found:
        err.print(f"[{_STYLES[one.gravity]}]{one.gravity}[/] ", end="")
        err.print(f"{one.place}: {one.what}. Way out: {one.way_out}", markup=False)


def _atlas(file: Path | None) -> Atlas:
    if file is None:
        return load_ukraine()
    try:
        return read_atlas(file.read_bytes())
    except OSError as why:
        raise Failure(f"{file} cannot be read: {why.strerror}", ExitStatus.WRONG_USE) from None
    except AreaError as why:
        raise Failure(f"{file}: {why}", ExitStatus.WRONG_USE) from None
