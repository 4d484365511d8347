"""The one guarded client against servers that lie, redirect, drip and bomb. All of them are on this machine."""

import asyncio
import gzip
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tocsin.fetch import GuardedClient, Reach
from tocsin.ports.fetch import (
    FETCH_LIMITS,
    Delivered,
    Failed,
    Fetched,
    Forbidden,
    NotModified,
    Validators,
)

from .duty import Server, answer, serving

T = TypeVar("T")


def against(answers: dict[str, bytes], act: Callable[[Server], Awaitable[T]]) -> T:
    async def run() -> T:
        async with serving(answers) as server:
            return await act(server)

    return asyncio.run(run())


def got(answers: dict[str, bytes], path: str = "/", **limits: float) -> object:
    return against(answers, lambda server: server.client.get(server.url(path), limits=replace(FETCH_LIMITS, **limits)))


def test_an_answer_comes_with_what_is_needed_to_ask_again() -> None:
    modified = "Sun, 01 Mar 2026 04:05:06 GMT"
    outcome = got({"/": answer(b"<feed/>", ETag='"1"', Last_Modified=modified, Content_Type="text/plain")})
    assert isinstance(outcome, Fetched)
    assert (outcome.body, outcome.content_type) == (b"<feed/>", "text/plain")
    assert outcome.validators == Validators('"1"', modified)


def test_what_has_not_changed_is_not_loaded() -> None:
    async def act(server: Server) -> tuple[object, str]:
        outcome = await server.client.get(server.url(), Validators('"1"', "Sun, 01 Mar 2026 04:05:06 GMT"))
        return outcome, server.heads[0]

    outcome, head = against({"/": answer(status="304 Not Modified", Content_Encoding="gzip")}, act)
    assert outcome == NotModified()
    assert 'If-None-Match: "1"' in head
    assert "If-Modified-Since: Sun, 01 Mar 2026 04:05:06 GMT" in head


def test_nothing_of_an_earlier_exchange_or_of_the_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async def act(server: Server) -> list[str]:
        client = server.client
        for _ in range(2):
            assert isinstance(await client.get(server.url()), Fetched)
        return server.heads

    heads = against({"/": answer(b"x", Set_Cookie="id=1")}, act)
    assert len(heads) == 2
    assert heads[0] == heads[1]
    assert "cookie" not in heads[1].lower()


def test_a_redirect_is_followed_a_few_times_and_no_further() -> None:
    answers = {f"/{number}": answer(status="302 Found", Location=f"/{number + 1}") for number in range(10)}
    near = got(answers | {"/3": answer(b"end")}, "/0")
    assert isinstance(near, Fetched)
    assert near.url.endswith("/3")
    far = got(answers, "/0")
    assert isinstance(far, Forbidden)
    assert far.code == "redirects"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://10.0.0.1:{port}/", "out-of-reach"),
        ("http://[::1]:{port}/", "out-of-reach"),
        ("http://127.0.0.1:22/", "port"),
        ("file:///etc/hostname", "scheme"),
        ("http://user@127.0.0.1:{port}/", "user-in-url"),
        ("http://2130706433:{port}/", "odd-address"),
        ("http://exa\tmple.org/", "bad-url"),
    ],
)
def test_each_redirect_is_checked_like_the_first_address(location: str, code: str) -> None:
    async def act(server: Server) -> object:
        server.answers["/"] = answer(status="301 Moved", Location=location.format(port=server.port))
        return await server.client.get(server.url())

    outcome = against({}, act)
    assert isinstance(outcome, Forbidden)
    assert outcome.code == code


def test_an_answer_that_is_too_large_is_cut_off() -> None:
    outcome = got({"/": answer(b"x" * 300_000)})
    assert isinstance(outcome, Forbidden)
    assert outcome.code == "too-large-wire"
    endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 300_000
    without_length = got({"/": endless})
    assert isinstance(without_length, Forbidden)


def test_a_compressed_answer_is_unpacked_and_a_bomb_is_not() -> None:
    text = bytes(range(256)) * 100
    good = got({"/": answer(gzip.compress(text), Content_Encoding="gzip")})
    assert isinstance(good, Fetched)
    assert good.body == text
    bomb = gzip.compress(b"\0" * 50_000_000)
    for limits, code in (({}, "too-large-body"), ({"body_bytes_max": 100_000_000}, "too-large-ratio")):
        outcome = got({"/": answer(bomb, Content_Encoding="gzip")}, **limits)
        assert isinstance(outcome, Forbidden)
        assert outcome.code == code


def test_an_answer_that_cannot_be_unpacked_is_a_failure() -> None:
    for broken, encoding in ((b"no gzip", "gzip"), (gzip.compress(b"x" * 999)[:-9], "gzip"), (b"x", "br")):
        assert isinstance(got({"/": answer(broken, Content_Encoding=encoding)}), Failed)


def test_a_server_that_never_answers_holds_nobody() -> None:
    outcome = got({}, deadline_s=0.05)
    assert isinstance(outcome, Failed)
    assert outcome.code == "deadline"


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "204 No Content", "206 Partial Content", "429 Slow"])
def test_any_other_status_is_a_failure_with_its_number(status: str) -> None:
    outcome = got({"/": answer(b"error", status=status) if "204" not in status else answer(status=status)})
    assert isinstance(outcome, Failed)
    assert outcome.status == int(status[:3])


def test_nonsense_and_a_closed_door_are_failures() -> None:
    assert isinstance(got({"/": b"SSH-2.0-TEST\r\n"}), Failed)
    assert isinstance(got({"/": answer(b"whole")[:-2]}), Failed)

    async def closed() -> object:
        async with serving({}) as server:
            client, url = server.client, server.url()
        return await client.get(url)

    assert isinstance(asyncio.run(closed()), Failed)


def test_what_is_posted_arrives_and_is_not_redirected() -> None:
    async def act(server: Server) -> tuple[object, object, str]:
        headers = {"Content-Type": "text/plain", "Authorization": "TEST"}
        taken = await server.client.post(server.url("/taken"), b"TEST", headers)
        moved = await server.client.post(server.url("/moved"), b"TEST", headers)
        return taken, moved, server.heads[0]

    answers = {"/taken": answer(b"ok", status="202 Accepted"), "/moved": answer(status="307 Go", Location="/taken")}
    taken, moved, head = against(answers, act)
    assert taken == Delivered(202, b"ok")
    assert isinstance(moved, Forbidden)
    assert moved.code == "redirect"
    assert "Authorization: TEST" in head
    assert "Content-Length: 4" in head


def certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TEST server")])
    begin = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


def test_tls_checks_the_name_and_is_never_given_up_on_the_way(tmp_path: Path) -> None:
    file = certificate(tmp_path, "alerts.example.org")
    seen: list[str | None] = []
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(file)
    theirs.sni_callback = lambda _, name, __: seen.append(name)
    ours = ssl.create_default_context(cafile=str(file))

    async def home(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def run() -> tuple[object, object, object, object, str]:
        server = Server({"/": answer(b"TEST")})
        listener = await asyncio.start_server(server._serve, "127.0.0.1", 0, ssl=theirs)
        port = listener.sockets[0].getsockname()[1]
        reach = Reach(ports=frozenset({port}), also=(ip_network("127.0.0.0/8"),))
        try:
            client = GuardedClient(reach, tls=ours, look_up=home)
            good = await client.get(f"https://alerts.example.org:{port}/")
            other = await client.get(f"https://other.example.org:{port}/")
            server.answers["/"] = answer(status="302 Found", Location=f"http://alerts.example.org:{port}/")
            down = await client.get(f"https://alerts.example.org:{port}/")
            stranger = await GuardedClient(reach, look_up=home).get(f"https://alerts.example.org:{port}/")
        finally:
            listener.close()
            await listener.wait_closed()
        return good, other, stranger, down, server.heads[0]

    good, other, stranger, down, head = asyncio.run(run())
    assert isinstance(good, Fetched)
    assert "Host: alerts.example.org:" in head
    assert seen[0] == "alerts.example.org"
    assert isinstance(other, Failed)
    assert isinstance(stranger, Failed)
    assert isinstance(down, Forbidden)
    assert down.code == "downgrade"
