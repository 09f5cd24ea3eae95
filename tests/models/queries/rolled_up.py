"""Rolls up a handful of reports for the tests of queries."""

from datetime import datetime, timedelta

from analytics.rollups import client_rollup
from analytics.rollups.client_aggregator import ClientAggregator
from models.database.engine import Database

RETENTION = timedelta(days=30)


def roll_up(database: Database, now: datetime) -> None:
    """Until nothing is left to do."""
    aggregator = ClientAggregator(database, lambda _: None)
    while not client_rollup.run(aggregator, now, RETENTION).startswith("0 minutes, 0 hours, 0 "):
        pass
