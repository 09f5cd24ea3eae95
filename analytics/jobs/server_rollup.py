"""Keeps the server rollups up to date."""

from datetime import datetime, timedelta

from analytics.rollups import rollup_round
from analytics.rollups.rollup_round import Round
from analytics.rollups.server_aggregator import ServerRoller

from .job import Surroundings

LATE_HOURS_AT_ONCE = 10


def step(around: Surroundings) -> str:
    """One round; what is left over is done by the next."""
    return rollup_round.step(around, ServerRoller, run)


def run(roller: ServerRoller, now: datetime, kept: timedelta) -> str:
    """One round, for samples of days that are `kept`. Raises `RollupBusy`, `DatabaseAway`."""
    return str(Round(now, kept).roll_up(roller, LATE_HOURS_AT_ONCE))
