"""Sums up the sessions that ended, and those with reports that came late."""

from time import monotonic

from analytics.correlation.sessions.making import SessionSummaries
from analytics.jobs.job import JobContext
from models.operations.demo_history import DemoHistory

RUN_SECONDS = 10.0  # in which a run begins further portions


def step(context: JobContext) -> str:
    """Sum up what is due, for some seconds; the next run goes on."""
    if DemoHistory(context.database).progress() is not None:
        return "waits for the history of the demo"
    summaries = SessionSummaries(context.database, context.lease.confirm)
    now, began, total = context.now(), monotonic(), 0
    while (count := summaries.sum_up(now)) and monotonic() - began < RUN_SECONDS:
        total += count
    return f"{total + count} sessions summed up"


def segments(context: JobContext) -> str:
    """Delete what no session has any more."""
    forgotten = SessionSummaries(context.database, context.lease.confirm).forget_segments()
    return f"{forgotten} segments deleted"
