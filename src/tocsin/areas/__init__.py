"""Named areas: regions with codes, parents and borders, and which of them a shape touches.

The public face of the package. It reads nothing but the atlas it comes with; files of other countries are read by
``tocsin.cli.regions`` and understood in ``tocsin.areas.importing``. It knows no alert: that is ``tocsin.alarms``.
"""

from tocsin.areas.atlas import Atlas, Frame, Rings
from tocsin.areas.drawing import apps_map, apps_tree
from tocsin.areas.edition import AtlasError, atlas_bytes, read_atlas
from tocsin.areas.geojson import Problem, Properties
from tocsin.areas.importing import Imported, Origin, Refused, import_geojson
from tocsin.areas.region import AmbiguousRegion, AreaError, Layer, Region, RegionCode, UnknownRegion
from tocsin.areas.shapes import Circle, Polygon, Shape, ShapeError
from tocsin.areas.touching import regions_touching
from tocsin.areas.ukraine import load_ukraine

__all__ = [
    "AmbiguousRegion",
    "AreaError",
    "Atlas",
    "AtlasError",
    "Circle",
    "Frame",
    "Imported",
    "Layer",
    "Origin",
    "Polygon",
    "Problem",
    "Properties",
    "Refused",
    "Region",
    "RegionCode",
    "Rings",
    "Shape",
    "ShapeError",
    "UnknownRegion",
    "apps_map",
    "apps_tree",
    "atlas_bytes",
    "import_geojson",
    "load_ukraine",
    "read_atlas",
    "regions_touching",
]
