"""Enveloped XML signatures of CAP: made with a sender's key, verified with keys registered for the sender.

``sign`` makes one, ``verify`` says what those of a message are worth. Pure: keys and time are handed in, no certificate
store is asked, nothing is loaded from anywhere (CAP 1.2, 3.3.4.1; W3C XML Signature).
"""

from tocsin.cap.signatures.senders import NO_SENDERS, Senders, SendersError
from tocsin.cap.signatures.signing import SigningError, SigningKey, sign
from tocsin.cap.signatures.verdicts import Reason, Relaxation, SignatureVerdict, Trust, Verdict
from tocsin.cap.signatures.verification import signature_count, verify

__all__ = [
    "NO_SENDERS",
    "Reason",
    "Relaxation",
    "Senders",
    "SendersError",
    "SignatureVerdict",
    "SigningError",
    "SigningKey",
    "Trust",
    "Verdict",
    "sign",
    "signature_count",
    "verify",
]
