"""Every path of "Reading" in ``spec/stream.md``, asked of a real server."""

from hashlib import sha256

import httpx
import pytest

from tests.conftest import Server
from tests.live.duty import Duty
from tocsin import cap
from tocsin.notice import (
    Domain,
    Envelope,
    Magic,
    Notice,
    Position,
    Status,
    Trust,
    b64,
    decode_notice,
    from_b64,
)

ALARM = {
    "authority", "alarm", "id", "version", "kind", "status", "state", "hazard", "level", "since", "sent", "effective",
    "expires", "regions", "text", "position",
}  # fmt: skip
PATHS = (
    "/v1/authority",
    "/v1/board",
    "/v1/alarms",
    "/v1/alarms/{alarm}",
    "/v1/alerts/{id}",
    "/v1/regions",
    "/v1/regions/map",
    "/v1/log/checkpoint",
    "/v1/log/entries",
    "/healthz",
)
NOBODY = "a" * 26


def test_the_authority_shows_its_roots_and_rosters_which_they_signed(reader: httpx.Client, duty: Duty) -> None:
    shown = reader.get("/v1/authority").json()
    assert set(shown) == {"authority", "demo", "epoch", "roots", "rosters", "revocations"}
    assert (shown["authority"], shown["demo"]) == ("demo", True)
    assert {domain: from_b64(root) for domain, root in shown["roots"].items()} == duty.trust.roots
    assert set(shown["rosters"]) == set(Domain)
    assert shown["revocations"] == {}
    for (roster,) in shown["rosters"].values():
        assert isinstance(duty.trust.learn(from_b64(roster)), Trust)


def test_the_board_holds_what_has_not_ended_by_status(reader: httpx.Client, duty: Duty) -> None:
    alarms = {status: duty.alert(status).alarm for status in Status}
    board = reader.get("/v1/board").json()
    assert set(board) == {"position", "hash", "time_ms", *Status}
    for status, alarm in alarms.items():
        (found,) = [one for one in board[status] if one["alarm"] == alarm]
        assert set(found) == ALARM
        assert (found["state"], found["status"]) == ("in_force", status)
        assert all(text["headline"].startswith(("DEMO", "ДЕМО")) for text in found["text"].values())
    duty.all_clear(duty.alert())
    after = reader.get("/v1/board").json()
    assert Position.parse(after["position"]).sequence == Position.parse(board["position"]).sequence + 2
    assert after["hash"] == board["hash"]


def test_alarms_are_listed_newest_first_ended_ones_too(reader: httpx.Client, duty: Duty) -> None:
    first, second = duty.alert(), duty.alert()
    duty.all_clear(first)
    listed = reader.get("/v1/alarms", params={"limit": 2}).json()["alarms"]
    assert [one["alarm"] for one in listed] == [first.alarm, second.alarm]
    assert [one["state"] for one in listed] == ["ended_clear", "in_force"]
    assert all(set(one) == ALARM for one in listed)
    assert all(one["status"] == "test" for one in reader.get("/v1/alarms?status=test").json()["alarms"])


def test_an_alarm_has_its_history_oldest_first_in_signed_envelopes(reader: httpx.Client, duty: Duty) -> None:
    begun = duty.alert()
    duty.all_clear(begun)
    alarm = reader.get(f"/v1/alarms/{begun.alarm}").json()
    assert set(alarm) == ALARM | {"history"}
    assert [one["kind"] for one in alarm["history"]] == ["alert", "all_clear"]
    assert set(alarm["history"][0]) == {"id", "version", "kind", "level", "sent", "position", "envelope"}
    for one in alarm["history"]:
        notice = duty.trusting().verify_notice(from_b64(one["envelope"]))
        assert isinstance(notice, Notice)
        assert (notice.id, notice.version) == (one["id"], one["version"])


class TestAlert:
    def test_json_is_the_default(self, reader: httpx.Client, duty: Duty) -> None:
        issued = duty.alert()
        for accept in ("application/json", "*/*", "text/html"):
            answer = reader.get(f"/v1/alerts/{issued.id}", headers={"Accept": accept})
            assert answer.headers["content-type"] == "application/json"
            shown = answer.json()
            assert set(shown) == {"position", "recorded_ms", "notice", "envelope"}
            envelope = Envelope.unpack(from_b64(shown["envelope"]), Magic.NOTICE)
            assert decode_notice(envelope.document).id == shown["notice"]["id"] == issued.id
            assert shown["position"] == issued.position

    def test_the_cap_document_is_the_one_that_the_notice_is_bound_to(self, reader: httpx.Client, duty: Duty) -> None:
        issued = duty.alert(Status.EXERCISE)
        answer = reader.get(f"/v1/alerts/{issued.id}", headers={"Accept": "application/cap+xml"})
        assert answer.headers["content-type"].startswith("application/cap+xml")
        notice = reader.get(f"/v1/alerts/{issued.id}").json()["notice"]
        assert b64(sha256(answer.content).digest()) == notice["cap"]
        assert cap.read(answer.content).status is cap.Status.EXERCISE

    def test_the_envelope_comes_as_it_was_signed(self, reader: httpx.Client, duty: Duty) -> None:
        issued = duty.alert()
        accept = {"Accept": "application/octet-stream;q=0.9, text/plain"}
        answer = reader.get(f"/v1/alerts/{issued.id}", headers=accept)
        assert answer.headers["content-type"] == "application/octet-stream"
        assert isinstance(duty.trusting().verify_event(answer.content, Status.ACTUAL), Notice)

    def test_caches_keep_the_forms_apart(self, reader: httpx.Client, duty: Duty) -> None:
        assert "Accept" in reader.get(f"/v1/alerts/{duty.alert().id}").headers["vary"]


def test_regions_are_a_tree_parents_first(reader: httpx.Client) -> None:
    shown = reader.get("/v1/regions").json()
    assert set(shown) == {"atlas", "attribution", "regions"}
    rows = shown["regions"]
    assert all(parent < number for number, (_, _, parent, *_) in enumerate(rows))
    assert any(row[0] == "UA80000000000093317" and row[-1] == "UA-30" for row in rows)


def test_the_map_has_paths_of_the_first_two_levels(reader: httpx.Client) -> None:
    shown = reader.get("/v1/regions/map").json()
    assert len(shown["viewBox"]) == 4
    assert len(shown["first"]) == 27
    assert all(path.startswith("M") for path in [*shown["first"].values(), *shown["second"].values()])
    assert shown["atlas"] == reader.get("/v1/regions").json()["atlas"]


@pytest.mark.parametrize("path", ["/v1/regions", "/v1/regions/map"])
def test_what_does_not_change_is_asked_for_once(reader: httpx.Client, path: str) -> None:
    first = reader.get(path)
    assert first.headers["content-encoding"] == "gzip"
    tag = {"If-None-Match": first.headers["etag"]}
    again = reader.get(path, headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert reader.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    plain = reader.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == first.content


def test_health_says_where_the_journal_is(reader: httpx.Client, duty: Duty) -> None:
    issued = duty.alert()
    answer = reader.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "position": issued.position}


def test_the_interface_describes_every_path(reader: httpx.Client) -> None:
    described = reader.get("/openapi.json").json()
    drafts = [f"/v1/operator/drafts{rest}" for rest in ("", "/{id}", "/{id}/sign", "/{id}/return")]
    ceremonies = [f"/v1/console/{way}/{step}" for way in ("enrol", "sign-in") for step in ("options", "finish")]
    console = [*ceremonies, "/v1/console/sign-out", "/v1/console/demo", "/v1/console/me"]
    trust = ["/v1/rosters", "/v1/revocations"]
    assert set(described["paths"]) == {*PATHS, *drafts, "/v1/operator/relay", *console, *trust}
    for path in PATHS:
        assert list(described["paths"][path]) == ["get"]
    assert "/v1/stream" in described["info"]["summary"]
    for page in ("/docs", "/redoc"):  # they would load scripts of a third party
        assert reader.get(page).status_code == 404


class TestErrors:
    """``{"error": {"code", "message"}}``, everywhere."""

    @pytest.mark.parametrize(
        ("path", "status", "code"),
        [
            (f"/v1/alarms/{NOBODY}", 404, "alarm_unknown"),
            (f"/v1/alerts/{NOBODY}", 404, "alert_unknown"),
            ("/v1/alarms/short", 400, "parameter_invalid"),
            ("/v1/alerts/..%2f..%2fetc", 404, "not_found"),
            (f"/v1/alarms/{NOBODY}%0a", 400, "parameter_invalid"),
            ("/v1/alarms?limit=0", 400, "parameter_invalid"),
            ("/v1/alarms?limit=201", 400, "parameter_invalid"),
            ("/v1/alarms?limit=many", 400, "parameter_invalid"),
            ("/v1/alarms?status=real", 400, "parameter_invalid"),
            ("/v1/nothing", 404, "not_found"),
            ("/wp-login.php", 404, "not_found"),
        ],
    )
    def test_each_has_its_code(self, reader: httpx.Client, path: str, status: int, code: str) -> None:
        answer = reader.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert answer.json()["error"]["message"]

    @pytest.mark.parametrize(("method", "path"), [("POST", "/v1/board"), ("DELETE", "/v1/alarms"), ("PUT", "/healthz")])
    def test_reading_takes_no_other_method(self, reader: httpx.Client, method: str, path: str) -> None:
        answer = reader.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
        assert answer.json()["error"] == {"code": "method_not_allowed", "message": f"{path} takes GET, not {method}"}


class TestHeaders:
    SAFE = (
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "cross-origin-opener-policy",
        "permissions-policy",
    )

    @pytest.mark.parametrize(
        "path", ["/", "/v1/board", "/v1/regions", "/healthz", "/v1/nothing", "/v1/operator/drafts"]
    )
    def test_every_answer_is_safe_in_a_browser(self, reader: httpx.Client, path: str) -> None:
        answer = reader.get(path)
        assert set(self.SAFE) <= set(answer.headers)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "server" not in answer.headers

    def test_anybody_may_read_from_any_page_and_nobody_may_order_from_one(self, reader: httpx.Client) -> None:
        for path in ("/v1/board", "/v1/authority", "/v1/regions", f"/v1/alerts/{NOBODY}"):
            answer = reader.get(path, headers={"Origin": "https://elsewhere.example"})
            assert answer.headers["access-control-allow-origin"] == "*"
        answer = reader.post("/v1/operator/drafts", headers={"Origin": "https://elsewhere.example"})
        assert "access-control-allow-origin" not in answer.headers
        preflight = reader.options("/v1/operator/drafts", headers={"Origin": "https://elsewhere.example"})
        assert preflight.status_code == 405
        assert "access-control-allow-origin" not in preflight.headers

    def test_what_changes_is_kept_by_no_cache(self, reader: httpx.Client) -> None:
        for path in ("/v1/board", "/v1/alarms", "/v1/authority"):
            assert reader.get(path).headers["cache-control"] == "no-store"


class TestHost:
    """No other site's name leads to the server."""

    @pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:8750", "[::1]:8750", "[::1]"])
    def test_its_own_names_do(self, reader: httpx.Client, host: str) -> None:
        assert reader.get("/healthz", headers={"Host": host}).status_code == 200

    @pytest.mark.parametrize("path", ["/", "/v1/board", "/v1/operator/drafts"])
    @pytest.mark.parametrize(
        "host", ["elsewhere.example", "localhost.elsewhere.example", "127.0.0.1.elsewhere.example", "", "a b", "[::2]"]
    )
    def test_others_do_not(self, reader: httpx.Client, host: str, path: str) -> None:
        answer = reader.get(path, headers={"Host": host})
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "host_unknown"


def test_the_page_is_always_asked_for_again_and_its_parts_never(shared_server: Server, reader: httpx.Client) -> None:
    page = reader.get("/")
    if page.status_code == 503:
        pytest.skip("the page was not built")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    part = next(word for word in page.text.split('"') if "assets/" in word)
    assert "immutable" in reader.get("/" + part.lstrip("./")).headers["cache-control"]
