"""In a total outage no report arrives: the sessions that fell silent are what tells it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from analytics.alerting.evaluation import evaluate, measurements
from analytics.alerting.lifecycle.observation import Verdict
from analytics.alerting.rules.groups import group_of
from models.database.engine import Database
from tests.support.alerts.alert_life import a_rule
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import roll_up, store

MINUTE = timedelta(minutes=1)
RULES = [
    a_rule(metric=metric, aggregation="mean", window_seconds=60, fire=3, clear=None)
    for metric in ("silent_sessions", "without_connection")
]


def observed(database: Database, now: datetime) -> list[tuple[Verdict, float | None]]:
    """The verdict and value of each rule at `now`."""
    current = measurements.load_current(database, RULES, now)
    assert not current.faults
    return [
        (observation.verdict, observation.value)
        for rule in RULES
        for _, observation in evaluate.observations(
            rule, current.arrays[group_of(rule)], current.freshness["client"], [], now
        )
    ]


@pytest.mark.parametrize("is_rolled_up", [False, True])
def test_silent_sessions_fire_though_nothing_is_reported(
    database: Database, *, is_rolled_up: bool
) -> None:
    store(database, *(
        report(period_end=NOON - MINUTE * minute - timedelta(seconds=5), open_losses=0,
               session_id=UUID(int=session))
        for session in range(5) for minute in range(20)
    ))  # fmt: skip
    store(database, report(period_end=NOON - MINUTE, open_losses=1, session_id=UUID(int=9)))
    if is_rolled_up:
        roll_up(database, NOON)
    assert observed(database, NOON) == [(Verdict.CLEAR, 0.0), (Verdict.CLEAR, 1.0)]
    later = NOON + MINUTE * 4
    assert observed(database, later) == [(Verdict.FIRES, 6.0), (Verdict.STALE, None)]
