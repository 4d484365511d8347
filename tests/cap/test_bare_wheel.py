"""The wheel in an environment of its own, without any extra: what somebody has who wants the CAP library alone."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cap.signatures.conftest import office
from tocsin import cap
from tocsin.cap import signatures

ROOT = Path(__file__).parents[2]

# What only the server needs; each would be a surprise to a user of the library.
SERVER_ONLY = (
    "apsw",
    "fastapi",
    "httpcore",
    "httptools",
    "httpx",
    "pydantic_settings",
    "structlog",
    "uvicorn",
    "uvloop",
)

Bare = Path


def run(*arguments: object, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    # Nothing of the environment of the tests may help: neither its packages nor its working directory.
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": os.environ.get("HOME", "/")}
    return subprocess.run([*map(str, arguments)], input=data, capture_output=True, env=environment, cwd="/", timeout=60)


def done(*arguments: object) -> None:
    subprocess.run([*map(str, arguments)], check=True, cwd=ROOT, env=os.environ | {"TOCSIN_SKIP_APPS": "1"})


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Bare:
    """The folder of the programs of an environment that has the wheel and what the wheel itself asks for."""
    folder = tmp_path_factory.mktemp("bare")
    uv = os.environ.get("UV") or shutil.which("uv") or ROOT / ".tools" / "bin" / "uv"
    done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    # The versions that all other tests have run with.
    locked = folder / "locked.txt"
    done(uv, "export", "-q", "--frozen", "--no-dev", "--all-extras", "--no-emit-project", "--no-hashes", "-o", locked)
    done(uv, "venv", "-q", "--python", sys.executable, folder / "venv")
    python = folder / "venv" / "bin" / "python"
    (wheel,) = folder.glob("*.whl")
    done(uv, "pip", "install", "-q", "--python", python, "--constraint", locked, wheel)
    return python.parent


def test_the_library_needs_nothing_of_the_server(bare: Bare) -> None:
    code = f"""
import sys, importlib.util
from tocsin import cap
assert "signxml" not in sys.modules, "reading is quick because it leaves out signing"
from tocsin.cap import chains, feeds, renderings, signatures
assert (cap.sign, cap.verify) == (signatures.sign, signatures.verify)
assert "site-packages" in cap.__file__, cap.__file__
print([name for name in {SERVER_ONLY!r} if name in sys.modules or importlib.util.find_spec(name)])
"""
    result = run(bare / "python", "-W", "error", "-c", code)
    assert (result.stdout.decode(), result.stderr.decode()) == ("[]\n", "")


def test_a_valid_message_is_checked(bare: Bare, drill: cap.Alert) -> None:
    result = run(bare / "tocsin", "cap", "check", "-", "--json", data=cap.write(drill))
    assert (result.returncode, result.stderr) == (0, b"")
    assert json.loads(result.stdout)["outcome"] == "accept"


def test_a_bad_message_is_checked(bare: Bare, drill: cap.Alert) -> None:
    result = run(bare / "tocsin", "cap", "check", "-", data=cap.write(drill).replace(b"Extreme<", b"Dire<"))
    assert (result.returncode, result.stderr) == (3, b"")
    assert "alert/info[1]/severity" in result.stdout.decode()


def test_a_message_is_signed_and_verified(bare: Bare, drill: cap.Alert, tmp_path: Path) -> None:
    duty = office("TEST office of the bare wheel")
    (tmp_path / "alert.xml").write_bytes(signatures.sign(drill, duty.key, duty.certificate))
    (tmp_path / "pinned.pem").write_bytes(duty.certificate_pem)
    code = f"""
from datetime import datetime, UTC
from pathlib import Path
from tocsin.cap import signatures
senders = signatures.Senders.from_pem({{"demo@example.org": Path({str(tmp_path / "pinned.pem")!r}).read_bytes()}})
at = datetime(2026, 3, 1, 4, 6, tzinfo=UTC)
print(signatures.verify(Path({str(tmp_path / "alert.xml")!r}).read_bytes(), senders, at).verdict)
"""
    result = run(bare / "python", "-W", "error", "-c", code)
    assert (result.stdout.decode(), result.stderr.decode()) == ("trusted\n", "")


@pytest.mark.parametrize("command", ["serve", "demo", "watch", "witness", "settings", "journal"])
def test_a_command_of_the_server_names_the_extra_in_one_line(bare: Bare, command: str) -> None:
    result = run(bare / "tocsin", command)
    assert (result.returncode, result.stdout) == (2, b"")
    (line,) = result.stderr.decode().splitlines()
    assert f"tocsin {command} needs the extra: pip install 'tocsin[server]'" in line


def test_an_address_names_the_extra_in_one_line(bare: Bare) -> None:
    result = run(bare / "tocsin", "cap", "check", "https://example.org/test.xml")
    assert (result.returncode, result.stdout) == (2, b"")
    (line,) = result.stderr.decode().splitlines()
    assert "An address needs the extra: pip install 'tocsin[server]'" in line


def test_help_works_without_the_server(bare: Bare) -> None:
    result = run(bare / "tocsin", "--help")
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"cap" in result.stdout
