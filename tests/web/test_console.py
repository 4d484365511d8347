"""The console over HTTP: what a session may, what nobody may without a passkey, what another page may not."""

import time
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import httpx
import pytest

from tests.conftest import Server
from tests.web.authority import AUTHORITY, REVOKER, RP_ID, Office, office_in
from tocsin.client import new_id, open_folder
from tocsin.client.requests import authorization
from tocsin.notice import Domain, Magic, Revocation, RevokedKey, SigningKey, b64, from_b64, seal
from tocsin.testing.passkeys import USER_PRESENT, SoftPasskey
from tocsin.web.console import CEREMONY_SIZE_BYTES_MAX
from tocsin.web.cookies import COOKIE

DRAFTS = "/v1/operator/drafts"
ENROL = "/v1/console/enrol"
SIGN_IN = "/v1/console/sign-in"


class Operator:
    """A person at a browser that does as browsers do, with a passkey in software."""

    def __init__(self, office: Office, holder: str) -> None:
        self.office, self.holder, self.name = office, holder, f"{holder.title()} Practice"
        self.passkey = SoftPasskey.from_words(f"{holder} of {office.port}", RP_ID, office.origin)
        self.cookie = ""

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.ask("POST", path, json=body, headers=self._with_cookie() | headers)

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path, headers=self._with_cookie())

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        given["headers"] = {"Origin": self.office.origin} | given.get("headers", {})
        return httpx.request(method, self.office.origin + path, trust_env=False, **given)

    def _with_cookie(self) -> dict[str, str]:
        # httpx keeps back a Secure cookie from a plain address; browsers make an exception for localhost.
        return {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}

    def enrol(self) -> httpx.Response:
        token = self.office.invite(self.holder, self.name)
        challenge = from_b64(self.post(f"{ENROL}/options", {"token": token}).json()["challenge"])
        return self.post(f"{ENROL}/finish", {"token": token, "credential": self.passkey.registration(challenge)})

    def answer(self, flags: int | None = None) -> dict[str, Any]:
        challenge = from_b64(self.post(f"{SIGN_IN}/options", {}).json()["challenge"])
        credential = self.passkey.sign_in(challenge) if flags is None else self.passkey.sign_in(challenge, flags)
        return {"credential": credential}

    def sign_in(self) -> httpx.Response:
        answer = self.post(f"{SIGN_IN}/finish", self.answer())
        assert answer.status_code == 200, answer.text
        self.cookie = answer.headers["set-cookie"].partition(";")[0].partition("=")[2]
        return answer

    def draft(self, **given: Any) -> dict[str, Any]:
        answer = self.post(DRAFTS, order(**given))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def sign(self, draft: dict[str, Any], passkey: SoftPasskey | None = None, touch: int = 1) -> httpx.Response:
        """Hand in the signatures that the so many-th *touch* makes."""
        key, signatures = passkey or self.passkey, []
        for part in draft["notices"]:
            client_data = key.client_data(sha256(from_b64(part["bytes"])).digest())
            signed = key.sign_as(key.authenticator_data(counter=touch), client_data)
            data, client, signature = map(b64, signed.fields)
            signatures.append(
                {"notice": part["notice"], "type": "webauthn", "key": signed.key.hex(), "signature": signature,
                 "authenticator_data": data, "client_data_json": client}
            )  # fmt: skip
        return self.post(f"{DRAFTS}/{draft['draft']}/sign", {"signatures": signatures})


def order(**given: Any) -> dict[str, Any]:
    fields = {
        "id": new_id(), "kind": "alert", "status": "actual", "hazard": "flood", "level": "yellow", "regions": ["UA-30"],
    }  # fmt: skip
    return fields | given


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office_in(tmp_path_factory.mktemp("console") / "practice") as office:
        yield office


@pytest.fixture(scope="module")
def people(office: Office) -> tuple[Operator, Operator]:
    two = Operator(office, "olena"), Operator(office, "taras")
    for one in two:
        answer = one.enrol()
        assert answer.status_code == 201, answer.text
        assert answer.json()["key"] == one.passkey.id.hex()
        assert refused(one.post(f"{SIGN_IN}/finish", one.answer())) == (403, "not_listed")
    office.publish({one.holder: (one.name, one.passkey.public) for one in two}, version=2)
    return two


@pytest.fixture
def olena(people: tuple[Operator, Operator]) -> Operator:
    people[0].sign_in()
    return people[0]


@pytest.fixture
def taras(people: tuple[Operator, Operator]) -> Operator:
    people[1].sign_in()
    return people[1]


class TestSession:
    def test_the_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts(self, olena: Operator) -> None:
        cookie = olena.sign_in().headers["set-cookie"]
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert cookie.startswith("__Host-tocsin=")
        assert parts == {"httponly", "path=/", "samesite=strict", "secure"}

    def test_who_is_signed_in_learns_which_passkeys_count(self, olena: Operator) -> None:
        answer = olena.get("/v1/console/me")
        assert answer.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in answer.headers
        me = answer.json()
        assert (me["authority"], me["holder"], me["name"]) == (AUTHORITY, "olena", "Olena Practice")
        assert me["passkeys"] == [{"credential": b64(olena.passkey.credential), "key": olena.passkey.id.hex()}]

    def test_nothing_is_answered_without_one(self, office: Office) -> None:
        nobody = Operator(office, "olena")
        assert refused(nobody.get("/v1/console/me")) == (401, "signed_out")
        assert refused(nobody.get(DRAFTS)) == (401, "unsigned")
        assert refused(nobody.post(DRAFTS, order())) == (401, "unsigned")
        nobody.cookie = "A" * 43
        assert refused(nobody.post(DRAFTS, order())) == (401, "signed_out")

    def test_signing_out_ends_it_on_the_server(self, olena: Operator) -> None:
        assert "Max-Age=0" in olena.post("/v1/console/sign-out", {}).headers["set-cookie"]
        assert refused(olena.get("/v1/console/me")) == (401, "signed_out")

    def test_a_touch_without_a_check_of_who_it_is_opens_none(self, olena: Operator) -> None:
        answer = olena.post(f"{SIGN_IN}/finish", olena.answer(USER_PRESENT))
        assert refused(answer)[1] == "sign_in_refused"
        assert "set-cookie" not in answer.headers

    def test_an_answer_that_was_overheard_opens_none(self, olena: Operator) -> None:
        overheard = olena.answer()
        assert olena.post(f"{SIGN_IN}/finish", overheard).status_code == 200
        assert refused(olena.post(f"{SIGN_IN}/finish", overheard))[1] == "challenge_over"

    def test_the_software_keys_of_demos_open_none_here(self, olena: Operator) -> None:
        assert refused(olena.post("/v1/console/demo", {"holder": "olena"})) == (404, "not_a_demo")


class TestOtherPages:
    """What a page of another origin makes the browser send, cookie and all."""

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": ""},
            {"Origin": "http://localhost:1"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
    )
    @pytest.mark.parametrize("path", [DRAFTS, f"{SIGN_IN}/finish", "/v1/console/sign-out", f"{ENROL}/options"])
    def test_is_refused(self, olena: Operator, path: str, headers: dict[str, str]) -> None:
        assert refused(olena.post(path, order(), **headers)) == (403, "origin_refused")
        assert olena.get("/v1/console/me").status_code == 200

    def test_no_form_can_order(self, olena: Operator) -> None:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            assert refused(olena.post(DRAFTS, order(), **{"Content-Type": kind})) == (415, "json_only")

    def test_no_other_name_of_this_server_is_answered(self, olena: Operator) -> None:
        answer = olena.post(DRAFTS, order(), Host="rebound.example", Origin="http://rebound.example")
        assert refused(answer) == (400, "host_unknown")

    def test_a_preflight_is_granted_nothing(self, olena: Operator) -> None:
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        answer = olena.ask("OPTIONS", DRAFTS, headers=asked)
        assert not [name for name in answer.headers if name.startswith("access-control")]


class TestOrdering:
    def test_two_people_issue_what_one_cannot(self, olena: Operator, taras: Operator) -> None:
        draft = olena.draft()
        submitted = olena.sign(draft)
        assert submitted.status_code == 202
        view = submitted.json()["submitted"]
        assert ([one["name"] for one in view["signed_by"]], view["people"], view["missing"]) == (
            ["Olena Practice"],
            2,
            1,
        )
        assert [one["draft"] for one in taras.get(DRAFTS).json()["submitted"]] == [draft["draft"]]
        issued = taras.sign(taras.get(f"{DRAFTS}/{draft['draft']}").json())
        assert issued.status_code == 201
        assert [one["id"] for one in issued.json()["issued"]] == [draft["draft"]]
        assert taras.sign(draft).status_code == 200

    def test_an_order_in_several_parts_is_signed_and_issued_as_one(self, olena: Operator, taras: Operator) -> None:
        rows = olena.get("/v1/regions").json()["regions"]
        hromadas = [code for code, level, *_ in rows if level == 3][::9][:120]
        draft = olena.draft(hazard="wildfire", regions=hromadas)
        parts = [part["notice"] for part in draft["notices"]]
        assert len(parts) == draft["preview"]["split"] > 1
        assert olena.sign(draft).status_code == 202
        half = draft | {"notices": draft["notices"][:1]}
        assert refused(taras.sign(half)) == (400, "signatures_malformed")
        issued = taras.sign(draft)
        assert (issued.status_code, [one["id"] for one in issued.json()["issued"]]) == (201, parts)

    def test_one_person_twice_is_refused(self, olena: Operator) -> None:
        draft = olena.draft()
        olena.sign(draft)
        assert olena.sign(draft).status_code == 200
        assert refused(olena.sign(draft, touch=2)) == (409, "same_person")

    def test_a_stolen_session_without_the_passkey_issues_nothing(self, olena: Operator, taras: Operator) -> None:
        thief = Operator(olena.office, "olena")
        thief.cookie = olena.cookie
        before = thief.get("/healthz").json()["position"]
        draft = thief.draft()
        made_up = SoftPasskey.from_words("of the thief", RP_ID, olena.office.origin)
        assert refused(thief.sign(draft, made_up)) == (403, "signature_refused")
        # With the id of the stolen person's key, and a right signature over another draft's bytes.
        other = olena.draft()
        signed = olena.passkey.sign(from_b64(other["notices"][0]["bytes"]))
        data, client, signature = map(b64, signed.fields)
        replayed = {
            "notice": draft["draft"], "type": "webauthn", "key": signed.key.hex(), "signature": signature,
            "authenticator_data": data, "client_data_json": client,
        }  # fmt: skip
        answer = thief.post(f"{DRAFTS}/{draft['draft']}/sign", {"signatures": [replayed]})
        assert refused(answer) == (403, "signature_refused")
        assert thief.get("/healthz").json()["position"] == before

    def test_a_draft_goes_back_with_a_reason(self, olena: Operator, taras: Operator) -> None:
        draft = olena.draft(hazard="storm")
        olena.sign(draft)
        back = f"{DRAFTS}/{draft['draft']}/return"
        assert refused(taras.post(back, {"reason": "  "})) == (400, "reason_missing")
        assert taras.post(back, {"reason": "the wrong region"}).status_code == 200
        assert refused(taras.sign(draft)) == (404, "draft_unknown")


class TestLimits:
    def test_a_body_is_bounded_before_anybody_is_known(self, olena: Operator) -> None:
        large = {"token": "a" * CEREMONY_SIZE_BYTES_MAX}
        assert refused(olena.post(f"{ENROL}/options", large)) == (413, "body_too_large")

    def test_a_body_without_a_length_is_not_read(self, olena: Operator) -> None:
        chunks = (b"[" * 1024 for _ in range(64))
        headers = {"Content-Type": "application/json"}
        answer = olena.ask("POST", f"{SIGN_IN}/finish", content=chunks, headers=headers)
        assert answer.status_code == 411

    @pytest.mark.parametrize(
        "body", [{}, [], {"credential": 1}, {"credential": {"rawId": 5}}, {"credential": {}, "x": 1}]
    )
    def test_what_is_no_answer_of_a_passkey_is_refused(self, olena: Operator, body: Any) -> None:
        assert olena.post(f"{SIGN_IN}/finish", body).status_code == 400 or body == {"credential": {"rawId": 5}}

    def test_the_log_holds_no_secret(self, olena: Operator) -> None:
        log = olena.office.server.log.read_text()
        assert olena.cookie not in log


class TestPage:
    def test_the_console_has_a_policy_of_its_own(self, office: Office) -> None:
        answer = httpx.get(f"{office.origin}/console/", trust_env=False)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-cache"

    def test_the_bare_name_leads_there(self, office: Office) -> None:
        answer = httpx.get(f"{office.origin}/console", trust_env=False)
        assert (answer.status_code, answer.headers["location"]) == (308, "/console/")


class TestTrust:
    def test_a_revocation_ends_sessions_and_drafts(self, tmp_path: Any) -> None:
        with office_in(tmp_path / "practice") as office:
            one = Operator(office, "olena")
            one.enrol()
            office.publish({"olena": (one.name, one.passkey.public)}, version=2)
            one.sign_in()
            one.sign(one.draft())
            keys = (RevokedKey(one.passkey.id.hex(), "lost", ()),)
            revocation = Revocation(1, AUTHORITY, Domain.ACTUAL, 1, int(time.time()), keys)
            body = seal(REVOKER, Magic.REVOCATION, revocation).pack()
            accepted = one.ask("POST", "/v1/revocations", content=body)
            assert accepted.status_code == 201, accepted.text
            assert one.ask("POST", "/v1/revocations", content=body).status_code == 200
            assert refused(one.get(DRAFTS)) == (401, "signed_out")
            assert one.get("/v1/authority").json()["revocations"] == {"actual": b64(body)}

    def test_a_roster_by_a_stranger_changes_nothing(self, office: Office, people: Any) -> None:
        before = httpx.get(f"{office.origin}/v1/authority", trust_env=False).json()
        forged = seal(SigningKey.from_seed(bytes(32)), Magic.ROSTER, office.roster(Domain.ACTUAL, 9)).pack()
        for body in (forged, b"", b"TCR1", bytes(70_000)):
            answer = httpx.post(f"{office.origin}/v1/rosters", content=body, trust_env=False)
            assert answer.status_code in (400, 413), answer.text
        assert httpx.get(f"{office.origin}/v1/authority", trust_env=False).json() == before


class TestDemo:
    def test_a_demo_person_signs_in_with_the_software_key(self, shared_server: Server) -> None:
        with httpx.Client(base_url=shared_server.url, trust_env=False) as client:
            key = open_folder(shared_server.data).keys(Domain.ACTUAL)[0]
            body = b'{"holder":"author"}'
            signed = authorization(key, "POST", "/v1/console/demo", body, time.time_ns() // 1_000_000)
            headers = {"Authorization": signed, "Content-Type": "application/json", "Origin": shared_server.url}
            answer = client.post("/v1/console/demo", content=body, headers=headers)
            assert answer.status_code == 200, answer.text
            assert answer.json()["demo"] is True
            cookie = answer.headers["set-cookie"].partition(";")[0]
            assert client.get(DRAFTS, headers={"Cookie": cookie}).status_code == 200
            headers["Origin"] = "https://evil.example"
            assert refused(client.post("/v1/console/demo", content=body, headers=headers)) == (403, "origin_refused")
