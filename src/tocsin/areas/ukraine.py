"""The atlas of Ukraine that comes with Tocsin, made by ``scripts/build_ukraine.py``.

Its borders are approximate and are drawn, not decided with: ``docs/regions.md`` says how far off they are.
"""

from functools import cache
from importlib.resources import files

from tocsin.areas.atlas import Atlas
from tocsin.areas.edition import read_atlas


@cache
def load_ukraine() -> Atlas:
    """Return the atlas of Ukraine; read once, then shared, which is safe because an atlas never changes."""
    return read_atlas(files("tocsin.areas").joinpath("data", "ukraine.json").read_bytes())
