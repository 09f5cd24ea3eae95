from uuid import uuid4

import msgspec
import pytest

from analytics.load_tests.runs import LoadTestRuns, NoSuchLoadTest, summary_of
from analytics.permission.actor import SHELL, Actor, NotAllowed
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.people.audit import Audit
from tests.support.clock import NOON
from tests.support.load_reports import PLAN, RUN, STARTED, report


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


def test_a_single_run_is_the_baseline_of_its_target_profile_and_scenario(
    database: Database,
) -> None:
    runs = LoadTestRuns(database, lambda: NOON)
    made = [report(id=uuid4()) for _ in range(3)]
    elsewhere = msgspec.structs.replace(PLAN, url="ws://localhost:9000")
    made[2] = report(id=made[2].id, plan=elsewhere)
    for each in made:
        runs.store(SHELL, each)
    with pytest.raises(NoSuchLoadTest, match="is the baseline"):
        runs.against_baseline(made[0].id)
    with pytest.raises(NotAllowed):
        runs.mark_baseline(Actor("ci", "ingest"), made[0].id)
    for each in (made[0], made[2], made[1]):
        assert runs.mark_baseline(SHELL, each.id).is_baseline
    assert {row.id for row in runs.baselines().load_tests} == {made[1].id, made[2].id}
    assert runs.against_baseline(made[0].id).before.id == made[1].id
    runs.unmark_baseline(SHELL, made[1].id)
    assert [row.id for row in runs.baselines().load_tests] == [made[2].id]
    assert runs.store(SHELL, made[2]).is_baseline
    with pytest.raises(NoSuchLoadTest, match="with this id"):
        runs.mark_baseline(SHELL, uuid4())
    actions = [entry.action for entry in Audit(database).latest()]
    assert actions.count("marked baseline of load tests") == 3
