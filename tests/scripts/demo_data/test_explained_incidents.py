"""The planted incidents of the demo data are explained by the slice they are planted in."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.anomalies.explain.explain import explain
from analytics.anomalies.explain.reader import Change
from analytics.query.query import SeriesSource
from analytics.ranges.timerange import TimeRange
from models.database import partitions
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from scripts.demo_data import world
from scripts.demo_data.incidents import incidents
from scripts.demo_data.reports import DrawnReports
from tests.support.store.any_country import any_country

END = datetime(2026, 11, 27, 12, tzinfo=UTC)
BEGIN = END - timedelta(days=world.DAYS)
WEEKS = 3
REPORTS = 120_000


@pytest.mark.parametrize(
    ("name", "app", "metric", "slice_"),
    [
        ("refused", "portal", "connect_success", {"country": "US"}),
        ("slow", "portal", "latency_ms", {"country": "BR"}),
        ("rejected", "", "error_rate", {"app": "portal"}),
    ],
)
def test_the_slice_of_a_planted_incident_is_first(
    database: Database, name: str, app: str, metric: str, slice_: dict[str, str]
) -> None:
    planted = incidents(BEGIN, END)[name]
    window = TimeRange(*(BEGIN + timedelta(seconds=at) for at in (planted.start, planted.end)))
    drawn = DrawnReports(END, REPORTS, world.SEED, any_country)
    for week in range(WEEKS):
        start, end = (at - timedelta(days=7 * week) for at in (window.start, window.end))
        partitions.ensure(database, "client_reports", [start.date()])
        ClientReports(database).insert([*drawn.between(start, end)])
    explained = explain(
        database,
        Change(source=SeriesSource.CLIENT, app=app, metric=metric, window=window, labels={}),
    )
    assert explained.contributions[0].slice == slice_
    assert explained.contributions[0].share > 0.9
    assert explained.contributions[0].is_notable
