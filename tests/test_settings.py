"""The table of settings, where a value comes from, and that a bad one stops the start."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tocsin.founding import found_demo
from tocsin.settings import ENVIRONMENT_PREFIX, Settings, SettingsError, read_settings, table

NOW_MS = 1_790_000_000_000


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(ENVIRONMENT_PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("settings") / "demo"
    found_demo(folder, NOW_MS)
    return folder


def tocsin(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tocsin", *arguments]
    wide = {"COLUMNS": "300"} | environment
    return subprocess.run(command, env=os.environ | wide, capture_output=True, text=True, timeout=60)


def test_the_command_prints_every_setting_with_where_it_comes_from() -> None:
    printed = tocsin("settings", TOCSIN_PORT="9000", TOCSIN_LOG="json")
    assert printed.returncode == 0, printed.stderr
    header, *lines = [line.rstrip() for line in printed.stdout.splitlines() if line.strip()]
    assert header.split() == ["name", "value", "from", "default", "environment", "meaning"]
    rows = {line.split()[0]: line for line in lines}
    assert list(rows) == list(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        assert ENVIRONMENT_PREFIX + name.upper() in rows[name]
        assert field.description
        assert field.description in rows[name]
    assert rows["port"].split()[:5] == ["port", "9000", "environment", "8750", "TOCSIN_PORT"]
    assert rows["host"].split()[:3] == ["host", "127.0.0.1", "default"]


def test_the_command_line_goes_before_the_environment_and_that_before_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOCSIN_PORT", "9000")
    monkeypatch.setenv("TOCSIN_LOG", "json")
    settings = read_settings(port=9100, host=None)
    assert (settings.port, settings.log, settings.host) == (9100, "json", "127.0.0.1")
    origins = {row.name: row.origin for row in table(read_settings(log_level="error"), dict(os.environ))}
    assert (origins["port"], origins["log_level"], origins["host"]) == ("environment", "command line", "default")


def test_every_bad_setting_is_told_at_once_one_line_each() -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(port=-1, log="xml", log_level="loud")
    assert [line.split()[0] for line in raised.value.lines] == ["port", "log", "log_level"]
    with pytest.raises(SettingsError) as raised:
        read_settings(host="0.0.0.0", tls_key="no.pem", hosts="a b,https://c", atlas="no.json")
    assert [line.split()[0].rstrip(":") for line in raised.value.lines] == [
        "hosts",
        "hosts",
        "host",
        "tls_cert",
        "tls_key",
        "atlas",
    ]


@pytest.mark.parametrize("command", ["serve", "demo", "settings"])
def test_a_bad_setting_in_the_environment_stops_every_command_that_reads_it(command: str, tmp_path: Path) -> None:
    ended = tocsin(command, TOCSIN_PORT="http", TOCSIN_LOG="xml")
    assert ended.returncode == 2
    assert "port (TOCSIN_PORT): Input should be a valid integer" in ended.stderr
    assert "log (TOCSIN_LOG): Input should be 'auto', 'text' or 'json'; found 'xml'" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []  # nothing was founded before


@pytest.mark.parametrize(
    ("host", "names"),
    [("127.0.0.1", {"localhost", "127.0.0.1", "::1"}), ("::1", {"::1", "localhost"})],
)
def test_a_server_answers_as_itself_and_as_the_names_given(host: str, names: set[str]) -> None:
    allowed = read_settings(host=host, hosts=" a.example , b.example,").allowed_hosts
    assert names | {"a.example", "b.example"} <= set(allowed)
    assert "" not in allowed


def refused(demo: Path, *arguments: str) -> str:
    ended = tocsin("serve", "--data", str(demo), "--port", "0", *arguments)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    return " ".join(ended.stderr.split())


class TestStart:
    """What only shows when the server starts is told in one sentence as well."""

    def test_a_certificate_that_is_none(self, demo: Path, tmp_path: Path) -> None:
        file = tmp_path / "some.pem"
        file.write_text("no certificate\n")
        assert "are no certificate chain and its unencrypted key" in refused(
            demo, "--tls-cert", str(file), "--tls-key", str(file)
        )

    def test_a_demo_on_a_public_address(self, demo: Path) -> None:
        given: Any = ("--host", "192.0.2.1", "--tls-cert", __file__, "--tls-key", __file__)
        assert "is a demo authority and 192.0.2.1 is a public address" in refused(demo, *given)

    def test_a_port_that_is_taken(self, demo: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            assert f"127.0.0.1:{port} cannot be listened on" in refused(demo, "--port", port)

    def test_a_heartbeat_key_that_is_gone_or_none(self, demo: Path, tmp_path: Path) -> None:
        key = demo / "keys" / "heartbeat.key"
        secret = key.read_text()
        try:
            key.write_text("no key\n")
            assert "heartbeat.key is no key" in refused(demo)
            key.unlink()
            assert "heartbeat.key cannot be read (No such file or directory)" in refused(demo)
        finally:
            key.write_text(secret)

    def test_another_authority_in_the_folder(self, demo: Path) -> None:
        file = demo / "authority.json"
        statement = file.read_text()
        try:
            file.write_text(statement.replace('"demo"', '"duty.example"', 1))
            assert "authority" in refused(demo)
        finally:
            file.write_text(statement)
