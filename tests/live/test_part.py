"""A stream about some regions: what is told, and the proof that it is all."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from tests.live.porch import Porch, open_porch
from tests.live.test_feed import FIRST, Station
from tests.live.wire import Event, Wire
from tocsin.areas import load_ukraine
from tocsin.live import Broadcast, rooms
from tocsin.notice import Heartbeat, Kind, Magic, Status, from_b64, seal
from tocsin.notice.merkle import Leaf, RangeProof, proven_leaves
from tocsin.ports.journal import Issue
from tocsin.testing.samples import KEY, START, sample_issue


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with closing(Station(tmp_path)) as station:
        yield station


@pytest.fixture
def porch(station: Station) -> Iterator[Porch]:
    with open_porch(station.feed) as porch:
        station.desk.audience = Broadcast(porch.keeper.rooms)
        yield porch


@pytest.fixture(scope="module")
def codes() -> dict[str, str]:
    """An oblast, one of its raions, a hromada of that, and another oblast."""
    atlas = load_ukraine()
    oblast, other = atlas.resolve("UA-32").code, atlas.resolve("UA-46").code
    raion = atlas.children(oblast)[0]
    return {"oblast": oblast, "raion": raion, "hromada": atlas.children(raion)[0], "other": other}


def issue_in(*regions: str, name: str, alarm: str = "", version: int = 1, kind: Kind = Kind.ALERT) -> Issue:
    one = sample_issue(name, alarm, version, kind)
    notice = msgspec.structs.replace(one.notice, regions=tuple(sorted(regions)))
    return replace(one, notice=notice, envelope=seal(KEY, Magic.NOTICE, notice).pack())


def proven(station: Station, beat: Event, codes: set[str]) -> frozenset[Leaf]:
    """Return what *beat* proves of *codes*, which are all that concern a client."""
    heartbeat = station.desk.trust.verify_heartbeat(from_b64(beat.data["heartbeat"]), 0)
    assert isinstance(heartbeat, Heartbeat)
    assert beat.data["atlas"] == station.desk.atlas.hash
    proof = msgspec.json.decode(json.dumps(beat.data["proof"]), type=RangeProof)
    found = proven_leaves(proof, from_b64(heartbeat.board), codes)
    assert isinstance(found, frozenset)
    return found


def concerning(station: Station, code: str) -> set[str]:
    atlas = station.desk.atlas
    return {code, *atlas.ancestors(code), *atlas.descendants(code)}


def alarms(told: frozenset[Leaf]) -> set[tuple[str, int]]:
    return {(alarm, version) for _, _, alarm, version in told}


def test_what_is_the_region_above_it_or_below_it_is_told_and_proven(
    station: Station, porch: Porch, codes: dict[str, str]
) -> None:
    named = [issue_in(codes[name], name=name) for name in codes]
    with Wire(porch.url) as machine:
        first = machine.follow(f"?region={codes['raion']}&nonce=mine").joined()
        assert proven(station, first[-1], concerning(station, codes["raion"])) == frozenset()
        porch.call(station.issue, *named)
        assert [machine.event().sequence for _ in range(3)] == [FIRST + 1, FIRST + 2, FIRST + 3]
        porch.call(station.desk.audience.publish_trust, station.journal.entries(1, 1)[0])  # type: ignore[union-attr]
        assert machine.event().name == "roster"
        told = proven(station, machine.event(), concerning(station, codes["raion"]))
    assert alarms(told) == {(one.notice.alarm, 1) for one in named[:3]}


def test_a_snapshot_and_what_was_missed_hold_what_touches(
    station: Station, porch: Porch, codes: dict[str, str]
) -> None:
    porch.call(station.issue, *[issue_in(codes[name], name=name) for name in codes])
    query = f"?region={codes['other']}"
    with Wire(porch.url) as machine:
        snapshot, beat = machine.follow(query).joined()[1:]
        assert len(snapshot.data["test"]) == 1
        assert alarms(proven(station, beat, concerning(station, codes["other"]))) == {
            (issue_in(codes["other"], name="other").notice.alarm, 1)
        }
    with Wire(porch.url) as machine:
        missed = machine.follow(f"{query}&since={START.epoch}-1").joined()[1:-1]
    assert [event.name for event in missed] == ["roster", "roster", "test"]
    assert missed[-1].sequence == FIRST + 4


def test_an_alarm_that_leaves_a_region_is_told_there_once_more(
    station: Station, porch: Porch, codes: dict[str, str]
) -> None:
    moved = [
        issue_in(codes["raion"], name="one"),
        issue_in(codes["other"], name="two", alarm="one", version=2, kind=Kind.UPDATE),
        issue_in(codes["other"], name="three", alarm="one", version=3, kind=Kind.ALL_CLEAR),
    ]
    with Wire(porch.url) as live:
        live.follow(f"?region={codes['raion']}").joined()
        porch.call(station.issue, *moved)
        porch.call(station.issue, issue_in(codes["raion"], name="four"))
        assert [live.event().sequence for _ in range(3)] == [FIRST + 1, FIRST + 2, FIRST + 4]
    with Wire(porch.url) as later:
        missed = later.follow(f"?region={codes['raion']}&since={START.epoch}-{FIRST}").joined()[1:-1]
        assert [event.sequence for event in missed] == [FIRST + 1, FIRST + 2, FIRST + 4]


def test_a_region_that_the_atlas_lacks_is_told_everywhere(
    station: Station, porch: Porch, codes: dict[str, str]
) -> None:
    with Wire(porch.url) as machine:
        machine.follow(f"?region={codes['raion']}").joined()
        porch.call(station.issue, sample_issue("strange"))
        assert machine.event().sequence == FIRST + 1


def test_those_with_the_same_regions_share_a_room_and_an_empty_one_goes(
    station: Station, porch: Porch, codes: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "PARTS_MAX", 1)
    one, other = (f"?region={codes[name]}" for name in ("raion", "other"))
    with Wire(porch.url) as first, Wire(porch.url) as second, Wire(porch.url) as third:
        first.follow(one).joined()
        second.follow(one).joined()
        refused = third.ask("GET", f"/v1/stream{other}")
        assert (refused.status, refused.error["code"]) == (503, "rooms_full")
        assert porch.call(len, porch.keeper.rooms) == 2
    while porch.call(len, porch.keeper.rooms):
        pass
    with Wire(porch.url) as fourth:
        fourth.follow(other).joined()


@pytest.mark.parametrize("query", ["region=nowhere", "region=%22", "&".join(["region=UA01"] * 17)])
def test_what_is_no_region_of_the_atlas_is_refused_in_words(porch: Porch, query: str) -> None:
    with Wire(porch.url) as machine:
        answer = machine.ask("GET", f"/v1/stream?{query}")
    assert (answer.status, answer.error["code"]) == (400, "region_unknown")


def test_who_asks_for_no_region_hears_everything_and_no_proof(
    station: Station, porch: Porch, codes: dict[str, str]
) -> None:
    with Wire(porch.url) as everybody, Wire(porch.url) as machine:
        assert list(everybody.follow().joined()[-1].data) == ["heartbeat"]
        machine.follow(f"?region={codes['raion']}").joined()
        porch.call(station.issue, issue_in(codes["other"], name="one"))
        event = everybody.event()
        assert (event.name, event.sequence) == (str(Status.TEST), FIRST + 1)
        assert from_b64(event.data["envelope"]) == station.journal.entries(FIRST, 1)[0].body
