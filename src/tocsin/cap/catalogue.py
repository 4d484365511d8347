"""Every rule by its code: how grave it is to break it, where the standard says it, and what becomes of the message.

Data only. Who finds a broken rule is in ``document``, ``structure``, ``reading``, ``rules`` and ``profiles``; where the
fate of a message depends on more than the code (a Cancel, an identity, an area), ``outcomes`` decides.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How grave a finding is: it breaks the standard, it is risky, or it could be better."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Outcome(StrEnum):
    """What becomes of a message: taken, kept for a person to look at, or no alert at all."""

    ACCEPT = "accept"
    QUARANTINE = "quarantine"
    REJECT = "reject"


class Layer(StrEnum):
    """Who asks for it: XML and its bounds, the schema of CAP, the text of the standard, or a national profile."""

    DOCUMENT = "document"
    SCHEMA = "schema"
    TEXT = "text"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class Entry:
    layer: Layer
    grade: Grade
    outcome: Outcome
    clause: str


_TABLE = """
    document    error    reject      XML 1.0             empty-document not-well-formed
    document    error    reject      CAP 1.2, 3.3        doctype
    document    error    reject      cap.limits          too-large-size too-large-depth
    document    error    reject      cap.limits          too-large-elements too-large-text
    document    error    reject      CAP 1.2, 3.4        unknown-root unknown-namespace
    document    warning  accept      XML 1.0, 2.8        blanks-before-declaration

    schema      error    accept      CAP 1.2, 3.4        wrong-order missing-element unknown-element foreign-element
    schema      error    accept      CAP 1.2, 3.4        enumeration datatype attribute-not-allowed nil-attribute
    schema      error    accept      CAP 1.2, 3.4        markup-in-text schema
    schema      error    quarantine  CAP 1.2, 3.4        repeated-element
    schema      error    reject      CAP 1.2, 3.4        text-not-allowed
    schema      warning  accept      CAP 1.2, 3.3.4.1    signature-not-in-version
    schema      error    accept      CAP 1.2, 3.3.2      date-z date-fraction date-naive
    schema      error    quarantine  CAP 1.2, 3.3.2      date-bad

    text        advice   accept      CAP 1.2, 3.4        older-version
    text        warning  accept      CAP 1.0             password-dropped references-without-time scope-assumed
    text        warning  accept      CAP 1.0             pair-without-name
    text        warning  accept      CAP 1.2, 3.2.2      certainty-very-likely
    text        warning  accept      CAP 1.2, 3.3.2      date-z-older date-fraction-older date-naive-older
    text        error    reject      CAP 1.2, 3.2.1      empty-identifier empty-sender
    text        error    accept      CAP 1.2, 3.2.1      identifier-chars sender-chars list-item
    text        error    quarantine  CAP 1.2, 3.2.1      restriction-missing addresses-missing
    text        warning  accept      CAP 1.2, 3.2.1      restriction-unexpected references-empty references-later
    text        error    accept      CAP 1.2, 3.2.1      references-missing references-malformed references-self
    text        warning  quarantine  CAP 1.2, 3.2.2      info-missing
    text        error    accept      CAP 1.2, 3.2.2      empty-text link-blank control-characters
    text        error    quarantine  CAP 1.2, 3.2.2      expires-before-sent expires-before-effective
    text        warning  accept      CAP 1.2, 3.2.2      expires-at-once expires-before-onset onset-equals-expires
    text        error    quarantine  CAP 1.2, 3.3.2      year-buddhist sent-in-future
    text        error    accept      CAP 1.2, 3.2.3      mime-type size-negative
    text        warning  accept      CAP 1.2, 3.2.3      resource-without-link
    text        error    accept      CAP 1.2, 3.2.4      area-desc-empty
    text        error    accept      CAP 1.2, 3.2.4      polygon-empty polygon-short polygon-unclosed polygon-arity
    text        error    accept      CAP 1.2, 3.2.4      polygon-unparsable polygon-lon-range
    text        error    quarantine  CAP 1.2, 3.2.4      polygon-lat-range
    text        error    accept      CAP 1.2, 3.2.4      polygon-too-large
    text        warning  accept      CAP 1.2, 3.2.4      polygon-self-intersecting polygon-antimeridian
    text        advice   accept      cap.limits          polygon-unchecked
    text        error    accept      CAP 1.2, 3.2.4      circle-unparsable circle-range
    text        error    quarantine  CAP 1.2, 3.2.4      circle-lat-range
    text        error    accept      CAP 1.2, 3.2.4      circle-lon-range
    text        error    accept      CAP 1.2, 3.2.4      ceiling-without-altitude ceiling-below-altitude
    text        warning  accept      CAP 1.2, 3.2.4      height-unreadable
    text        warning  accept      CAP 1.2, 3.3.3      html-in-text
    text        advice   accept      CAP 1.2, 3.2.2      headline-long expires-missing same-text
    text        warning  accept      CAP 1.2, 3.2.2      infos-differ

    profile     error    accept      IPAWS 1.0           ipaws-offset ipaws-expires ipaws-event-code ipaws-area
    profile     error    accept      IPAWS 1.0           ipaws-same-event ipaws-references
    profile     advice   accept      IPAWS 1.0           ipaws-geocode ipaws-description ipaws-instruction ipaws-ignored
    profile     error    accept      CAP-CP 1.0          cap-cp-info cap-cp-area cap-cp-event-code cap-cp-location
    profile     error    accept      CAP-CP 1.0          cap-cp-same-event cap-cp-references
    profile     advice   accept      CAP-CP 1.0          cap-cp-languages cap-cp-expires cap-cp-sender-name
    profile     advice   accept      CAP-CP 1.0          cap-cp-response-type cap-cp-instruction cap-cp-shape
    profile     error    accept      CAP-AU 1.0          cap-au-info cap-au-area cap-au-event-code cap-au-same-event
    profile     error    accept      CAP-AU 1.0          cap-au-effective cap-au-references
    profile     advice   accept      CAP-AU 1.0          cap-au-sender cap-au-test cap-au-sender-name cap-au-shape
    profile     advice   accept      CAP-AU 1.0          cap-au-response-type cap-au-instruction
    profile     error    accept      MeteoAlarm          meteoalarm-level meteoalarm-type
    profile     advice   accept      MeteoAlarm          meteoalarm-severity meteoalarm-geocode meteoalarm-languages
"""


def _entries() -> dict[str, Entry]:
    found = {}
    for line in filter(str.strip, _TABLE.splitlines()):
        layer, grade, outcome, clause, codes = re.split(r"\s{2,}", line.strip())
        entry = Entry(Layer(layer), Grade(grade), Outcome(outcome), clause)
        found.update(dict.fromkeys(codes.split(), entry))
    return found


CATALOGUE = _entries()
