"""The elements below one node of an alert, by their names. It knows no rule and no type (``transcript``)."""

from lxml import etree

from tocsin.cap.structure import children, text_of
from tocsin.cap.times import XML_BLANKS

_NOTHING: list[etree._Element] = []


class Elements:
    def __init__(self, node: etree._Element) -> None:
        by_name: dict[str, list[etree._Element]] = {}
        for child in children(node):
            name = child.tag.rpartition("}")[2]
            if name in by_name:
                by_name[name].append(child)
            else:
                by_name[name] = [child]
        self._by_name = by_name

    def all(self, name: str) -> list[etree._Element]:
        return self._by_name.get(name, _NOTHING)

    def has(self, name: str) -> bool:
        return name in self._by_name

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple([text_of(node) for node in self._by_name.get(name, _NOTHING)])

    def text(self, name: str) -> str:
        """Return the text of the first *name*: a second one is a fault that has its own finding."""
        nodes = self._by_name.get(name)
        return text_of(nodes[0]) if nodes else ""

    def token(self, name: str) -> str:
        return self.text(name).strip(XML_BLANKS)
