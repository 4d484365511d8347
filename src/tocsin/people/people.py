"""Who gets in: invitations, enrolment, sign-in, sessions, each step audited.

It decides and knows no HTTP. The methods wait for the disk: call them off the event loop. Whether a person still exists
is asked of the newest roster at every step, so that a revocation ends sessions at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from tocsin.issuing import Refusal
from tocsin.issuing.audit import AuditTrail
from tocsin.notice import Domain, Holder, HolderKind, RosterKey, Trust, b64, key_id
from tocsin.ports.clock import Clock
from tocsin.ports.records import Credential, Invitation, Records

from . import ceremonies
from .ceremonies import Place
from .challenges import Challenges
from .sessions import Session, Sessions, SignedIn

# Handed over in person or by a call; who finds the note a day later finds a dead link.
INVITATION_LASTS_S = 24 * 3600
# So many refused sign-ins of a minute are written down; the rest is noise, and must not fill the disk.
REFUSALS_AUDITED_PER_MINUTE_MAX = 30
_TOKEN_SIZE_BYTES = 32
_SIGN_IN = b"sign-in"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A passkey as a roster would list it, whose it is, and whether a roster of today lists it."""

    key: RosterKey
    name: str
    enrolled_ms: int
    is_listed: bool


@dataclass(slots=True)
class People:
    """The people of one authority. *trust* returns whom to trust now; *place* holds where no roster names another."""

    records: Records
    trail: AuditTrail
    clock: Clock
    trust: Callable[[], Trust]
    place: Place
    _challenges: Challenges = field(init=False)
    _sessions: Sessions = field(init=False)
    _refusals: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._challenges, self._sessions = Challenges(self._now), Sessions(self._now)

    def _now(self) -> int:
        return self.clock.now_ms() // 1000

    def where(self) -> Place:
        """Return where passkeys are used: what the newest rosters say, else what this server was told."""
        for roster in self.trust().rosters.values():
            if roster.rp_id:
                return Place(roster.rp_id, roster.origins)
        return self.place

    def invite(self, holder: str, name: str, by: str = "") -> str:
        """Return a one-time token with which the person *name* enrols a passkey as *holder*, within a day."""
        token = token_urlsafe(_TOKEN_SIZE_BYTES)
        self.records.save_invitation(Invitation(_hash(token), holder, name, self._now() + INVITATION_LASTS_S))
        self.trail.note("invited", by, holder=holder, name=name).result()
        return token

    def registration_options(self, token: str) -> dict[str, Any] | Refusal:
        """Return what the browser asks an authenticator for, for the person invited by *token*."""
        invitation = self._invitation(token)
        if isinstance(invitation, Refusal):
            return invitation
        known = [one.id for one in self.records.credentials() if one.holder == invitation.holder]
        challenge = self._challenges.make(invitation.token_hash)
        return ceremonies.registration_options(
            self.where(), self.trust().authority, invitation.holder, invitation.name, known, challenge
        )

    def register(self, token: str, credential: dict[str, Any]) -> Enrolled | Refusal:
        """Take in the passkey that the browser brings, and use *token* up. A roster must list it before it counts."""
        invitation = self._invitation(token)
        if isinstance(invitation, Refusal):
            return invitation
        challenge = ceremonies.challenge_of(credential)
        if not self._challenges.is_open(invitation.token_hash, challenge):
            return _challenge_over()
        new = ceremonies.verify_registration(self.where(), credential, challenge)
        if isinstance(new, Refusal):
            return new
        if self.records.credential(new.credential) is not None:
            return Refusal("passkey_known", "this passkey is enrolled already; sign in with it")
        kept = Credential(new.credential, new.public, invitation.holder, invitation.name, self.clock.now_ms())
        if not self.records.enrol(invitation.token_hash, kept):
            return _invitation_over()
        self.trail.note("enrolled", kept.holder, name=kept.name, key=key_id(kept.public).hex()).result()
        return self._enrolled(kept)

    def enrolled(self) -> list[Enrolled]:
        """Return all passkeys that were enrolled, oldest first: what a roster is made from."""
        return [self._enrolled(one) for one in self.records.credentials()]

    def sign_in_options(self) -> dict[str, Any]:
        """Return what the browser asks an authenticator for, for whoever comes."""
        return ceremonies.sign_in_options(self.where(), self._challenges.make(_SIGN_IN))

    def sign_in(self, credential: dict[str, Any]) -> SignedIn | Refusal:
        """Open a session for the person whose passkey made *credential*."""
        kept = self.records.credential(ceremonies.credential_id_of(credential))
        if kept is None:
            return Refusal("passkey_unknown", "nobody has enrolled this passkey here; ask for an invitation")
        challenge = ceremonies.challenge_of(credential)
        refused = None if self._challenges.is_open(_SIGN_IN, challenge) else _challenge_over()
        refused = refused or ceremonies.verify_sign_in(self.where(), credential, challenge, kept.public)
        found = refused or self.person(key_id(kept.public).hex())
        if isinstance(found, Refusal):
            self._note_refused(kept, found)
            return found
        if not self._challenges.spend(challenge):
            return _challenge_over()
        return self.open_session(found.id, key_id(kept.public).hex())

    def open_session(self, holder: str, key: str) -> SignedIn:
        """Open a session for *holder*, who has just shown that they have the *key* of that id."""
        signed_in = self._sessions.open(holder, key)
        self.trail.note("signed_in", holder, key=key).result()
        return signed_in

    def session(self, token: str) -> Session | None:
        """Return the session of *token*, which was used just now, if it is open and its key still counts."""
        return self._counting(token, self._sessions.find(token))

    def looking(self, token: str) -> Session | None:
        """Like ``session``, for a request that a page makes by itself: it does not count as use."""
        return self._counting(token, self._sessions.look(token))

    def _counting(self, token: str, session: Session | None) -> Session | None:
        if session is None:
            return None
        if isinstance(found := self.person(session.key), Refusal):
            self._sessions.close(token)
            self.trail.note("session_ended", session.holder, code=found.code)
            return None
        return session

    def sign_out(self, token: str) -> None:
        if session := self._sessions.close(token):
            self.trail.note("signed_out", session.holder)

    def person(self, key: str) -> Holder | Refusal:
        """Return who holds the *key* of that id (16 hex digits), by the newest rosters; a revoked one is nobody's."""
        trust = self.trust()
        if any(one.revokes(key) for one in trust.revocations.values()):
            return Refusal("key_revoked", "this key is revoked")
        for roster in trust.rosters.values():
            listed = roster.key(bytes.fromhex(key))
            if listed is not None and roster.holder_of(listed).kind is HolderKind.PERSON:
                return roster.holder_of(listed)
        return Refusal("not_listed", "no roster lists this key yet; whoever keeps the roots makes the next roster")

    def roles(self, holder: str) -> dict[Domain, Holder]:
        """Return what *holder* may do under each root that lists them."""
        rosters = self.trust().rosters.items()
        return {domain: one for domain, roster in rosters for one in roster.holders if one.id == holder}

    def _invitation(self, token: str) -> Invitation | Refusal:
        found = self.records.invitation(_hash(token))
        return found if found is not None and self._now() < found.expires_at else _invitation_over()

    def _enrolled(self, kept: Credential) -> Enrolled:
        key = RosterKey(key_id(kept.public).hex(), "webauthn", b64(kept.public), kept.holder)
        return Enrolled(key, kept.name, kept.enrolled_ms, isinstance(self.person(key.id), Holder))

    def _note_refused(self, kept: Credential, refused: Refusal) -> None:
        now = self._now()
        self._refusals = [at for at in self._refusals if at > now - 60]
        if len(self._refusals) < REFUSALS_AUDITED_PER_MINUTE_MAX:
            self._refusals.append(now)
            self.trail.note("sign_in_refused", kept.holder, code=refused.code, why=refused.message[:200])


def _invitation_over() -> Refusal:
    return Refusal("invitation_over", "this link was used, has lapsed, or was never made; ask for another one")


def _challenge_over() -> Refusal:
    return Refusal("challenge_over", "that took too long, or was answered before; begin again")


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
