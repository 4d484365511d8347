"""Real orders for the bench: drafted ahead, signed with the service key, issued by one request that is timed.

The wire is ``spec/stream.md``, "Ordering". Who the authority is and where its server listens: ``bench.contenders``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import time_ns

import msgspec

from bench.measurement import NoResultError, Round
from tocsin.client import Draft, Operator, new_id
from tocsin.client.requests import authorization
from tocsin.issuing import Order
from tocsin.notice import Kind, Level, Magic, SigningKey, Status, Text, b64, sign_document

EXPIRES_IN_S = 3600
TEXT = {
    "en": Text("Measurement in a demo authority", "Nothing has happened and nothing is to be done."),
    "uk": Text("Вимірювання в демонстраційній системі", "Нічого не сталося, робити нічого не треба."),
}
# First-level regions: their codes, and with them all frames, are of one length.
REGIONS = tuple(f"UA-{number:02d}" for number in (5, 7, 12, 14, 18, 21, 23, 26, 32, 35, 46, 48, 51, 53, 56, 59, 61, 63))


@dataclass(frozen=True)
class Desk:
    """Someone who may order: through *operator* for everything that is not timed, and with the *keys* it signs with."""

    operator: Operator
    keys: Sequence[SigningKey]

    def prepare(self, count: int) -> Sequence[Round]:
        """Draft *count* alerts and return the requests that issue them, to be sent in this order within a minute."""
        epoch, sequence = self.operator.board().position.split("-")
        return [
            Round(f"{epoch}-{int(sequence) + number + 1}", self._issue_request(self._draft(number)))
            for number in range(count)
        ]

    def _draft(self, number: int) -> Draft:
        region = REGIONS[number % len(REGIONS)]
        order = Order(
            id=new_id(),
            kind=Kind.ALERT,
            status=Status.ACTUAL,
            hazard="air_raid",
            level=Level.RED,
            regions=(region,),
            expires_in_s=EXPIRES_IN_S,
            text=TEXT,
        )
        draft = self.operator.draft(order)
        if not isinstance(draft, Draft):
            raise NoResultError(f"an order of the bench was issued before: {draft.id}")
        return draft

    def _issue_request(self, draft: Draft) -> bytes:
        signatures = [sign_document(key, Magic.NOTICE, draft.parts[0].document) for key in self.keys]
        signed = [
            {"notice": draft.id, "type": "ed25519", "key": one.key.hex(), "signature": b64(one.fields[0])}
            for one in signatures
        ]
        body = msgspec.json.encode({"signatures": signed})
        path = f"/v1/operator/drafts/{draft.id}/sign"
        proof = authorization(self.keys[0], "POST", path, body, time_ns() // 1_000_000)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {proof}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body
