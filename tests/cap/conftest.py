import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tocsin import cap

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "cap"


@pytest.fixture(scope="session")
def corpus() -> list[tuple[dict[str, Any], bytes]]:
    """Each document of the development corpus with its row of the index."""
    if not (CORPUS / "INDEX.jsonl").is_file():
        pytest.skip("the CAP corpus, ../shared/data/cap, is not here")
    rows = [json.loads(line) for line in (CORPUS / "INDEX.jsonl").read_text("utf-8").splitlines()]
    return [(row, (CORPUS / row["path"]).read_bytes()) for row in rows]


@pytest.fixture
def drill() -> cap.Alert:
    """An exercise with one of everything that an order fills in."""
    sent = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC)
    area = cap.Area(
        area_desc="ТЕСТ: навчальний район",
        polygons=("50.1,30.1 50.2,30.1 50.2,30.2 50.1,30.1",),
        circles=("50.45,30.52 12.5",),
        geocodes=(cap.Pair("KATOTTG", "UA00000000000000000"),),
    )
    info = cap.Info(
        language="uk",
        categories=(cap.Category.SAFETY,),
        event="Навчальна тривога",
        response_types=(cap.ResponseType.SHELTER,),
        urgency=cap.Urgency.IMMEDIATE,
        severity=cap.Severity.EXTREME,
        certainty=cap.Certainty.LIKELY,
        expires=sent + timedelta(hours=1),
        headline="НАВЧАННЯ. Це не справжня тривога",
        areas=(area,),
    )
    return cap.Alert(
        identifier="drill-1",
        sender="demo@example.org",
        sent=sent,
        status=cap.Status.EXERCISE,
        msg_type=cap.MsgType.ALERT,
        scope=cap.Scope.PUBLIC,
        note="Exercise of the test suite",
        infos=(info,),
    )
