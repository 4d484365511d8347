"""The two C programs: compiled when they are older than their source, into ``bench/build/``."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE / "build"
WARNINGS = ["-O2", "-Wall", "-Wextra", "-Werror"]


def compile_reference() -> Path:
    return _compile("reference", [])


def compile_load() -> Path:
    return _compile("load", ["-DWITH_TLS", "-lssl", "-lcrypto"] if has_openssl() else [])


def has_openssl() -> bool:
    """Return whether OpenSSL's headers are there; without them everything but TLS is measured."""
    probe = ["gcc", "-E", "-include", "openssl/ssl.h", "-x", "c", "/dev/null"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _compile(name: str, extra: list[str]) -> Path:
    if not shutil.which("gcc"):
        sys.exit("The bench compiles its reference and its load generator: apt-get install gcc libc6-dev libssl-dev")
    source, program = HERE / f"{name}.c", BUILD / name
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        BUILD.mkdir(exist_ok=True)
        subprocess.run(["gcc", *WARNINGS, "-o", str(program), str(source), *extra], check=True)
    return program
