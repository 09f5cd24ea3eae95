"""`minimum_n` of a rule about browsers asks for sessions, not for what they measured."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from analytics.jobs import alerts
from models.database.engine import Database
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_world import World
from tests.support.clock import Clock
from tests.support.store.report_factory import report


@pytest.fixture
def world(database: Database, clock: Clock, tmp_path: Path) -> World:
    return World(database, clock, tmp_path)


def test_a_busy_session_alone_fires_nothing_but_enough_sessions_do(world: World) -> None:
    world.with_rules(a_rule(minimum_n=5, window_seconds=120, for_seconds=0))
    busy = uuid4()
    for _ in range(8):
        world.clock.advance(seconds=15)
        end = world.clock() - timedelta(seconds=1)
        world.report(report((400,) * 100, session_id=busy, period_end=end))
        alerts.step(world.context)
    assert world.alerts() == []
    world.report(*(report((400,), period_end=end) for _ in range(4)))
    alerts.step(world.context)
    assert world.alerts("state, n") == [("firing", 804)]


def test_below_minimum_n_no_alert_starts(world: World) -> None:
    world.with_rules(a_rule(minimum_n=10_000))
    world.simulate(120, BR=400)
    assert world.alerts() == []
