"""Orders to a server and what comes from it: signed requests, the live stream, verification, resumption.

For scripts, sirens and other nodes. It takes keys, roots and clocks from the caller; what a person sees and types is in
``tocsin.cli``.
"""

from .agreement import Signer
from .failures import (
    AnswerUnreadable,
    Candidate,
    ClientError,
    FolderError,
    NotAsOrdered,
    OrderRefused,
    Unreachable,
)
from .folder import Address, DataFolder, open_folder
from .operator import Clock, Confirm, Declined, Operator, new_id, without_asking
from .orders import AlarmView, BoardView, Draft, Issued, Order

__all__ = [
    "Address",
    "AlarmView",
    "AnswerUnreadable",
    "BoardView",
    "Candidate",
    "ClientError",
    "Clock",
    "Confirm",
    "DataFolder",
    "Declined",
    "Draft",
    "FolderError",
    "Issued",
    "NotAsOrdered",
    "Operator",
    "Order",
    "OrderRefused",
    "Signer",
    "Unreachable",
    "new_id",
    "open_folder",
    "without_asking",
]
