"""The live stream: connections are taken over at the transport, one frame is written to every reader."""

from .broadcast import Broadcast, finish_all
from .door import Door, Doorkeeper
from .feed import Feed
from .hub import Hub
from .rooms import Rooms

__all__ = ["Broadcast", "Door", "Doorkeeper", "Feed", "Hub", "Rooms", "finish_all"]
