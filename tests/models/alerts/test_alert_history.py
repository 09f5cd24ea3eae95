"""Alerts for reading: live ones, those of a range, one with its transitions, and forgetting."""

from datetime import timedelta
from typing import Any

from models.alerts import alerts
from models.alerts.alert_history import AlertFilter, AlertHistory
from models.database.engine import Database
from tests.support.alerts.alert_rows import alert_row, store_alerts, transition
from tests.support.clock import NOON

HOUR = timedelta(hours=1)
ANY = AlertFilter(("pending", "firing", "resolved"))


def countries(history: list[alerts.AlertRow]) -> list[str]:
    return [row.labels["country"] for row in history]


def test_live_alerts_come_newest_first_up_to_a_limit(database: Database) -> None:
    for country, hours in (("BR", 1), ("DE", 3), ("IN", 2)):
        store_alerts(database, alert_row(country, started_at=NOON + hours * HOUR))
    store_alerts(database, alert_row("FR", started_at=NOON + 9 * HOUR, ended_at=NOON + 10 * HOUR))
    history = AlertHistory(database)
    assert countries(history.live(ANY, 10)) == ["DE", "IN", "BR"]
    assert countries(history.live(ANY, 2)) == ["DE", "IN"]


def test_live_alerts_are_filtered(database: Database) -> None:
    store_alerts(
        database,
        alert_row("BR", rule_id=2, state="pending"),
        alert_row("DE", severity="critical"),
        alert_row("IN", rule_id=2),
    )
    cases = [
        (AlertFilter(("firing",)), ["IN", "DE"]),
        (AlertFilter(("firing", "pending"), severity="critical"), ["DE"]),
        (AlertFilter(("firing", "pending"), rule_id=2), ["IN", "BR"]),
        (AlertFilter(()), []),
    ]
    live = [countries(AlertHistory(database).live(filters, 10)) for filters, _ in cases]
    assert live == [expected for _, expected in cases]


def test_a_range_contains_the_alerts_of_any_of_its_moments(database: Database) -> None:
    store_alerts(database, alert_row(state="resolved", ended_at=NOON + HOUR))
    tick = timedelta(microseconds=1)
    ranges = [
        (NOON - 2 * HOUR, NOON),  # ends as the alert begins
        (NOON - 2 * HOUR, NOON + tick),
        (NOON + HOUR, NOON + 2 * HOUR),  # begins as the alert ends
        (NOON + HOUR + tick, NOON + 2 * HOUR),
    ]
    history = AlertHistory(database)
    contained = [len(history.between(start, end, ANY, 10)) for start, end in ranges]
    assert contained == [0, 1, 1, 0]


def test_a_live_alert_is_in_every_range_after_its_start(database: Database) -> None:
    store_alerts(database, alert_row())
    day = timedelta(days=1)
    assert AlertHistory(database).between(NOON + 30 * day, NOON + 31 * day, ANY, 10)


def test_rules_have_the_last_name_of_their_alerts(database: Database) -> None:
    ended: dict[str, Any] = {"ended_at": NOON, "state": "resolved"}
    store_alerts(
        database,
        alert_row(rule_id=1, rule="Slow", **ended),
        alert_row(rule_id=2, rule="Drops", **ended),
        alert_row(rule_id=1, rule="Slower", **ended),
    )
    history = AlertHistory(database)
    assert list(history.rules(10).items()) == [(2, "Drops"), (1, "Slower")]
    assert history.rules(1) == {2: "Drops"}


def test_an_alert_comes_with_its_transitions_in_order(database: Database) -> None:
    first, second = store_alerts(database, alert_row("BR"), alert_row("DE"))
    changes = [
        transition(first, "firing", reason="<b>over</b>"),
        transition(first, "resolved", value=None, threshold=None, at=NOON + HOUR),
    ]
    with database.transaction() as connection:
        alerts.add_transitions(connection, [*changes, transition(second)])
    assert AlertHistory(database).find(first) == (alert_row("BR", id=first), changes)
    assert AlertHistory(database).find(first + second) is None


def test_the_latest_changes_name_their_alerts(database: Database) -> None:
    first, second = store_alerts(database, alert_row("BR"), alert_row("DE"))
    with database.transaction() as connection:
        for alert_id in (first, second, first):
            alerts.add_transitions(connection, [transition(alert_id)])
    changes = AlertHistory(database).latest_changes(2)
    assert [(alert.id, change.alert_id) for alert, change in changes] == [
        (first, first),
        (second, second),
    ]


def test_only_live_alerts_are_counted_and_only_ended_ones_forgotten(database: Database) -> None:
    store_alerts(
        database,
        alert_row("BR", state="pending"),
        alert_row("DE"),
        alert_row("IN", ended_at=NOON),
        alert_row("IN", ended_at=NOON - HOUR),
    )
    history = AlertHistory(database)
    both = {"firing": 1, "pending": 1}
    assert [history.counts(states) for states in (["firing"], list(both), [])] == [
        {"firing": 1}, both, {}
    ]  # fmt: skip
    assert (history.forget(NOON), history.forget(NOON)) == (1, 0)
    assert history.counts(list(both)) == both
