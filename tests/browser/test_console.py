"""Two people with passkeys, from their one-time links to an alert that a third browser believes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page, expect

from tests.conftest import Server
from tests.web.authority import Office, office_in
from tocsin.notice import Domain, from_b64
from tocsin.people import IDLE_S

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
        self.context.on("console", self._note)
        self.page = self.context.new_page()
        self.devtools: CDPSession = self.context.new_cdp_session(self.page)
        self.devtools.send("WebAuthn.enable")
        added = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        self.authenticator = added["authenticatorId"]

    def _note(self, message: ConsoleMessage) -> None:
        # A refusal of the server is written there too, and is what some tests ask for.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.errors.append(message.text)

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
    expect(olena.page.locator("[data-done]")).to_contain_text("Issued")

    expect(citizen.locator("main")).to_have_attribute("data-state", "alarm")
    expect(citizen.locator("main")).to_contain_text("Olena Practice")
    expect(citizen.locator("main")).to_contain_text("Taras Practice")


# What the page does not offer to whoever has signed: a second touch, handed in again.
SIGN_AGAIN = """async ([id, rpId, credential, key]) => {
  const b64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const { notices } = await (await fetch(`/v1/operator/drafts/${id}`)).json();
  const challenge = await crypto.subtle.digest("SHA-256", bytes(notices[0].bytes));
  const allowCredentials = [{ id: bytes(credential), type: "public-key" }];
  const publicKey = { challenge, rpId, allowCredentials, userVerification: "required" };
  const { response } = await navigator.credentials.get({ publicKey });
  const signatures = [{ notice: id, type: "webauthn", key, signature: b64(response.signature),
    authenticator_data: b64(response.authenticatorData), client_data_json: b64(response.clientDataJSON) }];
  const answer = await fetch(`/v1/operator/drafts/${id}/sign`, { method: "POST",
    headers: { "Content-Type": "application/json" }, body: JSON.stringify({ signatures }) });
  return [answer.status, (await answer.json()).error?.code];
}"""


def test_the_same_person_is_refused_the_second_time(operators: tuple[Operator, Operator]) -> None:
    olena, _ = operators
    olena.sign_in()
    olena.draft("Flood", "Київ")
    path = olena.sign()
    expect(olena.page.get_by_role("button", name="Approve with passkey")).to_have_count(0)
    me = olena.page.evaluate("fetch('/v1/console/me').then((answer) => answer.json())")
    (passkey,) = me["passkeys"]
    asked = [path.rpartition("/")[2], me["rp_id"], passkey["credential"], passkey["key"]]
    assert olena.page.evaluate(SIGN_AGAIN, asked) == [409, "same_person"]


def test_an_order_that_is_edited_after_the_first_signature_begins_anew(operators: tuple[Operator, Operator]) -> None:
    olena, taras = operators
    olena.sign_in()
    olena.draft("Flood", "Київ")
    before = olena.sign()
    olena.open("/")
    olena.draft("Flood", "Київ", "Вишгородський район")
    olena.page.get_by_role("button", name="Change the words").click()
    olena.page.get_by_label("English: headline").fill("Practice: water rises")
    olena.page.get_by_role("button", name="Prepare").click()
    expect(olena.page.locator("article.shown")).to_contain_text("Practice: water rises")
    after = olena.sign()
    assert after != before
    taras.sign_in()
    expect(taras.page.locator("a.card")).to_have_count(2)
    taras.open(after)
    expect(taras.page.locator("article.shown")).to_contain_text("Practice: water rises")
    expect(taras.page.locator("main")).to_contain_text("Signed by Olena Practice · it takes 2 people")


def test_a_draft_that_is_returned_is_gone(operators: tuple[Operator, Operator]) -> None:
    olena, taras = operators
    olena.sign_in()
    olena.draft("Storm", "Львівська область")
    path = olena.sign()
    taras.sign_in()
    taras.open(path)
    taras.page.get_by_role("button", name="Return with a reason").click()
    taras.page.get_by_label("Reason").fill("the wrong region")
    taras.page.get_by_role("button", name="Return it").click()
    expect(taras.page.locator("[data-done]")).to_contain_text("Returned")
    taras.open("/")
    expect(taras.page.locator("main")).to_contain_text("Nothing waits.")
    expect(olena.page.locator("[data-done]")).to_contain_text("This draft is gone")


def test_nobody_signs_in_or_signs_without_being_verified(operators: tuple[Operator, Operator]) -> None:
    olena, _ = operators
    olena.verify_user("no")
    olena.open("/sign-in")
    olena.page.get_by_role("button", name="Sign in with passkey").click()
    expect(problem(olena.page)).to_contain_text("passkey")
    expect(olena.page.locator(".who")).to_have_count(0)
    olena.verify_user("yes")
    olena.sign_in()
    olena.draft("Flood", "Київ")
    olena.verify_user("no")
    olena.page.get_by_role("button", name="Sign with passkey").click()
    expect(problem(olena.page)).to_contain_text("passkey")
    expect(olena.page.get_by_role("heading", name="Look again, then sign")).to_be_visible()


def test_a_page_at_another_address_says_where_passkeys_work(
    operators: tuple[Operator, Operator], office: Office
) -> None:
    olena, _ = operators
    olena.page.goto(f"http://127.0.0.1:{office.port}/console/#/sign-in")
    olena.page.get_by_role("button", name="Sign in with passkey").click()
    expect(problem(olena.page)).to_contain_text("Passkeys work only at the address that the roster names")


def test_a_session_ends_when_its_owner_signs_out(operators: tuple[Operator, Operator]) -> None:
    olena, _ = operators
    olena.sign_in()
    assert olena.call("/v1/operator/drafts") == [200, None]
    olena.page.get_by_role("button", name="Sign out").click()
    expect(olena.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert olena.call("/v1/operator/drafts") == [401, "unsigned"]


def test_an_open_page_that_nobody_touches_signs_out(operators: tuple[Operator, Operator]) -> None:
    olena, _ = operators
    olena.page.goto("about:blank")
    olena.page.clock.install()
    olena.sign_in()
    olena.page.clock.fast_forward((IDLE_S - 60) * 1000)
    expect(olena.page.locator(".who")).to_contain_text(olena.name)
    olena.page.clock.fast_forward(120 * 1000)
    expect(olena.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert olena.call("/v1/operator/drafts") == [401, "unsigned"]


def test_a_link_enrols_once(operators: tuple[Operator, Operator], office: Office) -> None:
    olena, taras = operators
    token = office.invite("taras", "Taras Practice")
    taras.open(f"/enrol/{token}")
    taras.page.get_by_role("button", name="Make my passkey").click()
    expect(problem(taras.page)).to_contain_text("holds a passkey of yours already")
    olena.open(f"/enrol/{token}")
    expect(olena.page).to_have_url(f"{office.origin}/console/#/enrol")
    olena.page.get_by_role("button", name="Make my passkey").click()
    expect(olena.page.locator(".number")).to_be_visible()
    assert olena.call("/v1/console/enrol/options", {"token": token})[1] == "invitation_over"


def test_bytes_that_say_something_else_than_what_was_ordered_are_not_signed(
    operators: tuple[Operator, Operator],
) -> None:
    olena, _ = operators
    olena.sign_in()

    def another_region(route: Any) -> None:
        route.continue_(post_data=route.request.post_data.replace("UA80000000000093317", "UA46000000000026241"))

    olena.page.route("**/v1/operator/drafts", another_region)
    olena.draft("Flood", "Київ")
    expect(olena.page.get_by_role("alert")).to_contain_text("UA46000000000026241 was not ordered")
    expect(olena.page.get_by_role("button", name="Sign with passkey")).to_be_disabled()


def test_an_exercise_says_so_first_and_takes_one_person(operators: tuple[Operator, Operator]) -> None:
    olena, _ = operators
    olena.sign_in()
    olena.draft("Wildfire", "Одеса", start="New exercise")
    assert olena.page.locator("article.shown h2").inner_text().startswith("EXERCISE")
    olena.page.get_by_role("button", name="Sign with passkey").click()
    expect(olena.page.locator("[data-alarm]")).to_contain_text("EXERCISE: Wildfire")


def test_the_whole_way_goes_by_keyboard(operators: tuple[Operator, Operator]) -> None:
    olena, _ = operators
    olena.sign_in()
    olena.page.get_by_role("link", name="New alert").focus()
    olena.page.keyboard.press("Enter")
    olena.page.get_by_label("Flood").focus()
    olena.page.keyboard.press("Space")
    olena.page.get_by_label("Name of a place").focus()
    olena.page.keyboard.type("київ")
    olena.page.keyboard.press("Enter")
    expect(olena.page.locator(".chosen li")).to_have_count(1)
    olena.page.get_by_role("button", name="Prepare").focus()
    olena.page.keyboard.press("Enter")
    olena.page.get_by_role("button", name="Sign with passkey").focus()
    olena.page.keyboard.press("Enter")
    expect(olena.page.get_by_role("heading", name="Waiting for another person")).to_be_visible()


def test_a_demo_person_signs_with_a_software_key_and_every_page_says_demo(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(color_scheme="dark")
    page = context.new_page()
    for person in ("author", "approver"):
        seeds = ".".join((server.data / "keys" / f"{person}-{domain}.key").read_text().strip() for domain in Domain)
        page.goto("about:blank")
        page.goto(f"{server.url.replace('127.0.0.1', 'localhost')}/console/#/demo/{seeds}")
        expect(page.locator(".who")).to_contain_text("DEMO operator")
        expect(page.locator(".demo")).to_contain_text("DEMO")
        assert seeds not in page.url
        if person == "author":
            page.get_by_role("link", name="New alert").click()
            page.get_by_label("Storm").check()
            page.get_by_label("Name of a place").fill("київ")
            page.locator("button[data-region]").first.click()
            page.get_by_role("button", name="Prepare").click()
            expect(page.locator("article.shown")).to_contain_text("DEMO: Dangerous storm")
            page.get_by_role("button", name="Sign with the demo's key").click()
            expect(page.get_by_role("heading", name="Waiting for another person")).to_be_visible()
    page.locator("a.card").click()
    page.get_by_role("button", name="Approve with the demo's key").click()
    expect(page.locator("[data-done]")).to_contain_text("Issued")
    context.close()
