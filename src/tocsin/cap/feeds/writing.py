"""Our own feed: Atom, one entry for each message, newest as the caller orders them (RFC 4287; OASIS CAP feeds, 2013).

An entry points to the document and repeats of it only what a list shows. A published message never changes, so an
entry never does; an update is a message of its own. The document behind the link is served with its stored bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from tocsin.cap.model import Alert
from tocsin.cap.values import Status

ALERT_TYPE = "application/cap+xml"
FEED_TYPE = "application/atom+xml"

_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The feed itself. *url* is where it is found and what it is called for ever."""

    url: str
    title: str
    author: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An alert and the address of its document: readers take the one from the link, others from the id."""

    alert: Alert
    url: str


def write(heading: Heading, listed: Sequence[Listed], updated: datetime) -> bytes:
    """Return the feed as UTF-8, the same bytes for the same input. *updated* is aware: when the list last changed."""
    root = etree.XML(f'<feed xmlns="{_ATOM}"/>')
    _put(root, "id", heading.url)
    _put(root, "title", heading.title)
    _put(root, "updated", updated.isoformat(timespec="seconds"))
    _put(_put(root, "author"), "name", heading.author)
    _put(root, "link", rel="self", type=FEED_TYPE, href=heading.url)
    for each in listed:
        _entry(_put(root, "entry"), each)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _entry(entry: etree._Element, listed: Listed) -> None:
    alert = listed.alert
    sent = alert.sent.isoformat(timespec="seconds")
    _put(entry, "id", listed.url)
    _put(entry, "title", _title(alert))
    _put(entry, "updated", sent)
    _put(entry, "published", sent)
    sender_name = next((info.sender_name for info in alert.infos if info.sender_name), alert.sender)
    _put(_put(entry, "author"), "name", sender_name)
    _put(entry, "link", rel="alternate", type=ALERT_TYPE, href=listed.url)
    # Atom wants words where the content is elsewhere; a reader of feeds shows them.
    _put(entry, "summary", next((info.headline or info.event for info in alert.infos), alert.note))
    _put(entry, "category", term=alert.status)
    _put(entry, "category", term=alert.msg_type)


def _title(alert: Alert) -> str:
    words = next((info.headline or info.event for info in alert.infos), alert.msg_type)
    # A list shows nothing but the title: what is not meant to be acted on says so first.
    return words if alert.status is Status.ACTUAL else f"{alert.status.upper()}: {words}"


def _put(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    child.text = text or None
    return child
