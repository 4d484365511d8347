"""Content that does not change while the server runs: read once, compressed once, answered from memory.

A stampede of pages asking for the same files must not cost a compression each.
"""

import gzip
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from fastapi import Request, Response

from tocsin.notice import b64

# Below this a compressed answer is hardly smaller.
COMPRESSED_FROM_BYTES = 1_000


@dataclass(frozen=True)
class Content:
    """Bytes with their media type, and what caches may do with them (the value of ``Cache-Control``)."""

    body: bytes
    media_type: str
    caching: str

    @cached_property
    def _tag(self) -> str:
        return f'"{b64(sha256(self.body).digest())}"'

    @cached_property
    def _compressed(self) -> bytes | None:
        if len(self.body) < COMPRESSED_FROM_BYTES or self.media_type.startswith("image/png"):
            return None
        return gzip.compress(self.body, 9, mtime=0)

    def answer(self, request: Request) -> Response:
        """Return the content, or 304 if the asker has it."""
        headers = {"ETag": self._tag, "Cache-Control": self.caching, "Vary": "Accept-Encoding"}
        if self._tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if self._compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self._compressed, 200, headers | {"Content-Encoding": "gzip"}, self.media_type)
        return Response(self.body, 200, headers, self.media_type)
