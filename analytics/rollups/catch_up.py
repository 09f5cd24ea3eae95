"""Rolls up everything there is now, outside the schedule: after a bulk load."""

from collections.abc import Callable
from datetime import datetime, timedelta

from analytics.rollups import client_rollup, server_rollup
from models.database.engine import Database

from .client_aggregator import ClientAggregator
from .server_aggregator import ServerAggregator
from .watermark import alone

NOTHING = "0 minutes, 0 hours, 0 late hours"


def catch_up(
    database: Database, now: datetime, kept: timedelta, say: Callable[[str], None]
) -> None:
    """Run until nothing is left, saying each round. Raises `RollupBusy`, `DatabaseAway`."""
    reports, samples = ClientAggregator(database, alone), ServerAggregator(database, alone)
    while (said := server_rollup.run(samples, now, kept)) != NOTHING:
        say(f"samples: {said}")
    while (said := client_rollup.run(reports, now, kept)) != f"{NOTHING}, 0 crossed days":
        say(f"reports: {said}")
