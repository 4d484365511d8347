"""Orders to a server: draft, look, sign, hand in; a lost answer is asked for again under the same id.

The server freezes the bytes, this side checks them against the order and signs. Keys come from the caller and never
leave.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import random
from secrets import token_bytes
from typing import Self, TypeVar

import httpx
import msgspec

from tocsin.issuing import Order
from tocsin.notice import Domain, Kind, Magic, Notice, SigningKey, Status, Trust, b64, id_from, sign_document

from .agreement import Signer
from .failures import AnswerUnreadable, ClientError, NotAsOrdered, OrderRefused, Unreachable
from .folder import Address
from .orders import (
    AlarmAnswer,
    AuthorityAnswer,
    BoardView,
    Draft,
    Issued,
    Submitted,
    read_answer,
    read_draft,
    read_signed,
)
from .proof import proven, trust_in_own, with_lists
from .requests import TIMEOUT, authorization, send

# A server that is started again is back within 2 s; an operator who waits longer wants to be told.
GIVE_UP_S = 10.0
WAIT_FIRST_S = 0.1
WAIT_MAX_S = 2.0

# Each draft lapses when the server stops. More than this in one order is no accident.
DRAFTS_MAX = 5
DRAFT_UNKNOWN = "draft_unknown"

Answer = TypeVar("Answer")
Confirm = Callable[[Draft], bool]


class Declined(ClientError):
    """The person at the keyboard said no. Nothing was signed and nothing was written."""

    code = "declined"


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as the operator needs it: Unix seconds, seconds that only rise, and waiting."""

    unix_s: Callable[[], float] = time.time
    monotonic_s: Callable[[], float] = time.monotonic
    sleep_s: Callable[[float], None] = time.sleep


def new_id() -> str:
    """Return a fresh id for an order."""
    return id_from(token_bytes(16))


def without_asking(_: Draft) -> bool:
    return True


@dataclass
class Operator:
    """Gives orders to the server at *address*, with the keys that it holds for each domain. Its end closes connections.

    All of a domain's keys sign: a demo's two people, or one service. The first one signs the requests. An order is
    issued at once if their signatures suffice; else it waits at the server for people to sign.
    """

    address: Address
    keys: Mapping[Domain, Sequence[SigningKey]]
    signer: Signer
    give_up_s: float = GIVE_UP_S
    clock: Clock = field(default_factory=Clock)
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT, trust_env=False))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def order(self, order: Order, confirm: Confirm = without_asking, version: int | None = None) -> Issued | Submitted:
        """Give *order* after *confirm* has seen the frozen notice; *version* is the one the caller decided upon.

        Raises ``Declined``, ``NotAsOrdered``, ``OrderRefused``, ``Unreachable``, and the errors of ``Atlas.resolve``.
        """
        self.signer.codes(order.regions)
        return self._give_frozen(order, partial(self.draft, order), confirm, version)

    def relay(self, document: bytes, order: Order, confirm: Confirm = without_asking) -> Issued | Submitted:
        """Give what the CAP 1.2 *document* says; *order* is what the caller reads in it. Raises as ``order`` does."""
        return self._give_frozen(order, partial(self.draft_relay, document, order), confirm, None)

    def draft(self, order: Order) -> Draft | Issued | Submitted:
        """Ask once for a draft of *order*, or what it became if it was issued before."""
        body = msgspec.json.encode(order)
        return _drafted(self._post("/v1/operator/drafts", body, order.status, "application/json"))

    def draft_relay(self, document: bytes, order: Order) -> Draft | Issued | Submitted:
        """Ask once for a draft of what *document* says."""
        return _drafted(self._post("/v1/operator/relay", document, order.status, "application/cap+xml"))

    def sign(self, draft: Draft) -> Issued | Submitted:
        """Sign the bytes of each part and hand the signatures in, once. The caller has checked what they say."""
        keys = self.keys[Domain.of(draft.notice.status)]
        signed = [(part, sign_document(key, Magic.NOTICE, part.document)) for part in draft.parts for key in keys]
        body = {
            "signatures": [
                {"notice": part.notice.id, "type": "ed25519", "key": one.key.hex(), "signature": b64(one.fields[0])}
                for part, one in signed
            ]
        }
        path = f"/v1/operator/drafts/{draft.id}/sign"
        answer = self._post(path, msgspec.json.encode(body), draft.notice.status, "application/json")
        return read_signed(answer.content)

    def board(self) -> BoardView:
        """Return what has not ended, as the server says; unsigned."""
        return read_answer(self.get("/v1/board").content, BoardView)

    def console(self, domain: Domain) -> str:
        """Return where people sign: what the newest roster of *domain* says if it is believed, else the server."""
        if self.signer.trust is None:
            return self.address()
        told = read_answer(self.get("/v1/authority").content, AuthorityAnswer)
        roster = self._with_told(self.signer.trust, told).rosters.get(domain)
        return roster.origins[0] if roster and roster.origins else self.address()

    @staticmethod
    def _with_told(trust: Trust, told: AuthorityAnswer) -> Trust:
        """Return *trust* with what the server tells and is believed. Raises ``ValueError``."""
        rosters = (one for bodies in told.rosters.values() for one in bodies)
        return with_lists(trust, rosters, told.revocations.values())

    def get(self, path: str) -> httpx.Response:
        """Read from the public API, with patience."""
        return self._insist(lambda: send(self.client, self.client.build_request("GET", self.address() + path)))

    def _give_frozen(
        self, order: Order, ask: Callable[[], Draft | Issued | Submitted], confirm: Confirm, version: int | None
    ) -> Issued | Submitted:
        confirmed: tuple[object, ...] | None = None
        for _ in range(DRAFTS_MAX):
            answer = self._insist(ask)
            if not isinstance(answer, Draft):
                return answer
            draft = answer if order.kind is Kind.ALERT else self._with_history(answer)
            if found := self.signer.disagreements(draft, order, self._now(), version):
                raise NotAsOrdered(f"the server froze something else than was ordered: {'; '.join(found)}")
            if confirmed != _substance(draft) and not confirm(draft):
                raise Declined("not confirmed; nothing was signed and nothing was written")
            confirmed = _substance(draft)
            try:
                return self._insist(partial(self.sign, draft))
            except OrderRefused as refused:
                # The draft lapsed or went with the server: freeze again. The id sees to it that nothing goes out twice.
                if refused.code != DRAFT_UNKNOWN:
                    raise
        raise Unreachable(f"the server lost {DRAFTS_MAX} drafts of this order; look at its log")

    def _with_history(self, draft: Draft) -> Draft:
        """Return *draft* with what is proven of the alarm that it changes."""
        trusts = [trust_in_own(self.signer.authority, self.keys)]
        answer = read_answer(self.get(f"/v1/alarms/{draft.notice.alarm}").content, AlarmAnswer)
        try:
            if self.signer.trust is not None:
                told = read_answer(self.get("/v1/authority").content, AuthorityAnswer)
                trusts.append(self._with_told(self.signer.trust, told))
            history = proven((one.envelope for one in answer.history), draft.notice, trusts)
        except ValueError as why:
            raise AnswerUnreadable(
                f"what the server shows of alarm {draft.notice.alarm} cannot be read ({why})"
            ) from why
        return replace(draft, history=history)

    def _insist(self, call: Callable[[], Answer]) -> Answer:
        deadline, wait_s = self.clock.monotonic_s() + self.give_up_s, WAIT_FIRST_S
        while True:
            try:
                return call()
            except Unreachable:
                pause_s = wait_s * (0.5 + random())  # noqa: S311, spreads clients out
                if self.clock.monotonic_s() + pause_s > deadline:
                    raise
            self.clock.sleep_s(pause_s)
            wait_s = min(2 * wait_s, WAIT_MAX_S)

    def _post(self, path: str, body: bytes, status: Status, media_type: str) -> httpx.Response:
        now_ms = int(self.clock.unix_s() * 1000)
        headers = {
            "Authorization": authorization(self._key(status), "POST", path, body, now_ms),
            "Content-Type": media_type,
        }
        return send(
            self.client, self.client.build_request("POST", self.address() + path, content=body, headers=headers)
        )

    def _key(self, status: Status) -> SigningKey:
        return self.keys[Domain.of(status)][0]

    def _now(self) -> int:
        return int(self.clock.unix_s())


def _drafted(answer: httpx.Response) -> Draft | Issued | Submitted:
    return read_draft(answer.content) if answer.status_code == 201 else read_signed(answer.content)


def _substance(draft: Draft) -> tuple[tuple[object, ...], ...]:
    """What a person confirmed: all but the times and what follows from them."""
    return tuple(_words(part.notice) for part in draft.parts)


def _words(notice: Notice) -> tuple[object, ...]:
    words = (notice.kind, notice.status, notice.alarm, notice.version, notice.hazard, notice.level)
    return (*words, notice.regions, notice.shapes, notice.geometry, tuple(notice.text.items()))
