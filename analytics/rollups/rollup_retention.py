"""Forgets rolled-up history: minutes as long as raw rows are kept, hours and days much longer."""

from datetime import datetime, timedelta

from analytics.query.read_plan import DAY, down
from models.database.engine import Database
from models.rollups import rollup_store
from models.rollups.client_rollups import (
    client_cross_days,
    client_days,
    client_hours,
    client_minutes,
    session_days,
    session_hours,
)
from models.rollups.server_rollups import (
    server_days,
    server_hours,
    server_minutes,
    worker_days,
    worker_hours,
    worker_minutes,
)
from settings import Settings

FINE = (client_minutes, server_minutes, worker_minutes)
COARSE = (
    *(client_hours, client_days, client_cross_days, session_hours, session_days),
    *(server_hours, server_days, worker_hours, worker_days),
)


def forget(database: Database, now: datetime, settings: Settings) -> int:
    """Delete the cells of whole days that are kept no longer; how many."""
    kept = (
        (FINE, timedelta(days=settings.websocket_metrics_retention_days)),
        (COARSE, timedelta(days=settings.rollup_retention_days)),
    )
    total = 0
    for tables, span in kept:
        for table in tables:
            with database.transaction() as connection:
                total += rollup_store.forget(connection, table, down(now - span, DAY))
    return total
