"""A round of rolling up ends in its time, says what it did, and goes on the next time."""

from datetime import timedelta

import pytest

from analytics.rollups import client_rollup, rollup_round, server_rollup
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.server_aggregator import ServerAggregator
from analytics.rollups.watermark import alone
from models.database.engine import Database
from models.raw.sample_insert import ServerSamples
from tests.analytics.rollups import test_server_rollups
from tests.conftest import NOON
from tests.support import rollup_truth
from tests.support.report_factory import report
from tests.support.rollup_truth import KEPT

NOW = NOON + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No round has time for a second unit of a kind."""
    monkeypatch.setattr(rollup_round, "LONGEST_SECONDS", 0)


def test_a_round_of_samples_cut_short_tells_the_minutes_it_made(database: Database) -> None:
    ServerSamples(database).insert([test_server_rollups.sample(NOW)])
    said = server_rollup.run(ServerAggregator(database, alone), NOW, KEPT)
    assert said == "1 minutes, 0 hours, 0 late hours"


def test_a_round_of_reports_cut_short_tells_the_minutes_it_made(database: Database) -> None:
    rollup_truth.store(database, report(period_end=NOW))
    said = client_rollup.run(ClientAggregator(database, alone), NOW, KEPT)
    assert said == "1 minutes, 0 hours, 0 late hours, 0 crossed days"


def test_hours_that_a_round_had_no_time_for_wait_for_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollup_truth.store(database, report(period_end=NOON - timedelta(hours=5)))
    roller = ClientAggregator(database, alone)
    begun = roller.watermark.settled(NOW)
    client_rollup.run(roller, NOW, KEPT)
    assert roller.watermark.settled(NOW) == begun
    monkeypatch.setattr(rollup_round, "LONGEST_SECONDS", 60)
    client_rollup.run(roller, NOW, KEPT)
    assert roller.watermark.settled(NOW) == NOON
