"""Sums of a report that cannot be are refused by name, of monitors from 2.0 on."""

from typing import Any

import pytest

from ingest.payloads import Fault, SenderInfo, plausible, read
from tests.ingest.payloads.test_payloads import GOOD, NOW

JUDGED = {"lost": 0, "drops": 0}


def read_report(**sections: Any) -> Any:
    return read(GOOD | sections, SenderInfo(), NOW)


@pytest.mark.parametrize(
    ("sections", "field"),
    [
        ({"connection": {"attempts": 1, "opened": 18}}, "connection.opened"),
        ({"connection": {"attempts": 5, "failed": 20, "opened": 5}}, "connection.failed"),
        ({"connection": {"abandoned": 10**9}}, "connection.abandoned"),
        ({"connection": {"open_ms": 3_600_000}}, "connection.open_ms"),
        ({"connection": {"open_ms": 60_000, "downtime_ms": 70_000}}, "connection.downtime_ms"),
        ({"connection": {"suspended_ms": 86_400_000}}, "connection.suspended_ms"),
        ({"connection": {}, "latency": {"histogram": {"3": 10**9}}}, "latency.histogram"),
        ({"connection": {}, "reply": {"histogram": {"3": 10**6}}}, "reply.histogram"),
    ],
)
def test_what_cannot_be_is_refused_by_name(sections: dict[str, Any], field: str) -> None:
    judged = {**sections, "connection": JUDGED | sections["connection"]}
    with pytest.raises(Fault) as caught:
        read_report(**judged)
    assert (caught.value.field, caught.value.reason[:9]) == (field, "must not ")


@pytest.mark.parametrize(
    "sections",
    [
        {"connection": {"attempts": 3, "opened": 2, "failed": 1, "open_ms": 15_000}},
        {"connection": {"opened": plausible.MOST_PENDING, "downtime_ms": 15_000}},
        {"connection": {}, "messages": {"sent": 10**6}, "reply": {"histogram": {"3": 10**6}}},
        {"connection": {}, "latency": {"samples_ms": [1.0] * 500}},
    ],
)
def test_what_may_be_passes(sections: dict[str, Any]) -> None:
    assert read_report(**{**sections, "connection": JUDGED | sections["connection"]}).lost == 0


def test_monitors_before_are_bounded_but_not_refused() -> None:
    assert read_report(connection={"opened": 99, "open_ms": 86_400_000}).opened == 99
