"""Stored incidents as answers."""

from msgspec.structs import replace

from analytics.anomalies.listing import MOST_PARTS, incident_responses
from models.metrics.anomalies.series_key import SeriesKey
from tests.support.alerts.incident_factory import incident


def test_an_incident_concerns_a_value_whose_part_is_not_listed() -> None:
    row, (part,) = incident().row, incident().parts
    parts = [
        replace(part, incident_id=row.id,
                key=SeriesKey("client", "portal", "drops", "release", f"1.{number}"))
        for number in range(MOST_PARTS + 1)
    ]  # fmt: skip
    row = replace(row, explanation=None)
    (response,) = incident_responses([row], parts, {"release": f"1.{MOST_PARTS}"})
    assert len(response.parts) == MOST_PARTS
    assert incident_responses([row], parts, {"release": "2.0"}) == []
    assert len(incident_responses([row], parts, {})) == 1
