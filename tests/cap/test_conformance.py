"""The page about the corpus says what is found today."""

from typing import Any

from tests.cap import conformance


def test_the_page_is_what_its_command_prints(corpus: list[tuple[dict[str, Any], bytes]]) -> None:
    text, others = conformance.page()
    assert others == 0
    assert conformance.PAGE.read_text("utf-8") == text, "run: python -m tests.cap.conformance --write"
