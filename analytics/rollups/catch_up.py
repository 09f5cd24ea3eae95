"""Rolls up everything at once, outside the schedule: after a bulk load."""

from collections.abc import Callable
from datetime import datetime, timedelta

from analytics.rollups import client_rollup, server_rollup
from models.database.engine import Database

from .client_aggregator import ClientAggregator
from .server_aggregator import ServerAggregator
from .watermark import without_lease

NO_WORK = "0 minutes, 0 hours, 0 late hours"


def catch_up(
    database: Database, now: datetime, retention: timedelta, log: Callable[[str], None]
) -> None:
    """Run rounds until nothing is left, logging each. Raises `RollupBusy`, `DatabaseAway`."""
    reports, samples = (
        ClientAggregator(database, without_lease),
        ServerAggregator(database, without_lease),
    )
    while (progress := server_rollup.run(samples, now, retention)) != NO_WORK:
        log(f"samples: {progress}")
    while (
        progress := client_rollup.run(reports, now, retention)
    ) != f"{NO_WORK}, 0 cross-table days, 0 pair days":
        log(f"reports: {progress}")
