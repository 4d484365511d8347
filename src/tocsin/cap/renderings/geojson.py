"""An alert as a GeoJSON FeatureCollection (RFC 7946): one feature for each area of each info, its shapes repaired."""

import json

import shapely

from tocsin.cap import times
from tocsin.cap.geometry import geometry
from tocsin.cap.model import Alert, Area, Info


def geojson(alert: Alert) -> str:
    """Return *alert* as GeoJSON text, longitude first. An area without shapes has no geometry and keeps its codes."""
    features = [_feature(alert, info, area) for info in alert.infos for area in info.areas]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1) + "\n"


def _feature(alert: Alert, info: Info, area: Area) -> dict[str, object]:
    shapes = geometry(area).shapes
    drawn = shapely.union_all(list(shapes)) if shapes else None
    return {
        "type": "Feature",
        "geometry": None if drawn is None or drawn.is_empty else json.loads(shapely.to_geojson(drawn)),
        "properties": {
            "identifier": alert.identifier, "sender": alert.sender, "sent": alert.sent_text, "status": alert.status,
            "msgType": alert.msg_type, "language": info.language, "event": info.event, "headline": info.headline,
            "urgency": info.urgency, "severity": info.severity, "certainty": info.certainty,
            "expires": times.written(info.expires) if info.expires else None, "areaDesc": area.area_desc,
            "geocode": {pair.value_name: pair.value for pair in area.geocodes},
        },
    }  # fmt: skip
