"""Keeps the server rollups up to date."""

from datetime import datetime, timedelta

from analytics.rollups.rollup_round import Round
from analytics.rollups.server_aggregator import ServerAggregator

LATE_HOURS_AT_ONCE = 10


def run(roller: ServerAggregator, now: datetime, kept: timedelta) -> str:
    """One round, for samples of days that are `kept`. Raises `RollupBusy`, `DatabaseAway`."""
    return str(Round(now, kept).roll_up(roller, LATE_HOURS_AT_ONCE))
