"""What a person says of an incident is one of two verdicts, with a note of one line."""

from typing import Any

import pytest

from ingest.payloads.conversion import struct_of
from ingest.payloads.fault import Fault
from ingest.payloads.feedback import FeedbackPayload, read_feedback
from models.metrics.anomalies.incident import FeedbackVerdict


def test_a_verdict_and_its_note_are_read() -> None:
    assert read_feedback({"verdict": "real"}) == (FeedbackVerdict.REAL, "")
    body = {"verdict": "expected", "note": "a load test"}
    assert read_feedback(body) == (FeedbackVerdict.EXPECTED, "a load test")
    assert struct_of(body, FeedbackPayload, {}).note == "a load test"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "verdict"), ({"verdict": "maybe"}, "verdict"),
        ({"verdict": "real", "note": 3}, "note"), ({"verdict": "real", "note": "a\x00b"}, "note"),
        ({"verdict": "real", "who": "me"}, "who"),
    ],
)  # fmt: skip
def test_anything_else_names_the_field(body: dict[str, Any], field: str) -> None:
    with pytest.raises(Fault) as fault:
        read_feedback(body)
    assert fault.value.field == field
