"""How much work one message can ask for, counted in what is done for it, never in time."""

import pytest

from tocsin import cap
from tocsin.cap import shapes
from tocsin.cap.rules import rings

HEAD = (
    f'<alert xmlns="{cap.NAMESPACE}"><identifier>drill-1</identifier><sender>drill@example.org</sender>'
    "<sent>2026-03-01T04:05:06+02:00</sent><status>Test</status><msgType>Alert</msgType><scope>Public</scope>"
)
INFO = (
    "<info><category>Met</category><event>Drill</event><urgency>Future</urgency><severity>Minor</severity>"
    "<certainty>Unlikely</certainty><expires>2026-03-02T04:05:06+02:00</expires>"
)


def judged(*polygons: str) -> cap.Report:
    areas = "".join(f"<area><areaDesc>Nowhere</areaDesc><polygon>{text}</polygon></area>" for text in polygons)
    return cap.judge(f"{HEAD}{INFO}{areas}</info></alert>".encode())


def comb(points: int) -> str:
    teeth = [f"{step % 2 * 10 + step / 1e5:.5f},{step % 2 * 10 - step / 1e5:.5f}" for step in range(points - 1)]
    return " ".join([*teeth, teeth[0]])


def test_the_points_read_for_one_message_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    plain = shapes.ring

    def counted(text: str) -> tuple[tuple[shapes.Point, ...], list[shapes.ShapeError]]:
        read.append(text.count(","))
        return plain(text)

    monkeypatch.setattr(shapes, "ring", counted)
    report = judged(*["1,1 " * 20_000] * 9)
    assert sum(read) <= rings.POINTS_READ_MAX
    unread = [one for one in report.findings if "none is read" in one.rule]
    assert [one.path for one in unread] == [f"alert/info[1]/area[{number}]/polygon[1]" for number in range(3, 10)]


def test_one_ring_is_read_however_large_it_may_be() -> None:
    report = judged("91,1 " * rings.POINTS_READ_MAX)
    assert "polygon-lat-range" in [one.code for one in report.findings]


def test_crossings_are_sought_for_the_message_and_not_for_each_ring() -> None:
    codes = [one.code for one in judged(*[comb(400)] * 20).findings]
    assert codes[:2] == ["polygon-self-intersecting"] * 2
    assert codes[3:] == ["polygon-unchecked"] * 17


def test_what_is_not_examined_is_said_and_loses_nothing() -> None:
    report = judged(comb(30_000))
    assert [one.code for one in report.findings] == ["polygon-unchecked"]
    assert report.outcome is cap.Outcome.ACCEPT


def test_a_document_of_thousands_of_faults_never_reaches_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    from tocsin.cap import compiled

    monkeypatch.setattr(compiled, "doubt", None)
    report = cap.judge(f"{HEAD}{'<info/>' * 2_000}</alert>".encode())
    assert len(report.findings) == 100
    assert report.outcome is cap.Outcome.QUARANTINE
