"""A rollup round ends in time, returns its counts, and the next one continues."""

from datetime import timedelta

import pytest

from analytics.rollups import client_rollup, rollup_round, server_rollup
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.server_aggregator import ServerAggregator
from analytics.rollups.watermark import without_lease
from models.database.engine import Database
from models.raw.sample_insert import ServerSamples
from tests.analytics.rollups import test_server_rollups
from tests.support.clock import NOON
from tests.support.store import rollup_truth
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import RETENTION

NOW = NOON + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No round has time for a second unit of a kind."""
    monkeypatch.setattr(rollup_round, "LONGEST_SECONDS", 0)


def test_an_interrupted_round_of_samples_counts_its_minutes(database: Database) -> None:
    ServerSamples(database).insert([test_server_rollups.sample(NOW)])
    progress = server_rollup.run(ServerAggregator(database, without_lease), NOW, RETENTION)
    assert progress == "1 minutes, 0 hours, 0 late hours"


def test_an_interrupted_round_of_reports_counts_its_minutes(database: Database) -> None:
    rollup_truth.store(database, report(period_end=NOW))
    progress = client_rollup.run(ClientAggregator(database, without_lease), NOW, RETENTION)
    assert progress == "1 minutes, 0 hours, 0 late hours, 0 cross-table days, 0 pair days"


def test_hours_that_a_round_had_no_time_for_wait_for_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollup_truth.store(database, report(period_end=NOON - timedelta(hours=5)))
    aggregator = ClientAggregator(database, without_lease)
    start = aggregator.watermark.complete_until(NOW)
    client_rollup.run(aggregator, NOW, RETENTION)
    assert aggregator.watermark.complete_until(NOW) == start
    monkeypatch.setattr(rollup_round, "LONGEST_SECONDS", 60)
    client_rollup.run(aggregator, NOW, RETENTION)
    assert aggregator.watermark.complete_until(NOW) == NOON
