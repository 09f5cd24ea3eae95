"""A notice says when one session makes more than a fifth of its value."""

from datetime import timedelta
from uuid import UUID

import pytest

from analytics.alerting.evaluation import notice_sessions
from analytics.alerting.evaluation.evaluation_round import AlertChange
from analytics.alerting.lifecycle import state_machine
from analytics.alerting.records import LoadedRule, new_row
from analytics.alerting.rules.formulas import formula_of
from analytics.alerting.rules.rule import Aggregation
from models.database.engine import Database
from tests.support.alerts.alert_life import a_rule
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import roll_up, store


def test_a_notice_of_which_a_session_makes_more_than_20_percent_says_so(
    database: Database,
) -> None:
    store(
        database,
        *(
            report((90.0,) * (6 if number == 1 else 2), session_id=UUID(int=number), country=name,
                   period_end=NOON - timedelta(minutes=minutes))
            for name, numbers in {"BR": range(1, 7), "DE": range(10, 18)}.items()
            for number in numbers
            for minutes in (1, 2)
        ),
    )  # fmt: skip
    roll_up(database)
    rule = a_rule(split_by="country", window_seconds=300)
    state = state_machine.initial_state(NOON)
    changes = [
        (number, AlertChange(loaded, None, new_row(loaded, {"country": name}, state),
                             notice_kind="firing"))
        for number, name in enumerate(("BR", "DE"))
        for loaded in [LoadedRule(1, rule, "")]
    ]  # fmt: skip
    assert notice_sessions.largest_sessions(database, changes, NOON) == {0: 0.375}


@pytest.mark.parametrize(
    ("metric", "aggregation", "quantity"),
    [
        ("latency_ms", "p95", "latency"), ("connect_success", "ratio", "tries"),
        ("error_rate", "ratio", "messages"), ("drops", "rate", "drops"), ("reports", "count", None),
        ("rtt_ms", "mean", None), ("stability", "ratio", None),
    ],
)  # fmt: skip
def test_a_session_is_judged_by_what_it_adds(
    metric: str, aggregation: Aggregation, quantity: str | None
) -> None:
    formula = formula_of("client", metric, aggregation)
    assert notice_sessions.quantity_of(formula) == quantity
