"""``tocsin cap check`` on addresses, on feeds, and with the keys that count."""

import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cap.conftest import drill as drill
from tests.cap.signatures.conftest import Office, office
from tests.fetch.duty import Server, answer, serving
from tocsin import cap
from tocsin.cli import cap_input, main
from tocsin.fetch import GuardedClient

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["cap", *map(str, arguments)])
        captured = capsys.readouterr()
        return int(end.value.code or 0), " ".join(captured.out.split()), " ".join(captured.err.split())

    return ran


@contextmanager
def server(answers: dict[str, bytes]) -> Iterator[Server]:
    """A server of ``tests.fetch`` in a thread of its own, for a command that brings its own loop."""
    ready: Future[tuple[Server, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        async with serving(answers) as one:
            over = asyncio.Event()
            ready.set_result((one, asyncio.get_running_loop(), over))
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    one, loop, over = ready.result(10)
    try:
        yield one
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)


@pytest.fixture
def duty() -> Office:
    now = datetime.now(UTC)
    return office("TEST duty office", begin=now - timedelta(days=1))


@pytest.fixture
def pinned(tmp_path: Path, duty: Office) -> Path:
    (tmp_path / "duty.pem").write_bytes(duty.certificate_pem)
    listed = tmp_path / "senders.json"
    listed.write_text(json.dumps({"demo@example.org": ["duty.pem"]}))
    return listed


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "message.xml"
    path.write_bytes(data)
    return path


def test_an_address_is_checked_like_a_file(run: Run, drill: cap.Alert, monkeypatch: pytest.MonkeyPatch) -> None:
    with server({"/drill.xml": answer(cap.write(drill))}) as one:
        monkeypatch.setattr(cap_input, "guarded_client", lambda: GuardedClient(one.reach))
        code, text, _ = run("check", one.url("/drill.xml"))
    assert code == 0
    assert f"{one.url('/drill.xml')}: accepted" in text


def test_an_address_that_brings_no_alert_says_why(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        "/gone": answer(b"", status="404 Not Found"),
        "/round": answer(b"", status="302 Found", Location="/round"),
        "/home": answer(b"", status="302 Found", Location="http://10.0.0.1/"),
        "/large": answer(bytes(9_000_000)),
        "/page": answer(b"<!DOCTYPE html><html><body>TEST</body></html>"),
    }
    with server(answers) as one:
        monkeypatch.setattr(cap_input, "guarded_client", lambda: GuardedClient(one.reach))
        said = {path: run("check", one.url(path)) for path in answers}
    assert {path: code for path, (code, _, _) in said.items()} == {
        "/gone": 4, "/round": 2, "/home": 2, "/large": 2, "/page": 3,
    }  # fmt: skip
    assert "(http-status): The server answered with status 404" in said["/gone"][2]
    assert "(redirects)" in said["/round"][2]
    assert "/home is not loaded" in said["/home"][2]
    assert "(too-large" in said["/large"][2]
    assert "This is a web page" in said["/page"][1]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/alert.xml", "http://[::1]/", "https://169.254.169.254/x", "http://0177.1/"]
)
def test_an_address_inside_the_house_is_refused(run: Run, url: str) -> None:
    code, text, said = run("check", url)
    assert (code, text) == (2, "")
    assert f"{url} is not loaded" in said


def test_a_feed_is_checked_entry_by_entry(run: Run, drill: cap.Alert, tmp_path: Path) -> None:
    alert = cap.write(drill).partition(b"?>")[2]
    feed = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>TEST one</title><content>%s</content></entry>'
    feed += b"<entry><title>TEST two</title><content>%s</content></entry></feed>"
    path = saved(tmp_path, feed % (alert, alert.replace(b"Extreme<", b"Dire<")))
    code, text, _ = run("check", path)
    assert code == 3
    assert 'message.xml, entry 1 "TEST one": accepted' in text
    assert 'message.xml, entry 2 "TEST two": quarantined' in text
    assert "atom, holds 2 alerts and links to 0" in text
    record = json.loads(run("check", path, "--json")[1])
    assert [each["place"]["entry"] for each in record["alerts"]] == [1, 2]
    (result,) = json.loads(run("check", path, "--sarif")[1])["runs"][0]["results"]
    assert result["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "entry[2]/alert/info[1]/severity"}]
    assert result["message"]["text"].startswith('entry 2 "TEST two": alert/info[1]/severity')


def test_a_feed_that_only_links_says_how_many_and_how_to_go_on(run: Run, tmp_path: Path) -> None:
    link = '<entry><link type="application/cap+xml" href="https://example.org/test-{}.xml"/></entry>'
    entries = "".join(link.format(number) for number in range(7))
    path = saved(tmp_path, f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode())
    code, text, _ = run("check", path)
    assert code == 2
    assert "holds no alert itself and links to 7" in text
    assert "and 2 more" in text
    assert "Nothing was loaded. To check one of them: tocsin cap check https://example.org/test-0.xml" in text
    record = json.loads(run("check", path, "--json")[1])
    assert (record["kind"], record["alerts"], len(record["links"])) == ("atom", [], 7)


def test_without_keys_nothing_is_said_about_trust(run: Run, drill: cap.Alert, duty: Office, tmp_path: Path) -> None:
    unsigned = saved(tmp_path, cap.write(drill))
    assert "Trust: not asked for. The message carries no signature" in run("check", unsigned)[1]
    signed = saved(tmp_path, cap.sign(drill, duty.key, duty.certificate))
    code, text, _ = run("check", signed)
    assert "Trust: not asked for. The message carries a signature" in text
    assert code == 0
    assert json.loads(run("check", signed, "--json")[1])["trust"] is None


def test_an_alert_of_a_pinned_sender_is_trusted(
    run: Run, drill: cap.Alert, duty: Office, pinned: Path, tmp_path: Path
) -> None:
    path = saved(tmp_path, cap.sign(drill, duty.key, duty.certificate))
    code, text, _ = run("check", path, "--senders", pinned)
    assert code == 0
    assert "Trust: TRUSTED (key-registered)" in text


def test_a_forged_test_message_with_its_own_certificate_is_shown_untrusted(
    run: Run, drill: cap.Alert, pinned: Path, tmp_path: Path
) -> None:
    words = "TEST, not a real alert: forged by the test suite"
    info = replace(drill.infos[0], language="en", event=words, headline=words)
    forger = office("TEST duty office", begin=datetime.now(UTC) - timedelta(days=1))
    forged = replace(drill, status=cap.Status.TEST, infos=(info,))
    path = saved(tmp_path, cap.sign(forged, forger.key, forger.certificate))
    code, text, _ = run("check", path, "--senders", pinned)
    assert "message.xml: accepted (0 error" in text
    assert "Trust: UNTRUSTED (key-unknown)" in text
    assert "Anybody can make such a message" in text
    assert code == 5
    trust = json.loads(run("check", path, "--senders", pinned, "--json")[1])["trust"]
    assert (trust["verdict"], trust["reason"]) == ("untrusted", "key-unknown")
    assert len(trust["signatures"][0]["key_sha256"]) == 64
    log = json.loads(run("check", path, "--senders", pinned, "--sarif")[1])
    assert log["runs"][0]["properties"]["trust"][0]["verdict"] == "untrusted"


def test_a_signature_is_verified_inside_a_feed(
    run: Run, drill: cap.Alert, duty: Office, pinned: Path, tmp_path: Path
) -> None:
    signed = cap.sign(drill, duty.key, duty.certificate).partition(b"?>")[2]
    feed = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content>%s</content></entry></feed>'
    code, text, _ = run("check", saved(tmp_path, feed % signed), "--senders", pinned)
    assert (code, "Trust: TRUSTED (key-registered)" in text) == (0, True)


def test_an_alert_that_leans_on_a_namespace_of_its_feed_says_that_it_was_not_cut_out_whole(
    run: Run, drill: cap.Alert, duty: Office, pinned: Path, tmp_path: Path
) -> None:
    declared = b' xmlns:c="urn:oasis:names:tc:emergency:cap:1.2"'
    prefixed = re.sub(rb"<(/?)([a-z])", rb"<\1c:\2", cap.write(drill)).replace(b" xmlns=", b" xmlns:c=")
    signed = cap.sign(prefixed, duty.key, duty.certificate).partition(b"?>")[2]
    feed = b"<feed%s><entry><content>%s</content></entry></feed>" % (declared, signed.replace(declared, b"", 1))
    _, text, _ = run("check", saved(tmp_path, feed), "--senders", pinned)
    assert "The alert could not be cut out of its feed byte for byte" in text


def test_a_changed_and_an_unsigned_message_are_told_apart(
    run: Run, drill: cap.Alert, duty: Office, pinned: Path, tmp_path: Path
) -> None:
    signed = cap.sign(drill, duty.key, duty.certificate)
    changed = saved(tmp_path, signed.replace("НАВЧАННЯ".encode(), "ЗМІНЕНО".encode()))
    assert "Trust: INVALID (digest-mismatch)" in run("check", changed, "--senders", pinned)[1]
    unsigned = saved(tmp_path, cap.write(drill))
    code, text, _ = run("check", unsigned, "--senders", pinned)
    assert (code, "Trust: NONE (no-signature)" in text) == (5, True)


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("[]", "is no list of senders"),
        ('{"demo@example.org": 1}', "is no list of senders"),
        ('{"demo@example.org": "nothing.pem"}', "nothing.pem cannot be read"),
        ('{"demo@example.org": "senders.json"}', "There is no key in PEM for demo@example.org"),
    ],
)
def test_a_list_of_senders_that_is_none_says_what_to_do(
    run: Run, drill: cap.Alert, tmp_path: Path, listed: str, said: str
) -> None:
    (tmp_path / "senders.json").write_text(listed)
    code, text, failure = run("check", saved(tmp_path, cap.write(drill)), "--senders", tmp_path / "senders.json")
    assert (code, text) == (2, "")
    assert said in failure
