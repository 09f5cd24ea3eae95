"""Deletes alerts and silences that ended before the retention of rollups."""

from datetime import timedelta

from models.alerts.alert_history import AlertHistory
from models.alerts.silences import Silences

from .job import JobContext


def step(context: JobContext) -> str:
    """Alerts have the retention of rollups, so that both cover the same past."""
    with context.database.transaction() as connection:
        context.lease.confirm(connection)
    before = context.now() - timedelta(days=context.settings.rollup_retention_days)
    Silences(context.database).forget(before)
    return f"deleted {AlertHistory(context.database).forget(before)} alerts"
