"""Keeps the rollups of reports and of samples up to date, a round at a time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from analytics.rollups import client_rollup, server_rollup
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.rollup_round import Aggregator
from analytics.rollups.server_aggregator import ServerAggregator
from analytics.rollups.watermark import Confirm
from models.database.engine import Database
from models.rollups.rollup_unit import RollupBusy

from .job import JobContext

R = TypeVar("R", bound=Aggregator)


def reports(around: JobContext) -> str:
    """One round over reports; what is left over is done by the next."""
    return _step(around, ClientAggregator, client_rollup.run)


def samples(around: JobContext) -> str:
    """One round over samples; what is left over is done by the next."""
    return _step(around, ServerAggregator, server_rollup.run)


def _step(
    around: JobContext,
    roller: Callable[[Database, Confirm], R],
    run: Callable[[R, datetime, timedelta], str],
) -> str:
    """Run one round of the schedule, unless somebody else rolls up the same source."""
    kept = timedelta(days=around.settings.websocket_metrics_retention_days)
    try:
        return run(roller(around.database, around.lease.confirm), around.now(), kept)
    except RollupBusy as busy:
        return str(busy)
