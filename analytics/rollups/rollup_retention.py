"""Retention of rollups: minutes as long as raw rows, hours and days much longer."""

from datetime import datetime, timedelta

from analytics.query.read_plan import DAY, floor_to
from models.database.engine import Database
from models.rollups import dirty_minutes, pair_state, rollup_store
from models.rollups.client_rollups import (
    client_cube_days,
    client_days,
    client_hours,
    client_minutes,
    client_pair_days,
    session_days,
    session_hours,
)
from models.rollups.moments.session_moments import client_moment_days
from models.rollups.server_rollups import (
    server_days,
    server_hours,
    server_minutes,
    worker_days,
    worker_hours,
    worker_minutes,
)
from models.rollups.session_states import session_state_hours, session_state_minutes
from settings import Settings

FINE = (client_minutes, session_state_minutes, server_minutes, worker_minutes)
COARSE = (
    *(client_hours, client_days, client_cube_days, client_pair_days),
    client_moment_days,
    *(session_hours, session_days, session_state_hours),
    *(server_hours, server_days, worker_hours, worker_days),
)


def forget(database: Database, now: datetime, settings: Settings) -> int:
    """Delete the cells of full days beyond their retention; returns how many."""
    retention = (
        (FINE, timedelta(days=settings.websocket_metrics_retention_days)),
        (COARSE, timedelta(days=settings.rollup_retention_days)),
    )
    coarse_from = floor_to(now - timedelta(days=settings.rollup_retention_days), DAY)
    with database.transaction() as connection:
        pair_state.forget(connection, dirty_minutes.REPORTS, coarse_from)
    total = 0
    for tables, span in retention:
        for table in tables:
            with database.transaction() as connection:
                total += rollup_store.forget(connection, table, floor_to(now - span, DAY))
    return total
