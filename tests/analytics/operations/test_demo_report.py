"""What pages read of the demo's history."""

import pytest

from analytics.operations.demo_report import DemoReport, FillProgress
from models.database.engine import Database, DatabaseAway
from models.operations.demo_history import DemoHistory
from tests.support.clock import NOON


def test_the_progress_is_that_of_the_store(database: Database) -> None:
    report = DemoReport(database)
    assert report.progress() is None
    DemoHistory(database).begin(FillProgress(14, 30, NOON), NOON)
    assert report.progress() == FillProgress(14, 30, NOON)


def test_without_a_database_there_is_none() -> None:
    with pytest.raises(DatabaseAway):
        DemoReport(Database("postgresql+psycopg2://x@/x?host=/nowhere")).progress()
