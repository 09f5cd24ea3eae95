"""The progress of the demo's history: days count once complete, and one run is open at most."""

from datetime import timedelta

import pytest

from models.database.engine import Database
from models.operations.demo_history import DemoHistory, FillProgress, progress_at
from tests.support.clock import NOON
from tests.support.store.postgres import rows

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("hours", "days"), [(-1, 0), (0, 0), (23, 0), (24, 1), (349, 14), (720, 30), (900, 30)]
)
def test_days_count_once_they_are_complete(hours: int, days: int) -> None:
    progress = progress_at(NOON, NOON + hours * HOUR, 30)
    assert (progress.days, progress.total_days) == (days, 30)


def test_the_progress_is_readable_until_the_run_ends(database: Database) -> None:
    history = DemoHistory(database)
    history.begin(progress_at(NOON, NOON, 30), NOON)
    assert history.progress() == FillProgress(0, 30, NOON)
    history.advance(progress_at(NOON, NOON + 340 * HOUR, 30))
    assert history.progress() == FillProgress(14, 30, NOON + 340 * HOUR)
    history.end(NOON)
    assert history.progress() is None


def test_an_interrupted_run_ends_when_the_next_begins(database: Database) -> None:
    history = DemoHistory(database)
    assert history.progress() is None
    for begin in (NOON - HOUR, NOON):
        history.begin(progress_at(begin, begin, 30), NOON)
    assert history.progress() == FillProgress(0, 30, NOON)
    assert rows(database, "SELECT outcome FROM job_runs ORDER BY id") == [("done",), (None,)]
