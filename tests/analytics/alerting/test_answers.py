"""Answers about alerts hold what was stored, and read back from JSON as they were."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from analytics.alerting.answers import (
    Acknowledged,
    AlertListResponse,
    AlertTimelineResponse,
    PreviewSeriesResponse,
    RuleListResponse,
    SilenceListResponse,
)
from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.observation import Observation, Verdict
from analytics.alerting.records import body_of, load_rule, new_row, transition_row
from analytics.alerting.services.actions import AlertActions, AlertEnded
from analytics.alerting.services.reports import AlertReports
from analytics.permission.actor import SHELL
from ingest import payloads
from models.alerts import alerts
from models.alerts.alert_rules import AlertRules
from models.database.engine import Database
from tests.support.alerts.alert_life import a_rule
from tests.support.clock import NOON, Clock

HOSTILE = "</script><b>'\"\u2028\U0001f600"


@pytest.fixture
def alert_id(database: Database) -> int:
    """An alert with hostile texts that fires since noon."""
    rule = load_rule(AlertRules(database).add(body_of(a_rule(name=HOSTILE)), HOSTILE, NOON))
    timing = state_machine.Timing(timedelta(), timedelta())
    observation = Observation(Verdict.FIRES, 1e-9, 980, reason=HOSTILE)
    step = state_machine.advance(timing, state_machine.initial_state(NOON), observation, NOON)
    with database.transaction() as connection:
        row = new_row(rule, {"page": HOSTILE}, step.alert_state)
        (new_id,) = alerts.add(connection, [row]).values()
        alerts.add_transitions(
            connection, [transition_row(new_id, 200, change) for change in step.transitions]
        )
    return new_id


def read_back(response: msgspec.Struct) -> Any:
    return msgspec.json.decode(msgspec.json.encode(response), type=type(response))


def test_a_list_of_alerts_reads_back_as_it_was(
    database: Database, clock: Clock, alert_id: int
) -> None:
    listed = AlertReports(database, clock).active()
    (alert,) = listed.alerts
    assert isinstance(listed, AlertListResponse)
    assert read_back(listed) == listed
    assert (alert.id, alert.rule, alert.labels) == (alert_id, HOSTILE, {"page": HOSTILE})
    assert (alert.value, alert.threshold, alert.acknowledged) == (1e-9, 200, None)
    assert (alert.since, alert.fired_at, alert.ended_at) == (NOON, NOON, None)


def test_times_are_written_in_utc(database: Database, clock: Clock, alert_id: int) -> None:
    plain = msgspec.json.decode(msgspec.json.encode(AlertReports(database, clock).active()))
    (alert,) = plain["alerts"]
    assert alert["since"] == alert["state_since"] == "2026-03-02T12:00:00Z"
    assert "ended_at" in alert  # null, and not left out


def test_a_timeline_tells_every_change(database: Database, clock: Clock, alert_id: int) -> None:
    clock.advance(minutes=1)
    AlertActions(database, clock).acknowledge(SHELL, alert_id, HOSTILE, None)
    timeline = AlertReports(database, clock).timeline(alert_id)
    assert isinstance(timeline, AlertTimelineResponse)
    assert read_back(timeline) == timeline
    expected = Acknowledged(by=SHELL.name, note=HOSTILE, at=clock(), until=None)
    assert timeline.alert.acknowledged == expected
    assert [change.actor for change in timeline.transitions] == ["", SHELL.name]
    befores = [change.before for change in timeline.transitions]
    assert befores[1:] == [change.after for change in timeline.transitions][:-1]


def test_an_alert_that_an_evaluation_is_ending_cannot_be_acknowledged(
    database: Database, clock: Clock, alert_id: int
) -> None:
    with ThreadPoolExecutor(1) as pool, database.transaction() as connection:
        alerts.lock(connection)
        row = alerts.find(connection, alert_id)
        assert row is not None
        acting = pool.submit(AlertActions(database, clock).acknowledge, SHELL, alert_id)
        wait([acting], 0.05)
        ended = state_machine.retire(row.alert_state, "removed", NOON).alert_state
        alerts.change(connection, [(row, replace(row, alert_state=ended))])
    with pytest.raises(AlertEnded):
        acting.result()


def test_the_latest_changes_say_whose_they_are(
    database: Database, clock: Clock, alert_id: int
) -> None:
    changes = AlertReports(database, clock).latest_changes(9)
    assert changes
    assert [read_back(change) for change in changes] == changes
    assert {change.alert_id for change in changes} == {alert_id}
    assert [change.labels for change in changes] == [{"page": HOSTILE}] * len(changes)
    assert changes[0].change.after == "firing"


def test_a_rule_that_cannot_be_read_says_why(database: Database, clock: Clock) -> None:
    body = body_of(a_rule(name="Old")) | {"metric": "removed_metric"}
    AlertRules(database).add(body, "ada", NOON)
    listed = AlertReports(database, clock).rules()
    (rule,) = listed.rules
    assert isinstance(listed, RuleListResponse)
    assert (rule.name, rule.rule, bool(rule.fault)) == ("Old", None, True)
    assert read_back(listed) == listed


def test_a_silence_of_everything_names_no_rule(database: Database, clock: Clock) -> None:
    posted = {"ends_at": (NOON + timedelta(hours=1)).isoformat(), "note": HOSTILE}
    AlertActions(database, clock).add_silence(SHELL, payloads.read_silence(posted))
    listed = AlertReports(database, clock).silences()
    (silence,) = listed.silences
    assert isinstance(listed, SilenceListResponse)
    assert (silence.rule, silence.labels, silence.note) == (None, {}, HOSTILE)
    assert read_back(listed) == listed


def test_a_step_without_data_is_null() -> None:
    series = PreviewSeriesResponse(labels={}, points=[(NOON, 1.5), (NOON, None)])
    at = "2026-03-02T12:00:00Z"
    plain = msgspec.json.decode(msgspec.json.encode(series))
    assert plain == {"labels": {}, "points": [[at, 1.5], [at, None]]}
    assert read_back(series) == series
