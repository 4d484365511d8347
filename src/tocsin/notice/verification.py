"""Whom to believe: a notice, a roster, a revocation list or a heartbeat against pinned roots (``spec/roster.md``).

It refuses to know where bytes came from and what happens next: a believed thing is data, a refused one a named reason.
Time is given by the caller, and so is what lies above a region.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256

from . import passkeys
from .documents import Document, DocumentError, decode
from .envelope import ED25519, WEBAUTHN, Envelope, FramingError, Magic, Signature
from .heartbeat import Heartbeat
from .keys import is_signed_by, key_id
from .notice import Notice, decode_notice, encode_notice
from .revocation import Revocation
from .roster import Holder, HolderKind, Lineage, Role, Roster, RosterKey, nowhere
from .words import DEMO, Domain, Kind, Status, b64, from_b64

_TYPES = {ED25519: "ed25519", WEBAUTHN: "webauthn"}
_ORDERING = {Role.AUTHOR, Role.APPROVER, Role.ISSUE}


class Reason(StrEnum):
    """Why something is not believed."""

    FRAMING = "framing"
    DOCUMENT = "document"
    AUTHORITY = "authority"
    ROSTER = "roster"
    SIGNATURE = "signature"
    FOLLOWS = "follows"
    KEY = "key"
    REVOKED = "revoked"
    SCOPE = "scope"
    PEOPLE = "people"
    REVOCATION = "revocation"
    STATUS = "status"
    OLD = "old"
    NONCE = "nonce"


@dataclass(frozen=True, slots=True)
class Refused:
    """Not believed: the first rule that failed, and what was found."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose right signature stands under a document, and by which key."""

    holder: Holder
    key: RosterKey


@dataclass(frozen=True, slots=True)
class Believed:
    """A notice and those whose signatures count for it, in the order of the envelope."""

    notice: Notice
    signers: tuple[Signer, ...]


def _nothing(_: Notice) -> Notice | None:
    return None


@dataclass(frozen=True, slots=True)
class Trust:
    """What a device holds: the authority, a root public key (raw) for each domain, the newest roster and revocations.

    *lineage* returns a region and what lies above it, nothing for one that is not known. *held* returns what is
    believed of the alarm that a notice belongs to, if anything is; without it a notice is judged as the first one.
    """

    authority: str
    roots: Mapping[Domain, bytes]
    rosters: Mapping[Domain, Roster] = field(default_factory=dict)
    revocations: Mapping[Domain, Revocation] = field(default_factory=dict)
    lineage: Lineage = nowhere
    held: Callable[[Notice], Notice | None] = _nothing
    # The highest version of a list that was seen, also of one that a roster has ended since.
    lists_seen: Mapping[Domain, int] = field(default_factory=dict)

    @property
    def demo(self) -> bool:
        return self.authority == DEMO

    def learn(self, data: bytes) -> "Trust | Refused":
        """Return the trust with the roster in the envelope *data*; its root is the root from then on."""
        match _open(data, Magic.ROSTER, Roster):
            case Refused() as refused:
                return refused
            case (envelope, roster):
                pass
        if refused_root := self._refusal_of_roots(envelope, roster):
            return refused_root
        known = self.rosters.get(roster.domain)
        if known and roster.version < known.version:
            return Refused(Reason.OLD, f"roster version {roster.version} is older than {known.version}, already seen")
        if known and roster.version == known.version and roster != known:
            return Refused(Reason.ROSTER, f"there are two rosters of version {roster.version}")
        roots = {**self.roots, roster.domain: from_b64(roster.root)}
        # A newer roster says it all by itself: what stays revoked is not listed in it.
        lists = {
            domain: one
            for domain, one in self.revocations.items()
            if domain is not roster.domain or (known and known.version == roster.version)
        }
        return replace(self, roots=roots, rosters={**self.rosters, roster.domain: roster}, revocations=lists)

    def _refusal_of_roots(self, envelope: Envelope, roster: Roster) -> Refused | None:
        if roster.authority != self.authority:
            return Refused(Reason.AUTHORITY, f"the roster is of authority {roster.authority!r}, not {self.authority!r}")
        held, named = self.roots[roster.domain], from_b64(roster.root)
        if not _has_signed(held, envelope):
            return Refused(Reason.KEY, "the pinned root did not sign this roster")
        if not _is_right_wherever(held, envelope):
            return Refused(Reason.SIGNATURE, "the root's signature on the roster is wrong")
        if named != held and not (_has_signed(named, envelope) and _is_right_wherever(named, envelope)):
            return Refused(Reason.SIGNATURE, "the roster names a new root, whose right signature is missing")
        return None

    def revoke(self, data: bytes) -> "Trust | Refused":
        """Return the trust with the revocation list in the envelope *data*. It can only take away."""
        match _open(data, Magic.REVOCATION, Revocation):
            case Refused() as refused:
                return refused
            case (envelope, revocation):
                pass
        domain = revocation.domain
        if revocation.authority != self.authority:
            return Refused(
                Reason.AUTHORITY, f"the list is of authority {revocation.authority!r}, not {self.authority!r}"
            )
        if (roster := self.rosters.get(domain)) is None:
            return Refused(Reason.ROSTER, f"no roster for {domain} is known, so nobody can revoke")
        ours = {bytes.fromhex(one.id): one for one in roster.revokers.keys}
        signed = [one for one in envelope.signatures if one.type == ED25519 and one.key in ours]
        for one in signed:
            if not _is_ed25519_right(one, ours[one.key].raw, envelope):
                return Refused(Reason.SIGNATURE, f"the signature of revoker {one.key.hex()} is wrong")
        enough, found = max(1, roster.revokers.threshold), len({one.key for one in signed})
        if found < enough:
            return Refused(Reason.KEY, f"{found} of the roster's revokers signed, and it takes {enough}")
        known = self.revocations.get(domain)
        if known and revocation.version < known.version:
            return Refused(Reason.OLD, f"list version {revocation.version} is older than {known.version}, already seen")
        if known is None and revocation.version <= self.lists_seen.get(domain, 0):
            return Refused(Reason.OLD, f"list version {revocation.version} was ended by a newer roster")
        if known and revocation.version == known.version and revocation != known:
            return Refused(Reason.REVOCATION, f"there are two lists of version {revocation.version}")
        if known and known.takes_back(revocation, frozenset(key.id for key in roster.keys)):
            return Refused(Reason.REVOCATION, "the list gives back what an earlier one took; it can only take away")
        seen = {**self.lists_seen, domain: revocation.version}
        return replace(self, revocations={**self.revocations, domain: revocation}, lists_seen=seen)

    def verify_notice(self, data: bytes) -> Notice | Refused:
        """Return the notice in the envelope *data* if it is to be believed."""
        found = self.verify_signed(data)
        return found.notice if isinstance(found, Believed) else found

    def verify_event(self, data: bytes, status: Status) -> Notice | Refused:
        """Like ``verify_notice``, for an event that carries notices of *status* only."""
        notice = self.verify_notice(data)
        if isinstance(notice, Notice) and notice.status is not status:
            return Refused(Reason.STATUS, f"a notice of status {notice.status} came as {status}")
        return notice

    def verify_signed(self, data: bytes) -> Believed | Refused:
        """Like ``verify_notice``, with those who signed."""
        try:
            envelope = Envelope.unpack(data, Magic.NOTICE)
            notice = decode_notice(envelope.document)
        except FramingError as why:
            return Refused(Reason.FRAMING, str(why))
        except DocumentError as why:
            return Refused(Reason.DOCUMENT, str(why))
        signers = self.signers(envelope, notice)
        if isinstance(signers, Refused):
            return signers
        if strange := _strangeness(notice, self.before(notice)):
            return Refused(Reason.FOLLOWS, strange)
        counting = self._enough(notice, signers)
        return counting if isinstance(counting, Refused) else Believed(notice, counting)

    def before(self, notice: Notice) -> Notice | None:
        """Return what *notice* follows: what is held of its alarm, if that is of a lower version."""
        held = self.held(notice)
        is_followed = held and held.alarm == notice.alarm and held.status is notice.status
        return held if held and is_followed and held.version < notice.version else None

    def signers(self, envelope: Envelope, notice: Notice) -> tuple[Signer, ...] | Refused:
        """Return whose right signatures stand under *notice*, whatever these people may order."""
        return self._signers(envelope, notice.authority, Domain.of(notice.status), notice.sent)

    def counting(self, notice: Notice, signers: Iterable[Signer]) -> tuple[Signer, ...]:
        """Return those of *signers* whose signature counts for *notice*: by role, not revoked, in scope."""
        able = [one for one in signers if _may_order(one.holder, notice)]
        return self._in_scope(notice, self._not_revoked(notice, able))

    def people_missing(self, notice: Notice, counting: Sequence[Signer]) -> int:
        """Return how many people more *notice* takes beside those whose signatures count; 0: it is believed."""
        if any(one.holder.kind is HolderKind.SERVICE for one in counting):
            return 0
        people = {one.holder.id: one.holder for one in counting}
        needed = self.rosters[Domain.of(notice.status)].people_needed(notice, self.lineage, self.before(notice))
        has_approver = needed < 2 or any(Role.APPROVER in one.roles for one in people.values())
        return max(needed - len(people), 0 if has_approver else 1)

    def _not_revoked(self, notice: Notice, signers: Iterable[Signer]) -> tuple[Signer, ...]:
        domain, document = Domain.of(notice.status), b64(sha256(encode_notice(notice)).digest())
        return tuple(one for one in signers if not self._is_revoked(domain, one.key, document))

    def _in_scope(self, notice: Notice, signers: Iterable[Signer]) -> tuple[Signer, ...]:
        before = self.before(notice)
        return tuple(one for one in signers if one.holder.covers(notice, self.lineage, before))

    def verify_heartbeat(self, data: bytes, newest_ms: int, nonce: str | None = None) -> Heartbeat | Refused:
        """Return the heartbeat if it is believed, not older than *newest_ms*, and carries the *nonce* asked for."""
        match _open(data, Magic.HEARTBEAT, Heartbeat):
            case Refused() as refused:
                return refused
            case (envelope, heartbeat):
                pass
        signers = self._signers(envelope, heartbeat.authority, Domain.ACTUAL, heartbeat.time_ms // 1000)
        if isinstance(signers, Refused):
            return signers
        servers = [one for one in signers if Role.HEARTBEAT in one.holder.roles]
        if not servers:
            return Refused(Reason.KEY, "no key with the role heartbeat in the roster signed it")
        if all(self._is_revoked(Domain.ACTUAL, one.key) for one in servers):
            return Refused(Reason.REVOKED, "the key that signed the heartbeat is revoked")
        if heartbeat.time_ms < newest_ms:
            return Refused(
                Reason.OLD, f"the heartbeat is {newest_ms - heartbeat.time_ms} ms older than one already seen"
            )
        if nonce is not None and heartbeat.nonce != nonce:
            return Refused(Reason.NONCE, "the heartbeat does not carry this connection's nonce")
        return heartbeat

    def _signers(self, envelope: Envelope, authority: str, domain: Domain, at: int) -> tuple[Signer, ...] | Refused:
        if authority != self.authority:
            return Refused(Reason.AUTHORITY, f"it is of authority {authority!r}, not {self.authority!r}")
        roster = self.rosters.get(domain)
        if roster is None or not roster.issued <= at < roster.expires:
            return Refused(Reason.ROSTER, f"no roster for {domain} is in force at {at}")
        signers = []
        for signature in envelope.signatures:
            key = roster.key(signature.key)
            if key is None or _TYPES.get(signature.type) != key.type:
                continue
            if not _is_right(signature, key, roster, envelope):
                return Refused(Reason.SIGNATURE, f"the signature of key {key.id} is wrong")
            signers.append(Signer(roster.holder_of(key), key))
        return tuple(signers)

    def _enough(self, notice: Notice, signers: tuple[Signer, ...]) -> tuple[Signer, ...] | Refused:
        """Return those of *signers* whose signatures count, if they suffice."""
        able = tuple(one for one in signers if _may_order(one.holder, notice))
        if not able:
            return Refused(Reason.KEY, "nobody whom the roster lets order signed it")
        valid = self._not_revoked(notice, able)
        if not valid:
            return Refused(Reason.REVOKED, f"key {able[0].key.id} is revoked")
        counting = self._in_scope(notice, valid)
        if not counting:
            return Refused(Reason.SCOPE, f"{valid[0].holder.name} may not order this kind, hazard or area")
        missing = self.people_missing(notice, counting)
        if not missing:
            return counting
        for reason, others in ((Reason.SCOPE, valid), (Reason.REVOKED, able)):
            if not self.people_missing(notice, others):
                return Refused(reason, "without the signatures that do not count too few people signed it")
        return Refused(Reason.PEOPLE, f"{missing} more of the roster's people must sign it")

    def _is_revoked(self, domain: Domain, key: RosterKey, document: str = "") -> bool:
        revocation = self.revocations.get(domain)
        return revocation is not None and revocation.revokes(key.id, document)


def _strangeness(notice: Notice, before: Notice | None) -> str:
    """Return why *notice* cannot follow *before*; nothing if it can, or if it begins."""
    disputed = notice.kind is Kind.DISPUTED
    if before is None:
        return "a dispute stands on the notice before it, which is not known here" if disputed else ""
    if notice.hazard != before.hazard or notice.since != before.since:
        return "an alarm keeps its hazard and its beginning"
    if not disputed:
        return ""
    same = notice.regions == before.regions and notice.level is before.level and notice.expires >= before.expires
    if same and notice.version == before.version + 1:
        return ""
    return "a dispute changes nothing of what the notice right before it says"


def _may_order(holder: Holder, notice: Notice) -> bool:
    tests = {Role.LINK_TEST} if notice.status is Status.TEST else set()
    return not (_ORDERING | tests).isdisjoint(holder.roles)


def _open(data: bytes, magic: Magic, shape: type[Document]) -> tuple[Envelope, Document] | Refused:
    try:
        envelope = Envelope.unpack(data, magic)
        return envelope, decode(envelope.document, shape)
    except FramingError as why:
        return Refused(Reason.FRAMING, str(why))
    except DocumentError as why:
        return Refused(Reason.DOCUMENT, str(why))


def _is_right(signature: Signature, key: RosterKey, roster: Roster, envelope: Envelope) -> bool:
    if signature.type == WEBAUTHN:
        return passkeys.is_right(signature.fields, key.raw, envelope.document, roster.rp_id, roster.origins)
    return _is_ed25519_right(signature, key.raw, envelope)


def _is_ed25519_right(signature: Signature, public: bytes, envelope: Envelope) -> bool:
    return is_signed_by(public, envelope.magic.tag, envelope.document, signature.fields[0])


def _signed_by(public: bytes, envelope: Envelope) -> list[Signature]:
    return [one for one in envelope.signatures if one.type == ED25519 and one.key == key_id(public)]


def _has_signed(public: bytes, envelope: Envelope) -> bool:
    return bool(_signed_by(public, envelope))


def _is_right_wherever(public: bytes, envelope: Envelope) -> bool:
    return all(_is_ed25519_right(one, public, envelope) for one in _signed_by(public, envelope))
