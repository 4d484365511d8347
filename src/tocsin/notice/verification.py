"""Whom to believe: a notice, a roster or a heartbeat against pinned roots (``spec/notice.md``, "Who is believed").

It refuses to know where bytes came from and what happens next: a believed notice is data, a refused one a named reason.
Time is given by the caller.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from .documents import Document, DocumentError, decode
from .envelope import ED25519, Envelope, FramingError, Magic, Signature
from .heartbeat import Heartbeat
from .keys import is_signed_by, key_id
from .notice import Notice, decode_notice
from .roster import Role, Roster
from .words import DEMO, Domain, Status


class Reason(StrEnum):
    """Why something is not believed."""

    FRAMING = "framing"
    DOCUMENT = "document"
    AUTHORITY = "authority"
    ROSTER = "roster"
    KEY = "key"
    SIGNATURE = "signature"
    STATUS = "status"
    OLD = "old"
    NONCE = "nonce"


@dataclass(frozen=True, slots=True)
class Refused:
    """Not believed: the first rule that failed, and what was found."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Trust:
    """What a device has pinned: the authority, its two root public keys (raw), and the newest roster of each."""

    authority: str
    roots: dict[Domain, bytes]
    rosters: dict[Domain, Roster] = field(default_factory=dict)

    @property
    def demo(self) -> bool:
        return self.authority == DEMO

    def learn(self, data: bytes) -> "Trust | Refused":
        """Return the trust with the roster in the envelope *data*. Versions never fall."""
        match _open(data, Magic.ROSTER, Roster):
            case Refused() as refused:
                return refused
            case (envelope, roster):
                pass
        if roster.authority != self.authority:
            return Refused(Reason.AUTHORITY, f"the roster is of authority {roster.authority!r}, not {self.authority!r}")
        root = self.roots[roster.domain]
        ours = [one for one in envelope.signatures if one.type == ED25519 and one.key == key_id(root)]
        if not ours:
            return Refused(Reason.KEY, "the pinned root did not sign this roster")
        if not all(_is_right(one, root, envelope) for one in ours):
            return Refused(Reason.SIGNATURE, "the root's signature on the roster is wrong")
        known = self.rosters.get(roster.domain)
        if known and roster.version < known.version:
            return Refused(Reason.OLD, f"roster version {roster.version} is older than {known.version}, already seen")
        if known and roster.version == known.version and roster != known:
            return Refused(Reason.ROSTER, f"there are two rosters of version {roster.version}")
        return replace(self, rosters=self.rosters | {roster.domain: roster})

    def verify_notice(self, data: bytes) -> Notice | Refused:
        """Return the notice in the envelope *data* if it is to be believed."""
        try:
            envelope = Envelope.unpack(data, Magic.NOTICE)
            notice = decode_notice(envelope.document)
        except FramingError as why:
            return Refused(Reason.FRAMING, str(why))
        except DocumentError as why:
            return Refused(Reason.DOCUMENT, str(why))
        refused = self._refusal(notice.authority, Domain.of(notice.status), Role.ISSUE, notice.sent, envelope)
        return refused or notice

    def verify_event(self, data: bytes, status: Status) -> Notice | Refused:
        """Like ``verify_notice``, for an event that carries notices of *status* only."""
        notice = self.verify_notice(data)
        if isinstance(notice, Notice) and notice.status is not status:
            return Refused(Reason.STATUS, f"a notice of status {notice.status} came as {status}")
        return notice

    def verify_heartbeat(self, data: bytes, newest_ms: int, nonce: str | None = None) -> Heartbeat | Refused:
        """Return the heartbeat if it is believed, not older than *newest_ms*, and carries the *nonce* asked for."""
        match _open(data, Magic.HEARTBEAT, Heartbeat):
            case Refused() as refused:
                return refused
            case (envelope, heartbeat):
                pass
        refusal = self._refusal(heartbeat.authority, Domain.ACTUAL, Role.HEARTBEAT, heartbeat.time_ms // 1000, envelope)
        if refusal:
            return refusal
        if heartbeat.time_ms < newest_ms:
            return Refused(
                Reason.OLD, f"the heartbeat is {newest_ms - heartbeat.time_ms} ms older than one already seen"
            )
        if nonce is not None and heartbeat.nonce != nonce:
            return Refused(Reason.NONCE, "the heartbeat does not carry this connection's nonce")
        return heartbeat

    def _refusal(self, authority: str, domain: Domain, role: Role, at: int, envelope: Envelope) -> Refused | None:
        if authority != self.authority:
            return Refused(Reason.AUTHORITY, f"it is of authority {authority!r}, not {self.authority!r}")
        roster = self.rosters.get(domain)
        if roster is None or not roster.issued <= at < roster.expires:
            return Refused(Reason.ROSTER, f"no roster for {domain} is in force at {at}")
        signers = 0
        for signature in envelope.signatures:
            key = roster.key(signature.key, role)
            if key is None or signature.type != ED25519:
                continue
            if not _is_right(signature, key.raw, envelope):
                return Refused(Reason.SIGNATURE, f"the signature of key {key.id} is wrong")
            signers += 1
        return None if signers else Refused(Reason.KEY, f"no key with the role {role} in the roster signed it")


def _open(data: bytes, magic: Magic, shape: type[Document]) -> tuple[Envelope, Document] | Refused:
    try:
        envelope = Envelope.unpack(data, magic)
        return envelope, decode(envelope.document, shape)
    except FramingError as why:
        return Refused(Reason.FRAMING, str(why))
    except DocumentError as why:
        return Refused(Reason.DOCUMENT, str(why))


def _is_right(signature: Signature, public: bytes, envelope: Envelope) -> bool:
    return is_signed_by(public, envelope.magic.tag, envelope.document, signature.fields[0])
