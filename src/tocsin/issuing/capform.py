"""A notice as the CAP 1.2 document that is bound to it, and a stranger's CAP message as an order.

Kinds: alert is Alert; update is Update; disputed is Update with a parameter; all clear is Update with responseType
AllClear; false alarm is Cancel. A demo authority never writes status Actual, so that none of its documents can pass
for real.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from tocsin import cap
from tocsin.alarms import HAZARDS
from tocsin.areas import AreaError, Atlas, Circle, Polygon, ShapeError, regions_touching
from tocsin.cap.times import parsed
from tocsin.notice import DEMO, HEADLINE_LENGTH_MAX, INSTRUCTION_LENGTH_MAX, Kind, Level, Notice, Status, Text, id_from

from .orders import PARAMETER_RESERVED, Order, Refusal

# An update refers to the alerts it replaces; a chain longer than this is referred to by its newest.
REFERENCES_MAX = 20
# The largest real message seen had 225 polygons; each is held against every region.
RELAYED_SHAPES_MAX = 500
# What an event is that no hazard is named after.
_HAZARD_UNNAMED = "other_danger"

_STATUS = {Status.ACTUAL: cap.Status.ACTUAL, Status.EXERCISE: cap.Status.EXERCISE, Status.TEST: cap.Status.TEST}
_MSG_TYPE = {
    Kind.ALERT: cap.MsgType.ALERT,
    Kind.UPDATE: cap.MsgType.UPDATE,
    Kind.DISPUTED: cap.MsgType.UPDATE,
    Kind.ALL_CLEAR: cap.MsgType.UPDATE,
    Kind.FALSE_ALARM: cap.MsgType.CANCEL,
}
_GEOCODE_NAMES = {"iso_3166_2": "ISO3166-2"}
# Lists of geocodes that are read, by their name in lower case, and how the atlas calls them.
_GEOCODE_SCHEMES = {"katottg": "", "region": "", "iso3166-2": "iso_3166_2:", "iso 3166-2": "iso_3166_2:"}


def sender_of(authority: str) -> str:
    """Return the CAP sender. ``.invalid`` (RFC 2606) keeps a demo from naming anybody's domain."""
    return f"tocsin@{authority}" if "." in authority else f"tocsin@{authority}.invalid"


def write_document(
    notice: Notice, shapes: Sequence[str], earlier: Sequence[Notice], atlas: Atlas, parameters: dict[str, str]
) -> bytes:
    """Return the CAP 1.2 document of *notice*, whose fields ``cap`` and ``shapes`` are not looked at.

    *shapes* are all that were ordered, *earlier* is the alarm so far.
    """
    demo = notice.authority == DEMO
    sender = sender_of(notice.authority)
    references = tuple(
        cap.Alert(
            identifier=one.id, sender=sender, sent=_time(one.sent), status=cap.Status.TEST,
            msg_type=cap.MsgType.ALERT, scope=cap.Scope.PUBLIC,
        ).reference
        for one in earlier[-REFERENCES_MAX:]
    )  # fmt: skip
    alert = cap.Alert(
        identifier=notice.id,
        sender=sender,
        sent=_time(notice.sent),
        status=cap.Status.TEST if demo and notice.status is Status.ACTUAL else _STATUS[notice.status],
        msg_type=_MSG_TYPE[notice.kind],
        scope=cap.Scope.PUBLIC,
        note="Demo authority: nobody is warned." if demo else "",
        references=references,
        infos=tuple(_info(notice, language, shapes, atlas, parameters) for language in notice.text),
    )
    return cap.write(alert)


def _info(notice: Notice, language: str, shapes: Sequence[str], atlas: Atlas, parameters: dict[str, str]) -> cap.Info:
    hazard, text = HAZARDS[notice.hazard], notice.text[language]
    over = notice.kind in (Kind.ALL_CLEAR, Kind.FALSE_ALARM)
    own = {
        "alarm": notice.alarm, "version": str(notice.version), "kind": notice.kind, "hazard": notice.hazard,
        "level": notice.level, "authority": notice.authority, "status": notice.status,
    }  # fmt: skip
    pairs = [cap.Pair(PARAMETER_RESERVED + name, value) for name, value in own.items()]
    pairs += [cap.Pair(name, value) for name, value in sorted(parameters.items())]
    return cap.Info(
        language=language,
        categories=(cap.Category(hazard.category),),
        event=hazard.name(language),
        response_types=(cap.ResponseType.ALL_CLEAR,) if over else (cap.ResponseType.SHELTER,),
        urgency=cap.Urgency.PAST if over else cap.Urgency.IMMEDIATE,
        severity=cap.Severity.EXTREME if notice.level is Level.RED else cap.Severity.SEVERE,
        certainty=cap.Certainty.OBSERVED,
        effective=_time(notice.effective),
        onset=_time(notice.since),
        expires=_time(notice.expires),
        sender_name=notice.issuer,
        headline=text.headline,
        instruction=text.instruction,
        parameters=tuple(pairs),
        areas=(_area(notice, language, shapes, atlas),),
    )


def _area(notice: Notice, language: str, shapes: Sequence[str], atlas: Atlas) -> cap.Area:
    geocodes = [cap.Pair("KATOTTG" if code.startswith("UA") else "region", code) for code in notice.regions]
    geocodes += [
        cap.Pair(name, alias)
        for code in notice.regions
        for scheme, name in _GEOCODE_NAMES.items()
        for alias in atlas.region(code).aliases.get(scheme, ())
    ]
    return cap.Area(
        area_desc="; ".join(atlas.path_name(code, "uk" if language == "uk" else "en") for code in notice.regions),
        polygons=tuple(shape.removeprefix("polygon ") for shape in shapes if shape.startswith("polygon ")),
        circles=tuple(shape.removeprefix("circle ") for shape in shapes if shape.startswith("circle ")),
        geocodes=tuple(geocodes),
    )


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def relayed_id(sender: str, identifier: str, sent: datetime) -> str:
    """Return the id under which a stranger's message is issued: the same each time, so a repeat is harmless."""
    key = f"{sender}\0{identifier}\0{int(sent.timestamp())}"
    return id_from(sha256(key.encode()).digest()[:16])


def read_relayed(data: bytes, atlas: Atlas, now: int | None = None) -> Order | Refusal:
    """Return the order that a CAP message asks for.

    ``alarm`` is the id that its first reference was issued under. What has expired at *now* (Unix s) warns nobody any
    more and is refused; without *now* that is not looked at.
    """
    try:
        alert = cap.read(data)
    except cap.CapError as why:
        return Refusal("cap_" + why.code, str(why))
    kind, infos = _kind_of(alert), _infos_told(alert)
    if refused := _not_for_us(alert, kind):
        return refused
    alarm = _alarm_of(alert)
    if kind is not Kind.ALERT and alarm is None:
        return Refusal(
            "cap_references", f"a CAP {alert.msg_type} without references names no alarm; it is never guessed"
        )
    changes = kind in (Kind.ALERT, Kind.UPDATE)
    if len(_shapes_of(infos)) > RELAYED_SHAPES_MAX:
        return Refusal("cap_shapes", f"the message has more than {RELAYED_SHAPES_MAX} polygons and circles")
    regions = _regions_of(infos, atlas) if changes else ()
    if isinstance(regions, Refusal):
        return regions
    hazard = _hazard_of(infos) or (_HAZARD_UNNAMED if kind is Kind.ALERT else None)
    lasts_s = _lasts_s(alert, infos, hazard) if changes else None
    if lasts_s is not None and now is not None and int(alert.sent.timestamp()) + lasts_s <= now:
        return Refusal("cap_expired", f"the message of {alert.sent_text} has expired; a stale warning is not relayed")
    return Order(
        id=relayed_id(alert.sender, alert.identifier, alert.sent),
        kind=kind,
        status=next(ours for ours, theirs in _STATUS.items() if theirs is alert.status),
        alarm=alarm if kind is not Kind.ALERT else None,
        hazard=hazard,
        level=_level_of(infos) if infos else None,
        regions=regions,
        shapes=_shapes_of(infos) if changes else (),
        expires_in_s=lasts_s,
        text={_language_of(one): _text_of(one) for one in infos},
        parameters={"relayed-from": alert.sender[:200], "relayed-sha256": sha256(data).hexdigest()},
    )


def _not_for_us(alert: cap.Alert, kind: Kind) -> Refusal | None:
    if alert.status not in _STATUS.values():
        return Refusal("cap_status", f"a message of status {alert.status} is not for the public and is not relayed")
    if alert.msg_type not in (cap.MsgType.ALERT, cap.MsgType.UPDATE, cap.MsgType.CANCEL):
        return Refusal("cap_msg_type", f"a message of type {alert.msg_type} warns nobody and is not relayed")
    if alert.scope is not cap.Scope.PUBLIC:
        return Refusal("cap_scope", f"a message of scope {alert.scope} is not for the public and is not relayed")
    if not alert.infos and kind is not Kind.FALSE_ALARM:
        return Refusal("cap_info", "the message has no info block: there is nothing to tell and nowhere")
    return None


def _kind_of(alert: cap.Alert) -> Kind:
    if alert.msg_type is cap.MsgType.CANCEL:
        return Kind.FALSE_ALARM
    if alert.infos and all(cap.ResponseType.ALL_CLEAR in info.response_types for info in alert.infos):
        return Kind.ALL_CLEAR
    if any(cap.Pair(PARAMETER_RESERVED + "kind", Kind.DISPUTED) in info.parameters for info in alert.infos):
        return Kind.DISPUTED
    return Kind.UPDATE if alert.msg_type is cap.MsgType.UPDATE else Kind.ALERT


def _infos_told(alert: cap.Alert) -> tuple[cap.Info, ...]:
    """Return the infos that warn. One that says all clear for its area beside them ends nothing elsewhere."""
    warning = tuple(info for info in alert.infos if cap.ResponseType.ALL_CLEAR not in info.response_types)
    return warning or alert.infos


def _alarm_of(alert: cap.Alert) -> str | None:
    for one in alert.references:
        if sent := parsed(one.sent):
            return relayed_id(one.sender, one.identifier, sent)
    return None


def _hazard_of(infos: Sequence[cap.Info]) -> str | None:
    named = {
        pair.value for info in infos for pair in info.parameters if pair.value_name == PARAMETER_RESERVED + "hazard"
    }
    named |= {info.event.strip().casefold() for info in infos}
    for hazard in HAZARDS.values():
        if named & {hazard.code, hazard.english.casefold(), hazard.ukrainian.casefold()}:
            return hazard.code
    return None


def _lasts_s(alert: cap.Alert, infos: Sequence[cap.Info], hazard: str | None) -> int:
    """Return how long the message means to hold, at most as long as an order about its hazard may."""
    known = HAZARDS[hazard or _HAZARD_UNNAMED]
    expires = max((info.expires for info in infos if info.expires), default=None)
    return min(int((expires - alert.sent).total_seconds()), known.lasts_max_s) if expires else known.lasts_default_s


def _level_of(infos: Sequence[cap.Info]) -> Level:
    own = PARAMETER_RESERVED + "level"
    named = {pair.value for info in infos for pair in info.parameters if pair.value_name == own}
    if named and named <= set(Level):
        return Level.RED if Level.RED in named else Level.YELLOW
    worst = {cap.Severity.EXTREME, cap.Severity.SEVERE} & {info.severity for info in infos}
    return Level.RED if worst else Level.YELLOW


def _language_of(info: cap.Info) -> str:
    primary, dash, rest = info.language.partition("-")
    return primary.lower() + dash + rest


def _text_of(info: cap.Info) -> Text:
    headline = _tidy(info.headline) or _tidy(info.event)
    instruction = _tidy(info.instruction) or _tidy(info.description)
    # What does not fit is not cut: the next shorter text that says the same takes its place.
    return Text(
        headline if len(headline) <= HEADLINE_LENGTH_MAX else _tidy(info.event),
        instruction if len(instruction) <= INSTRUCTION_LENGTH_MAX else "",
    )


def _tidy(text: str) -> str:
    """Return *text* without the indents and line ends of its document, which a notice may not hold."""
    return " ".join(text.split())


def _shapes_of(infos: Sequence[cap.Info]) -> tuple[str, ...]:
    areas = {area for info in infos for area in info.areas}
    shapes = {f"polygon {' '.join(polygon.split())}" for area in areas for polygon in area.polygons}
    return tuple(sorted(shapes | {f"circle {' '.join(circle.split())}" for area in areas for circle in area.circles}))


def _regions_of(infos: Sequence[cap.Info], atlas: Atlas) -> tuple[str, ...] | Refusal:
    geocodes = {pair for info in infos for area in info.areas for pair in area.geocodes}
    found = set()
    for pair in geocodes:
        scheme = _GEOCODE_SCHEMES.get(pair.value_name.casefold())
        if scheme is None:
            continue  # somebody else's list: its numbers may mean anything here
        try:
            # Without a scheme it is a canonical code or nothing: a name or somebody's number may mean another place.
            found.add((atlas.resolve if scheme else atlas.region)(scheme + pair.value.strip()).code)
        except AreaError:
            continue
    touched = regions_of_shapes(_shapes_of(infos), atlas)
    if isinstance(touched, Refusal):
        return touched
    if not found | touched:
        return Refusal(
            "cap_area",
            "none of the message's geocodes, polygons and circles lies in this atlas; "
            "it is never widened to the whole country",
        )
    return tuple(sorted(found | touched))


def regions_of_shapes(shapes: Sequence[str], atlas: Atlas) -> frozenset[str] | Refusal:
    """Return every region that the shapes touch; a region that is only near counts."""
    found: frozenset[str] = frozenset()
    for shape in shapes:
        kind, _, rest = shape.partition(" ")
        if kind not in ("polygon", "circle"):
            return Refusal("shape_kind", f"shape {shape[:40]!r} begins neither with polygon nor with circle")
        try:
            found |= regions_touching(Polygon.parse(rest) if kind == "polygon" else Circle.parse(rest), atlas)
        except ShapeError as why:
            return Refusal(why.code, str(why))
    return found
