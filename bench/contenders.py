"""What is measured: the C reference, and Tocsin as ``tocsin serve`` runs it.

Each is a context manager that gives a ``Server`` on a free port, pinned to one CPU, and ends it.
"""

import datetime
import ipaddress
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bench.machine import prefer
from bench.measurement import NoResultError, Round, Server, Transport
from bench.orders import Desk
from tocsin.areas import load_ukraine
from tocsin.client import DataFolder, FolderError, Operator, Signer, open_folder
from tocsin.client.requests import TIMEOUT
from tocsin.founding import found_demo
from tocsin.notice import Domain

TOCSIN = Path(sys.executable).with_name("tocsin")
START_SECONDS_MAX = 20
STOP_SECONDS_MAX = 10
REFERENCE_EPOCH = "0" * 16


@contextmanager
def reference(program: Path, cpu: int, frame_bytes: int) -> Iterator[Server]:
    """Serve with the C reference; its frames are exactly *frame_bytes* long, end marker included."""
    with running([str(program), "0"], cpu, subprocess.PIPE) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().rsplit(b":", 1)[1])
        yield Server(port, process.pid, lambda count: [reference_round(number, frame_bytes) for number in range(count)])


def reference_round(number: int, frame_bytes: int) -> Round:
    marker = f"{REFERENCE_EPOCH}-{number + 1}"
    start, end = b"event: notice\ndata: ", f"\nid: {marker}\n\n".encode()
    frame = start + b"x" * (frame_bytes - len(start) - len(end)) + end
    head = f"POST /publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(frame)}\r\n\r\n"
    return Round(marker, head.encode() + frame)


@contextmanager
def running(command: Sequence[str], cpu: int, output: int | IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Run *command* on *cpu* alone, in a process group of its own, and stop the group in the end."""
    pinned = ["taskset", "-c", str(cpu), *command]
    # What is measured is the server with its defaults, whatever is set around the bench.
    env = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    process = subprocess.Popen(pinned, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, env=env)
    try:
        prefer(process.pid)
        yield process
        if process.poll() is not None:
            raise NoResultError(f"{command[0]} ended with {process.returncode}")
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    for kind in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, kind)
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                continue
    if process.stdout is not None:
        process.stdout.close()


@contextmanager
def tocsin(folder: Path, cpu: int, transport: Transport) -> Iterator[Server]:
    """Serve with Tocsin on a new demo authority in *folder*, as an operator would start it."""
    data = folder / "data"
    found_demo(data, time.time_ns() // 1_000_000)
    command = [str(TOCSIN), "serve", "--data", str(data), "--port", "0"]
    context: ssl.SSLContext | None = None
    if transport == "tls":
        certificate, key = make_certificate(folder)
        command += ["--tls-cert", str(certificate), "--tls-key", str(key)]
        context = ssl.create_default_context(cafile=str(certificate))
    with (folder / "serve.log").open("wb") as log, running(command, cpu, log) as process:
        opened = open_folder(data)
        address = wait_for_address(process, opened)
        client = httpx.Client(timeout=TIMEOUT, trust_env=False, verify=context or True)
        keys = {domain: opened.keys(domain) for domain in Domain}
        operator = Operator(lambda: address, keys, Signer(opened.authority, load_ukraine()), client=client)
        port = urlsplit(address).port
        assert port is not None
        yield Server(port, process.pid, Desk(operator, keys[Domain.ACTUAL]).prepare)


def wait_for_address(process: subprocess.Popen[bytes], folder: DataFolder) -> str:
    """Return where the server listens; it leaves that in its folder when it does."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return folder.address()
        except FolderError:
            time.sleep(0.05)
    log = folder.path.with_name("serve.log").read_text(errors="replace")
    raise NoResultError(f"tocsin serve did not start (exit code {process.poll()}):\n{log}")


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a self-signed certificate for 127.0.0.1 and its key (P-256, what a public server would have)."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(private, hashes.SHA256())
    )
    certificate_path, key_path = folder / "certificate.pem", folder / "key.pem"
    certificate_path.write_bytes(certificate.public_bytes(Encoding.PEM))
    key_path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate_path, key_path
