"""A real proxy with the configuration of ``deploy/``: only names, ports and folders are put in its place."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.live.wire import eventually

DEPLOY = Path(__file__).parents[2] / "deploy"


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine, signed by itself; return its file and that of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    files = folder / "localhost.crt", folder / "localhost.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _put(text: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        assert old in text, f"{old!r} is not in the configuration"
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(folder: Path, upstream: str, certificate: tuple[Path, Path]) -> Iterator[str]:
    """Run nginx in front of *upstream* and yield its address."""
    port, cert, key = _free_port(), *certificate
    user = "user root; " if os.geteuid() == 0 else ""  # the folder of a test is its user's alone
    replacements = {
        "127.0.0.1:8750": urlsplit(upstream).netloc,
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "server_name warn.example": "server_name localhost",
        "/etc/nginx/warn.example.crt": str(cert),
        "/etc/nginx/warn.example.key": str(key),
        "worker_rlimit_nofile 65536;": "",
        "worker_connections 32768;": "worker_connections 1024;",
        "worker_processes auto;": f"worker_processes 2; {user}pid {folder}/nginx.pid; daemon off; error_log stderr;",
    }
    text = _put((DEPLOY / "nginx.conf").read_text(), replacements)
    temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{name}_temp_path {folder}/{name};" for name in temporary)
    (folder / "nginx.conf").write_text(text.replace("http {", f"http {{ {paths}", 1))
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
    command = [program, "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
    with _running(command, folder, port):
        yield f"https://localhost:{port}"
    assert (folder / "proxy.log").read_text() == ""


@contextmanager
def caddy(folder: Path, upstream: str, certificate: tuple[Path, Path]) -> Iterator[str]:
    """Run Caddy in front of *upstream* and yield its address."""
    port, cert, key = _free_port(), *certificate
    replacements = {
        "127.0.0.1:8750 {": f"{urlsplit(upstream).netloc} {{",
        "\nwarn.example {": f"\nhttps://localhost:{port} {{\n\ttls {cert} {key}",
        "admin off": "admin off\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1",
    }
    (folder / "Caddyfile").write_text(_put((DEPLOY / "Caddyfile").read_text(), replacements))
    with _running(["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")], folder, port):
        yield f"https://localhost:{port}"


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    log, environment = folder / "proxy.log", os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output, env=environment) as process,
    ):
        try:
            eventually(lambda: process.poll() is not None or _listens(port))
            assert process.poll() is None, log.read_text()
            yield
        finally:
            process.terminate()
            process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
