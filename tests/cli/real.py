"""A real authority in miniature, made by the commands themselves: roots, plan, rosters, server. All of it TEST DATA.

Its people have passkeys in software; nothing in here could be one that a person uses.
"""

import json
import subprocess
import sys
import time
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from tocsin.cli import main
from tocsin.notice import b64
from tocsin.testing.passkeys import SoftPasskey

PASSPHRASE = "six words that nobody would guess"
HOST, ORIGIN = "alerts.test.example", "https://alerts.test.example"
AUTHORITY = "commands.test.example"
START_S_MAX = 30


@dataclass(frozen=True)
class Ended:
    """How a command ended: status, and what it said."""

    status: int
    out: str
    err: str


def passkey(name: str) -> SoftPasskey:
    return SoftPasskey.from_words(f"commands: {name}", HOST, ORIGIN)


@dataclass
class Real:
    """The folder of roots, and the server that is founded on them."""

    folder: Path
    publics: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def roots(self) -> Path:
        return self.folder / "roots"

    @property
    def data(self) -> Path:
        return self.folder / "server"

    @property
    def public(self) -> Path:
        """The one file that leaves the medium with the roots."""
        return self.folder / "public" / "authority.json"

    @property
    def url(self) -> str:
        return str(json.loads((self.data / "address.json").read_text())["url"])

    def run(self, *words: str) -> Ended:
        """Run one command in its folder."""
        out, err, status = StringIO(), StringIO(), 0
        # `serve` that is refused has set up the logs of this process by then: such a command gets one of its own.
        assert words[0] != "serve"
        with chdir(self.folder), redirect_stdout(out), redirect_stderr(err):
            try:
                main(list(words))
            except SystemExit as ended:
                status = ended.code if isinstance(ended.code, int) else 0
        return Ended(status, out.getvalue(), err.getvalue())

    def done(self, *words: str) -> str:
        """Run one command that must succeed, and return what it printed."""
        ended = self.run(*words)
        assert ended.status == 0, ended.err + ended.out
        return ended.out

    def phrase(self) -> tuple[str, str]:
        return "--passphrase-file", str(self.folder / "passphrase")

    def init(self) -> str:
        """Make the roots and the keys of services and revokers."""
        (self.folder / "passphrase").write_text(PASSPHRASE + "\n")
        said = self.done("trust", "init", "--authority", AUTHORITY, "--url", ORIGIN, "--out", "roots", *self.phrase())
        self.public.parent.mkdir()
        self.public.write_bytes((self.roots / "authority.json").read_bytes())
        for name in ("heartbeat", "link-test", "machine", "sensor"):
            self.publics[name] = self.done("trust", "keygen", f"{name}.key").split()[1]
        for name in ("revoker-a", "revoker-b", "revoker-c"):
            words = ("trust", "keygen", "--revoker", f"{name}.pem", *self.phrase())
            self.publics[name] = self.done(*words).split()[1]
        return said

    def plan(self, *people: str, more: str = "") -> Path:
        """Write the plan with *people*, and return its file."""
        persons = "\n".join(
            f'[[person]]\nid = "{name}"\nname = "TEST {name}"\nroles = ["approver", "author"]\n'
            f'keys = ["{b64(passkey(name).public)}"]\nregions = ["Київська область"]'
            for name in people
        )
        revokers = "\n".join(
            f'[[revokers.key]]\nholder = "TEST {name}"\npublic = "{self.publics[name]}"'
            for name in ("revoker-a", "revoker-b", "revoker-c")
        )
        services = "\n".join(
            f'[[service]]\nid = "{name}"\nname = "TEST {name}"\nroles = ["{role}"]\n'
            f'keys = ["{self.publics[name]}"]{scope}'
            for name, role, scope in (
                ("heartbeat", "heartbeat", ""),
                ("link-test", "link-test", ""),
                ("machine", "issue", '\nhazards = ["dam_failure"]\nregions = ["UA-30"]'),
                ("sensor", "source", ""),
            )
        )
        file = self.folder / "plan.toml"
        file.write_text(
            f'authority = "{AUTHORITY}"\nexpires = 2099-01-01\nrp_id = "{HOST}"\norigins = ["{ORIGIN}"]\n{services}\n'
            f'{persons}\n[[rule]]\nkinds = ["disputed"]\npeople = 1\n[[rule]]\npeople = 2\n'
            f"[revokers]\nthreshold = 2\n{revokers}\n{more}\n"
        )
        return file

    def sign(self, domain: str, *more: str) -> str:
        root = f"roots/root-{domain}.pem"
        return self.done(
            "trust", "sign", "plan.toml", "--domain", domain, "--root", root, *self.phrase(), "--yes", *more
        )

    def found(self) -> str:
        """Make the plan of three people, the first rosters, and the data folder."""
        self.init()
        self.plan("olena", "taras", "iryna")
        for domain in ("actual", "exercise"):
            self.sign(domain)
        rosters = ("--roster", "roster-actual-1.tcr", "--roster", "roster-exercise-1.tcr")
        return self.done(
            "authority",
            "found",
            "--data",
            "server",
            "--roots",
            str(self.public),
            *rosters,
            "--heartbeat",
            "heartbeat.key",
        )

    def start(self) -> None:
        log = (self.folder / "server.log").open("ab")
        command = [sys.executable, "-m", "tocsin", "serve", "--data", str(self.data), "--port", "0", "--log", "json"]
        with log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        give_up = time.monotonic() + START_S_MAX
        address = self.data / "address.json"
        while not (address.exists() and address.read_text()):
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise AssertionError((self.folder / "server.log").read_text())
            time.sleep(0.01)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def use(self, name: str) -> None:
        """Let the commands order with the key of the service *name*."""
        (self.data / "keys" / "service-actual.key").write_bytes((self.folder / f"{name}.key").read_bytes())
