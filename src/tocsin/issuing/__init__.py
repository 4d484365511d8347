"""Issuing: from an order to an entry in the journal, and from the journal to what is in force."""

from .capform import read_relayed, sender_of
from .checkpoints import notice_of, roster_of
from .credentials import UntrustedEntry, revocations_to_tell, rosters_to_tell, trust_after
from .desk import Audience, Desk, Issued
from .drafting import Draft
from .orders import Order, Refusal, read_order

__all__ = [
    "Audience",
    "Desk",
    "Draft",
    "Issued",
    "Order",
    "Refusal",
    "UntrustedEntry",
    "notice_of",
    "read_order",
    "read_relayed",
    "revocations_to_tell",
    "roster_of",
    "rosters_to_tell",
    "sender_of",
    "trust_after",
]
