"""The evaluation job on a real database, with a controlled clock."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from analytics.alerting.evaluation import evaluate
from analytics.alerting.records import body_of
from analytics.alerting.rules.defaults import DEFAULT_RULES, SILENT_SERVER
from analytics.alerting.rules.rule import Rule
from analytics.alerting.services.reports import AlertReports
from analytics.jobs import alerts, retention
from analytics.ranges.timerange import TimeRange
from models.alerts.alert_rules import AlertRules
from models.alerts.alerts import WRITTEN_COLUMNS
from models.alerts.recipients import Recipients
from models.alerts.silences import Silences
from models.database.engine import Database
from models.database.leases import LeaseLost
from models.metrics.server_catalogue import OWN_SERVICE
from models.queries import snapshot
from models.raw.sample_insert import ServerSamples
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_world import World
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import a_sample

SLOW = a_rule(split_by="country", minimum_n=1, window_seconds=120)


@pytest.fixture
def world(database: Database, clock: Clock, tmp_path: Path) -> World:
    return World(database, clock, tmp_path)


def test_an_alert_of_a_slow_country_fires_and_resolves(world: World) -> None:
    world.with_rules(SLOW)
    world.simulate(75, BR=400, DE=40)
    assert world.alerts() == [("Slow", {"country": "BR"}, "firing")]
    world.simulate(300, BR=40, DE=40)
    assert world.alerts("state, ended_at - started_at") == [("resolved", timedelta(seconds=240))]
    transitions = "SELECT before, after, at FROM alert_transitions ORDER BY id"
    assert [(before, after) for before, after, _ in rows(world.database, transitions)] == [
        ("inactive", "pending"), ("pending", "firing"), ("firing", "recovering"),
        ("recovering", "resolved"),
    ]  # fmt: skip
    assert world.kinds() == [["firing"], ["resolved"]]


def test_a_notice_holds_rule_labels_times_value_and_history(world: World) -> None:
    world.with_rules(SLOW)
    world.simulate(75, BR=400, DE=40)
    ((notice,),) = world.notices()
    assert (notice.rule, notice.labels, notice.noun) == ("Slow", {"country": "BR"}, "round trips")
    assert (notice.since, notice.at) == (NOON + timedelta(seconds=15), NOON + timedelta(seconds=75))
    assert notice.value == pytest.approx(400, rel=0.02)
    assert (notice.n, notice.threshold, notice.direction) == (50, 200, "above")
    assert len(notice.history) == 60
    assert notice.largest_session is None  # each of five makes a fifth
    assert notice.history[0][1] is None
    assert notice.path.startswith("/admin/websocket-client-metrics?start=2026-03-02T11%3A30%3A15Z")
    assert notice.path.endswith("country=BR")


def test_alerts_of_a_rule_share_a_message(world: World) -> None:
    world.with_rules(SLOW)
    world.simulate(75, BR=400, DE=400, FR=400)
    world.simulate(60, BR=400, DE=400, FR=400, IT=400)
    assert world.kinds() == [["firing"] * 3]
    world.simulate(300, BR=400, DE=400, FR=400, IT=400)
    assert world.kinds() == [["firing"] * 3, ["firing"]]


def test_a_stale_source_resolves_nothing(world: World) -> None:
    world.with_rules(SLOW)
    world.simulate(75, BR=400)
    world.simulate(86400 // 60)
    assert world.alerts("state") == [("no_data",)]
    world.simulate(60, BR=400)
    assert world.alerts("state") == [("firing",)]
    assert world.kinds() == [["firing"]]


def test_a_pending_alert_that_never_fired_is_deleted(world: World) -> None:
    world.with_rules(a_rule(split_by="country", window_seconds=60, for_seconds=120))
    world.simulate(30, BR=400)
    assert world.alerts("state") == [("pending",)]
    world.simulate(180, BR=40)
    assert world.alerts() == []


def test_an_unreadable_rule_is_an_error_and_does_not_stop_the_others(world: World) -> None:
    world.with_rules(SLOW, a_rule(name="Poison"))
    world.change("Poison", metric="gone")
    world.simulate(75, BR=400)
    assert sorted(world.alerts("rule, state")) == [("Poison", "error"), ("Slow", "firing")]
    assert world.kinds() == [["error"], ["firing"]]
    world.change("Poison", metric="latency_ms")
    world.simulate(15, BR=400)
    assert ("Poison", {}, "pending") in world.alerts()


def test_a_rule_that_raises_does_not_stop_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = evaluate.observations

    def observations(rule: Rule, *arguments: Any, **named: Any) -> Any:
        if rule.name == "Poison":
            raise ZeroDivisionError("of nothing")
        return original(rule, *arguments, **named)

    monkeypatch.setattr("analytics.alerting.evaluation.evaluation_round.observations", observations)
    world.with_rules(SLOW, a_rule(name="Poison", split_by="country"))
    world.simulate(75, BR=400)
    assert sorted(world.alerts("rule, state")) == [("Poison", "error"), ("Slow", "firing")]
    monkeypatch.undo()
    world.simulate(15, BR=400)
    assert ("Poison", {}, "resolved") in world.alerts()
    assert ("Poison", {"country": "BR"}, "pending") in world.alerts()


def test_the_database_refuses_a_second_live_alert(world: World) -> None:
    world.with_rules(SLOW)
    world.simulate(75, BR=400)
    columns = ", ".join(WRITTEN_COLUMNS)
    with pytest.raises(IntegrityError), world.database.transaction() as connection:
        connection.execute(text(f"INSERT INTO alerts ({columns}) SELECT {columns} FROM alerts"))


def test_a_silence_defers_the_notice_until_it_ends(world: World) -> None:
    world.with_rules(SLOW)
    silence = {
        "rule": "Slow", "labels": {"country": "BR"}, "starts_at": NOON,
        "ends_at": NOON + timedelta(minutes=3), "note": "known",
    }  # fmt: skip
    Silences(world.database).add(silence, "ada", NOON)
    world.simulate(165, BR=400)
    assert (world.alerts("state"), world.kinds()) == ([("firing",)], [])
    world.simulate(15, BR=400)
    assert world.kinds() == [["firing"]]


def test_a_resolve_under_a_silence_is_sent_once_after_it(world: World) -> None:
    world.with_rules(SLOW)
    world.simulate(75, BR=400)
    silence = {
        "rule": "Slow", "labels": {"country": "BR"}, "starts_at": world.clock(),
        "ends_at": world.clock() + timedelta(minutes=10), "note": "",
    }  # fmt: skip
    Silences(world.database).add(silence, "ada", NOON)
    world.simulate(585, BR=40)
    assert world.alerts("state, resolve_pending") == [("resolved", True)]
    assert world.kinds() == [["firing"]]
    world.simulate(300, BR=40)
    assert world.alerts("resolve_pending") == [(False,)]
    assert world.kinds() == [["firing"], ["resolved"]]
    ((ended,),) = world.alerts("ended_at")
    (notice,) = world.notices()[1]
    assert (notice.at, notice.history) == (ended, ())
    assert ended == NOON + timedelta(seconds=75 + 120 + 60)


def test_a_silence_follows_a_renamed_rule(world: World) -> None:
    world.with_rules(SLOW)
    silence = {
        "rule": "Slow", "labels": {}, "starts_at": NOON, "ends_at": NOON + timedelta(hours=1),
        "note": "",
    }  # fmt: skip
    Silences(world.database).add(silence, "ada", NOON)
    rules = AlertRules(world.database)
    (slow,) = [rule for rule in rules.all() if rule.name == "Slow"]
    rules.replace(slow.id, dict(slow.body) | {"name": "Slower"}, "ada", NOON)
    world.simulate(90, BR=400)
    assert (world.alerts("rule, state"), world.kinds()) == ([("Slower", "firing")], [])


def test_disabling_a_rule_retires_its_alerts(world: World) -> None:
    world.with_rules(SLOW)
    world.simulate(75, BR=400)
    rules = AlertRules(world.database)
    (slow,) = [rule for rule in rules.all() if rule.name == "Slow"]
    rules.replace(slow.id, body_of(a_rule(split_by="country", enabled=False)), "ada", NOON)
    world.simulate(15, BR=400)
    assert world.alerts("state") == [("inactive",)]
    why = rows(world.database, "SELECT reason FROM alert_transitions ORDER BY id DESC LIMIT 1")
    assert why == [("the rule was switched off",)]


def test_alerts_follow_a_renamed_rule_and_end_with_a_removed_rule(world: World) -> None:
    world.with_rules(SLOW)
    world.simulate(75, BR=400)
    rules = AlertRules(world.database)
    (slow,) = [rule for rule in rules.all() if rule.name == "Slow"]
    rules.replace(slow.id, dict(slow.body) | {"name": "Slower"}, "ada", NOON)
    world.simulate(15, BR=400)
    assert world.alerts("rule, state") == [("Slower", "firing")]
    rules.remove(slow.id, "ada", NOON)
    world.simulate(15, BR=400)
    assert world.alerts("rule, state") == [("Slower", "inactive")]
    reports = AlertReports(world.database, world.clock)
    day = TimeRange(NOON, NOON + timedelta(days=1))
    assert [alert.rule for alert in reports.between(day, rule_id=slow.id).alerts] == ["Slower"]
    assert reports.rules_with_alerts() == {slow.id: "Slower"}
    assert reports.removed_rules([slow.id])[slow.id].name == "Slower"


def test_a_message_goes_to_named_recipients_or_all_when_those_are_paused(world: World) -> None:
    recipients = Recipients(world.database)
    whom = {"kind": "email", "wants_resolved": True, "wants_digest": False, "paused": False}
    eve = recipients.add(whom | {"address": "eve@example.com", "name": "Eve"}, NOON)
    world.with_rules(a_rule(split_by="country", recipients=(eve.id,), repeat_seconds=600))
    world.simulate(75, BR=400)
    to = "SELECT recipient_id FROM outbox"
    assert rows(world.database, to) == [(eve.id,)]
    recipients.change(eve.id, {"paused": True})
    world.simulate(600, BR=400)
    assert len(rows(world.database, to)) == 2
    assert world.kinds() == [["firing"], ["repeat"]]


def test_old_alerts_are_deleted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "now", lambda _: world.clock())
    world.with_rules(SLOW)
    world.simulate(75, BR=400)
    world.simulate(300, BR=40)
    assert retention.alerts(world.context) == "deleted 0 alerts"
    world.clock.advance(days=401)
    assert retention.alerts(world.context) == "deleted 1 alerts"
    assert rows(world.database, "SELECT count(*) FROM alert_transitions") == [(0,)]


def test_a_new_installation_has_default_rules_and_no_alerts(world: World) -> None:
    world.simulate(1200)
    names = rows(world.database, "SELECT name FROM alert_rules ORDER BY name")
    assert [name for (name,) in names] == sorted(rule.name for rule in DEFAULT_RULES)
    assert world.alerts() == []
    assert world.notices() == []


def test_a_removed_default_stays_removed(world: World) -> None:
    alerts.step(world.context)
    rules = AlertRules(world.database)
    rules.remove(next(rule.id for rule in rules.all() if rule.name.startswith("No")), "ada", NOON)
    world.simulate(15)
    assert len(rules.all()) == len(DEFAULT_RULES) - 1


def test_missing_reports_fire_after_ten_minutes(world: World) -> None:
    world.simulate(60, BR=40)
    world.simulate(585)
    assert world.alerts("state") == [("pending",)]
    world.simulate(15)
    assert world.alerts("rule, state") == [("No reports for 10 minutes", "firing")]
    world.simulate(15, BR=40)
    assert world.alerts("state") == [("resolved",)]


def test_a_silent_server_inhibits_missing_reports(world: World) -> None:
    samples = ServerSamples(world.database)
    for _ in range(4):
        samples.insert([a_sample(world.clock(), service=OWN_SERVICE)])
        world.simulate(15, BR=40)
    world.simulate(900)
    assert {rule for rule, _ in world.alerts("rule, state")} == {
        SILENT_SERVER, "No reports for 10 minutes",
    }  # fmt: skip
    ((notice,),) = world.notices()
    assert (notice.rule, notice.labels) == (SILENT_SERVER, {"service": OWN_SERVICE})


def test_without_the_lease_nothing_is_written(world: World) -> None:
    world.with_rules(SLOW)
    with world.database.transaction() as connection:
        connection.execute(text("UPDATE leases SET token = token + 1"))
    with pytest.raises(LeaseLost):
        alerts.step(world.context)


def test_concurrent_evaluations_create_a_single_alert_and_message(world: World) -> None:
    world.with_rules(a_rule(for_seconds=0, split_by="country"))
    world.clock.advance(seconds=15)
    world.report(report((400,) * 20, country="BR", period_end=world.clock() - timedelta(seconds=1)))
    threads = [threading.Thread(target=alerts.step, args=(world.context,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.alerts("state") == [("firing",)]
    assert world.kinds() == [["firing"]]
