"""What a person will read: markup that nobody wants to see, translations that are none, infos that disagree.

These are asked of what comes in. An issuer is not kept from sending by them.
"""

import re
from collections.abc import Iterator

from tocsin.cap.errors import Finding
from tocsin.cap.limits import PROSE_CHARACTERS_MAX
from tocsin.cap.model import Alert, Info
from tocsin.cap.rules.words import found

_HTML = re.compile(
    r"</?(?:a|b|br|div|em|h[1-6]|hr|i|img|li|ol|p|span|strong|table|td|tr|u|ul)\b[^<>]{0,200}>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:nbsp|quot|amp|lt|gt|apos|[lr][sd]quo|[nm]dash|hellip|deg|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});")

# CAP 1.2, 3.2.2: the length that small displays were said to show.
HEADLINE_CHARACTERS = 160


def content(alert: Alert) -> Iterator[Finding]:
    for number, info in enumerate(alert.infos, start=1):
        yield from _info(info, f"alert/info[{number}]")
    if len(alert.infos) > 1:
        yield from _translations(alert)
        yield from _agreement(alert)


def _info(info: Info, path: str) -> Iterator[Finding]:
    texts = {
        "event": info.event, "senderName": info.sender_name, "headline": info.headline,
        "description": info.description, "instruction": info.instruction, "contact": info.contact,
    }  # fmt: skip
    for name, text in texts.items():
        if "<" in text or "&" in text:
            yield from _html(text, f"{path}/{name}")
    for number, area in enumerate(info.areas, start=1):
        if "<" in area.area_desc or "&" in area.area_desc:
            yield from _html(area.area_desc, f"{path}/area[{number}]/areaDesc")
    if len(info.headline) > HEADLINE_CHARACTERS:
        rule = f"A headline of up to {HEADLINE_CHARACTERS} characters fits small displays; it has {len(info.headline)}."
        yield found("headline-long", f"{path}/headline", rule, "Say the most important and leave the rest below.")
    if info.expires is None:
        yield unfinished(path)


def unfinished(path: str) -> Finding:
    """Return what is to say about the info at *path* if it has no expires."""
    rule = "Without expires each receiver ends the warning when it likes."
    return found("expires-missing", f"{path}/expires", rule, "Say until when it holds.")


def _html(text: str, path: str) -> Iterator[Finding]:
    match = _HTML.search(text, 0, PROSE_CHARACTERS_MAX) or _ENTITY.search(text, 0, PROSE_CHARACTERS_MAX)
    if match is not None:
        rule = "A text is shown as it is; HTML is not understood."
        yield found("html-in-text", path, rule, "Write plain text.", match[0])


def _translations(alert: Alert) -> Iterator[Finding]:
    """Yield each text that is the same in two languages: it was not translated."""
    for name in ("headline", "description", "instruction"):
        seen: dict[str, str] = {}
        for number, info in enumerate(alert.infos, start=1):
            text, language = getattr(info, name).strip(), info.language.partition("-")[0].lower()
            if text and seen.setdefault(text, language) != language:
                rule = f"The same text stands under {seen[text]} and under {language}."
                yield found("same-text", f"alert/info[{number}]/{name}", rule, "Translate it.", text)


def _agreement(alert: Alert) -> Iterator[Finding]:
    first = frozenset(alert.infos[0].categories)
    for number, info in enumerate(alert.infos[1:], start=2):
        if frozenset(info.categories) != first:
            rule = "All infos of a message are about the same event, so that they have the same categories."
            text = " ".join(info.categories)
            yield found("infos-differ", f"alert/info[{number}]/category[1]", rule, "Send two alerts.", text)
