"""What would not be valid is not written, and each reason is named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from tocsin import cap

OTHER = cap.Reference("demo@example.org", "drill-0", "2026-03-01T03:00:00-00:00")
SENT = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC)


def refused(alert: cap.Alert) -> list[tuple[str, str]]:
    with pytest.raises(cap.CapError) as error:
        cap.write(alert)
    assert all(finding.rule and finding.remedy and finding.line is None for finding in error.value.findings)
    return [(finding.code, finding.path) for finding in error.value.findings]


HEAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "no identifier": ({"identifier": ""}, "empty-identifier", "alert/identifier"),
    "a blank in the identifier": ({"identifier": "drill 1"}, "identifier-chars", "alert/identifier"),
    "a comma in the sender": ({"sender": "a,b"}, "sender-chars", "alert/sender"),
    "an ampersand in the sender": ({"sender": "a&b"}, "sender-chars", "alert/sender"),
    "a date without offset": ({"sent": SENT.replace(tzinfo=None)}, "date-naive", "alert/sent"),
    "a fraction of a second": ({"sent": SENT.replace(microsecond=5)}, "date-fraction", "alert/sent"),
    "an offset in seconds": ({"sent": SENT.astimezone(timezone(timedelta(seconds=7324)))}, "date-bad", "alert/sent"),
    "an update of nothing": ({"msg_type": cap.MsgType.UPDATE}, "references-missing", "alert/references"),
    "a cancel of nothing": ({"msg_type": cap.MsgType.CANCEL}, "references-missing", "alert/references"),
    "a reference to itself": (
        {"references": (cap.Reference("demo@example.org", "drill-1", "2026-03-01T06:05:06+02:00"),)},
        "references-self", "alert/references"),
    "a reference to the future": (
        {"references": (replace(OTHER, sent="2026-03-01T05:00:00-00:00"),)}, "references-later", "alert/references"),
    "a reference with a comma": (
        {"references": (replace(OTHER, sender="a,b"),)}, "references-malformed", "alert/references"),
    "a reference with a bad date": (
        {"references": (replace(OTHER, sent="yesterday"),)}, "references-malformed", "alert/references"),
    "restricted without restriction": ({"scope": cap.Scope.RESTRICTED}, "restriction-missing", "alert/restriction"),
    "restriction without scope": ({"restriction": "staff"}, "restriction-unexpected", "alert/restriction"),
    "private without addresses": ({"scope": cap.Scope.PRIVATE}, "addresses-missing", "alert/addresses"),
    "a quote in an incident": ({"incidents": ('a"b',)}, "list-item", "alert/incidents"),
    "an alert that tells nothing": ({"infos": ()}, "info-missing", "alert/info"),
    "a control character": ({"note": "a\x00b"}, "control-characters", "alert/note"),
    "half a character": ({"note": "a\ud800"}, "control-characters", "alert/note"),
    "no character at all": ({"codes": ("x", "\uffff")}, "control-characters", "alert/code[2]"),
}  # fmt: skip

INFO: dict[str, tuple[dict[str, Any], str, str]] = {
    "no event": ({"event": " "}, "empty-text", "event"),
    "no category": ({"categories": ()}, "missing-element", "category"),
    "no language": ({"language": ""}, "empty-text", "language"),
    "a language in words": ({"language": "ukrainian language"}, "datatype", "language"),
    "expires with sent": ({"expires": SENT}, "expires-at-once", "expires"),
    "expires before effective": ({"effective": SENT + timedelta(hours=2)}, "expires-before-effective", "expires"),
    "expires with onset": ({"onset": SENT + timedelta(hours=1)}, "onset-equals-expires", "expires"),
    "a link with a blank": ({"web": "https://example.org/a b"}, "link-blank", "web"),
    "a parameter without name": ({"parameters": (cap.Pair("", "x"),)}, "empty-text", "parameter[1]/valueName"),
    "a bell in the headline": ({"headline": "\x07"}, "control-characters", "headline"),
    "a resource nowhere": (
        {"resources": (cap.Resource(resource_desc="map", mime_type="image/png"),)}, "resource-without-link",
        "resource[1]"),
    "a media type in words": (
        {"resources": (cap.Resource(resource_desc="map", mime_type="picture", uri="a"),)}, "mime-type",
        "resource[1]/mimeType"),
    "a size below zero": (
        {"resources": (cap.Resource(resource_desc="map", mime_type="image/png", uri="a", size=-1),)}, "size-negative",
        "resource[1]/size"),
}  # fmt: skip

AREA: dict[str, tuple[dict[str, Any], str, str]] = {
    "no name": ({"area_desc": ""}, "area-desc-empty", "areaDesc"),
    "a geocode without name": ({"geocodes": (cap.Pair("", "x"),)}, "empty-text", "geocode[1]/valueName"),
    "an empty polygon": ({"polygons": ("",)}, "polygon-empty", "polygon[1]"),
    "an open polygon": ({"polygons": ("1,1 1,2 2,2 2,1",)}, "polygon-unclosed", "polygon[1]"),
    "a short polygon": ({"polygons": ("1,1 1,2 1,1",)}, "polygon-short", "polygon[1]"),
    "a pair of three": ({"polygons": ("1,1,0 1,2,0 2,2,0 1,1,0",)}, "polygon-arity", "polygon[1]"),
    "no numbers": ({"polygons": ("a,b c,d e,f a,b",)}, "polygon-unparsable", "polygon[1]"),
    "not a number": ({"polygons": ("nan,1 1,2 2,2 nan,1",)}, "polygon-unparsable", "polygon[1]"),
    "latitude last": ({"polygons": ("100,1 100,2 101,2 100,1",)}, "polygon-lat-range", "polygon[1]"),
    "beyond the date line": ({"polygons": ("1,181 1,2 2,2 1,181",)}, "polygon-lon-range", "polygon[1]"),
    "a circle without radius": ({"circles": ("1,1",)}, "circle-unparsable", "circle[1]"),
    "a circle of two points": ({"circles": ("1,1 2,2",)}, "circle-unparsable", "circle[1]"),
    "a radius below zero": ({"circles": ("1,1 5", "1,1 -5")}, "circle-unparsable", "circle[2]"),
    "a circle larger than the earth": ({"circles": ("1,1 25000",)}, "circle-range", "circle[1]"),
    "a radius without end": ({"circles": ("1,1 " + "9" * 400,)}, "circle-range", "circle[1]"),
    "a ceiling alone": ({"ceiling": Decimal(5)}, "ceiling-without-altitude", "ceiling"),
    "a ceiling below": ({"altitude": Decimal(9), "ceiling": Decimal(5)}, "ceiling-below-altitude", "ceiling"),
    "no height": ({"altitude": Decimal("nan")}, "datatype", "altitude"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "code", "path"), HEAD.values(), ids=HEAD.keys())
def test_a_head_that_breaks_a_rule_is_not_written(
    drill: cap.Alert, change: dict[str, Any], code: str, path: str
) -> None:
    assert refused(replace(drill, **change)) == [(code, path)]


@pytest.mark.parametrize(("change", "code", "path"), INFO.values(), ids=INFO.keys())
def test_an_info_that_breaks_a_rule_is_not_written(
    drill: cap.Alert, change: dict[str, Any], code: str, path: str
) -> None:
    info = replace(drill.infos[0], **change)
    assert refused(replace(drill, infos=(drill.infos[0], info))) == [(code, f"alert/info[2]/{path}")]


@pytest.mark.parametrize(("change", "code", "path"), AREA.values(), ids=AREA.keys())
def test_an_area_that_breaks_a_rule_is_not_written(
    drill: cap.Alert, change: dict[str, Any], code: str, path: str
) -> None:
    info = replace(drill.infos[0], areas=(replace(drill.infos[0].areas[0], **change),))
    assert refused(replace(drill, infos=(info,))) == [(code, f"alert/info[1]/area[1]/{path}")]


def test_every_reason_is_given_at_once(drill: cap.Alert) -> None:
    info = replace(drill.infos[0], event="", expires=SENT - timedelta(hours=1))
    reasons = refused(replace(drill, identifier="", msg_type=cap.MsgType.UPDATE, infos=(info,)))
    assert [code for code, _ in reasons] == [
        "empty-identifier", "references-missing", "empty-text", "expires-before-sent",
    ]  # fmt: skip


def test_a_cancel_goes_out_without_an_info(drill: cap.Alert) -> None:
    cancel = replace(drill, msg_type=cap.MsgType.CANCEL, references=(OTHER,), infos=())
    assert cap.read(cap.write(cancel)) == cancel


def test_markup_in_a_text_is_written_as_text(drill: cap.Alert) -> None:
    alert = replace(drill, note="a < b & <b>c</b> ]]>")
    assert b"a &lt; b &amp; &lt;b&gt;c&lt;/b&gt; ]]&gt;" in cap.write(alert)
    assert cap.read(cap.write(alert)).note == alert.note


def test_shapes_are_read_as_numbers_latitude_first() -> None:
    assert cap.polygon_points(" 50.1,30.1\n50.2,30.1\t50.2,-30.2 50.1,30.1 ")[2] == (50.2, -30.2)
    assert cap.circle("50.45,30.52 12.5") == cap.Circle(50.45, 30.52, 12.5)
    with pytest.raises(cap.ShapeError) as error:
        cap.polygon_points("1,1 1,2 2,2 2,1")
    assert error.value.code == "polygon-unclosed"
