"""Forgets what has been kept long enough: whole days of reports, then what belongs to them."""

from datetime import UTC, timedelta

from models import partitions, sessions
from models.accounts import Accounts
from models.deliveries import Deliveries
from models.events import Events
from models.job_runs import JobRuns
from models.login_attempts import LoginAttempts
from models.sample_insert import ServerSamples

from . import rollup_retention
from .job import Surroundings
from .partitions_ahead import PARTITIONED

ATTEMPTS_KEPT = timedelta(days=1)
RUNS_KEPT = timedelta(days=30)
MESSAGES_KEPT = timedelta(days=30)
DONE_RUNS_KEPT = timedelta(days=2)
SILENT_WORKERS_KEPT = timedelta(days=1)


def step(around: Surroundings) -> str:
    """Drop the days before the first one kept, delete sessions and notes as old."""
    now, database = around.now().astimezone(UTC), around.database
    with database.transaction() as connection:
        around.lease.confirm(connection)
    first_kept = now - timedelta(days=around.settings.websocket_metrics_retention_days)
    dropped = [
        name
        for table in PARTITIONED
        for name in partitions.drop_before(database, table, first_kept.date())
    ]
    gone = sessions.forget(database, first_kept)
    Events(database).forget(first_kept)
    ServerSamples(database).forget(now - SILENT_WORKERS_KEPT)
    LoginAttempts(database).forget(now - ATTEMPTS_KEPT)
    Accounts(database).forget_expired(now)
    Deliveries(database).forget(now - MESSAGES_KEPT)
    JobRuns(database).forget(now - RUNS_KEPT, now - DONE_RUNS_KEPT)
    rollup_retention.forget(database, now, around.settings)
    return f"dropped {', '.join(dropped) or 'no day'}, forgot {gone} sessions"
