"""Fields that a schema lacks are counted at any depth."""

import pytest

from ingest.payloads import unknown_sample_fields


@pytest.mark.parametrize(
    ("sample", "unknown"),
    [
        ({"service": "chat", "connections": {"active": 1}}, 0),
        ({"servize": "chat", "connections": {"aktive": 1, "closed": {"1000": 1}}}, 2),
        ({"performance": {"loop_lag_ms": {"samples": [1], "histogram": {"3": 1}}}}, 1),
        ({"connections": [{"aktive": 1}], "performance": None}, 0),
        (["service"], 0),
    ],
)
def test_unknown_fields_of_a_sample_are_counted_at_any_depth(sample: object, unknown: int) -> None:
    assert unknown_sample_fields(sample) == unknown
