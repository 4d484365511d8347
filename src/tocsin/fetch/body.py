"""The body of an answer, unpacked while it comes, and stopped as soon as it is too much."""

import zlib
from collections.abc import AsyncIterable

from tocsin.ports.fetch import FetchLimits, Forbidden

# Small answers may be all repetition; a ratio says something only about more than this.
RATIO_COUNTS_FROM_BYTES = 64 * 1024

# zlib: take the header of gzip or that of zlib, whichever is there.
_EITHER_HEADER = zlib.MAX_WBITS | 32

ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


async def whole(chunks: AsyncIterable[bytes], encoding: str, limits: FetchLimits) -> bytes | Forbidden:
    """Return the body that *chunks* carry in *encoding* (one of ``ENCODINGS``), or which limit it broke.

    Raises ``zlib.error`` for one that cannot be unpacked.
    """
    unpacker = None if encoding in ("", "identity") else zlib.decompressobj(_EITHER_HEADER)
    body, wire_bytes = bytearray(), 0
    async for chunk in chunks:
        wire_bytes += len(chunk)
        if wire_bytes > limits.wire_bytes_max:
            return _too_large("wire", f"more than {limits.wire_bytes_max} bytes")
        if unpacker is None:
            body += chunk
        else:
            # One byte more than allowed is enough to see that it is too much.
            body += unpacker.decompress(chunk, limits.body_bytes_max - len(body) + 1)
        if len(body) > limits.body_bytes_max:
            return _too_large("body", f"more than {limits.body_bytes_max} bytes when unpacked")
        if len(body) > max(RATIO_COUNTS_FROM_BYTES, wire_bytes * limits.ratio_max):
            return _too_large("ratio", f"more than {limits.ratio_max} bytes from each byte sent")
    # An answer without a body may still name an encoding, and is not cut short.
    if unpacker is not None and wire_bytes and not unpacker.eof:
        raise zlib.error("the compressed body ends too early")
    return bytes(body)


def _too_large(measure: str, what: str) -> Forbidden:
    return Forbidden(f"too-large-{measure}", f"The answer has {what}: give this source larger limits if it is honest.")
