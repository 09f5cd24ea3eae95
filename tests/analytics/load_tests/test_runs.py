import pytest

from analytics.load_tests.runs import LoadTestRuns, NoSuchLoadTest, summary_of
from analytics.permission.actor import SHELL, Actor, NotAllowed
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.people.audit import Audit
from tests.support.clock import NOON
from tests.support.load_reports import RUN, STARTED, report


def test_a_row_is_what_a_list_shows() -> None:
    row = summary_of(report())
    assert (row.connected, row.n) == (50, 1600)
    assert row.per_second == pytest.approx(1600 / 30)
    idle = summary_of(report(trips=[[]] * 3))
    assert (idle.p95, idle.per_second) == (None, None)


def test_a_range_selects_and_only_admins_remove(database: Database) -> None:
    runs = LoadTestRuns(database, lambda: NOON)
    runs.store(Actor("ci", "ingest"), report())
    assert [row.stored_by for row in runs.listed().load_tests] == ["ci"]
    before = TimeRange(STARTED.replace(hour=8), STARTED)
    assert runs.listed(before).load_tests == []
    with pytest.raises(NotAllowed):
        runs.remove(Actor("ci", "ingest"), RUN)
    runs.remove(SHELL, RUN)
    (entry,) = Audit(database).latest()
    assert (entry.action, entry.subject) == ("removed load test", str(RUN))
    with pytest.raises(NoSuchLoadTest):
        runs.report(RUN)
