"""A feed of CAP alerts as a source: Atom, RSS, EDXL-DE, or the alert itself behind one address.

``decisions`` says purely what to load and what to remember, ``source`` goes and does it. Feeds as bytes are read by
``tocsin.cap.feeds``; what becomes of a message is decided by whoever holds it for approval.
"""

from tocsin.sources.cap_feed.source import CapFeed, Settings

__all__ = ["CapFeed", "Settings"]
