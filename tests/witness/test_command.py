"""``tocsin witness`` says in one line what is wrong with how it was called."""

import subprocess
import sys
from pathlib import Path

import pytest

from tocsin.notice import SigningKey, b64, from_b64
from tocsin.witness.keeping import KeepingError, read_or_make_key

ROOT = b64(bytes(32))
OTHER = b64(bytes([1]) * 32)
PIN = f"https://none.example/#authority=none.example&actual={ROOT}&exercise={OTHER}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["https://none.example", "--pin", "nobody"], "neither the code on the authority's card nor"),
        (["https://none.example", "--pin", PIN.replace("&exercise", "&other")], "neither the code on the"),
        (["https://none.example", "--pin", PIN.replace(ROOT, "AAAA")], "does not name an authority and its two"),
        (["https://none.example", "--pin", PIN.replace(ROOT, OTHER)], "does not name an authority and its two"),
        (["https://none.example", "--pin", PIN.replace(ROOT, "A=")], "--pin has a root that is no key"),
        (["https://none.example", "--pin", "/"], "/authority.json cannot be read"),
        (["none.example", "--pin", PIN], "'none.example' is no address"),
        (["https://none.example", "--pin", PIN, "--also", "x"], "'x' is no address"),
        (["https://none.example", "--pin", PIN, "--name", "Two Words"], "--name 'Two Words' has other characters"),
        (["https://none.example", "--pin", PIN, "--listen", "8100"], "is not HOST:PORT"),
        (["https://none.example", "--pin", PIN, "--listen", "a:b"], "is not HOST:PORT"),
        (["https://none.example", "--pin", PIN, "--listen", "192.0.2.1:1"], "cannot be listened on"),
        (["https://none.example", "--pin", PIN, "--atlas", "/dev/null"], "--atlas /dev/null cannot be read"),
    ],
)
def test_a_wrong_call_is_refused_in_plain_words(tmp_path: Path, arguments: list[str], words: str) -> None:
    command = [sys.executable, "-m", "tocsin", "witness", *arguments]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert words in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "witness.key"
    made = read_or_make_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_or_make_key(path).public == made.public
    assert SigningKey.from_seed(from_b64(path.read_text().strip())).public == made.public


@pytest.mark.parametrize("text", ["", "AAAA", "ключ"])
def test_what_is_no_key_is_never_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "witness.key"
    path.write_text(text)
    with pytest.raises(KeepingError):
        read_or_make_key(path)
    assert path.read_text() == text
