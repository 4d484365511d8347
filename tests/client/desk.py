"""A desk behind the operator API, in memory, whose faults a test can choose: lost answers, restarts, lies.

It freezes as the server does, and checks the signature of each request as ``spec/stream.md`` asks for it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256

import httpx
import msgspec

from tests.client.authority import EPOCH, ISSUERS, NAME, NOW, ROSTERS, TRUST
from tocsin.alarms import Board, fold
from tocsin.areas import Atlas
from tocsin.issuing import Order, Refusal, read_order, read_relayed
from tocsin.issuing.drafting import Draft, draft
from tocsin.issuing.situation import Situation
from tocsin.notice import (
    ED25519,
    REQUEST_TAG,
    Domain,
    Envelope,
    Magic,
    Notice,
    Refused,
    Signature,
    Trust,
    b64,
    encode,
    from_b64,
    is_signed_by,
)

_KEYS = {key.id.hex(): key.public for key in ISSUERS.values()}


def _trust() -> Trust:
    trust = TRUST
    for roster in ROSTERS:
        learned = trust.learn(roster)
        assert isinstance(learned, Trust)
        trust = learned
    return trust


@dataclass
class Desk:
    """``lose``: numbers of requests that are carried out but never answered; ``lie``: changes what is frozen."""

    atlas: Atlas
    board: Board = field(default_factory=Board)
    issued: dict[str, tuple[Notice, bytes, int]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    lose: set[int] = field(default_factory=set)
    away: set[int] = field(default_factory=set)
    restart_before: set[int] = field(default_factory=set)
    lie: Callable[[Notice], Notice] = lambda one: one
    lie_about_cap: bool = False
    answer: httpx.Response | None = None
    _drafts: dict[str, Notice] = field(default_factory=dict)

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        number = len(self.requests)
        self.requests.append(f"{request.method} {request.url.path}")
        if number in self.away:
            raise httpx.ConnectError("refused", request=request)
        if number in self.restart_before:
            self._drafts.clear()
        answer = self.answer or self._answered(request)
        if number in self.lose:
            raise httpx.ReadError("reset", request=request)
        return answer

    def _answered(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return self._read(request.url.path)
        assert _is_signed(request), "the request is not signed as the specification says"
        assert not request.url.query
        if request.url.path == "/v1/operator/drafts":
            return self._drafted(read_order(request.content))
        if request.url.path == "/v1/operator/relay":
            return self._drafted(read_relayed(request.content, self.atlas))
        found = re.fullmatch("/v1/operator/drafts/([a-z2-7]{26})/sign", request.url.path)
        assert found
        return self._issue(found[1], msgspec.json.decode(request.content))

    def freeze(self, order: Order) -> Draft:
        """Return what *order* is frozen to."""
        found = draft(order, self._situation())
        assert isinstance(found, Draft), found
        return found

    def _drafted(self, order: Order | Refusal) -> httpx.Response:
        if isinstance(order, Refusal):
            return _refused(400, order)
        if order.id in self.issued:
            return httpx.Response(200, json={"issued": [self._view(order.id)]})
        found = draft(order, self._situation())
        if isinstance(found, Refusal):
            return _refused(404 if found.code == "alarm_unknown" else 409, found)
        self._drafts[order.id] = self.lie(found.notice)
        answer = {
            "draft": order.id,
            "notices": [
                {
                    "notice": order.id,
                    "bytes": b64(encode(self._drafts[order.id])),
                    "cap": found.cap.decode() + ("<!-- -->" if self.lie_about_cap else ""),
                }
            ],
            "lapses_in_s": 600,
            "preview": {"ended_regions": ["nowhere"], "warnings": ["TEST DATA: nobody signed this"]},
        }
        return httpx.Response(201, json=answer)

    def _situation(self) -> Situation:
        def named(begin: str) -> list[str]:
            return sorted({one.alarm for one, _, _ in self.issued.values() if one.alarm.startswith(begin)})

        return Situation(self.board, self.atlas, NAME, "Duty", 1, NOW, self._history, named)

    def _history(self, alarm: str) -> list[Notice]:
        return [one for one, _, _ in self.issued.values() if one.alarm == alarm]

    def _read(self, path: str) -> httpx.Response:
        if path == "/v1/authority":
            return httpx.Response(
                200, json={"rosters": {domain: [b64(one)] for domain, one in zip(Domain, ROSTERS, strict=True)}}
            )
        found = re.fullmatch("/v1/(alarms|alerts)/([a-z2-7]{26})", path)
        assert found
        history = [b64(envelope) for one, envelope, _ in self.issued.values() if found[2] in (one.alarm, one.id)]
        if not history:
            return _refused(404, Refusal("unknown", f"there is no {found[2]}"))
        return httpx.Response(200, json={"history": [{"envelope": one} for one in history]})

    def _issue(self, id: str, body: dict[str, list[dict[str, str]]]) -> httpx.Response:
        if id in self.issued:
            return httpx.Response(200, json={"issued": [self._view(id)]})
        if id not in self._drafts:
            return _refused(404, Refusal("draft_unknown", f"there is no draft {id}"))
        notice = self._drafts[id]
        signatures = tuple(
            Signature(ED25519, bytes.fromhex(one["key"]), (from_b64(one["signature"]),)) for one in body["signatures"]
        )
        envelope = Envelope(Magic.NOTICE, encode(notice), signatures).pack()
        before = self.board.find(notice.alarm)
        trust = replace(_trust(), held=lambda _: before.notice if before else None)
        believed = trust.verify_notice(envelope)
        assert not isinstance(believed, Refused), believed
        sequence = len(self.issued) + 4
        self.board = fold(self.board, sequence, notice)
        self.issued[id] = notice, envelope, sequence
        return httpx.Response(201, json={"issued": [self._view(id)]})

    def _view(self, id: str) -> dict[str, object]:
        notice, _, sequence = self.issued[id]
        return {"position": f"{EPOCH}-{sequence}", "id": id, "alarm": notice.alarm, "version": notice.version}


def _refused(status: int, refusal: Refusal) -> httpx.Response:
    error = {"code": refusal.code, "message": refusal.message, "candidates": list(refusal.candidates)}
    return httpx.Response(status, json={"error": error})


def _is_signed(request: httpx.Request) -> bool:
    found = re.fullmatch(r"Tocsin ([0-9a-f]{16})\.([0-9]+)\.([A-Za-z0-9_-]{86})", request.headers["Authorization"])
    assert found
    target = request.url.raw_path.decode()
    signed = f"{request.method} {target}\n{found[2]}\n{sha256(request.content).hexdigest()}".encode()
    return is_signed_by(_KEYS[found[1]], REQUEST_TAG, signed, from_b64(found[3]))
