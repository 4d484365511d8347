"""What is written is read again as the same alert."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin import cap

text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="￾￿"), max_size=40)
lines = st.builds(lambda first, second: f"{first}\r\n\t{second}", text, text)
filled = text.filter(lambda value: value.strip())
name = st.text("abcdefghijklmnopqrstuvwxyz0123456789.:@-їжак", min_size=1, max_size=30)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=offsets).map(  # noqa: DTZ001
    lambda instant: instant.replace(microsecond=0)
)
pairs = st.lists(st.builds(cap.Pair, filled, text), max_size=2).map(tuple)
items = st.lists(st.one_of(name, st.just("a name with blanks")), max_size=3).map(tuple)
heights = st.decimals(-1000, 60_000, places=3)
links = st.sampled_from(["", "https://example.org/a?b=c&d=%20#e", "mailto:demo@example.org", "ж/ї"])


@st.composite
def polygons(draw: st.DrawFn) -> str:
    degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
    points = [f"{latitude:.6f},{longitude:.6f}" for latitude, longitude in draw(st.lists(degrees, min_size=3))]
    return draw(st.sampled_from([" ", "\n", "  \t"])).join([*points, points[0]])


@st.composite
def areas(draw: st.DrawFn) -> cap.Area:
    low, high = sorted((draw(heights), draw(heights)))
    altitude, ceiling = draw(st.sampled_from([(None, None), (low, None), (low, high)]))
    return cap.Area(
        area_desc=draw(filled),
        polygons=draw(st.lists(polygons(), max_size=2).map(tuple)),
        circles=draw(st.sampled_from([(), ("50.5,30.5 0",), ("-12.5,179.999 25.25", "0,0 1")])),
        geocodes=draw(pairs),
        altitude=altitude,
        ceiling=ceiling,
    )


resources = st.builds(
    cap.Resource,
    resource_desc=filled,
    mime_type=st.sampled_from(["image/png", "audio/mpeg; rate=8000"]),
    size=st.none() | st.integers(0, 10**12),
    uri=links.filter(bool),
    deref_uri=st.sampled_from(["", "AAECAw=="]),
    digest=st.sampled_from(["", "da39a3ee5e6b4b0d3255bfef95601890afd80709"]),
)


@st.composite
def infos(draw: st.DrawFn, sent: datetime) -> cap.Info:
    onset = draw(st.none() | st.just(sent + timedelta(minutes=5)))
    return cap.Info(
        language=draw(st.sampled_from(["uk", "en-US", "zh-Hant-TW"])),
        categories=tuple(draw(st.lists(st.sampled_from(cap.Category), min_size=1, max_size=3))),
        event=draw(filled),
        response_types=tuple(draw(st.lists(st.sampled_from(cap.ResponseType), max_size=2))),
        urgency=draw(st.sampled_from(cap.Urgency)),
        severity=draw(st.sampled_from(cap.Severity)),
        certainty=draw(st.sampled_from(cap.Certainty)),
        audience=draw(text),
        event_codes=draw(pairs),
        effective=draw(st.none() | st.just(sent)),
        onset=onset,
        expires=draw(st.none() | st.just(sent + timedelta(hours=1))),
        sender_name=draw(text),
        headline=draw(text),
        description=draw(lines),
        instruction=draw(text),
        web=draw(links),
        contact=draw(text),
        parameters=draw(pairs),
        resources=tuple(draw(st.lists(resources, max_size=1))),
        areas=tuple(draw(st.lists(areas(), max_size=2))),
    )


@st.composite
def alerts(draw: st.DrawFn) -> cap.Alert:
    sent = draw(instants)
    msg_type = draw(st.sampled_from(cap.MsgType))
    scope = draw(st.sampled_from(cap.Scope))
    earlier = st.builds(cap.Reference, name, name, st.just("1989-01-01T23:59:59-00:00"))
    return cap.Alert(
        identifier=draw(name),
        sender=draw(name),
        sent=sent,
        status=draw(st.sampled_from([cap.Status.EXERCISE, cap.Status.TEST, cap.Status.DRAFT])),
        msg_type=msg_type,
        source=draw(text),
        scope=scope,
        restriction=draw(filled) if scope is cap.Scope.RESTRICTED else "",
        addresses=draw(items.filter(bool)) if scope is cap.Scope.PRIVATE else (),
        codes=draw(st.lists(text, max_size=2).map(tuple)),
        note=draw(text),
        references=tuple(draw(st.lists(earlier, min_size=int(msg_type is not cap.MsgType.ALERT), max_size=3))),
        incidents=draw(items),
        infos=tuple(draw(st.lists(infos(sent), min_size=1, max_size=2))),
    )


@settings(max_examples=150, deadline=None, database=None)
@given(alerts())
def test_what_is_written_is_read_as_the_same_alert_and_written_as_the_same_bytes(alert: cap.Alert) -> None:
    data = cap.write(alert)
    assert cap.read(data) == alert
    assert cap.write(cap.read(data)) == data


def test_utc_is_written_as_minus_zero_and_a_local_offset_stays(drill: cap.Alert) -> None:
    assert b"<sent>2026-03-01T04:05:06-00:00</sent>" in cap.write(drill)
    kyiv = replace(drill, sent=drill.sent.astimezone(timezone(timedelta(hours=2))))
    assert b"<sent>2026-03-01T06:05:06+02:00</sent>" in cap.write(kyiv)


def test_a_reference_repeats_the_date_as_the_document_spelled_it(drill: cap.Alert) -> None:
    read = cap.read(cap.write(drill).replace(b"04:05:06-00:00", b"04:05:06+00:00"))
    assert read == drill
    assert read.reference == cap.Reference("demo@example.org", "drill-1", "2026-03-01T04:05:06+00:00")


def test_a_reference_names_an_alert_by_the_instant_not_by_the_spelling(drill: cap.Alert) -> None:
    assert cap.Reference("demo@example.org", "drill-1", "2026-03-01T06:05:06+02:00").names(drill)
    assert not cap.Reference("demo@example.org", "drill-1", "2026-03-01T06:05:07+02:00").names(drill)
    assert not cap.Reference("other@example.org", "drill-1", "2026-03-01T06:05:06+02:00").names(drill)


def test_heights_keep_every_digit(drill: cap.Alert) -> None:
    area = replace(drill.infos[0].areas[0], altitude=Decimal("0.10"), ceiling=Decimal("1E+4"))
    alert = replace(drill, infos=(replace(drill.infos[0], areas=(area,)),))
    assert cap.read(cap.write(alert)).infos[0].areas[0].ceiling == Decimal(10_000)


def test_midnight_may_be_hour_24_of_the_day_before(drill: cap.Alert) -> None:
    read = cap.read(cap.write(drill).replace(b"2026-03-01T04:05:06-00:00", b"2026-02-28T24:00:00+00:00"))
    assert read.sent == datetime(2026, 3, 1, tzinfo=UTC)
