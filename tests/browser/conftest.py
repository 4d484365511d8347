"""A real Chromium before a real server, with a voice that is recorded and sound that is measured."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import Server

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
POLL_MS = 50
# Headless browsers have no voice: this one records what it is given and says that it spoke. Whatever reaches the
# loudspeaker is measured on its way there. The page's own words about what it does are kept too.
OBSERVER = """
window.heard = {spoken: [], loudest: 0, told: [], sounds: []};
const voices = ['uk-UA', 'en-GB'].map((lang) => ({lang, name: lang}));
class Utterance { constructor(text) { this.text = text; } }
Object.defineProperty(window, 'SpeechSynthesisUtterance', {value: Utterance});
Object.defineProperty(window, 'speechSynthesis', {value: {
  getVoices: () => voices, cancel() {}, addEventListener() {},
  speak(one) {
    window.heard.spoken.push(one.text);
    setTimeout(() => { one.onstart?.({}); one.onend?.({}); }, 10);
  },
}});
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target instanceof AudioDestinationNode) {
    const meter = this.context.createAnalyser();
    connect.call(this, meter);
    const wave = new Float32Array(meter.fftSize);
    setInterval(() => {
      meter.getFloatTimeDomainData(wave);
      window.heard.loudest = Math.max(window.heard.loudest, ...wave.map(Math.abs));
    }, 20);
  }
  return connect.call(this, target, ...rest);
};
document.addEventListener('tocsin:tell', (event) => window.heard.told.push(event.detail));
document.addEventListener('tocsin:sound', (event) => window.heard.sounds.push(event.detail.sound));
"""


# Not for the whole session: playwright's event loop runs in this thread until then, and other tests need their own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def device(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone of its own: nothing stored, Ukrainian. An error in its console fails the test."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="uk-UA")
    context.add_init_script(OBSERVER)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert not errors


@pytest.fixture
def fixed_server(tmp_path: Path) -> Iterator[Server]:
    """A server that comes back at the same address after it was killed: a page belongs to its address."""
    one = Server(tmp_path / "demo", ("--port", str(free_port()))).start()
    yield one
    one.stop()
    assert not one.faults()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def order() -> Callable[..., dict[str, Any]]:
    """Run an order of the `tocsin` command as an operator's script would, and return what it printed."""

    def run(server: Server, *arguments: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "tocsin", *arguments, "--data", str(server.data), "--yes", "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr
        result: dict[str, Any] = json.loads(done.stdout)
        return result

    return run


def open_page(device: BrowserContext, url: str, *places: str) -> Page:
    """Open the page, choose *places* by name as a person would, and turn the sound on."""
    page = device.new_page()
    page.goto(url)
    for place in places:
        page.get_by_label("Назва місця").fill(place)
        page.locator("button[data-region]").first.click()
    if places:
        page.get_by_role("button", name="Готово").click()
    turn_sound_on(page)
    expect(page.locator("main")).to_have_attribute("data-live", "true")
    return page


def turn_sound_on(page: Page) -> None:
    """Tap for sound, unless the browser lets the page sound again without."""
    until(page, "document.querySelector('.sound') !== null")
    if page.locator("main").get_attribute("data-armed") != "true":
        page.get_by_role("button", name="Увімкнути звук").click()
    expect(page.locator("main")).to_have_attribute("data-armed", "true")


def heard(page: Page) -> Any:
    return page.evaluate("window.heard")


def until(page: Page, expression: str, most_ms: int = 20_000) -> None:
    """Wait until *expression* holds in the page. Playwright's own wait needs `eval`, which the page forbids."""
    for _ in range(most_ms // POLL_MS):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(POLL_MS)
    raise AssertionError(f"not within {most_ms} ms: {expression}; heard {heard(page)}")
