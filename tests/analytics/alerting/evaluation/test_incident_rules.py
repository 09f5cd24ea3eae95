"""Rules about anomalies: an alert for each incident, as long as it lasts."""

from dataclasses import replace as replace_key
from pathlib import Path

import pytest
from msgspec.structs import replace

from analytics.alerting.evaluation.incident_rules import (
    ENDED,
    EXPECTED,
    MOST_INCIDENTS,
    NOT_READ,
    RuleIncident,
    incident_path,
    observations,
)
from analytics.alerting.lifecycle.observation import Verdict
from analytics.alerting.rules.checks import RuleFault, check
from analytics.alerting.rules.rule import Rule
from analytics.alerting.services.reports import AlertReports
from analytics.jobs import alerts
from models.anomalies import incident_changes
from models.anomalies.incidents import Feedback
from models.database.engine import Database
from models.metrics.anomalies.incident import FeedbackVerdict
from tests.support.alerts.alert_world import World
from tests.support.alerts.incident_factory import DROPS, ERRORS, FIGURES, HIGH, SENTENCE, incident
from tests.support.clock import NOON, Clock


def verdicts(rule: Rule, *incidents: RuleIncident) -> list[Verdict]:
    return [observation.verdict for _, observation in observations(rule, incidents, [])]


def test_an_incident_at_or_above_the_severity_fires_with_its_explanation() -> None:
    ((labels, observation),) = observations(HIGH, [incident()], [])
    assert labels == {"app": "portal", "incident": "7"}
    assert (observation.verdict, observation.value) == (Verdict.FIRES, 3.1)
    assert observation.reason == (
        f"Drops: 41.0 where 2.00 to 9.00 is usual, +561\u202f%. {SENTENCE}"
    )
    shares = incident(key=replace_key(ERRORS, dimension="country", value="BR"), observed=0.18,
                      expected=0.002, low=0.0, high=0.004)  # fmt: skip
    ((_, observation),) = observations(HIGH, [shares], [])
    assert observation.reason.replace("\u202f", " ").startswith(
        "Message error rate of Brazil: 18.0 % where 0.0 % to 0.4 % is usual, 90 times."
    )
    assert verdicts(HIGH, incident(2.5)) == [Verdict.FIRES]
    assert verdicts(HIGH, incident(2.49)) == [Verdict.CLEAR]
    assert incident_path("client", labels) == (
        "/admin/websocket-client-metrics/anomalies?incident=7"
    )


def test_a_rule_on_a_metric_is_about_the_series_of_it_that_take_part() -> None:
    errors = replace(HIGH, metric="error_rate", fire=1.5)
    assert verdicts(errors, incident()) == [Verdict.FIRES]
    assert verdicts(replace(errors, fire=2.5), incident()) == [Verdict.CLEAR]
    for other in (
        replace(HIGH, metric="latency_ms"), replace(HIGH, source="server"),
        replace(HIGH, filters={"app": "kiosk"}),
    ):  # fmt: skip
        assert verdicts(other, incident()) == []


def test_an_alert_does_not_end_because_too_many_incidents_go_on_to_read_its_own() -> None:
    labels = {"app": "portal", "incident": "6"}
    *_, (_, observation) = observations(HIGH, [incident()] * MOST_INCIDENTS, [labels])
    assert (observation.verdict, observation.reason) == (Verdict.STALE, NOT_READ)


def test_an_alert_ends_with_its_incident_or_when_somebody_expected_it() -> None:
    labels = {"app": "portal", "incident": "6"}
    *_, (_, observation) = observations(HIGH, [incident()], [labels])
    assert (observation.verdict, observation.reason) == (Verdict.CLEAR, ENDED)
    feedback = Feedback(FeedbackVerdict.EXPECTED, "ada", "a release", NOON)
    ((_, observation),) = observations(HIGH, [incident(feedback=feedback)], [])
    assert (observation.verdict, observation.reason) == (Verdict.CLEAR, EXPECTED)


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("filters", {"filters": {"country": "BR"}}),
        ("split_by", {"split_by": "country"}),
        ("direction", {"direction": "below"}),
        ("metric", {"metric": "weather"}),
    ],
)
def test_what_a_rule_about_anomalies_cannot_have(field: str, fields: dict[str, object]) -> None:
    check(HIGH)
    with pytest.raises(RuleFault) as fault:
        check(replace(HIGH, **fields))
    assert fault.value.field == field


def test_an_alert_lives_as_long_as_its_incident_in_the_store(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    world = World(database, clock, tmp_path)
    world.with_rules(HIGH)
    content = incident_changes.IncidentContent(DROPS, FIGURES)
    with database.transaction() as connection:
        number = incident_changes.add(connection, content, clock())
        incident_changes.explain(connection, number, {"sentence": SENTENCE})
    alerts.step(world.context)
    labels = {"app": "portal", "incident": str(number)}
    assert world.alerts() == [("High anomaly of browsers", labels, "firing")]
    ended = incident_changes.IncidentContent(
        DROPS, replace(FIGURES, ended_at=clock(), until=clock())
    )
    with database.transaction() as connection:
        incident_changes.change(connection, number, ended, clock())
    clock.advance(seconds=15)
    alerts.step(world.context)
    assert [state for _, _, state in world.alerts()] == ["resolved"]
    ((fired,), _) = world.notices()
    assert SENTENCE in fired.reason
    assert fired.path.endswith(f"/anomalies?incident={number}")
    assert fired.unit == "widths of the usual range"
    preview = AlertReports(database, clock).preview(HIGH)
    assert preview.fired == 1
