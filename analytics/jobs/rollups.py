"""Keeps the rollups of reports and of samples, and the summaries of sessions, up to date, a round
at a time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar

from analytics.correlation.sessions.making import SessionSummaries
from analytics.formatting.numbers import plural
from analytics.quarantine.quarantine import isolate
from analytics.query.read_plan import DAY
from analytics.rollups import client_rollup, server_rollup, value_turnover
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.rollup_round import Aggregator, UnitFailed
from analytics.rollups.server_aggregator import ServerAggregator
from analytics.rollups.watermark import Confirm
from models.both_ends.end_counts import EndCounts
from models.database.engine import Database
from models.operations.demo_history import DemoHistory
from models.rollups.rollup_unit import RollupBusy

from .job import JobContext

SUMMING_SECONDS = 10.0  # in which a run begins further portions of sessions
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


def sessions(context: JobContext) -> str:
    """Sum up the sessions that ended, or got reports late, for some seconds; the next run goes
    on."""
    if DemoHistory(context.database).progress() is not None:
        return "waits for the history of the demo"
    summaries = SessionSummaries(context.database, context.lease.confirm)
    now, began, total = context.now(), monotonic(), 0
    while (count := summaries.sum_up(now)) and monotonic() - began < SUMMING_SECONDS:
        total += count
    return f"{total + count} sessions summed up"


def segments(context: JobContext) -> str:
    """Delete the segments that no session has any more."""
    forgotten = SessionSummaries(context.database, context.lease.confirm).forget_segments()
    return f"{forgotten} segments deleted"


def ends(context: JobContext) -> str:
    """Count how both ends saw connections end, by the hour."""
    hours = EndCounts(context.database, context.lease.confirm).count()
    return f"{plural(hours, 'hour')} counted"


def _step(
    context: JobContext,
    make_aggregator: Callable[[Database, Confirm], R],
    run: Callable[[R, datetime, timedelta], str],
) -> str:
    """Run one round, unless another process rolls up the same source. Rows that make it fail are
    set aside; the next round goes on without them."""
    retention = timedelta(days=context.settings.websocket_metrics_retention_days)
    try:
        return run(
            make_aggregator(context.database, context.lease.confirm), context.now(), retention
        )
    except RollupBusy as busy:
        return str(busy)
    except UnitFailed as failed:
        rows = _isolate(context, failed, make_aggregator)
        if not rows:
            raise
        return f"set aside {plural(rows, 'row')}: {failed}"


def _isolate(
    context: JobContext, failed: UnitFailed, make_aggregator: Callable[[Database, Confirm], R]
) -> int:
    """Set aside the rows of a unit that cannot be rolled up; how many."""
    confirm = context.lease.confirm
    return isolate(
        context.database,
        make_aggregator(context.database, confirm).watermark.source.table,
        failed.interval,
        lambda database: failed.repeat(make_aggregator(database, confirm)),
        confirm,
    )
