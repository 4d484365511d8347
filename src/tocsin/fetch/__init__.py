"""The one guarded HTTP client, behind ``tocsin.ports.fetch``: feeds, webhooks and push all go out through here.

An address from outside is an attack until shown otherwise. What may be reached is a ``Reach``; it is checked on the
address that is connected to, not on the name. Who is asked, and what the answer means, is decided by the callers.
"""

from tocsin.fetch.client import GuardedClient
from tocsin.fetch.reach import PUBLIC, Reach

__all__ = ["PUBLIC", "GuardedClient", "Reach"]
