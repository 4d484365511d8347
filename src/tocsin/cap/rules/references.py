"""The earlier messages that a message is about (CAP 1.2, 3.2.1 references)."""

from collections.abc import Iterator

from tocsin.cap import times
from tocsin.cap.errors import Finding
from tocsin.cap.model import Alert, Reference
from tocsin.cap.rules.heads import NOT_IN_NAMES
from tocsin.cap.rules.words import earlier, found
from tocsin.cap.values import MsgType

_NEEDS_REFERENCES = (MsgType.UPDATE, MsgType.CANCEL, MsgType.ACK, MsgType.ERROR)


def references(alert: Alert) -> Iterator[Finding]:
    path = "alert/references"
    if alert.msg_type in _NEEDS_REFERENCES and not alert.references:
        rule = f"{alert.msg_type} speaks about earlier messages and names them."
        yield found("references-missing", path, rule, "Give the references of the messages that it is about.")
    for reference in alert.references:
        yield from _reference(reference, alert, path)


def _reference(reference: Reference, alert: Alert, path: str) -> Iterator[Finding]:
    text = f"{reference.sender},{reference.identifier},{reference.sent}"
    named = [reference.sender, reference.identifier, reference.sent]
    sent = times.parsed(reference.sent)
    if sent is None or any(not part or NOT_IN_NAMES.search(part) for part in named):
        rule = "A reference is sender,identifier,sent as the earlier message has them."
        yield found("references-malformed", path, rule, "Take Alert.reference of that message.", text)
    elif reference.names(alert):
        rule = "A message does not refer to itself."
        yield found("references-self", path, rule, "Remove this reference.", text)
    elif earlier(alert.sent, sent):
        rule = "A message refers to earlier ones only."
        yield found("references-later", path, rule, "Remove this reference, or mend sent.", text)
