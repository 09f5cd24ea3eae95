"""What a rule about anomalies would have done in the past."""

from analytics.alerting.preview.incident_preview import preview_of
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
