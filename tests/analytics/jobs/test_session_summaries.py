"""The jobs: all that is due, segments without a session, and nothing while the demo is filled."""

from datetime import timedelta
from pathlib import Path

from analytics.jobs import rollups
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from models.database.engine import Database
from models.database.leases import Leases
from models.operations.demo_history import DemoHistory, progress_at
from models.raw.report_insert import ClientReports
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report


def test_what_is_due_is_summed_up_once_the_history_of_the_demo_is_filled(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    lease = Leases(database).take(LEASE, "test", 60)
    assert lease is not None
    context = JobContext(database, Settings(data_dir=tmp_path), clock, lease)
    ClientReports(database).insert(
        [report(period_end=NOON - timedelta(hours=hours)) for hours in range(1, 4)]
    )
    history = DemoHistory(database)
    history.begin(progress_at(NOON, NOON, 30), NOON)
    assert rollups.sessions(context) == "waits for the history of the demo"
    history.end(NOON)
    assert rollups.sessions(context) == "3 sessions summed up"
    assert rollups.sessions(context) == "0 sessions summed up"
    assert rollups.segments(context) == "0 segments deleted"
    assert rows(database, "SELECT count(*) FROM session_summaries") == [(3,)]
