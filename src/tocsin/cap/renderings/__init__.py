"""An alert and a report in the forms of others: plain text, GeoJSON, SARIF, and what differs between two alerts."""

from tocsin.cap.renderings.difference import Change, differences
from tocsin.cap.renderings.geojson import geojson
from tocsin.cap.renderings.plain import plain
from tocsin.cap.renderings.records import contents_record, report_record
from tocsin.cap.renderings.sarif import contents_sarif, sarif

__all__ = ["Change", "contents_record", "contents_sarif", "differences", "geojson", "plain", "report_record", "sarif"]
