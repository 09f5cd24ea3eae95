"""The evaluation on the real store, with the clock in hand."""

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
from analytics.jobs import alert_history, alerts
from analytics.ranges.timerange import TimeRange
from models.alerts.alert_rules import AlertRules
from models.alerts.alerts import KEPT
from models.alerts.recipients import Recipients
from models.alerts.silences import Silences
from models.database.engine import Database
from models.database.leases import LeaseLost
from models.metrics.server_catalogue import OWN_SERVICE
from models.raw.sample_insert import ServerSamples
from tests.conftest import NOON, Clock
from tests.models.raw.test_client_reports import rows
from tests.models.raw.test_server_samples import a_sample
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_world import World
from tests.support.report_factory import report

SLOW = a_rule(split_by="country", minimum_n=10, window_seconds=120)


@pytest.fixture
def world(database: Database, clock: Clock, tmp_path: Path) -> World:
    return World(database, clock, tmp_path)


def test_one_country_is_slow_and_recovers(world: World) -> None:
    world.having(SLOW)
    world.browsers(75, BR=400, DE=40)
    assert world.alerts() == [("Slow", {"country": "BR"}, "firing")]
    world.browsers(300, BR=40, DE=40)
    assert world.alerts("state, ended_at - started_at") == [("resolved", timedelta(seconds=240))]
    story = "SELECT before, after, at FROM alert_transitions ORDER BY id"
    assert [(before, after) for before, after, _ in rows(world.database, story)] == [
        ("inactive", "pending"), ("pending", "firing"), ("firing", "recovering"),
        ("recovering", "resolved"),
    ]  # fmt: skip
    assert world.kinds() == [["firing"], ["resolved"]]


def test_the_notice_says_what_where_since_when_and_how_far(world: World) -> None:
    world.having(SLOW)
    world.browsers(75, BR=400, DE=40)
    ((notice,),) = world.told()
    assert (notice.rule, notice.labels, notice.noun) == ("Slow", {"country": "BR"}, "round trips")
    assert (notice.since, notice.at) == (NOON + timedelta(seconds=15), NOON + timedelta(seconds=75))
    assert notice.value == pytest.approx(400, rel=0.02)
    assert (notice.n, notice.threshold, notice.direction) == (50, 200, "above")
    assert len(notice.history) == 60
    assert notice.history[0][1] is None
    assert notice.path.startswith("/admin/websocket-client-metrics?start=2026-03-02T11%3A30%3A15Z")
    assert notice.path.endswith("country=BR")


def test_one_cause_is_one_message(world: World) -> None:
    world.having(SLOW)
    world.browsers(75, BR=400, DE=400, FR=400)
    world.browsers(60, BR=400, DE=400, FR=400, IT=400)
    assert world.kinds() == [["firing"] * 3]
    world.browsers(300, BR=400, DE=400, FR=400, IT=400)
    assert world.kinds() == [["firing"] * 3, ["firing"]]


def test_too_few_round_trips_prove_nothing(world: World) -> None:
    world.having(a_rule(minimum_n=10_000))
    world.browsers(120, BR=400)
    assert world.alerts() == []


def test_an_ingest_that_is_behind_resolves_nothing(world: World) -> None:
    world.having(SLOW)
    world.browsers(75, BR=400)
    world.browsers(86400 // 60)
    assert world.alerts("state") == [("no_data",)]
    world.browsers(60, BR=400)
    assert world.alerts("state") == [("firing",)]
    assert world.kinds() == [["firing"]]


def test_what_did_not_last_leaves_no_trace(world: World) -> None:
    world.having(a_rule(split_by="country", window_seconds=60, for_seconds=120))
    world.browsers(30, BR=400)
    assert world.alerts("state") == [("pending",)]
    world.browsers(180, BR=40)
    assert world.alerts() == []


def test_a_poison_rule_shows_and_does_not_stop_the_others(world: World) -> None:
    world.having(SLOW, a_rule(name="Poison"))
    world.change("Poison", metric="gone")
    world.browsers(75, BR=400)
    assert sorted(world.alerts("rule, state")) == [("Poison", "error"), ("Slow", "firing")]
    assert world.kinds() == [["error"], ["firing"]]
    world.change("Poison", metric="latency_ms")
    world.browsers(15, BR=400)
    assert ("Poison", {}, "pending") in world.alerts()


def test_a_rule_that_raises_is_seen_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = evaluate.looks

    def looks(rule: Rule, *given: Any) -> Any:
        if rule.name == "Poison":
            raise ZeroDivisionError("of nothing")
        return whole(rule, *given)

    monkeypatch.setattr("analytics.alerting.evaluation.evaluation_round.looks", looks)
    world.having(SLOW, a_rule(name="Poison", split_by="country"))
    world.browsers(75, BR=400)
    assert sorted(world.alerts("rule, state")) == [("Poison", "error"), ("Slow", "firing")]
    monkeypatch.undo()
    world.browsers(15, BR=400)
    assert ("Poison", {}, "resolved") in world.alerts()
    assert ("Poison", {"country": "BR"}, "pending") in world.alerts()


def test_the_store_itself_refuses_a_second_live_alert(world: World) -> None:
    world.having(SLOW)
    world.browsers(75, BR=400)
    columns = ", ".join(KEPT)
    with pytest.raises(IntegrityError), world.database.transaction() as connection:
        connection.execute(text(f"INSERT INTO alerts ({columns}) SELECT {columns} FROM alerts"))


def test_silenced_nobody_is_told_until_it_is_over(world: World) -> None:
    world.having(SLOW)
    silence = {
        "rule": "Slow", "labels": {"country": "BR"}, "starts_at": NOON,
        "ends_at": NOON + timedelta(minutes=3), "note": "known",
    }  # fmt: skip
    Silences(world.database).add(silence, "ada", NOON)
    world.browsers(165, BR=400)
    assert (world.alerts("state"), world.kinds()) == ([("firing",)], [])
    world.browsers(15, BR=400)
    assert world.kinds() == [["firing"]]


def test_an_end_under_a_silence_is_told_once_when_that_is_over(world: World) -> None:
    world.having(SLOW)
    world.browsers(75, BR=400)
    silence = {
        "rule": "Slow", "labels": {"country": "BR"}, "starts_at": world.clock(),
        "ends_at": world.clock() + timedelta(minutes=10), "note": "",
    }  # fmt: skip
    Silences(world.database).add(silence, "ada", NOON)
    world.browsers(585, BR=40)
    assert (world.alerts("state, owes_end"), world.kinds()) == ([("resolved", True)], [["firing"]])
    world.browsers(300, BR=40)
    assert (world.alerts("owes_end"), world.kinds()) == ([(False,)], [["firing"], ["resolved"]])
    ((ended,),) = world.alerts("ended_at")
    (notice,) = world.told()[1]
    assert (notice.at, notice.history) == (ended, ())
    assert ended == NOON + timedelta(seconds=75 + 120 + 60)


def test_a_silence_goes_along_with_its_rule(world: World) -> None:
    world.having(SLOW)
    silence = {
        "rule": "Slow", "labels": {}, "starts_at": NOON, "ends_at": NOON + timedelta(hours=1),
        "note": "",
    }  # fmt: skip
    Silences(world.database).add(silence, "ada", NOON)
    rules = AlertRules(world.database)
    (slow,) = [rule for rule in rules.all() if rule.name == "Slow"]
    rules.replace(slow.id, dict(slow.body) | {"name": "Slower"}, "ada", NOON)
    world.browsers(90, BR=400)
    assert (world.alerts("rule, state"), world.kinds()) == ([("Slower", "firing")], [])


def test_a_rule_that_is_switched_off_puts_its_alerts_away(world: World) -> None:
    world.having(SLOW)
    world.browsers(75, BR=400)
    rules = AlertRules(world.database)
    (slow,) = [rule for rule in rules.all() if rule.name == "Slow"]
    rules.replace(slow.id, body_of(a_rule(split_by="country", enabled=False)), "ada", NOON)
    world.browsers(15, BR=400)
    assert world.alerts("state") == [("inactive",)]
    why = rows(world.database, "SELECT reason FROM alert_transitions ORDER BY id DESC LIMIT 1")
    assert why == [("the rule was switched off",)]


def test_a_rule_that_is_removed_or_renamed_takes_its_alerts_along(world: World) -> None:
    world.having(SLOW)
    world.browsers(75, BR=400)
    rules = AlertRules(world.database)
    (slow,) = [rule for rule in rules.all() if rule.name == "Slow"]
    rules.replace(slow.id, dict(slow.body) | {"name": "Slower"}, "ada", NOON)
    world.browsers(15, BR=400)
    assert world.alerts("rule, state") == [("Slower", "firing")]
    rules.remove(slow.id, "ada", NOON)
    world.browsers(15, BR=400)
    assert world.alerts("rule, state") == [("Slower", "inactive")]
    reports = AlertReports(world.database, world.clock)
    day = TimeRange(NOON, NOON + timedelta(days=1))
    assert [one.rule for one in reports.between(day, rule_id=slow.id).alerts] == ["Slower"]
    assert reports.ruled() == {slow.id: "Slower"}
    assert reports.former([slow.id])[slow.id].name == "Slower"


def test_a_message_goes_to_those_who_are_named_and_to_all_when_they_are_gone(world: World) -> None:
    recipients = Recipients(world.database)
    whom = {"kind": "email", "wants_resolved": True, "wants_digest": False, "paused": False}
    eve = recipients.add(whom | {"address": "eve@example.com", "name": "Eve"}, NOON)
    world.having(a_rule(split_by="country", recipients=(eve.id,), repeat_seconds=600))
    world.browsers(75, BR=400)
    to = "SELECT recipient_id FROM outbox"
    assert rows(world.database, to) == [(eve.id,)]
    recipients.change(eve.id, {"paused": True})
    world.browsers(600, BR=400)
    assert len(rows(world.database, to)) == 2
    assert world.kinds() == [["firing"], ["repeat"]]


def test_what_ended_long_ago_is_forgotten(world: World) -> None:
    world.having(SLOW)
    world.browsers(75, BR=400)
    world.browsers(300, BR=40)
    assert alert_history.step(world.around) == "forgot 0 alerts"
    world.clock.advance(days=401)
    assert alert_history.step(world.around) == "forgot 1 alerts"
    assert rows(world.database, "SELECT count(*) FROM alert_transitions") == [(0,)]


def test_a_new_installation_has_rules_and_cries_of_nothing(world: World) -> None:
    world.browsers(3600)
    names = rows(world.database, "SELECT name FROM alert_rules ORDER BY name")
    assert [name for (name,) in names] == sorted(rule.name for rule in DEFAULT_RULES)
    assert world.alerts() == []
    assert world.told() == []


def test_a_removed_default_stays_removed(world: World) -> None:
    alerts.step(world.around)
    rules = AlertRules(world.database)
    rules.remove(next(rule.id for rule in rules.all() if rule.name.startswith("No")), "ada", NOON)
    world.browsers(15)
    assert len(rules.all()) == len(DEFAULT_RULES) - 1


def test_silence_of_browsers_is_noticed_after_ten_minutes(world: World) -> None:
    world.browsers(60, BR=40)
    world.browsers(585)
    assert world.alerts("state") == [("pending",)]
    world.browsers(15)
    assert world.alerts("rule, state") == [("No reports for 10 minutes", "firing")]
    world.browsers(15, BR=40)
    assert world.alerts("state") == [("resolved",)]


def test_a_silent_server_explains_silent_browsers(world: World) -> None:
    samples = ServerSamples(world.database)
    for _ in range(4):
        samples.insert([a_sample(world.clock(), service=OWN_SERVICE)])
        world.browsers(15, BR=40)
    world.browsers(900)
    assert {rule for rule, _ in world.alerts("rule, state")} == {
        SILENT_SERVER, "No reports for 10 minutes",
    }  # fmt: skip
    ((notice,),) = world.told()
    assert (notice.rule, notice.labels) == (SILENT_SERVER, {"service": OWN_SERVICE})


def test_who_lost_the_lead_writes_nothing(world: World) -> None:
    world.having(SLOW)
    with world.database.transaction() as connection:
        connection.execute(text("UPDATE leases SET token = token + 1"))
    with pytest.raises(LeaseLost):
        alerts.step(world.around)


def test_two_evaluations_at_once_make_one_alert_and_one_message(world: World) -> None:
    world.having(a_rule(for_seconds=0, split_by="country"))
    world.clock.advance(seconds=15)
    world.report(report((400,) * 20, country="BR", period_end=world.clock() - timedelta(seconds=1)))
    rounds = [threading.Thread(target=alerts.step, args=(world.around,)) for _ in range(4)]
    for one in rounds:
        one.start()
    for one in rounds:
        one.join()
    assert world.alerts("state") == [("firing",)]
    assert world.kinds() == [["firing"]]
