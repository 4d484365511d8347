"""What profiles are made of: checks that look at a whole alert, at each info, or at each area."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tocsin.cap.errors import Finding, excerpt
from tocsin.cap.model import Alert, Area, Info, Pair
from tocsin.cap.values import MsgType


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of a profile; *name* is the element that its finding points at."""

    code: str
    name: str
    rule: str
    remedy: str

    def at(self, path: str, found: str = "") -> Finding:
        place = f"{path}/{self.name}" if self.name else path
        return Finding(code=self.code, path=place, rule=self.rule, remedy=self.remedy, found=excerpt(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """*claims* tells whether an alert says that it follows the profile; the three lists are its rules."""

    name: str
    claims: Callable[[Alert], bool]
    of_alert: tuple[tuple[Check, Callable[[Alert], bool]], ...] = ()
    of_info: tuple[tuple[Check, Callable[[Info], bool]], ...] = ()
    of_area: tuple[tuple[Check, Callable[[Area], bool]], ...] = ()

    def is_claimed_by(self, alert: Alert) -> bool:
        return self.claims(alert)

    def findings(self, alert: Alert) -> Iterator[Finding]:
        for check, is_kept in self.of_alert:
            if not is_kept(alert):
                yield check.at("alert")
        for number, info in enumerate(alert.infos, start=1):
            path = f"alert/info[{number}]"
            for check, holds in self.of_info:
                if not holds(info):
                    yield check.at(path)
            for count, area in enumerate(info.areas, start=1):
                for check, fits in self.of_area:
                    if not fits(area):
                        yield check.at(f"{path}/area[{count}]")


def names_what_it_changes(alert: Alert) -> bool:
    return alert.msg_type not in (MsgType.UPDATE, MsgType.CANCEL) or bool(alert.references)


def tells_something(alert: Alert) -> bool:
    return alert.msg_type in (MsgType.ACK, MsgType.ERROR) or bool(alert.infos)


def has_one_event(alert: Alert) -> bool:
    return len({(frozenset(info.categories), frozenset(info.event_codes)) for info in alert.infos}) < 2


def has_area(info: Info) -> bool:
    return bool(info.areas)


def has_shape(area: Area) -> bool:
    return bool(area.polygons or area.circles)


def named(pairs: tuple[Pair, ...], name: str) -> list[str]:
    """Return the values of the pairs that are called *name*."""
    return [pair.value.strip() for pair in pairs if pair.value_name == name]
