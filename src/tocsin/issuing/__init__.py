"""Issuing: from an order to an entry in the journal, and from the journal to what is in force."""

from .acceptance import Expiry
from .capform import read_relayed, sender_of
from .checkpoints import notice_of, roster_of
from .credentials import UntrustedEntry, revocations_to_tell, rosters_to_tell, trust_after
from .desk import Desk
from .drafting import Draft, Part
from .orders import Order, Refusal, read_order
from .results import Accepted, Audience, Issued, Returned, Submitted
from .waiting import DRAFT_LAPSES_S, Handed, Waiting

__all__ = [
    "DRAFT_LAPSES_S",
    "Accepted",
    "Audience",
    "Desk",
    "Draft",
    "Expiry",
    "Handed",
    "Issued",
    "Order",
    "Part",
    "Refusal",
    "Returned",
    "Submitted",
    "UntrustedEntry",
    "Waiting",
    "notice_of",
    "read_order",
    "read_relayed",
    "revocations_to_tell",
    "roster_of",
    "rosters_to_tell",
    "sender_of",
    "trust_after",
]
