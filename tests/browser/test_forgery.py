"""What is not signed as it must be does not reach the screen; a relay that tampers gains silence only, and is seen."""

import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.conftest import Server
from tocsin.notice import Envelope, Magic, SigningKey, b64, from_b64, sign_document

from .conftest import heard, open_page, turn_sound_on, until
from .hostile import Relay

pytestmark = pytest.mark.browser
NOT_LIVE_MS_MAX = 25_000
Order = Callable[..., dict[str, Any]]


@pytest.fixture
def relay(server: Server) -> Iterator[Relay]:
    one = Relay(server.url)
    yield one
    one.close()


def rewritten(event: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return a notice event with its envelope changed, and every other event as it is."""
    lines = event.decode().split("\n")
    if lines[0] != "event: notice":
        return event
    data = json.loads(lines[1].removeprefix("data: "))
    data["envelope"] = b64(change(from_b64(data["envelope"])))
    lines[1] = f"data: {json.dumps(data)}"
    return "\n".join(lines).encode()


def flipped(envelope: bytes) -> bytes:
    at = envelope.index(b'"red"') + 1
    return envelope[:at] + bytes([envelope[at] ^ 1]) + envelope[at + 1 :]


def signed_by_a_stranger(envelope: bytes) -> bytes:
    document = Envelope.unpack(envelope, Magic.NOTICE).document
    stranger = SigningKey.from_seed(secrets.token_bytes(32))
    return Envelope(Magic.NOTICE, document, (sign_document(stranger, Magic.NOTICE, document),)).pack()


def ended(envelope: bytes) -> bytes:
    return envelope.replace(b'"expires":17', b'"expires":16')


@pytest.mark.parametrize("change", [flipped, signed_by_a_stranger, ended])
def test_a_notice_that_was_tampered_with_is_not_believed(
    device: BrowserContext, server: Server, relay: Relay, order: Order, change: Callable[[bytes], bytes]
) -> None:
    page = open_page(device, relay.url, "київ")
    relay.tampering = lambda event: rewritten(event, change)
    order(server, "alert", "--region", "UA-30", "--hazard", "air_raid", "--level", "red")
    # The heartbeat says that something is in force which the page does not hold: it is never shown as clear.
    until(page, "document.querySelector('main').dataset.live === 'false'", most_ms=NOT_LIVE_MS_MAX)
    assert page.locator("main").get_attribute("data-state") != "alarm"
    relay.tampering = lambda event: event
    expect(page.locator("main")).to_have_attribute("data-state", "alarm", timeout=NOT_LIVE_MS_MAX)


def test_old_heartbeats_do_not_keep_a_page_live(device: BrowserContext, relay: Relay) -> None:
    page = open_page(device, relay.url, "київ")
    recorded: list[bytes] = []

    def replay_the_first(event: bytes) -> bytes:
        if not event.startswith(b"event: heartbeat"):
            return b""
        recorded.append(event)
        return recorded[0]

    relay.tampering = replay_the_first
    expect(page.locator("main")).to_have_attribute("data-live", "false", timeout=2 * NOT_LIVE_MS_MAX)


def test_a_notice_held_back_is_noticed(device: BrowserContext, server: Server, relay: Relay, order: Order) -> None:
    page = open_page(device, relay.url, "київ")
    relay.tampering = lambda event: b"" if event.startswith((b"event: notice", b"event: snapshot")) else event
    order(server, "alert", "--region", "UA-30", "--hazard", "air_raid", "--level", "red")
    expect(page.locator("main")).to_have_attribute("data-live", "false", timeout=NOT_LIVE_MS_MAX)


def test_an_actual_notice_cannot_come_as_an_exercise_nor_the_reverse(
    device: BrowserContext, server: Server, relay: Relay, order: Order
) -> None:
    page = open_page(device, relay.url, "київ")
    relay.tampering = lambda event: event.replace(b"event: exercise", b"event: notice")
    order(server, "exercise", "alert", "--region", "UA-30", "--hazard", "air_raid", "--level", "red")
    until(page, "document.querySelector('main').dataset.live === 'false'", most_ms=NOT_LIVE_MS_MAX)
    assert page.locator("main").get_attribute("data-state") != "alarm"


def test_a_recorded_alert_after_its_all_clear_sounds_nothing_on_a_device_that_forgot_everything(
    chromium: Browser, device: BrowserContext, server: Server, relay: Relay, order: Order
) -> None:
    recorded: list[bytes] = []

    def record(event: bytes) -> bytes:
        recorded.append(event)
        return event

    relay.tampering = record
    another = chromium.new_context(locale="uk-UA")
    first = open_page(another, relay.url, "київ")
    order(server, "alert", "--region", "UA-30", "--hazard", "air_raid", "--level", "red")
    expect(first.locator("main")).to_have_attribute("data-state", "alarm")
    another.close()
    relay.tampering = lambda event: event
    order(server, "all-clear", "--region", "UA-30", "--hazard", "air_raid")

    relay.tampering = lambda event: b"".join(recorded) if event.startswith(b"event: snapshot") else b""
    page = device.new_page()
    page.goto(relay.url)
    page.get_by_label("Назва місця").fill("київ")
    page.locator("button[data-region]").first.click()
    turn_sound_on(page)
    expect(page.locator("main")).to_have_attribute("data-state", "alarm")
    page.locator("details.about summary").click()
    expect(page.locator("details.about .refused")).to_contain_text("(nonce)")
    assert heard(page)["told"] == []
    assert page.locator("main").get_attribute("data-live") == "false"


def test_a_card_with_other_keys_is_told_of_and_believed_only_by_a_person_who_compared_it(
    device: BrowserContext, server: Server
) -> None:
    page = open_page(device, server.url, "київ")
    roots = httpx.get(f"{server.url}/v1/authority").json()["roots"]
    other = f"{server.url}/#authority=demo&actual={roots['exercise']}&exercise={roots['exercise']}"
    page.goto(other)
    expect(page.locator("main")).to_have_attribute("data-state", "stranger")
    page.get_by_role("button", name="Залишити запам’ятоване").click()
    expect(page.locator("main")).to_have_attribute("data-state", "clear")

    page.goto(other)
    page.locator(".compared input").check()
    page.get_by_role("button", name="Довіряти новому").click()
    # Now the card is what is remembered, and the server is the one that differs from it.
    expect(page.get_by_role("heading", name="Тут відповідає хтось інший")).to_be_visible()
