"""Keeps the rollups of reports and of samples up to date, a round at a time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from analytics.query.read_plan import DAY
from analytics.rollups import client_rollup, server_rollup, value_turnover
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.rollup_round import Aggregator
from analytics.rollups.server_aggregator import ServerAggregator
from analytics.rollups.watermark import Confirm
from models.database.engine import Database
from models.rollups.rollup_unit import RollupBusy

from .job import JobContext

R = TypeVar("R", bound=Aggregator)


def reports(context: JobContext) -> str:
    """One round over reports; the next continues where it stopped."""
    return _step(context, ClientAggregator, client_rollup.run)


def samples(context: JobContext) -> str:
    """One round over samples; the next continues where it stopped."""
    return _step(context, ServerAggregator, server_rollup.run)


def places(context: JobContext) -> str:
    """Give places of rollups to the values that are used, from midnight on."""
    now = context.now()
    retention = timedelta(days=context.settings.websocket_metrics_retention_days)
    watermark = ClientAggregator(context.database, context.lease.confirm).watermark
    try:
        return value_turnover.run(watermark, now, now - retention - DAY)
    except RollupBusy as busy:
        return str(busy)


def _step(
    context: JobContext,
    make_aggregator: Callable[[Database, Confirm], R],
    run: Callable[[R, datetime, timedelta], str],
) -> str:
    """Run one round, unless another process rolls up the same source."""
    retention = timedelta(days=context.settings.websocket_metrics_retention_days)
    try:
        return run(
            make_aggregator(context.database, context.lease.confirm), context.now(), retention
        )
    except RollupBusy as busy:
        return str(busy)
