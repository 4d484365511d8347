"""Make ``docs/screenshot.png``: the citizens' page under a demo alarm, from a real server and a real browser.

Run: ``uv run python -m scripts.screenshot``. Uses a demo authority in a temporary folder; nothing of it can pass for
real.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.conftest import Server

PICTURE = Path(__file__).parent.parent / "docs" / "screenshot.png"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "demo").start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                _take(browser, server)
                browser.close()
        finally:
            server.stop()
    print(PICTURE)


def _take(browser: Browser, server: Server) -> None:
    page = browser.new_page(viewport={"width": 1000, "height": 860}, locale="en-GB", device_scale_factor=1.5)
    page.goto(server.url)
    page.get_by_label("Name of a place").fill("Kyiv")
    page.locator("button[data-region]").first.click()
    page.get_by_role("button", name="Done").click()
    order = ["alert", "--region", "UA-30", "--hazard", "air_raid", "--level", "red", "--yes"]
    command = [sys.executable, "-m", "tocsin", *order, "--data", str(server.data)]
    subprocess.run(command, check=True, capture_output=True)
    expect(page.locator("main")).to_have_attribute("data-state", "alarm")
    page.screenshot(path=PICTURE)


if __name__ == "__main__":
    main()
