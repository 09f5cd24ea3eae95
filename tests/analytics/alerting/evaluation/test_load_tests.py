"""Load tests and probes beside alerts: out of rules that do not name them, named in messages."""

from datetime import timedelta
from pathlib import Path

from analytics.alerting.evaluation.alert_notices import load_test_text
from analytics.alerting.evaluation.evaluation_round import AlertChange
from analytics.alerting.lifecycle import state_machine
from analytics.alerting.records import LoadedRule, new_row
from analytics.jobs import alerts
from analytics.notifications import wording
from models.anomalies import incident_changes
from models.anomalies.incident_changes import IncidentContent
from models.database.engine import Database
from models.queries.load_test_windows import LoadTestActivity
from models.raw.sample_insert import ServerSamples
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_world import World
from tests.support.alerts.incident_factory import DROPS, FIGURES, HIGH
from tests.support.clock import NOON, Clock
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import a_sample

MINUTE = timedelta(minutes=1)
SLOW = a_rule(name="people", fire=200, for_seconds=0, minimum_n=1)
OF_PROBES = a_rule(name="probes", fire=200, for_seconds=0, minimum_n=1, filters={"app": "probe"})
CROWD = a_rule(name="crowd", source="server", metric="opened", aggregation="count", fire=100,
               clear=90, for_seconds=0)  # fmt: skip
OF_TESTS = a_rule(name="tests", source="server", metric="opened", aggregation="count", fire=100,
                  clear=90, for_seconds=0, filters={"app": "load-test"})  # fmt: skip


def test_rules_are_of_people_unless_they_name_the_app(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    world = World(database, clock, tmp_path).with_rules(SLOW, OF_PROBES, CROWD, OF_TESTS)
    at = clock() + timedelta(seconds=10)
    world.report(
        report((900.0,) * 9, app="probe", automated="probe", period_end=at),
        report((90.0,) * 9, period_end=at),
    )
    ServerSamples(database).insert([a_sample(at, app="load-test", opened=500)])
    world.simulate(60, BR=90.0)
    assert world.alerts("rule, state") == [("probes", "firing"), ("tests", "firing")]


def test_a_silent_source_is_not_fresh_because_it_is_probed(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    world = World(database, clock, tmp_path).with_rules(SLOW, OF_PROBES)
    world.simulate(60, BR=900.0)
    for _ in range(4):
        at = clock() + timedelta(seconds=10)
        world.report(report((9.0,), app="probe", automated="probe", period_end=at))
        world.simulate(60)
    assert world.alerts("rule, state") == [("people", "no_data")]


def test_a_message_names_the_load_test_that_ran_meanwhile(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    world = World(database, clock, tmp_path).with_rules(SLOW)
    world.simulate(15)
    at = clock() + timedelta(seconds=10)
    with database.transaction() as connection:
        now = connection.exec_driver_sql("SELECT now()").scalar_one()
    clock.advance(seconds=(now - clock()).total_seconds())
    at = clock()
    ServerSamples(database).insert([a_sample(at, app="load-test", opened=500)])
    world.simulate(15, BR=900.0)
    ((notice,),) = world.notices()
    since = at - timedelta(seconds=5)
    assert ("Meanwhile", f"load test running since {since:%H:%M} UTC") in wording.details(notice)


def test_a_message_of_an_incident_names_it_too(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    world = World(database, clock, tmp_path).with_rules(HIGH)
    with database.transaction() as connection:
        now = connection.exec_driver_sql("SELECT now()").scalar_one()
        clock.advance(seconds=(now - clock()).total_seconds())
        incident_changes.add(connection, IncidentContent(DROPS, FIGURES), clock())
    ServerSamples(database).insert([a_sample(clock(), app="load-test", opened=500)])
    alerts.step(world.context)
    ((notice,),) = world.notices()
    assert "load test running since" in dict(wording.details(notice))["Meanwhile"]


def test_what_had_ended_before_is_not_named() -> None:
    rule = LoadedRule(1, a_rule(window_seconds=300), "")
    change = AlertChange(rule, None, new_row(rule, {}, state_machine.initial_state(NOON)))
    ended = LoadTestActivity(NOON - 60 * MINUTE, NOON - 4 * MINUTE)
    assert load_test_text(ended, change, NOON) == "a load test ran from 11:00 to 11:56 UTC"
    assert not load_test_text(LoadTestActivity(NOON, NOON - 5 * MINUTE), change, NOON)
    assert not load_test_text(None, change, NOON)
