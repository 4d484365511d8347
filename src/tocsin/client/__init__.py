"""Orders to a server and what comes from it: signed requests, the live stream, verification, resumption.

For scripts, sirens and other nodes. It takes keys, roots and clocks from the caller; what a person sees and types is in
``tocsin.cli``.
"""

from .agreement import Signer
from .events import (
    ActualNotice,
    Disconnected,
    Event,
    ExerciseNotice,
    Heard,
    KeysRevoked,
    NotBelieved,
    NotLive,
    RosterLearned,
    Silence,
    Snapshot,
    TestNotice,
)
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
from .follower import Follower
from .memory import Memory
from .operator import Clock, Confirm, Declined, Operator, new_id, without_asking
from .orders import AlarmView, BoardView, Draft, Issued, Part, Submitted
from .stream import Stream, follow

__all__ = [
    "ActualNotice",
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
    "Disconnected",
    "Draft",
    "Event",
    "ExerciseNotice",
    "FolderError",
    "Follower",
    "Heard",
    "Issued",
    "KeysRevoked",
    "Memory",
    "NotAsOrdered",
    "NotBelieved",
    "NotLive",
    "Operator",
    "OrderRefused",
    "Part",
    "RosterLearned",
    "Signer",
    "Silence",
    "Snapshot",
    "Stream",
    "Submitted",
    "TestNotice",
    "Unreachable",
    "follow",
    "new_id",
    "open_folder",
    "without_asking",
]
