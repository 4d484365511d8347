"""The code in docs/cap.md does what the page says."""

import re
from datetime import UTC, datetime
from pathlib import Path

from tests.cap.signatures.conftest import office
from tocsin import cap

PAGE = Path(__file__).parents[2] / "docs" / "cap.md"


def test_the_tutorial_runs_from_top_to_bottom(drill: cap.Alert) -> None:
    duty = office("TEST office of the tutorial")
    known = {
        "key": duty.key,
        "certificate": duty.certificate,
        "certificate_pem": duty.certificate_pem,
        "data": cap.write(drill),
        "messages": [cap.read_message(cap.write(drill))],
        "now": datetime(2026, 3, 1, 4, 6, tzinfo=UTC),
    }
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        exec(block, known)  # the page is ours
    assert cap.judge(known["data"]).findings == ()
    assert known["alert"].identifier == "practice-1"
    assert len(known["state"].in_force(known["now"])) == 1
    assert known["trust"].verdict == "trusted"
    assert known["shown"] == known["alert"]
