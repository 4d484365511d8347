"""Issuing: from an order to an entry in the journal, and from the journal to what is in force."""

from .capform import read_relayed, sender_of
from .checkpoints import notice_of, roster_of
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
    "notice_of",
    "read_order",
    "read_relayed",
    "roster_of",
    "sender_of",
]
