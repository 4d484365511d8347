"""Wrong orders, requests, messages, CSV rows, region files, settings: each is told what is wrong, nothing is written.

One row each: a name, what is given, and the words of the answer. Nothing here is an alert: all of it is refused.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.areas.invented import ORIGIN, PROPERTIES, collection, country, feature, square
from tests.conftest import Server
from tests.issuing.test_relay import followed, info, message
from tests.web.test_ordering import DRAFTS, Operator
from tocsin import cap
from tocsin.areas import Origin, Properties, Refused, import_geojson
from tocsin.cli.history import HistoryError, read_history
from tocsin.client import new_id
from tocsin.settings import SettingsError, read_settings

NEVER = "zzzzzzzzzzzzzzzzzzzzzzzzza"
GOOD = {"kind": "alert", "status": "actual", "hazard": "flood", "level": "red", "regions": ["UA-30"]}

# Changes to GOOD; None takes a field away.
ORDERS: list[tuple[str, dict[str, Any], str]] = [
    ("no id", {"id": None}, "missing required field `id`"),
    ("id too short", {"id": "abc"}, "id 'abc' is not 26 characters"),
    ("id in capitals", {"id": "A" * 26}, "is not 26 characters a-z2-7"),
    ("id is a number", {"id": 7}, "Expected `str`, got `int` - at `$.id`"),
    ("no kind", {"kind": None}, "missing required field `kind`"),
    ("unknown kind", {"kind": "alarm"}, "Invalid enum value 'alarm'"),
    ("no status", {"status": None}, "missing required field `status`"),
    ("status in CAP's spelling", {"status": "Actual"}, "Invalid enum value 'Actual'"),
    ("unknown level", {"level": "orange"}, "Invalid enum value 'orange'"),
    ("unknown field", {"region": "UA-30"}, "unknown field `region`"),
    ("no hazard", {"hazard": None}, "an alert needs a hazard: air_raid, "),
    ("unknown hazard", {"hazard": "airraid"}, "hazard 'airraid' is unknown; known are air_raid"),
    ("no regions", {"regions": None}, "at least one region; there is no default area"),
    ("unknown region", {"regions": ["Вишгарод"]}, "Вишгород"),
    ("one of two regions unknown", {"regions": ["UA-30", "Atlantis"]}, "Atlantis"),
    ("ambiguous region", {"regions": ["Миколаївська громада"]}, "Миколаївська"),
    ("empty region", {"regions": [""]}, "length >= 1"),
    ("blank region", {"regions": ["  "]}, "region"),
    ("region as text", {"regions": "UA-30"}, "Expected `array`, got `str`"),
    ("a region's name too long", {"regions": ["x" * 101]}, "length <= 100"),
    ("too many regions", {"regions": ["UA-30"] * 501}, "length <= 500"),
    ("expires in the past", {"expires_in_s": -300}, "expires lies 300 s in the past"),
    ("expires at once", {"expires_in_s": 0}, "0 s are out of range; flood lasts 60 to 864000 s"),
    ("expires too late", {"expires_in_s": 10**9}, "are out of range; flood lasts"),
    ("expires is a text", {"expires_in_s": "2h"}, "Expected `int | null`, got `str`"),
    ("expires is a fraction", {"expires_in_s": 60.5}, "Expected `int | null`, got `float`"),
    ("headline too long", {"text": {"en": {"headline": "x" * 201, "instruction": ""}}}, "201 characters; 200 fit"),
    ("instruction too long", {"text": {"uk": {"headline": "x", "instruction": "й" * 1001}}}, "Text is never cut"),
    ("no room for the first word", {"text": {"en": {"headline": "x" * 200, "instruction": ""}}}, "206 characters"),
    ("blank headline", {"text": {"uk": {"headline": " \n", "instruction": "x"}}}, "the headline in uk says nothing"),
    ("empty headline", {"text": {"en": {"headline": "", "instruction": ""}}}, "the headline in en says nothing"),
    ("no instruction", {"text": {"en": {"headline": "x"}}}, "missing required field `instruction`"),
    ("control character", {"text": {"en": {"headline": "a\u0000b", "instruction": ""}}}, "holds a control character"),
    ("tab in a text", {"text": {"en": {"headline": "a\tb", "instruction": ""}}}, "holds a control character"),
    ("language is no tag", {"text": {"English": {"headline": "x", "instruction": ""}}}, "'English' is no tag"),
    ("nine languages", {"text": {f"{a}a": {"headline": "x", "instruction": ""} for a in "abcdefghi"}}, "9 languages"),
    ("no shape", {"shapes": ["50.4,30.5"]}, "shape '50.4,30.5' begins neither"),
    ("polygon not closed", {"shapes": ["polygon 50,30 51,30 51,31 50,31"]}, "polygon"),
    ("longitude first", {"shapes": ["circle 130.5,50.4 3"]}, "130.5"),
    ("shape that encloses nothing", {"shapes": ["polygon 50,30 50,30 50,30 50,30"]}, "polygon"),
    ("shape somewhere else", {"regions": [], "shapes": ["circle -33.8,151.2 3"]}, "at least one region"),
    ("too many shapes", {"shapes": ["circle 50,30 3"] * 51}, "length <= 50"),
    ("parameter of the server's own", {"parameters": {"tocsin:kind": "all_clear"}}, "are the server's own"),
    ("parameter that XML cannot carry", {"parameters": {"a": "\u0001"}}, "XML cannot carry this character"),
    ("parameter too long", {"parameters": {"a": "b" * 201}}, "length <= 200"),
    ("alert that names an alarm", {"alarm": NEVER}, "begins a new alarm and names none"),
    ("end without an alarm", {"kind": "all_clear", "hazard": None, "regions": None}, "all_clear needs an alarm"),
    ("end of an unknown alarm", {"kind": "all_clear", "alarm": NEVER}, f"there is no alarm {NEVER}"),
    ("end of what does not hold", {"kind": "false_alarm", "regions": ["UA-71"]}, "no alarm has the hazard flood"),
    ("end of a hazard nobody knows", {"kind": "all_clear", "hazard": "rain"}, "no alarm has the hazard rain"),
    ("update without an alarm", {"kind": "update", "hazard": None}, "update needs an alarm"),
    ("dispute of an unknown alarm", {"kind": "disputed", "alarm": "zzzz"}, "there is no alarm zzzz"),
    ("an alarm's name too short", {"kind": "update", "alarm": "zz"}, "its first 4 or more characters"),
    ("an alarm's name is a path", {"kind": "update", "alarm": "../../etc"}, "neither an id nor"),
]

# The body as it is sent, in place of an order.
BODIES: list[tuple[str, bytes, str]] = [
    ("empty body", b"", "cannot be read"),
    ("no JSON", b"alert Kyiv!", "cannot be read"),
    ("a list", b"[]", "Expected `object`, got `array`"),
    ("cut off", b'{"id": "', "truncated"),
    ("no UTF-8", b'{"id": "\xff\xfe"}', "cannot be read"),
    ("deep", b"[" * 100_000, "cannot be read"),
    ("half a surrogate", b'{"id": "\\ud800"}', "cannot be read"),
    ("XML", b"<alert/>", "cannot be read"),
]

REQUESTS: list[tuple[str, str, str, str]] = [
    ("unsigned order", "POST", DRAFTS, "neither a signature (Authorization) nor a session; sign in"),
    (
        "unsigned signing",
        "POST",
        f"{DRAFTS}/{NEVER}/sign",
        "neither a signature (Authorization) nor a session; sign in",
    ),
    ("drafts by nobody", "GET", DRAFTS, "neither a signature (Authorization) nor a session; sign in"),
    ("relay by GET", "GET", "/v1/operator/relay", "takes POST, not GET"),
    ("a draft's id malformed", "POST", f"{DRAFTS}/short/sign", "id: String should match pattern"),
    ("alarm malformed", "GET", "/v1/alarms/UPPER", "alarm: String should match pattern"),
    ("alarm unknown", "GET", f"/v1/alarms/{NEVER}", f"there is no alarm {NEVER}"),
    ("alert unknown", "GET", f"/v1/alerts/{NEVER}", f"there is no alert {NEVER}"),
    ("status unknown", "GET", "/v1/alarms?status=drill", "status: Input should be 'actual', 'exercise' or 'test'"),
    ("limit zero", "GET", "/v1/alarms?limit=0", "limit: Input should be greater than or equal to 1"),
    ("limit huge", "GET", "/v1/alarms?limit=1e9", "limit: Input should be a valid integer"),
    ("path unknown", "GET", "/v2/board", "there is no /v2/board; /openapi.json lists what there is"),
    ("board by DELETE", "DELETE", "/v1/board", "takes GET, not DELETE"),
    ("nonce malformed", "GET", "/v1/stream?nonce=%20", "nonce is not 1 to 64 characters"),
]

_CANCEL = followed(message(identifier="bad-input"), cap.MsgType.CANCEL)
MESSAGES: list[tuple[str, bytes, str]] = [
    ("no XML", b"alert", "An alert is a well-formed XML document"),
    ("another XML", b"<rss/>", "rss"),
    ("entities", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "A document type declaration is never read"),
    ("area elsewhere", cap.write(message(info(areas=(cap.Area(area_desc="Ukraine"),)))), "never widened"),
    ("cancel of nothing we know", cap.write(_CANCEL), "there is no alarm"),
    ("a draft", cap.write(message(status=cap.Status.DRAFT)), "status Draft is not for the public"),
    ("years old", cap.write(message(sent=message().sent.replace(year=2020))), "a stale warning is not relayed"),
]

_OFFICIAL = "oblast,raion,hromada,level,started_at,finished_at,source"
_VOLUNTEER = "region,started_at,finished_at,naive"
_TIMES = "2023-01-01 10:00:00+00:00,2023-01-01 11:00:00+00:00"
ROWS: list[tuple[str, str, str]] = [
    ("empty file", "", "row 1: the columns are ''"),
    ("other columns", "place,from,to", "row 1: the columns are 'place,from,to'; known are"),
    ("too few columns", f"{_OFFICIAL}\na,b", "row 2: 2 columns, not 7"),
    ("too many columns", f"{_VOLUNTEER}\nКиїв,{_TIMES},False,more", "row 2: 5 columns, not 4"),
    ("no place", f"{_VOLUNTEER}\n ,{_TIMES},False", "row 2, column region: empty"),
    ("no start", f"{_VOLUNTEER}\nКиїв,,2023-01-01 11:00:00+00:00,False", "column started_at: '' is no time"),
    ("time in words", f"{_VOLUNTEER}\nКиїв,now,later,False", "column started_at: 'now' is no time"),
    ("no time zone", f"{_VOLUNTEER}\nКиїв,2023-01-01 10:00:00,2023-01-01 11:00:00,False", "has no time zone"),
    ("month 13", f"{_VOLUNTEER}\nКиїв,2023-13-01 10:00:00+00:00,x,False", "is no time like"),
    (
        "ends before it starts",
        f"{_VOLUNTEER}\nКиїв,2023-01-01 11:00:00+00:00,2023-01-01 10:00:00+00:00,False",
        "column finished_at: 2023-01-01 10:00:00+00:00 does not lie after started_at",
    ),
    ("naive unknown", f"{_VOLUNTEER}\nКиїв,{_TIMES},maybe", "'maybe' is none of True, False"),
    ("level unknown", f"{_OFFICIAL}\nа,,,city,{_TIMES},official", "'city' is none of oblast, raion, hromada"),
    ("level without its name", f"{_OFFICIAL}\nа,,,raion,{_TIMES},official", "column raion: empty"),
    ("name below its level", f"{_OFFICIAL}\nа,б,,oblast,{_TIMES},official", "is given, but the level is oblast"),
    ("a name of a megabyte", f"{_VOLUNTEER}\n{'x' * 100_000},{_TIMES},False", "100000 characters; 200 fit"),
    ("a quote left open", f'{_VOLUNTEER}\n"Київ,{_TIMES},False', "not CSV"),
    ("a later row", f"{_VOLUNTEER}\nКиїв,{_TIMES},False\nКиїв,{_TIMES}", "row 3: 3 columns, not 4"),
]

_CODED_TWICE = [feature("XX-1", "One", None, square(0, 0)), feature("XX-1", "Two", None, square(5, 5))]
_ORPHAN = [feature("XX-1-1", "West", "XX-9", square(0, 0))]
FILES: list[tuple[str, bytes, Properties, Origin, str]] = [
    ("no JSON", b"regions", PROPERTIES, ORIGIN, "the file is not GeoJSON"),
    ("TopoJSON", b'{"type": "Topology"}', PROPERTIES, ORIGIN, "convert TopoJSON to GeoJSON first"),
    ("no features", collection(), PROPERTIES, ORIGIN, "the file has no features"),
    ("feature is a text", collection("one"), PROPERTIES, ORIGIN, "feature 1: not a GeoJSON feature"),
    ("no code", collection(feature(None, "One")), PROPERTIES, ORIGIN, "feature 1: property 'id' is missing or empty"),
    ("code with blanks in it", collection(feature("a b", "One")), PROPERTIES, ORIGIN, "'a b' is no code"),
    ("code twice", collection(*_CODED_TWICE), PROPERTIES, ORIGIN, "feature 1 has the same code"),
    ("no name", collection(feature("XX-1", "")), PROPERTIES, ORIGIN, "has no name in 'name' (--name)"),
    ("name too long", collection(feature("XX-1", "x" * 999)), PROPERTIES, ORIGIN, "a name of 999 letters"),
    ("parent that is not there", collection(*_ORPHAN), PROPERTIES, ORIGIN, "XX-9"),
    (
        "latitude out of range",
        collection(feature("XX-1", "One", None, square(10, 95))),
        PROPERTIES,
        ORIGIN,
        "feature 1 (XX-1)",
    ),
    ("ring too short", collection(feature("XX-1", "One", None, [[[0, 0], [1, 1]]])), PROPERTIES, ORIGIN, "XX-1"),
    ("no licence", collection(*country()), PROPERTIES, replace(ORIGIN, licence=" "), "the licence of the file must be"),
    ("no source", collection(*country()), PROPERTIES, replace(ORIGIN, source=""), "the source of the file must be"),
    ("date of another form", collection(*country()), PROPERTIES, replace(ORIGIN, date="1.1.26"), "is YYYY-MM-DD"),
    (
        "accuracy zero",
        collection(*country()),
        PROPERTIES,
        replace(ORIGIN, accuracy_km=0),
        "more than 0 and at most 100",
    ),
    ("no name mapped", collection(*country()), replace(PROPERTIES, names={}), ORIGIN, "--name en=NAME_EN"),
]

SETTINGS: list[tuple[str, dict[str, Any], str]] = [
    ("port too large", {"port": 65536}, "port (TOCSIN_PORT): Input should be less than or equal to 65535"),
    ("port negative", {"port": -1}, "port (TOCSIN_PORT): Input should be greater than or equal to 0"),
    ("port in words", {"port": "http"}, "port (TOCSIN_PORT): Input should be a valid integer"),
    ("host is a name", {"host": "example.org"}, "host 'example.org' is no IP address; 127.0.0.1 serves this machine"),
    ("public without TLS", {"host": "0.0.0.0"}, "host 0.0.0.0 is public and there is no TLS"),
    ("public without TLS, IPv6", {"host": "::"}, "host :: is public and there is no TLS"),
    ("certificate alone", {"tls_cert": __file__}, "tls_cert and tls_key go together; give both or neither"),
    ("key alone", {"tls_key": __file__}, "tls_cert and tls_key go together; give both or neither"),
    ("certificate missing", {"tls_cert": "no.pem", "tls_key": __file__}, "tls_cert: there is no file no.pem"),
    ("atlas missing", {"atlas": "no.json"}, "atlas: there is no file no.json"),
    ("log form unknown", {"log": "xml"}, "log (TOCSIN_LOG): Input should be 'auto', 'text' or 'json'; found 'xml'"),
    ("log level unknown", {"log_level": "loud"}, "log_level (TOCSIN_LOG_LEVEL): Input should be 'debug', 'info'"),
    ("host names with a scheme", {"hosts": "https://a.example"}, "hosts: 'https://a.example' is no host name"),
    ("every host name", {"hosts": "*"}, "hosts: '*' is no host name"),
    ("unknown setting", {"colour": "red"}, "colour"),
]


def named(table: list[Any]) -> list[Any]:
    return [pytest.param(*row[1:], id=row[0]) for row in table]


@pytest.fixture(scope="module")
def operator(shared_server: Server) -> Iterator[Operator]:
    with httpx.Client(base_url=shared_server.url, trust_env=False) as client:
        one = Operator(shared_server, client)
        # What is wrong with these orders is not who asks.
        one.key = one.actual[0]
        yield one


@pytest.fixture
def nothing_written(operator: Operator) -> Iterator[None]:
    def head() -> Any:
        return operator.reader.get("/healthz").json()

    before = head()
    yield
    assert head() == before


def told(answer: httpx.Response) -> str:
    """Return what a refused request is told; whatever it was, it was no fault of the server."""
    assert 400 <= answer.status_code < 500, answer.text
    error = answer.json()["error"]
    assert set(error) <= {"code", "message", "candidates"}
    assert error["code"]
    assert len(error["message"]) < 1_000
    return str(error["message"])


@pytest.mark.usefixtures("nothing_written")
class TestToTheServer:
    @pytest.mark.parametrize(("changes", "words"), named(ORDERS))
    def test_a_wrong_order_is_refused_with_its_reason(
        self, operator: Operator, changes: dict[str, Any], words: str
    ) -> None:
        order = {"id": new_id()} | GOOD | changes
        body = msgspec.json.encode({name: value for name, value in order.items() if value is not None})
        assert words in told(operator.post(DRAFTS, body))

    @pytest.mark.parametrize(("body", "words"), named(BODIES))
    def test_what_is_no_order_is_refused_with_its_reason(self, operator: Operator, body: bytes, words: str) -> None:
        assert words in told(operator.post(DRAFTS, body))

    @pytest.mark.parametrize(("method", "path", "words"), named(REQUESTS))
    def test_a_wrong_request_is_refused_with_its_reason(
        self, operator: Operator, method: str, path: str, words: str
    ) -> None:
        assert words in told(operator.reader.request(method, path))

    @pytest.mark.parametrize(("document", "words"), named(MESSAGES))
    def test_a_message_that_cannot_be_relayed_is_refused_with_its_reason(
        self, operator: Operator, document: bytes, words: str
    ) -> None:
        path = "/v1/operator/relay"
        assert words in told(operator.post(path, document, operator.header(document, path, operator.exercise)))


@pytest.mark.parametrize(("text", "words"), named(ROWS))
def test_a_wrong_row_of_history_is_named(text: str, words: str) -> None:
    with pytest.raises(HistoryError) as raised:
        list(read_history(text.splitlines(keepends=True)))
    assert words in str(raised.value)
    assert len(str(raised.value)) < 500


@pytest.mark.parametrize(("data", "properties", "origin", "words"), named(FILES))
def test_a_wrong_file_of_regions_is_refused_whole(
    data: bytes, properties: Properties, origin: Origin, words: str
) -> None:
    outcome = import_geojson(data, properties, origin, None)
    assert isinstance(outcome, Refused)
    assert any(words in problem.message for problem in outcome.problems), outcome.problems


@pytest.mark.parametrize(("given", "words"), named(SETTINGS))
def test_a_wrong_setting_is_named_on_one_line(given: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(**given)
    (line,) = [line for line in raised.value.lines if words in line]
    assert "\n" not in line


def _authority(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "authority.json").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("prepare", "environment", "words"),
    [
        pytest.param(lambda at: at / "none", {}, "there is no authority in", id="no authority"),
        pytest.param(lambda at: Path(__file__), {}, "cannot be read: Not a directory", id="the folder is a file"),
        pytest.param(lambda at: _authority(at / "a", "{"), {}, "authority.json cannot be read", id="authority cut off"),
        pytest.param(lambda at: _authority(at / "a", "[]"), {}, "authority.json cannot be read", id="authority a list"),
        pytest.param(lambda at: at, {"TOCSIN_PORT": "x"}, "port (TOCSIN_PORT): Input should be a valid", id="setting"),
    ],
)
def test_a_start_that_cannot_be_is_refused_in_plain_words(
    tmp_path: Path, prepare: Any, environment: dict[str, str], words: str
) -> None:
    command = [sys.executable, "-m", "tocsin", "serve", "--data", str(prepare(tmp_path))]
    ended = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert words in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr


def test_the_tables_are_long_enough_and_say_each_thing_once() -> None:
    tables = (ORDERS, BODIES, REQUESTS, MESSAGES, ROWS, FILES, SETTINGS)
    assert sum(map(len, tables)) >= 60
    for table in tables:
        names = [row[0] for row in table]
        assert len(set(names)) == len(names)
        assert all(json.dumps(row[-1]) for row in table)
