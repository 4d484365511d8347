"""From bytes of a stranger to the XML tree of a feed: the bounds of ``tocsin.cap.document``, in the words of a feed.

A web page is named as one: a source that answers so is out of order, which is not the same as a quiet feed.
"""

import re

from lxml import etree

from tocsin.cap import document
from tocsin.cap.errors import CapError, Finding
from tocsin.cap.feeds.model import FeedError
from tocsin.cap.limits import Limits

# Where a web page says what it is.
_HEAD_BYTES = 1024

_MARK = b"\xef\xbb\xbf"
_WEB_PAGE = re.compile(rb"<(?:!doctype\s+)?html[\s>]", re.IGNORECASE)

# What is said of an alert in other words: the rule, and the way out.
_WORDS = {
    "empty-document": ("A feed is an XML document.", "This answer is empty: ask again later."),
    "not-well-formed": ("A feed is a well-formed XML document.", "Ask its publisher to mend it."),
    "doctype": ("A document type declaration is never read.", "Ask the publisher for a feed without one."),
}


def tree(data: bytes, limits: Limits) -> tuple[etree._Element, bytes]:
    """Return the root of *data*, and *data* without blanks before its declaration. Raises ``FeedError``."""
    # What is too large is refused as it is: taking off its beginning would copy it.
    if len(data) <= limits.size_bytes_max:
        data = data.removeprefix(_MARK).lstrip()
        if _WEB_PAGE.search(data[:_HEAD_BYTES]):
            rule = "A feed is Atom, RSS or EDXL-DE."
            raise FeedError("web-page", rule, "This is a web page: an error, or a login.")
    try:
        return document.tree(data, limits), data
    except CapError as error:
        raise _in_words_of_a_feed(error.findings[0]) from None


def _in_words_of_a_feed(finding: Finding) -> FeedError:
    rule, remedy = _WORDS.get(finding.code, (finding.rule, finding.remedy))
    return FeedError(finding.code, rule, remedy, finding.found)
