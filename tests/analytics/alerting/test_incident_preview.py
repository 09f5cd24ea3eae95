"""What a rule about anomalies would have done in the past."""

from datetime import timedelta

from msgspec.structs import replace

from analytics.alerting.preview.incident_preview import filters_of, preview_of
from models.anomalies.incidents import IncidentFilter
from tests.support.alerts.incident_factory import HIGH, HOUR, incident
from tests.support.clock import NOON


def test_the_past_has_an_episode_for_each_incident_and_how_many_a_severity_has() -> None:
    older = incident(1.2, started_at=NOON - 30 * HOUR, until=NOON - 28 * HOUR)
    preview = preview_of(HIGH, [incident(), older], NOON)
    assert (preview.fired, preview.seconds, len(preview.episodes)) == (1, 3600, 1)
    assert [(each.threshold, each.fired) for each in preview.suggestions] == [
        (2.5, 1), (1.5, 1), (1.05, 2)
    ]  # fmt: skip
    values = [value for _, value in preview.series[0].points]
    assert (values[-1], values[-29], max(value or 0 for value in values)) == (3.1, 1.2, 3.1)


def test_the_newest_incidents_that_are_read_are_those_the_rule_is_about() -> None:
    since = NOON - timedelta(days=30)
    assert filters_of(HIGH, NOON) == IncidentFilter(start=since, end=NOON, source="client")
    of_drops = replace(HIGH, metric="drops", filters={"app": "portal"})
    assert filters_of(of_drops, NOON) == IncidentFilter(
        start=since, end=NOON, source="client", app="portal", metrics=("drops",)
    )
