"""Root and revoker keys on disk: PKCS#8 PEM, encrypted with a passphrase, written once and never over another.

A passphrase is asked for at the terminal or read from a file; it is never on the command line, where every process of
the machine can read it. Which documents a root signs is ``signing``'s business.
"""

import os
import sys
from getpass import getpass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from tocsin.cli.console import ExitStatus, Failure
from tocsin.notice import SigningKey

# The file may be stolen and guessed at for years; six words of a word list have about 30 characters.
PASSPHRASE_LENGTH_MIN = 16
# Half of SHA-256 and a bit: nobody finds another key to it, and it can still be read aloud.
FINGERPRINT_SIZE_BYTES = 20
_GROUP = 4


def fingerprint(public: bytes) -> str:
    """Return what people compare: SHA-256 of the *public* bytes, the first 20, hex in groups of four."""
    digits = sha256(public).digest()[:FINGERPRINT_SIZE_BYTES].hex()
    return " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))


def new_passphrase(file: Path | None) -> bytes:
    """Return a passphrase for a new key: the first line of *file*, else asked for twice. Raises ``Failure``."""
    phrase = _from_file(file) if file else _asked_twice()
    if len(phrase) < PASSPHRASE_LENGTH_MIN:
        raise Failure(
            f"The passphrase has {len(phrase)} characters; at least {PASSPHRASE_LENGTH_MIN} are needed: take six "
            "random words",
            ExitStatus.WRONG_USE,
        )
    return phrase.encode()


def _asked_twice() -> str:
    phrase = _ask("Passphrase for the new key: ")
    if _ask("The same again: ") != phrase:
        raise Failure("The two passphrases differ; nothing was made", ExitStatus.WRONG_USE)
    return phrase


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise Failure("This is not a terminal, so nobody can be asked; give --passphrase-file", ExitStatus.WRONG_USE)
    return getpass(question)


def _from_file(file: Path) -> str:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as why:
        raise Failure(f"The passphrase cannot be read from {file}: {why}", ExitStatus.WRONG_USE) from None
    return lines[0] if lines else ""


def make_key(file: Path, passphrase: bytes) -> SigningKey:
    """Make a key, write it encrypted to *file*, and return it. Raises ``Failure`` if something is there."""
    private = Ed25519PrivateKey.generate()
    write_secret(file, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase)))
    return SigningKey(private)


def write_secret(file: Path, data: bytes) -> None:
    """Write *data* where only its owner reads it, durably. Raises ``Failure`` if something is there."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError:
        raise Failure(f"{file} is there already, and no key is written over another", ExitStatus.WRONG_USE) from None
    except OSError as why:
        raise Failure(f"{file} cannot be written: {why.strerror}", ExitStatus.WRONG_USE) from None


def read_key(file: Path, passphrase_file: Path | None) -> SigningKey:
    """Return the key of an encrypted PEM *file*; its passphrase is asked for if no file has it. Raises ``Failure``."""
    try:
        data = file.read_bytes()
    except OSError as why:
        raise Failure(f"{file} cannot be read: {why.strerror}", ExitStatus.WRONG_USE) from None
    phrase = _from_file(passphrase_file) if passphrase_file else _ask(f"Passphrase of {file.name}: ")
    try:
        private = load_pem_private_key(data, phrase.encode())
    except TypeError:
        raise Failure(f"{file} is not encrypted; a root never lies about in the clear", ExitStatus.WRONG_USE) from None
    except (ValueError, UnsupportedAlgorithm):
        raise Failure(f"{file} cannot be opened: a wrong passphrase, or no key (PEM)", ExitStatus.WRONG_USE) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise Failure(f"{file} is no Ed25519 key; `tocsin trust init` makes one", ExitStatus.WRONG_USE)
    return SigningKey(private)


def is_root_file(file: Path) -> bool:
    """Whether *file* looks like a root key: an encrypted private key in PEM."""
    try:
        with file.open("rb") as content:
            return content.read(64).startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    except OSError:
        return False
