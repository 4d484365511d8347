"""From an order to a page that turns red, sounds and speaks; to the all clear; through the death of the server."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.conftest import Server

from .conftest import heard, open_page, turn_sound_on, until

pytestmark = pytest.mark.browser
HISTORY = Path(__file__).parents[3] / "shared" / "data" / "official_data_en.csv"
# A page says that it is not live 15 s after the last heartbeat; the machine may be slow.
NOT_LIVE_MS_MAX = 25_000
Order = Callable[..., dict[str, Any]]


def test_an_order_turns_the_page_red_sounds_and_speaks_until_the_all_clear(
    device: BrowserContext, server: Server, order: Order
) -> None:
    page = open_page(device, server.url, "київ")
    main = page.locator("main")
    expect(main).to_have_attribute("data-state", "clear")

    order(server, "alert", "--region", "UA-30", "--hazard", "air_raid", "--level", "red")
    expect(main).to_have_attribute("data-state", "alarm")
    expect(main).to_have_attribute("data-level", "red")
    expect(page.get_by_role("heading", name="Повітряна тривога")).to_be_visible()
    expect(main).to_contain_text("ЧЕРВОНИЙ РІВЕНЬ", ignore_case=True)
    expect(main).to_contain_text("прямуйте до найближчого укриття")
    until(page, "window.heard.spoken.length > 0", most_ms=15_000)
    assert heard(page)["sounds"].count("siren") >= 1
    assert heard(page)["loudest"] > 0.1
    assert heard(page)["spoken"][0].startswith("ДЕМО")
    assert "Повітряна тривога" in heard(page)["spoken"][0]

    order(server, "all-clear", "--region", "UA-30", "--hazard", "air_raid")
    expect(main).to_have_attribute("data-state", "clear")
    until(page, "window.heard.sounds.includes('all_clear')", most_ms=15_000)
    until(page, "window.heard.spoken.some((text) => text.includes('Відбій'))", most_ms=15_000)


def test_an_exercise_looks_and_sounds_different_and_says_so_first(
    device: BrowserContext, server: Server, order: Order
) -> None:
    page = open_page(device, server.url, "київ")
    order(server, "exercise", "alert", "--region", "UA-30", "--hazard", "air_raid", "--level", "red")
    main = page.locator("main")
    expect(main).to_have_attribute("data-exercise", "true")
    expect(main).to_have_attribute("data-state", "clear")
    expect(page.get_by_role("heading", name="НАВЧАННЯ")).to_be_visible()
    until(page, "window.heard.spoken.length > 0", most_ms=15_000)
    assert heard(page)["sounds"] == ["tap", "exercise"]
    assert "НАВЧАННЯ" in heard(page)["spoken"][0].upper().split(".")[0]


def test_an_alarm_in_a_part_is_shown_as_a_part_and_is_silent(
    device: BrowserContext, server: Server, order: Order
) -> None:
    page = open_page(device, server.url, "київська область")
    order(server, "alert", "--region", "Вишгородський район", "--hazard", "flood", "--level", "red")
    expect(page.locator("main")).to_have_attribute("data-state", "partial")
    expect(page.locator("main")).to_contain_text("Вишгородський район")
    assert heard(page)["sounds"] == ["tap"]


def test_an_alarm_of_the_oblast_reaches_those_who_chose_a_hromada_in_it(
    device: BrowserContext, server: Server, order: Order
) -> None:
    page = open_page(device, server.url, "вишгородська громада")
    alarm = order(server, "alert", "--region", "UA-32", "--hazard", "air_raid", "--level", "yellow")["alarm"]
    expect(page.locator("main")).to_have_attribute("data-state", "alarm")
    expect(page.locator("main")).to_have_attribute("data-level", "yellow")
    until(page, "window.heard.sounds.includes('warning')")

    order(server, "update", alarm, "--level", "red")
    expect(page.locator("main")).to_have_attribute("data-level", "red")
    until(page, "window.heard.sounds.includes('siren')", most_ms=20_000)


def test_a_tab_that_is_opened_again_tells_nothing_twice(device: BrowserContext, server: Server, order: Order) -> None:
    page = open_page(device, server.url, "київ")
    alarm = order(server, "alert", "--region", "UA-30", "--hazard", "storm", "--level", "yellow")["alarm"]
    until(page, "window.heard.told.length === 1")
    until(page, "window.heard.spoken.length > 0", most_ms=15_000)
    page.reload()
    expect(page.locator("main")).to_have_attribute("data-state", "alarm")
    turn_sound_on(page)
    order(server, "disputed", alarm)
    until(page, "window.heard.told.length > 0")
    assert [one["what"] for one in heard(page)["told"]] == ["disputed"]


def test_tabs_share_one_stream_and_another_takes_over(device: BrowserContext, server: Server, order: Order) -> None:
    first = open_page(device, server.url, "київ")
    second = device.new_page()
    streams: list[str] = []
    second.on("request", lambda request: streams.append(request.url) if "/v1/stream" in request.url else None)
    second.goto(server.url)
    expect(second.locator("main")).to_have_attribute("data-live", "true")
    assert not streams
    first.close()
    expect(second.locator("main")).to_have_attribute("data-live", "true")
    order(server, "alert", "--region", "UA-30", "--hazard", "flood", "--level", "red")
    expect(second.locator("main")).to_have_attribute("data-state", "alarm", timeout=NOT_LIVE_MS_MAX)
    assert streams


@pytest.mark.skipif(not HISTORY.is_file(), reason="the history files are not beside the repository")
def test_a_server_killed_in_a_replay_comes_back_with_nothing_missed_and_nothing_told_twice(
    device: BrowserContext, fixed_server: Server
) -> None:
    page = open_page(device, fixed_server.url, "україна")
    window = ("--from", "2023-03-28", "--to", "2023-03-30", "--speed", "15000", "--give-up", "90s")
    command = [sys.executable, "-m", "tocsin", "replay", str(HISTORY), *window, "--data", str(fixed_server.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as replay:
        until(page, "Number(document.querySelector('main').dataset.position.split('-')[1]) > 20", most_ms=30_000)
        fixed_server.kill()
        expect(page.locator("main")).to_have_attribute("data-live", "false", timeout=NOT_LIVE_MS_MAX)
        expect(page.locator("main")).to_contain_text("Немає зв", ignore_case=True)
        fixed_server.start()
        output = replay.communicate(timeout=90)[0]
    assert replay.returncode == 0, output
    assert "says the same as the file" in output
    main = page.locator("main")
    expect(main).to_have_attribute("data-live", "true", timeout=NOT_LIVE_MS_MAX)
    until(
        page,
        """async () => {
            const board = await (await fetch('/v1/board')).json();
            return document.querySelector('main').dataset.position === board.position;
        }""",
    )
    # The whole country is chosen, and every alert is of a part of it: shown as such, never told aloud.
    expect(main).to_have_attribute("data-state", "partial")
    told = [(one["key"], one["version"]) for one in heard(page)["told"]]
    assert len(told) == len(set(told))
