"""Real orders for the bench: drafted ahead, signed with the service key, issued by one request that is timed.

The wire is ``spec/stream.md``, "Ordering". The key is handed in: where a data folder keeps it, ``bench.contenders``
knows.
"""

import http.client
import json
import os
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from bench.measurement import NoResultError, Round
from tocsin.notice import REQUEST_TAG, Magic, SigningKey, b64, from_b64, id_from, sign_document

ANSWER_SECONDS_MAX = 30
DRAFTS = "/v1/operator/drafts"
TEXT = {
    "en": {
        "headline": "Measurement in a demo authority",
        "instruction": "Nothing has happened and nothing is to be done.",
    },
    "uk": {
        "headline": "Вимірювання в демонстраційній системі",
        "instruction": "Нічого не сталося, робити нічого не треба.",
    },
}
# First-level regions of one kind, so that all codes and with them all frames are of one length.
REGIONS = tuple(f"UA-{number:02d}" for number in (5, 7, 12, 14, 18, 21, 23, 26, 32, 35, 46, 48, 51, 53, 56, 59, 61, 63))


@dataclass(frozen=True)
class Operator:
    """Someone who may order: the server's port, its TLS if it has some, and the key that its roster lists."""

    port: int
    key: SigningKey
    tls: ssl.SSLContext | None = None

    def prepare(self, count: int) -> Sequence[Round]:
        """Draft *count* alerts and return the requests that issue them, to be sent in this order within a minute."""
        epoch, sequence = self._position()
        return [
            Round(f"{epoch}-{sequence + number + 1}", self._issue_request(self._draft(REGIONS[number % len(REGIONS)])))
            for number in range(count)
        ]

    def _position(self) -> tuple[str, int]:
        epoch, sequence = self._exchange("GET", "/v1/board", b"")["position"].split("-")
        return epoch, int(sequence)

    def _draft(self, region: str) -> dict[str, Any]:
        order = {
            "id": id_from(os.urandom(16)),
            "kind": "alert",
            "status": "actual",
            "hazard": "air_raid",
            "level": "red",
            "regions": [region],
            "expires_in_s": 3600,
            "text": TEXT,
        }
        return self._exchange("POST", DRAFTS, json.dumps(order).encode())

    def _issue_request(self, draft: dict[str, Any]) -> bytes:
        signature = sign_document(self.key, Magic.NOTICE, from_b64(draft["notice"]))
        signed = {"type": "ed25519", "key": signature.key.hex(), "signature": b64(signature.fields[0])}
        body = json.dumps({"signatures": [signed]}).encode()
        path = f"{DRAFTS}/{draft['draft']}/issue"
        fields = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **self._headers("POST", path, body)}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body

    def _headers(self, method: str, path: str, body: bytes) -> dict[str, str]:
        time_ms = time.time_ns() // 1_000_000
        signed = f"{method} {path}\n{time_ms}\n{sha256(body).hexdigest()}".encode()
        proof = b64(self.key.sign(REQUEST_TAG, signed))
        return {"Authorization": f"Tocsin {self.key.id.hex()}.{time_ms}.{proof}", "Content-Type": "application/json"}

    def _connect(self) -> http.client.HTTPConnection:
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS_MAX, context=self.tls)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS_MAX)

    def _exchange(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        connection = self._connect()
        try:
            connection.request(method, path, body or None, self._headers(method, path, body))
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise NoResultError(f"{method} {path} was refused with {answer.status}: {text.decode(errors='replace')}")
        found: dict[str, Any] = json.loads(text)
        return found
