"""Where a server listens and how: TLS in the process works, and what would be unsafe does not start."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Server
from tests.live.duty import Duty
from tests.live.proxies import make_certificate
from tests.live.wire import Wire
from tocsin.notice import Heartbeat, from_b64


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def secured(tmp_path: Path, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("TOCSIN_TLS_CERT", str(certificate[0]))
    monkeypatch.setenv("TOCSIN_TLS_KEY", str(certificate[1]))
    one = Server(tmp_path / "demo").start()
    yield one
    one.stop()
    assert not one.faults()


def test_streams_and_answers_go_over_tls(secured: Server, certificate: tuple[Path, Path]) -> None:
    trusted = str(certificate[0])
    assert secured.url.startswith("https://")
    with closing(Duty(secured, trusted)) as duty, Wire(secured.url, trusted) as wire:
        assert wire.ask("GET", "/v1/board").status == 200
        wire.send(wire.request("GET", "/v1/regions") + wire.request("GET", "/v1/stream?nonce=over-tls"))
        assert wire.answer().status == 200
        told = wire.streaming().joined()
        assert isinstance(
            duty.trusting().verify_heartbeat(from_b64(told[-1].data["heartbeat"]), 0, "over-tls"), Heartbeat
        )
        positions = [duty.alert().position for _ in range(10)]
        assert [wire.named("notice").id for _ in positions] == positions
        with Wire(secured.url, trusted) as again:
            assert [event.id for event in again.follow(f"?since={positions[3]}").joined()[1:-1]] == positions[4:]
        with Wire(secured.url, trusted) as large:
            answer = large.ask("POST", "/v1/operator/relay", b"<" * 262_144, Content_Type="application/cap+xml")
            assert answer.status == 401
        _wait_for_the_end(secured, wire)


def _wait_for_the_end(secured: Server, wire: Wire) -> None:
    secured.stop()
    *_, last = wire.events()
    assert (last.name, last.data["reason"]) == ("end", "stopping")


def test_plain_bytes_on_a_tls_port_harm_nobody(secured: Server, certificate: tuple[Path, Path]) -> None:
    with Wire(secured.url.replace("https", "http")) as plain:
        plain.send(plain.request("GET", "/healthz"))
        while plain.more():
            pass
        assert b"200" not in plain.buffer
    with Wire(secured.url, str(certificate[0])) as wire:
        assert wire.ask("GET", "/healthz").status == 200


def test_only_names_that_were_set_are_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_HOSTS", "warn.example, other.example")
    server = Server(tmp_path / "demo").start()
    with Wire(server.url) as wire:
        for host in ("warn.example", "other.example:443", "localhost"):
            wire.host = host
            assert wire.ask("GET", "/v1/board").status == 200
        for host in ("example", "evil.example", "warn.example.evil.example"):
            wire.host = host
            assert wire.ask("GET", "/v1/board").status == 400
    server.stop()


def _refusal(command: str, folder: Path, *options: str, **variables: str) -> list[str]:
    """Start a server that shall refuse to; return its lines."""
    process = subprocess.run(
        [sys.executable, "-m", "tocsin", command, "--data", str(folder), *options],
        env=os.environ | {"COLUMNS": "500", "TERM": "dumb"} | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert process.returncode not in (0, 1), process.stderr
    assert "Traceback" not in process.stderr
    assert process.stdout == ""
    return process.stderr.strip().splitlines()


def test_a_public_address_without_tls_is_refused(tmp_path: Path) -> None:
    (line,) = _refusal("serve", tmp_path / "data", "--host", "0.0.0.0")
    for word in ("0.0.0.0", "public", "--tls-cert", "docs/proxy.md"):
        assert word in line
    (line,) = _refusal("demo", tmp_path / "data", TOCSIN_HOST="::")
    assert "public" in line
    assert not (tmp_path / "data").exists()


def test_a_demo_on_a_public_address_is_refused_even_with_tls(
    shared_server: Server, certificate: tuple[Path, Path]
) -> None:
    cert, key = map(str, certificate)
    (line,) = _refusal("serve", shared_server.data, "--host", "0.0.0.0", "--tls-cert", cert, "--tls-key", key)
    assert "demo" in line
    assert "this machine only" in line


def test_every_bad_setting_gets_one_line_that_names_it(tmp_path: Path) -> None:
    lines = _refusal("serve", tmp_path, TOCSIN_PORT="70000", TOCSIN_LOG="loud", TOCSIN_LOG_LEVEL="whisper")
    assert [line.split(" ")[0] for line in lines] == ["port", "log", "log_level"]
    for line, variable, found in zip(
        lines, ("TOCSIN_PORT", "TOCSIN_LOG", "TOCSIN_LOG_LEVEL"), ("70000", "loud", "whisper"), strict=True
    ):
        assert f"({variable})" in line
        assert found in line


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--host", "localhost"), "is no IP address"),
        (("--tls-cert", "here.crt"), "go together"),
        (("--tls-key", "here.key"), "go together"),
        (("--tls-cert", "/nowhere/a.crt", "--tls-key", "/nowhere/a.key"), "there is no file /nowhere/a.crt"),
    ],
)
def test_an_unusable_address_is_refused_in_a_line(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    lines = _refusal("serve", tmp_path, *options)
    assert [words in line for line in lines].count(True) == 1


def test_a_file_that_is_no_certificate_is_refused_in_one_line(shared_server: Server, tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_text("no certificate at all\n")
    folder = tmp_path / "demo"
    bad = str(tmp_path / "bad.pem")
    lines = _refusal("demo", folder, "--port", "0", TOCSIN_TLS_CERT=bad, TOCSIN_TLS_KEY=bad)
    assert len(lines) == 1
    assert "bad.pem" in lines[0]


def test_an_address_that_is_taken_is_refused_in_one_line(shared_server: Server, tmp_path: Path) -> None:
    port = shared_server.url.rpartition(":")[2]
    (line,) = _refusal("demo", tmp_path / "demo", "--port", port)
    assert f"127.0.0.1:{port} cannot be listened on" in line
