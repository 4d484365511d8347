"""Who an authority is, in public: its name and its two roots, as a file, as a text for a QR code, as a card to print.

``authority.json`` has the same form in a data folder, on an operator's machine and beside the roots. Nothing secret is
in it, and nothing of it is believed because of where it was found: people compare fingerprints.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import msgspec

from tocsin.cli.console import ExitStatus, Failure
from tocsin.notice import DEMO, Domain, Roots, Trust, b64, from_b64

from .root_keys import fingerprint

AUTHORITY_FILE = "authority.json"
CARD_TEXT, CARD_PICTURE = "card.txt", "card.svg"
_ROOT_SIZE_BYTES = 32


class _Content(msgspec.Struct, frozen=True):
    authority: str
    demo: bool
    roots: Roots


@dataclass(frozen=True, slots=True)
class Statement:
    """The name of an authority and the public bytes of its roots."""

    authority: str
    roots: dict[Domain, bytes]

    def trust(self) -> Trust:
        """Return what a device holds that knows the roots and no roster yet."""
        return Trust(self.authority, self.roots)

    def fingerprints(self) -> dict[Domain, str]:
        return {domain: fingerprint(root) for domain, root in self.roots.items()}

    def to_json(self) -> str:
        roots = {domain: b64(root) for domain, root in self.roots.items()}
        return (
            json.dumps({"authority": self.authority, "demo": self.authority == DEMO, "roots": roots}, indent=1) + "\n"
        )

    def to_code(self, url: str | None) -> str:
        """Return what the QR code holds: the page pins the roots from the part after ``#``, which no server sees."""
        roots = "&".join(f"{domain}={b64(root)}" for domain, root in self.roots.items())
        pins = f"authority={quote(self.authority)}&{roots}"
        return f"{url.rstrip('/')}/#{pins}" if url else f"tocsin:{pins}"

    def to_card(self, url: str | None) -> str:
        """Return the text of the card to print."""
        lines = [f"Alerts of {self.authority}", ""]
        for domain, mark in self.fingerprints().items():
            lines += [f"Root key for {'real alerts' if domain is Domain.ACTUAL else 'exercises and tests'}:", mark, ""]
        lines += [
            "Compare these digits with those on your screen (docs/trust.md), or scan this:",
            self.to_code(url),
            "",
        ]
        return "\n".join(lines)


def read_statement(file: Path) -> Statement:
    """Read ``authority.json``, or the one in a folder. Raises ``Failure``."""
    path = file / AUTHORITY_FILE if file.is_dir() else file
    try:
        content = msgspec.json.decode(path.read_bytes(), type=_Content)
        roots = {domain: from_b64(getattr(content.roots, domain)) for domain in Domain}
    except OSError as why:
        raise Failure(
            f"{path} cannot be read ({why.strerror}); `tocsin trust init` makes one", ExitStatus.WRONG_USE
        ) from None
    except ValueError as why:
        raise Failure(f"{path} does not say who an authority is: {why}", ExitStatus.WRONG_USE) from None
    if any(len(root) != _ROOT_SIZE_BYTES for root in roots.values()):
        raise Failure(f"{path} has a root that is not {_ROOT_SIZE_BYTES} bytes long", ExitStatus.WRONG_USE)
    if roots[Domain.ACTUAL] == roots[Domain.EXERCISE]:
        raise Failure(
            f"{path} has one root for both domains, so an exercise could pass for a real alert; make two with "
            "`tocsin trust init`",
            ExitStatus.WRONG_USE,
        )
    return Statement(content.authority, roots)
