"""Who sends, to whom, and about what before it: the head of an alert (CAP 1.2, 3.2.1)."""

import re
from collections.abc import Iterator

from tocsin.cap.errors import Finding
from tocsin.cap.model import Alert
from tocsin.cap.rules.words import found
from tocsin.cap.values import MsgType, Scope

# CAP 1.2, 3.2.1: these would break the list in references.
NOT_IN_NAMES = re.compile(r"[\s,<&]")

_NEEDS_INFO = (MsgType.ALERT, MsgType.UPDATE)


def head(alert: Alert) -> Iterator[Finding]:
    yield from _name("identifier", alert.identifier, "alert/identifier")
    yield from _name("sender", alert.sender, "alert/sender")
    yield from _audience(alert)
    for name, items in (("addresses", alert.addresses), ("incidents", alert.incidents)):
        for item in items:
            if not item.strip() or '"' in item:
                rule = "An item of this list has a text, without double quotes."
                yield found("list-item", f"alert/{name}", rule, "Remove the item or its quotes.", item)


def _audience(alert: Alert) -> Iterator[Finding]:
    if alert.scope is Scope.RESTRICTED and not alert.restriction.strip():
        rule = "Scope Restricted needs a restriction."
        yield found("restriction-missing", "alert/restriction", rule, "Say to whom it is restricted.")
    if alert.scope is not Scope.RESTRICTED and alert.restriction:
        rule = "A restriction goes with scope Restricted only."
        yield found("restriction-unexpected", "alert/restriction", rule, "Remove it.", alert.restriction)
    if alert.scope is Scope.PRIVATE and not alert.addresses:
        rule = "Scope Private needs addresses."
        yield found("addresses-missing", "alert/addresses", rule, "Name the receivers.")


def info_missing(alert: Alert) -> Iterator[Finding]:
    if alert.msg_type in _NEEDS_INFO and not alert.infos:
        rule = f"{alert.msg_type} has something to tell."
        yield found("info-missing", "alert/info", rule, "Add an info.")


def _name(name: str, text: str, path: str) -> Iterator[Finding]:
    stray = NOT_IN_NAMES.search(text)
    if not text:
        rule = "Sender, identifier and sent together name an alert."
        yield found(f"empty-{name}", path, rule, f"Fill in the {name}.")
    elif stray is not None:
        rule = f"The {name} holds no white space, comma, < or &; it has {stray[0]!r}."
        yield found(f"{name}-chars", path, rule, "Put a hyphen in its place.", text)
