"""A desk behind the operator API, in memory, whose faults a test can choose: lost answers, restarts, lies.

It freezes simply, and checks the signature of each request as ``spec/stream.md`` asks for it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

import httpx
import msgspec

from tests.client.authority import EPOCH, ISSUERS, NAME, NOW, ROSTERS, TRUST
from tocsin.alarms import Board, fold
from tocsin.areas import Atlas
from tocsin.issuing import Order, Refusal, read_order, read_relayed
from tocsin.issuing.texts import with_first_word
from tocsin.notice import (
    ED25519,
    EVERY_CHANNEL,
    REQUEST_TAG,
    Envelope,
    Kind,
    Level,
    Magic,
    Notice,
    Refused,
    Signature,
    Text,
    Trust,
    b64,
    encode,
    from_b64,
    geometry_hash,
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
        assert _is_signed(request), "the request is not signed as the specification says"
        if request.url.path == "/v1/operator/drafts":
            return self._drafted(read_order(request.content))
        if request.url.path == "/v1/operator/relay":
            return self._drafted(read_relayed(request.content, self.atlas))
        found = re.fullmatch("/v1/operator/drafts/([a-z2-7]{26})/issue", request.url.path)
        assert found
        return self._issue(found[1], msgspec.json.decode(request.content))

    def _drafted(self, order: Order | Refusal) -> httpx.Response:
        if isinstance(order, Refusal):
            return _refused(400, order)
        if order.id in self.issued:
            return httpx.Response(200, json={"issued": self._view(order.id)})
        held = next(iter(self._matching(order)), None)
        if order.kind is not Kind.ALERT and held is None:
            candidates = [{"alarm": name, "hazard": "air_raid", "level": "red", "since": NOW, "regions": ["Kyiv"]}
                          for name in self.board.alarms]  # fmt: skip
            return _refused(404, Refusal("alarm_unknown", f"there is no alarm {order.alarm}", tuple(candidates)))
        document = f"<alert>TEST DATA {order.id}</alert>"
        self._drafts[order.id] = self.lie(self._frozen(order, held, document))
        answer = {
            "draft": order.id,
            "notice": b64(encode(self._drafts[order.id])),
            "cap": document + ("<!-- -->" if self.lie_about_cap else ""),
            "lapses_in_s": 600,
            "preview": {"ended_regions": [], "warnings": []},
        }
        return httpx.Response(201, json=answer)

    def _matching(self, order: Order) -> list[Notice]:
        held = [one.notice for one in self.board.alarms.values() if order.kind is not Kind.ALERT]
        if order.alarm is not None:
            return [one for one in held if one.alarm.startswith(order.alarm)]
        return [one for one in held if one.hazard == order.hazard and one.regions == self._codes(order)]

    def _codes(self, order: Order) -> tuple[str, ...]:
        return tuple(sorted({self.atlas.resolve(text).code for text in order.regions}))

    def _frozen(self, order: Order, held: Notice | None, document: str) -> Notice:
        return Notice(
            notice=1,
            id=order.id,
            alarm=held.alarm if held else order.id,
            version=held.version + 1 if held else 1,
            kind=order.kind,
            status=order.status,
            authority=NAME,
            hazard=held.hazard if held else order.hazard or "",
            level=order.level or (held.level if held else Level.RED),
            since=NOW,
            sent=NOW,
            effective=NOW,
            expires=NOW + (order.expires_in_s or 7_200),
            atlas=self.atlas.hash,
            regions=self._codes(order) or (held.regions if held else ()),
            shapes=order.shapes,
            geometry=geometry_hash(order.shapes),
            text={
                language: with_first_word(text, language, order.status, NAME)
                for language, text in (order.text or {"en": Text("TEST DATA, no alert", "")}).items()
            },
            issuer="Duty",
            roster=1,
            channels=EVERY_CHANNEL,
            cap=b64(sha256(document.encode()).digest()),
        )

    def _issue(self, id: str, body: dict[str, list[dict[str, str]]]) -> httpx.Response:
        if id in self.issued:
            return httpx.Response(200, json=self._view(id))
        if id not in self._drafts:
            return _refused(404, Refusal("draft_unknown", f"there is no draft {id}"))
        notice = self._drafts[id]
        signatures = tuple(
            Signature(ED25519, bytes.fromhex(one["key"]), (from_b64(one["signature"]),)) for one in body["signatures"]
        )
        envelope = Envelope(Magic.NOTICE, encode(notice), signatures).pack()
        believed = _trust().verify_notice(envelope)
        assert not isinstance(believed, Refused), believed
        sequence = len(self.issued) + 4
        self.board = fold(self.board, sequence, notice)
        self.issued[id] = notice, envelope, sequence
        return httpx.Response(201, json=self._view(id))

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
