"""How large a message may be before anybody looks at what it says.

One source may need other limits than the rest: a caller passes its own ``Limits``, and the rule for it is kept with
the source. The sizes come from a survey of 1,065 alerts, the largest of which has 1.68 MB.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    # The largest alert seen carries a megabyte of audio and stays below this.
    size_bytes_max: int = 2 * 1024 * 1024
    # The largest alert seen has 331 areas, some 3,000 elements. Each costs 2 us to judge, and memory many times the
    # four bytes that it takes to write.
    elements_max: int = 15_000
    # CAP itself is five deep; a signature is the only thing in it that is deeper.
    depth_max: int = 24
    # A polygon of 41,009 points and a minute of embedded audio were seen; both are one text.
    text_characters_max: int = 1_500_000


LIMITS = Limits()

# A number in CAP has a handful of digits. Turning a million digits into a number takes minutes.
NUMBER_CHARACTERS_MAX = 40

# Browsers and proxies stop at about as many; matching a megabyte against the form of a URI takes half a second.
LINK_CHARACTERS_MAX = 8192

# Some thousand references; an Update names those that have not expired, which are a handful.
REFERENCES_CHARACTERS_MAX = 100_000

# Markup shows itself at the beginning of a text; a megabyte of prose is read by nobody.
PROSE_CHARACTERS_MAX = 100_000
