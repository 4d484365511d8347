"""Feeds of alerts as bytes: what others publish, and our own.

``read`` tells where the alerts of an Atom, RSS or EDXL-DE document are and hands out those inside it byte for byte;
``write`` makes an Atom feed. Pure: nothing is loaded (``tocsin.sources``), and no entry is ever made into an alert.
"""

from tocsin.cap.feeds.model import Embedded, Entry, Feed, FeedError, FeedKind, Key, Link
from tocsin.cap.feeds.reading import FEED_LIMITS, read
from tocsin.cap.feeds.writing import ALERT_TYPE, FEED_TYPE, Heading, Listed, write

__all__ = [
    "ALERT_TYPE",
    "FEED_LIMITS",
    "FEED_TYPE",
    "Embedded",
    "Entry",
    "Feed",
    "FeedError",
    "FeedKind",
    "Heading",
    "Key",
    "Link",
    "Listed",
    "read",
    "write",
]
