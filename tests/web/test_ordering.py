"""The operator interface: who may order, and what the answers are."""

import time
from hashlib import sha256
from typing import Any

import httpx
import msgspec
import pytest

from tests.conftest import Server
from tests.issuing.test_relay import info, message
from tests.live.duty import Duty
from tocsin import cap
from tocsin.client import new_id, open_folder
from tocsin.client.requests import authorization
from tocsin.issuing.orders import ORDER_SIZE_BYTES_MAX
from tocsin.notice import Domain, Magic, SigningKey, b64, decode_notice, from_b64, sign_document
from tocsin.web.access import CLOCK_OFF_S_MAX

DRAFTS = "/v1/operator/drafts"
STRANGER = SigningKey.from_seed(bytes(32))


def order(**given: Any) -> bytes:
    fields = {
        "id": new_id(), "kind": "alert", "status": "exercise", "hazard": "flood", "level": "yellow",
        "regions": ["UA-30"],
    }  # fmt: skip
    return msgspec.json.encode(fields | given)


class Operator:
    """Signs requests by hand, rightly or not."""

    def __init__(self, server: Server, reader: httpx.Client) -> None:
        folder = open_folder(server.data)
        self.key = self.exercise = folder.keys(Domain.EXERCISE)[0]
        self.actual = folder.keys(Domain.ACTUAL)
        self.heartbeat = SigningKey.from_seed(from_b64((server.data / "keys" / "heartbeat.key").read_text().strip()))
        self.reader = reader

    def header(self, body: bytes, path: str = DRAFTS, key: SigningKey | None = None, off_s: float = 0) -> str:
        return authorization(key or self.key, "POST", path, body, int((time.time() + off_s) * 1000))

    def post(self, path: str, body: bytes, header: str | None = None) -> httpx.Response:
        headers = {"Authorization": self.header(body, path) if header is None else header}
        return self.reader.post(path, content=body, headers=headers)

    def draft(self, body: bytes | None = None) -> dict[str, Any]:
        answer = self.post(DRAFTS, body or order())
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def issue(self, draft: dict[str, Any], *keys: SigningKey) -> httpx.Response:
        signatures = [
            {"notice": part["notice"], "type": "ed25519", "key": one.key.hex(), "signature": b64(one.fields[0])}
            for part in draft["notices"]
            for key in keys or (self.key,)
            for one in [sign_document(key, Magic.NOTICE, from_b64(part["bytes"]))]
        ]
        return self.hand_in(draft["draft"], signatures)

    def hand_in(self, id: str, signatures: Any) -> httpx.Response:
        return self.post(f"{DRAFTS}/{id}/sign", msgspec.json.encode({"signatures": signatures}))


@pytest.fixture
def operator(shared_server: Server, reader: httpx.Client) -> Operator:
    return Operator(shared_server, reader)


def head(reader: httpx.Client) -> str:
    return str(reader.get("/healthz").json()["position"])


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_an_order_is_drafted_signed_and_issued(operator: Operator, reader: httpx.Client) -> None:
    before = head(reader)
    draft = operator.draft()
    assert head(reader) == before  # a draft writes nothing
    assert set(draft) == {"draft", "notices", "lapses_in_s", "preview"}
    (part,) = draft["notices"]
    notice = decode_notice(from_b64(part["bytes"]))
    assert notice.id == draft["draft"] == part["notice"]
    assert notice.cap == b64(sha256(part["cap"].encode()).digest())
    preview = draft["preview"]
    assert (preview["hazard"], preview["status"]) == ("flood", "exercise")
    assert preview["regions"] == [{"code": "UA80000000000093317", "names": {"uk": "Київ", "en": "Kyiv"}}]
    assert preview["text"]["en"]["headline"].startswith("DEMO, EXERCISE: ")
    issued = operator.issue(draft)
    assert issued.status_code == 201
    (alert,) = issued.json()["issued"]
    assert set(alert) == {"position", "id", "alarm", "version"}
    assert head(reader) == alert["position"]


def test_a_repeat_is_answered_with_what_was_issued(operator: Operator) -> None:
    body = order()
    draft = operator.draft(body)
    first, again = operator.issue(draft), operator.issue(draft)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    drafted_again = operator.post(DRAFTS, body)
    assert (drafted_again.status_code, drafted_again.json()) == (200, first.json())


def test_the_second_of_two_orders_is_told_that_the_alarm_moved_on(operator: Operator) -> None:
    alarm = operator.issue(operator.draft()).json()["issued"][0]["alarm"]
    drafts = [
        operator.draft(order(kind="update", alarm=alarm, level="red", hazard=None, regions=[])),
        operator.draft(order(kind="update", alarm=alarm, hazard=None, level=None, regions=["UA-46"])),
    ]
    assert operator.issue(drafts[1]).status_code == 201
    answer = operator.issue(drafts[0])
    assert refused(answer) == (409, "alarm_moved_on")
    assert "version 2" in answer.json()["error"]["message"]


def test_candidates_come_with_a_refusal(operator: Operator) -> None:
    alarm = operator.issue(operator.draft(order(hazard="tsunami", regions=["UA-51"]))).json()["issued"][0]["alarm"]
    answer = operator.post(DRAFTS, order(kind="all_clear", hazard="tsunami", regions=["UA-65"], level=None))
    assert refused(answer) == (400, "alarm_not_one")
    (candidate,) = answer.json()["error"]["candidates"]
    assert candidate["alarm"] == alarm


class TestRelay:
    def test_a_message_is_relayed_once(self, operator: Operator, reader: httpx.Client) -> None:
        now = cap.read(operator.draft()["notices"][0]["cap"].encode()).sent
        document = cap.write(message(info(expires=None), identifier=new_id(), sent=now))
        draft = operator.post("/v1/operator/relay", document)
        assert draft.status_code == 201, draft.text
        issued = operator.issue(draft.json())
        before = head(reader)
        again = operator.post("/v1/operator/relay", document)
        assert (again.status_code, again.json()) == (200, issued.json())
        assert head(reader) == before

    def test_a_stale_message_is_not(self, operator: Operator) -> None:
        assert refused(operator.post("/v1/operator/relay", cap.write(message(sent=from_2003())))) == (
            400,
            "cap_expired",
        )


def from_2003() -> Any:
    return message().sent.replace(year=2003)


class TestAuthorization:
    """A request that is not signed as it must be is told so, and changes nothing."""

    def test_unsigned(self, operator: Operator) -> None:
        for header in (
            "",
            "Basic YTpi",
            "Tocsin",
            "Tocsin a.b.c",
            operator.header(b"").replace(".", " "),
            operator.header(b"") + "A",
            f"{STRANGER.id.hex()}.1.",
        ):
            assert refused(operator.post(DRAFTS, order(), header)) == (401, "unsigned")

    def test_an_unknown_key(self, operator: Operator) -> None:
        body = order()
        assert refused(operator.post(DRAFTS, body, operator.header(body, key=STRANGER))) == (401, "key_unknown")

    def test_the_servers_own_key(self, operator: Operator) -> None:
        body = order()
        header = operator.header(body, key=operator.heartbeat)
        assert refused(operator.post(DRAFTS, body, header)) == (401, "key_unknown")

    @pytest.mark.parametrize("off_s", [-CLOCK_OFF_S_MAX - 5, CLOCK_OFF_S_MAX + 5, -1e9, 1e9])
    def test_an_old_time_or_a_coming_one(self, operator: Operator, off_s: float) -> None:
        body = order()
        answer = operator.post(DRAFTS, body, operator.header(body, off_s=off_s))
        assert refused(answer) == (401, "clock")
        assert "60 s are allowed" in answer.json()["error"]["message"]

    def test_a_time_that_was_changed(self, operator: Operator) -> None:
        body = order()
        key, at_ms, signature = operator.header(body).split(".")
        assert refused(operator.post(DRAFTS, body, f"{key}.{int(at_ms) + 1}.{signature}")) == (401, "signature_wrong")

    def test_a_body_that_was_changed(self, operator: Operator) -> None:
        body = order()
        header = operator.header(body)
        assert refused(operator.post(DRAFTS, body.replace(b"UA-30", b"UA-46"), header)) == (401, "signature_wrong")

    def test_a_path_or_query_that_was_changed(self, operator: Operator) -> None:
        body = order()
        for path in ("/v1/operator/relay", DRAFTS + "?x=1"):
            assert refused(operator.post(path, body, operator.header(body))) == (401, "signature_wrong")

    def test_a_signature_for_another_method(self, operator: Operator) -> None:
        body = order()
        header = authorization(operator.key, "PUT", DRAFTS, body, int(time.time() * 1000))
        assert refused(operator.post(DRAFTS, body, header)) == (401, "signature_wrong")

    def test_a_signature_of_another_key(self, operator: Operator) -> None:
        body = order()
        _, _, others = operator.header(body, key=STRANGER).split(".")
        key, at_ms, _ = operator.header(body).split(".")
        assert refused(operator.post(DRAFTS, body, f"{key}.{at_ms}.{others}")) == (401, "signature_wrong")

    def test_a_signature_over_a_notice_is_none_over_a_request(self, operator: Operator) -> None:
        body = order()
        key, at_ms, _ = operator.header(body).split(".")
        text = f"POST {DRAFTS}\n{at_ms}\n{sha256(body).hexdigest()}".encode()
        forged = b64(operator.key.sign(Magic.NOTICE.tag, text))
        assert refused(operator.post(DRAFTS, body, f"{key}.{at_ms}.{forged}")) == (401, "signature_wrong")

    def test_issuing_needs_it_too(self, operator: Operator) -> None:
        draft = operator.draft()
        answer = operator.post(f"{DRAFTS}/{draft['draft']}/sign", b"{}", "")
        assert refused(answer) == (401, "unsigned")

    def test_a_body_that_is_too_large(self, operator: Operator) -> None:
        body = b"x" * (ORDER_SIZE_BYTES_MAX + 1)
        assert refused(operator.post(DRAFTS, body)) == (413, "body_too_large")


class TestSignatures:
    def test_a_key_of_the_other_root_drafts_nothing(self, operator: Operator, reader: httpx.Client) -> None:
        before = head(reader)
        assert refused(operator.post(DRAFTS, order(status="actual"))) == (403, "not_listed")
        assert head(reader) == before

    def test_the_servers_own_key_issues_nothing(self, operator: Operator) -> None:
        assert refused(operator.issue(operator.draft(), operator.heartbeat)) == (403, "signature_refused")

    @pytest.mark.parametrize(
        "signatures",
        [
            [],
            {},
            [{"type": "ed25519"}],
            [{"notice": "a" * 26, "type": "rsa", "key": "0" * 16, "signature": "AA"}],
            [{"notice": "a" * 26, "type": "ed25519", "key": "xyz", "signature": "AA"}],
            [{"notice": "a" * 26, "type": "ed25519", "key": "0" * 16, "signature": "not base64!"}],
            [{"notice": "a" * 26, "type": "ed25519", "key": "0" * 16, "signature": "A" * 2_001}],
            [{"notice": "a" * 26, "type": "ed25519", "key": "0" * 16, "signature": "AA"}] * 257,
        ],
    )
    def test_what_is_no_signature_is_refused(self, operator: Operator, signatures: Any) -> None:
        draft = operator.draft()
        assert refused(operator.hand_in(draft["draft"], signatures)) == (400, "signatures_malformed")

    def test_an_unknown_draft_is_told_from_a_refused_one(self, operator: Operator) -> None:
        one = [{"notice": "a" * 26, "type": "ed25519", "key": "0" * 16, "signature": "AA"}]
        assert refused(operator.hand_in("a" * 26, one)) == (404, "draft_unknown")
        draft = operator.draft()
        one = [one[0] | {"notice": draft["draft"]}]
        assert refused(operator.hand_in(draft["draft"], one)) == (403, "signature_refused")


def test_no_operator_is_needed_to_read(duty: Duty, reader: httpx.Client) -> None:
    issued = duty.alert()
    assert reader.get(f"/v1/alerts/{issued.id}").status_code == 200
