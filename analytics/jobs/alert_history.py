"""Forgets alerts and silences that ended long ago."""

from datetime import timedelta

from models.alerts.alert_history import AlertHistory
from models.alerts.silences import Silences

from .job import JobContext


def step(around: JobContext) -> str:
    """Alerts are kept as long as rollups are, so that both tell of the same past."""
    with around.database.transaction() as connection:
        around.lease.confirm(connection)
    before = around.now() - timedelta(days=around.settings.rollup_retention_days)
    Silences(around.database).forget(before)
    return f"forgot {AlertHistory(around.database).forget(before)} alerts"
