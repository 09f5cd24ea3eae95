"""The demo's month, judged by the jobs of the scheduler: its incidents are detected."""

import pytest

from ingest.collector.country import locator
from scripts.bench.planted import __main__ as bench
from scripts.bench.planted import month
from scripts.demo_data import world
from scripts.demo_data.__main__ import fill
from scripts.demo_data.incidents import incidents


def test_each_incident_of_the_demo_is_looked_for() -> None:
    assert {*month.EXPECTED} == {*incidents(bench.END, bench.END)}
    assert month.line_of(None) == "not found"


@pytest.mark.deep
def test_the_incidents_of_the_demo_are_detected_with_their_slice() -> None:
    with bench.scratch_store() as (database, settings):
        fill(database, locator(settings), world.REPORTS, world.SEED, bench.END)
        bench.judge(database, settings, bench.END)
        outcomes = month.outcomes_of(database, bench.END)
        quiet = month.quiet_days(database, bench.END)
    assert [name for name, row in outcomes.items() if row is None] == []
    explained = {
        name for name, row in outcomes.items() if row and month.names(row, month.EXPECTED[name])
    }
    assert explained == {*outcomes}
    assert sum(quiet.values()) <= world.DAYS
