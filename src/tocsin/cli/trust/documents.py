"""Signed rosters and revocation lists as files, and how they are read, signed further and written.

What they mean is ``tocsin.notice``'s to say; which roots to believe comes from the caller.
"""

from dataclasses import replace
from pathlib import Path

from tocsin.cli.console import ExitStatus, Failure
from tocsin.notice import (
    DocumentError,
    Envelope,
    FramingError,
    Magic,
    Revocation,
    Roster,
    SigningKey,
    decode,
    sign_document,
)

# What `tocsin trust` writes: a roster, a revocation list.
ROSTER_SUFFIX, REVOCATION_SUFFIX = ".tcr", ".tcv"


def read_signed(file: Path) -> tuple[Magic, bytes]:
    """Return what kind of document *file* holds, and the bytes. Raises ``Failure``."""
    try:
        data = file.read_bytes()
    except OSError as why:
        raise Failure(f"{file} cannot be read: {why.strerror}", ExitStatus.WRONG_USE) from None
    for magic in (Magic.ROSTER, Magic.REVOCATION):
        if data.startswith(magic):
            return magic, data
    raise Failure(f"{file} is neither a signed roster nor a revocation list", ExitStatus.WRONG_USE)


def read_roster(data: bytes, whence: object) -> Roster:
    """Return the roster in an envelope, whoever signed it. Raises ``Failure``."""
    try:
        return decode(Envelope.unpack(data, Magic.ROSTER).document, Roster)
    except (FramingError, DocumentError) as why:
        raise Failure(f"{whence} is no roster: {why}", ExitStatus.WRONG_USE) from None


def read_revocation(data: bytes, whence: object) -> Revocation:
    """Return the list in an envelope, whoever signed it. Raises ``Failure``."""
    try:
        return decode(Envelope.unpack(data, Magic.REVOCATION).document, Revocation)
    except (FramingError, DocumentError) as why:
        raise Failure(f"{whence} is no revocation list: {why}", ExitStatus.WRONG_USE) from None


def signed_further(envelope: Envelope, key: SigningKey) -> Envelope:
    """Return *envelope* with the signature of *key* as well; again is harmless."""
    others = tuple(one for one in envelope.signatures if one.key != key.id)
    return replace(envelope, signatures=(*others, sign_document(key, envelope.magic, envelope.document)))


def write_signed(file: Path, envelope: Envelope) -> None:
    """Write *envelope* to a new file. Raises ``Failure``: what was signed before is never lost."""
    try:
        with file.open("xb") as out:
            out.write(envelope.pack())
    except FileExistsError:
        raise Failure(f"{file} is there already; choose another name with --out", ExitStatus.WRONG_USE) from None
    except OSError as why:
        raise Failure(f"{file} cannot be written: {why.strerror}", ExitStatus.WRONG_USE) from None
    except FramingError as why:
        raise Failure(f"Too large: {why}", ExitStatus.WRONG_USE) from None
