"""Alerts as stored: one live alert per rule and labels, written and read back unchanged."""

from datetime import datetime, timedelta
from threading import Thread

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from models.alerts import alerts
from models.alerts.alerts import AlertRow, LiveLabels
from models.database.engine import Database
from models.metrics.alert_state import Acknowledgement
from tests.support.alerts.alert_rows import alert_row, store_alerts, transition
from tests.support.clock import NOON
from tests.support.store.postgres import rows

LATER = NOON + timedelta(minutes=5)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


def live(database: Database) -> list[AlertRow]:
    with database.transaction() as connection:
        return alerts.live(connection)


def test_a_rule_has_no_second_live_alert_with_the_same_labels(database: Database) -> None:
    store_alerts(database, alert_row())
    with pytest.raises(IntegrityError, match="uq_alerts_live"):
        store_alerts(database, alert_row(state="pending"))
    store_alerts(database, alert_row("DE"), alert_row(rule_id=2))
    assert len(live(database)) == 3


def test_an_ended_alert_makes_room_for_the_next(database: Database) -> None:
    store_alerts(database, alert_row(state="resolved", ended_at=NOON))
    (alert_id,) = store_alerts(database, alert_row(started_at=LATER))
    assert [(row.id, row.alert_state.started_at) for row in live(database)] == [(alert_id, LATER)]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    labels=st.dictionaries(texts, texts, max_size=3), note=texts, until=st.none() | st.just(LATER),
    value=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    flips=st.lists(st.integers(0, 9999), max_size=3),
)  # fmt: skip
def test_an_alert_is_read_as_it_was_written(
    database: Database, labels: dict[str, str], note: str, until: datetime | None,
    value: float | None, flips: list[int],
) -> None:  # fmt: skip
    times = tuple(NOON + timedelta(milliseconds=number) for number in flips)
    acknowledged = Acknowledgement("ada", note, NOON, until)
    row = alert_row(
        labels=labels, label_key=note, acknowledged=acknowledged, value=value, flips=times
    )
    with database.transaction() as connection:
        (alert_id,) = alerts.add(connection, [row]).values()
        stored = alerts.find(connection, alert_id)
        alerts.remove(connection, [alert_id])
    assert stored == msgspec.structs.replace(row, id=alert_id)


def test_a_change_writes_what_differs_in_its_alert_and_in_no_other(database: Database) -> None:
    acknowledged = Acknowledgement("ada", "on it", NOON, None)
    before = [alert_row("BR", acknowledged=acknowledged), alert_row("DE"), alert_row("FR")]
    for number, alert_id in enumerate(store_alerts(database, *before)):
        before[number] = msgspec.structs.replace(before[number], id=alert_id)
    ended = {"state": "resolved", "ended_at": LATER, "value": 12.5, "resolve_pending": True}
    first = alert_row("BR", id=before[0].id, acknowledged=None, n=7, **ended)
    second = alert_row("DE", id=before[1].id, acknowledged=acknowledged, rule="Slower")
    with database.transaction() as connection:
        alerts.change(connection, zip(before, [first, second, before[2]], strict=True))
        assert alerts.pending_resolves(connection) == [first]
    assert live(database) == [second, before[2]]


def test_empty_sets_of_rows_are_no_statements(database: Database) -> None:
    with database.transaction() as connection:
        assert alerts.add(connection, []) == {}
        alerts.change(connection, [])
        alerts.add_transitions(connection, [])
        alerts.remove(connection, [])
        assert alerts.find(connection, 1) is None


def test_live_labels_name_the_rules_whose_evaluation_failed(database: Database) -> None:
    ended = alert_row("IN", state="resolved", ended_at=NOON)
    store_alerts(database, alert_row("BR"), alert_row("DE", rule_id=2, state="error"), ended)
    with database.transaction() as connection:
        labels = alerts.live_labels(connection)
    assert labels == LiveLabels({1: [{"country": "BR"}], 2: [{"country": "DE"}]}, frozenset({2}))


def test_the_flips_of_the_last_alert_are_remembered_for_a_while(database: Database) -> None:
    flips = [(NOON - timedelta(minutes=number),) for number in (3, 2, 1)]
    ends = (NOON - timedelta(hours=2), NOON - timedelta(minutes=2), NOON)
    for end, times in zip(ends, flips, strict=True):
        store_alerts(database, alert_row(ended_at=end, flips=times))
    store_alerts(database, alert_row("DE", ended_at=NOON - timedelta(hours=2), flips=flips[0]))
    with database.transaction() as connection:
        remembered = alerts.latest_flips(connection, NOON - timedelta(hours=1))
    assert remembered == {(1, "country=BR"): flips[2]}


def test_a_new_name_reaches_live_alerts_and_leaves_history_as_it_was(database: Database) -> None:
    store_alerts(database, alert_row(ended_at=NOON), alert_row(), alert_row(rule_id=2))
    with database.transaction() as connection:
        alerts.rename(connection, 1, 'Slow "2"')
    names = rows(database, "SELECT rule FROM alerts ORDER BY id")
    assert names == [("Slow",), ('Slow "2"',), ("Slow",)]


def test_a_removed_alert_takes_its_transitions_along(database: Database) -> None:
    first, second = store_alerts(database, alert_row("BR"), alert_row("DE"))
    with database.transaction() as connection:
        alerts.add_transitions(connection, [transition(first), transition(second)])
        alerts.remove(connection, [first])
    assert rows(database, "SELECT alert_id FROM alert_transitions") == [(second,)]


def test_evaluations_take_turns(database: Database) -> None:
    order = []

    def evaluate() -> None:
        with database.transaction() as connection:
            alerts.lock(connection)
            order.append("second")

    thread = Thread(target=evaluate)
    with database.transaction() as connection:
        alerts.lock(connection)
        thread.start()
        thread.join(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
