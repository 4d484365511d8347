"""HTTP: the interfaces for reading and for ordering, and the built apps. The live stream is ``tocsin.live``."""

from .app import make_app

__all__ = ["make_app"]
