"""A planned restart explains what it moves, for as long as the window of a rule holds it."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from analytics.alerting.policy.planned_restarts import PlannedRestart, explain
from analytics.jobs import alerts
from models.database.engine import Database
from models.raw.events import Event, Events
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_world import World
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report

DROPS: dict[str, Any] = {
    "name": "Drops", "metric": "drops", "aggregation": "count", "fire": 1, "clear": None,
    "window_seconds": 300, "for_seconds": 0, "keep_firing_seconds": 60,
}  # fmt: skip
HOLDS = timedelta(minutes=8)  # the window, and until all have reported


@pytest.mark.parametrize(
    ("fields", "labels", "app", "is_explained"),
    [
        ({}, {}, None, True),
        ({}, {}, "portal", True),  # all apps are measured together
        ({}, {"app": "portal"}, "portal", True),
        ({}, {"app": "shop"}, "portal", False),
        ({"filters": {"app": "shop"}}, {}, "portal", False),
        ({"filters": {"app": "probe"}}, {}, None, False),
        ({"metric": "latency_ms", "aggregation": "p95"}, {}, None, False),
        ({"aggregation": "anomaly"}, {}, None, False),
        ({"source": "server", "metric": "errors"}, {}, None, False),
        ({"source": "server", "metric": "closed"}, {}, None, True),
    ],
)
def test_what_it_explains(
    fields: dict[str, Any], labels: dict[str, str], app: str | None, *, is_explained: bool
) -> None:
    rule = a_rule(**{**DROPS, **fields})
    assert explain([PlannedRestart(NOON, app)], rule, labels, NOON) is is_explained


def test_for_how_long() -> None:
    second, restarts = timedelta(seconds=1), [PlannedRestart(NOON)]
    for at, is_explained in (
        (NOON - second, False), (NOON, True), (NOON + HOLDS, True), (NOON + HOLDS + second, False),
    ):  # fmt: skip
        assert explain(restarts, a_rule(**DROPS), {}, at) is is_explained


class Restarted:
    """An installation whose connections all dropped at noon, when something was marked."""

    def __init__(self, world: World, kind: str) -> None:
        self.world = world.with_rules(a_rule(**DROPS))
        Events(world.database).add(Event(uuid4(), NOON, kind, "web workers stopped on node-a"))

    def passes(self, minutes: int, drops: int = 0) -> None:
        """Each minute has so many drops."""
        for _ in range(minutes):
            self.world.clock.advance(minutes=1)
            end = self.world.clock() - timedelta(seconds=1)
            self.world.report(report(period_end=end, drops=drops, attempts=1))
            alerts.step(self.world.context)


@pytest.fixture
def world(database: Database, clock: Clock, tmp_path: Path) -> World:
    return World(database, clock, tmp_path)


def test_drops_of_a_planned_restart_are_an_alert_without_a_message(world: World) -> None:
    restarted = Restarted(world, "planned-restart")
    restarted.passes(1, drops=3)
    assert world.alerts("rule, state") == [("Drops", "firing")]
    restarted.passes(10)
    assert world.alerts("rule, state") == [("Drops", "resolved")]
    assert world.kinds() == []
    reasons = "SELECT reason FROM alert_transitions WHERE reason LIKE '%not sent%'"
    reason = "within the limit again; not sent: explained by a planned restart"
    assert rows(world.database, reasons) == [(reason,)]


def test_drops_of_a_crash_are_notified(world: World) -> None:
    Restarted(world, "restart").passes(1, drops=3)
    assert world.kinds() == [["firing"]]


def test_drops_that_go_on_after_a_planned_restart_are_notified_then(world: World) -> None:
    restarted = Restarted(world, "deploy")
    restarted.passes(8, drops=3)
    assert world.kinds() == []
    restarted.passes(1, drops=3)
    assert world.kinds() == [["firing"]]
