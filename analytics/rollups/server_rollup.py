"""Keeps the server rollups up to date."""

from datetime import datetime, timedelta

from analytics.rollups.rollup_round import RollupRound
from analytics.rollups.server_aggregator import ServerAggregator

LATE_HOURS_AT_ONCE = 10


def run(aggregator: ServerAggregator, now: datetime, retention: timedelta) -> str:
    """One round; `retention` is that of raw samples. Raises `RollupBusy`, `DatabaseAway`."""
    return str(RollupRound(now, retention).roll_up(aggregator, LATE_HOURS_AT_ONCE))
