"""What a signature is worth: the five verdicts, each with a reason that has a stable code and words for people.

They say whether a message can be trusted, never whether it is well-formed CAP (``tocsin.cap.reading``): the two do not
mix, and a message that nobody can verify is still read (CAP 1.2, 3.3.4.1). What a source may do with an untrusted
message is decided by whoever runs the source.
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Only ``TRUSTED`` may be passed on without a person; ``INVALID`` is worse than no signature at all."""

    NONE = "none"
    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"
    UNVERIFIABLE = "unverifiable"
    INVALID = "invalid"


class Relaxation(StrEnum):
    """What is overlooked for one source that signs in a way of its own. Named in the verdict wherever it was needed."""

    # The XML of the Signature breaks its schema: an Id with a blank, an Object in no namespace.
    ANY_FORM = "any-form"
    # The digest of one signature leaves out the other signatures too: agency and aggregator sign the same alert.
    WITHOUT_OTHER_SIGNATURES = "without-other-signatures"


class Reason(StrEnum):
    """Why a verdict is what it is. The value is the code, ``words`` is the sentence."""

    NO_SIGNATURE = "no-signature"
    KEY_REGISTERED = "key-registered"
    KEY_UNKNOWN = "key-unknown"
    KEY_OF_ANOTHER_SENDER = "key-of-another-sender"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid"
    OLD_ALGORITHM = "old-algorithm"
    WEAK_KEY = "weak-key"
    INCOMPLETE = "incomplete-signature"
    TOO_MANY_SIGNATURES = "too-many-signatures"
    TOO_LARGE = "too-large"
    UNKNOWN_ALGORITHM = "unknown-algorithm"
    ODD_REFERENCE = "odd-reference"
    ODD_FORM = "odd-form"
    NO_KEY = "no-key"
    CERTIFICATE_UNREADABLE = "certificate-unreadable"
    REINDENTED = "re-indented"
    OTHER_SIGNATURES_LEFT_OUT = "other-signatures-left-out"
    DIGEST_MISMATCH = "digest-mismatch"
    SIGNATURE_MISMATCH = "signature-mismatch"
    BASE64_NOT_CANONICAL = "base64-not-canonical"
    BASE64_MALFORMED = "base64-malformed"

    @property
    def verdict(self) -> Verdict:
        return _MEANINGS[self][0]

    @property
    def words(self) -> str:
        return _MEANINGS[self][1]


_MEANINGS = {
    Reason.NO_SIGNATURE: (Verdict.NONE, "The message is not signed."),
    Reason.KEY_REGISTERED: (Verdict.TRUSTED, "It verifies with a key that is registered for this sender."),
    Reason.KEY_UNKNOWN: (
        Verdict.UNTRUSTED,
        "It verifies only with the key that it brings itself. Anybody can make such a message: register the sender's "
        "key, received another way, before you believe it.",
    ),
    Reason.KEY_OF_ANOTHER_SENDER: (
        Verdict.UNTRUSTED,
        "It verifies with a key that is registered for another sender, not for the one that it names.",
    ),
    Reason.CERTIFICATE_EXPIRED: (
        Verdict.UNTRUSTED,
        "It verifies, but the registered certificate had expired when the message came. Register the new one.",
    ),
    Reason.CERTIFICATE_NOT_YET_VALID: (
        Verdict.UNTRUSTED,
        "It verifies, but the registered certificate was not valid yet when the message came.",
    ),
    Reason.OLD_ALGORITHM: (
        Verdict.UNTRUSTED,
        "It verifies, but with SHA-1 or DSA, which can be forged. Good for reading archives only.",
    ),
    Reason.WEAK_KEY: (Verdict.UNTRUSTED, "It verifies, but the key is too short to mean anything."),
    Reason.INCOMPLETE: (Verdict.UNVERIFIABLE, "A part of the Signature is missing, or stands there twice."),
    Reason.TOO_MANY_SIGNATURES: (Verdict.UNVERIFIABLE, "It has more signatures than are looked at."),
    Reason.TOO_LARGE: (Verdict.UNVERIFIABLE, "It is too large to be verified: verifying it would hold up others."),
    Reason.UNKNOWN_ALGORITHM: (Verdict.UNVERIFIABLE, "The signature uses an algorithm that is not known here."),
    Reason.ODD_REFERENCE: (
        Verdict.UNVERIFIABLE,
        "The signature is over something else than the whole alert, or over a changed form of it.",
    ),
    Reason.ODD_FORM: (
        Verdict.UNVERIFIABLE,
        "It would verify, but the XML of the Signature breaks its schema. If this source always signs so, allow it "
        "the relaxation any-form.",
    ),
    Reason.NO_KEY: (Verdict.UNVERIFIABLE, "No key is registered for this sender, and the message names none."),
    Reason.CERTIFICATE_UNREADABLE: (Verdict.UNVERIFIABLE, "The certificate in the message cannot be read."),
    Reason.REINDENTED: (
        Verdict.UNVERIFIABLE,
        "It would verify without the blanks between its elements: somebody has printed it anew after it was signed. "
        "Ask for the original bytes.",
    ),
    Reason.OTHER_SIGNATURES_LEFT_OUT: (
        Verdict.UNVERIFIABLE,
        "It would verify if the other signatures were left out as well. If this source always signs so, allow it the "
        "relaxation without-other-signatures.",
    ),
    Reason.DIGEST_MISMATCH: (Verdict.INVALID, "The alert is not what was signed: it was changed afterwards."),
    Reason.SIGNATURE_MISMATCH: (Verdict.INVALID, "The signature was not made with the key that it names."),
    Reason.BASE64_NOT_CANONICAL: (
        Verdict.INVALID,
        "A value of the Signature sets bits that base64 does not use: somebody has changed it.",
    ),
    Reason.BASE64_MALFORMED: (Verdict.INVALID, "A value of the Signature is no base64."),
}


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """One Signature of the message. ``key`` is the SHA-256 of the key's DER in hex, empty where none fits."""

    reason: Reason
    key: str = ""
    relaxations: frozenset[Relaxation] = frozenset()

    @property
    def verdict(self) -> Verdict:
        return self.reason.verdict


@dataclass(frozen=True, slots=True)
class Trust:
    """The verdict on a message. ``document`` are the bytes to read it from: what was signed, where anything was.

    Comments are outside most signatures, and so is all that stands around the alert. Whoever reads values from
    ``document`` sees what the sender has signed and nothing else.
    """

    reason: Reason
    document: bytes
    signatures: tuple[SignatureVerdict, ...] = ()
    relaxations: frozenset[Relaxation] = frozenset()

    @property
    def verdict(self) -> Verdict:
        return self.reason.verdict

    @property
    def words(self) -> str:
        return self.reason.words
