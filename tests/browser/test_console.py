"""Two people with passkeys, from their one-time links to an alert that a third browser believes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.web.authority import Office, office_in
from tocsin.notice import from_b64

from .conftest import open_page

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Operator:
    """A person at a console of their own, with a passkey in a virtual authenticator."""

    def __init__(self, chromium: Browser, office: Office, holder: str, name: str) -> None:
        self.office, self.holder, self.name = office, holder, name
        self.context = chromium.new_context(viewport={"width": 1100, "height": 900}, color_scheme="dark")
        self.errors: list[str] = []
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.page = self.context.new_page()
        self.devtools: CDPSession = self.context.new_cdp_session(self.page)
        self.devtools.send("WebAuthn.enable")
        added = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        self.authenticator = added["authenticatorId"]

    def verify_user(self, verified: str) -> None:
        """Have the authenticator find out that it is its owner ("yes"), or fail to ("no")."""
        asked = {"authenticatorId": self.authenticator, "isUserVerified": verified == "yes"}
        self.devtools.send("WebAuthn.setUserVerified", asked)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.office.origin}/console/#{path}")

    def enrol(self) -> bytes:
        """Follow a one-time link; return the COSE key."""
        self.open(f"/enrol/{self.office.invite(self.holder, self.name)}")
        with self.page.expect_response("**/v1/console/enrol/finish") as answer:
            self.page.get_by_role("button", name="Make my passkey").click()
        expect(self.page.get_by_role("heading", name=f"{self.name}, your passkey is enrolled")).to_be_visible()
        return from_b64(answer.value.json()["public"])

    def sign_in(self) -> None:
        self.open("/sign-in")
        self.page.get_by_role("button", name="Sign in with passkey").click()
        expect(self.page.locator(".who")).to_contain_text(self.name)

    def draft(self, hazard: str, *places: str, start: str = "New alert") -> None:
        """Fill the form as far as the draft's bytes are shown."""
        self.page.get_by_role("link", name=start).click()
        self.page.get_by_label(hazard).check()
        for place in places:
            self.page.get_by_label("Name of a place").fill(place)
            self.page.locator("button[data-region]").first.click()
        self.page.get_by_role("button", name="Prepare").click()
        expect(self.page.locator("article.shown")).to_be_visible()

    def sign(self) -> str:
        """Sign what is shown, and return the path of the draft."""
        self.page.get_by_role("button", name="Sign with passkey").click()
        expect(self.page.get_by_role("heading", name="Waiting for another person")).to_be_visible()
        return self.page.url.partition("#")[2]

    def approve(self) -> None:
        self.page.get_by_role("button", name="Approve with passkey").click()

    def call(self, path: str, body: Any = None) -> Any:
        """Ask the server from within the page, with its cookie; return status and code."""
        return self.page.evaluate(
            """async ([path, body]) => {
              const answer = await fetch(path, body === null ? {} : {
                method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
              return [answer.status, (await answer.json()).error?.code];
            }""",
            [path, body],
        )

    def close(self) -> None:
        self.context.close()
        assert not self.errors


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with office_in(tmp_path / "practice") as office:
        yield office


@pytest.fixture
def operators(chromium: Browser, office: Office) -> Iterator[tuple[Operator, Operator]]:
    """Two people who have enrolled and whom the newest rosters list."""
    two = Operator(chromium, office, "olena", "Olena Practice"), Operator(chromium, office, "taras", "Taras Practice")
    office.publish({one.holder: (one.name, one.enrol()) for one in two}, version=2)
    yield two
    for one in two:
        one.close()


def problem(page: Page) -> Any:
    return page.locator("body > #app > [role=alert]")


def test_one_drafts_another_approves_and_a_third_browser_shows_both_names(
    device: BrowserContext, office: Office, operators: tuple[Operator, Operator]
) -> None:
    olena, taras = operators
    citizen = open_page(device, office.origin, "київ")
    olena.sign_in()
    olena.draft("Flood", "Київ")
    expect(olena.page.locator("article.shown")).to_contain_text("Flood")
    path = olena.sign()
    expect(citizen.locator("main")).to_have_attribute("data-state", "clear")

    taras.sign_in()
    expect(taras.page.locator(f"a[href='#{path}']")).to_contain_text("signed by Olena Practice")
    taras.open(path)
    expect(taras.page.get_by_role("heading", name="Approve", exact=True)).to_be_visible()
    taras.approve()
    expect(taras.page.locator("[data-done]")).to_contain_text("Issued")

    expect(citizen.locator("main")).to_have_attribute("data-state", "alarm")
    expect(citizen.locator("main")).to_contain_text("Olena Practice")
    expect(citizen.locator("main")).to_contain_text("Taras Practice")
