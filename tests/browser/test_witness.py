"""A page that asks the roster's witness: what the witness says against the server is said before anything else."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import msgspec
import pytest
from playwright.sync_api import BrowserContext, expect

from tests.conftest import Server
from tocsin.notice import Envelope, Magic, Roster, SigningKey, Witness, b64, from_b64, seal
from tocsin.notice.documents import decode
from tocsin.notice.signed_note import SignedNote, cosign, sign_note

from .conftest import open_page

pytestmark = pytest.mark.browser
NAME = "test-witness"
KEY = SigningKey.from_seed(bytes([90]) * 32)
# The page asks its witnesses every 11 to 19 seconds.
ASKED_MS_MAX = 60_000
Rewrite = Callable[[list[str]], list[str]]


class WitnessServer:
    """Answers devices with what it was told to, as a witness does."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps({"checkpoints": told.notes}).encode()
                self.send_response(200)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@pytest.fixture
def witness(server: Server) -> Iterator[WitnessServer]:
    """A witness that the demo's next roster names."""
    one = WitnessServer()
    answer = httpx.get(f"{server.url}/v1/authority").json()
    envelope = Envelope.unpack(from_b64(answer["rosters"]["actual"][-1]), Magic.ROSTER)
    roster = decode(envelope.document, Roster)
    named = (Witness(NAME, b64(KEY.public), one.url),)
    newer = msgspec.structs.replace(roster, version=roster.version + 1, witnesses=named)
    body = seal(key_of(server, "root-actual"), Magic.ROSTER, newer).pack()
    assert httpx.post(f"{server.url}/v1/rosters", content=body).status_code == 201
    yield one
    one.close()


def key_of(server: Server, name: str) -> SigningKey:
    return SigningKey.from_seed(from_b64((server.data / "keys" / f"{name}.key").read_text().strip()))


def same(lines: list[str]) -> list[str]:
    return lines


def another_chain(lines: list[str]) -> list[str]:
    """The same place in the journal with another hash: what a server shows to somebody else."""
    return [*lines[:2], "A" * 43 + "=", *lines[3:]]


def further_on(lines: list[str]) -> list[str]:
    return [lines[0], str(int(lines[1]) + 1), *lines[2:]]


def cosigned(server: Server, rewrite: Rewrite, seen_s_ago: int) -> str:
    """Return the server's checkpoint, rewritten and signed by its own key, as the witness saw it a while ago."""
    text = SignedNote.read(httpx.get(f"{server.url}/v1/log/checkpoint").text).text
    lines = rewrite(text.split("\n"))
    note = sign_note("\n".join(lines), lines[0], key_of(server, "heartbeat"))
    return cosign(note, NAME, KEY, int(time.time()) - seen_s_ago).write()


def test_a_witness_that_sees_the_same_leaves_the_page_live(
    device: BrowserContext, server: Server, witness: WitnessServer
) -> None:
    witness.notes = [cosigned(server, same, 0)]
    page = open_page(device, server.url, "київ")
    page.locator("details.about summary").click()
    expect(page.locator("details.about")).to_contain_text(f"{NAME}: бачить те саме", timeout=ASKED_MS_MAX)
    expect(page.locator("main")).to_have_attribute("data-state", "clear")


@pytest.mark.parametrize(
    ("rewrite", "words"), [(another_chain, "бачить іншу історію"), (further_on, "приховує")], ids=["split", "withheld"]
)
def test_a_witness_that_sees_more_or_another_journal_is_heard_above_all(
    device: BrowserContext, server: Server, witness: WitnessServer, rewrite: Rewrite, words: str
) -> None:
    # A witness signs anew every few seconds; the word of this one is dated to stay fresh as long as the test lasts.
    witness.notes = [cosigned(server, rewrite, -ASKED_MS_MAX // 1_000)]
    page = open_page(device, server.url, "київ")
    warning = page.get_by_role("alert").filter(has_text=NAME)
    expect(warning).to_contain_text(re.compile(words), timeout=ASKED_MS_MAX)
    expect(page.locator("main")).to_have_attribute("data-live", "false")
    expect(page.locator("main")).to_have_attribute("data-state", "not_live")
