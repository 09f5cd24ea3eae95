"""Regions are counted within their country: from day cells, else from rows, without sessions."""

from datetime import timedelta

import numpy as np
import pytest

from analytics.query import not_counted
from analytics.query.engine import Engine
from analytics.query.query import Query, SeriesSource
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.client_summary import SERIES, TOTALS
from analytics.reports.reports import Reports
from models.database.engine import Database
from models.queries.snapshot import snapshot
from models.rollups import pair_aggregates
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import roll_up, store

DAYS = TimeRange(NOON - timedelta(days=4), NOON)
REGIONS_OF_BRAZIL = Query(
    source=SeriesSource.CLIENT, metrics=(*SERIES, *TOTALS), window=DAYS,
    filters={"country": ("BR",)}, group_by=("region",),
)  # fmt: skip


def test_regions_of_a_country_add_up_to_it(database: Database) -> None:
    times = [NOON - timedelta(hours=10 * n) for n in range(1, 9)]
    regions = ("SP", "RJ", None)
    store(
        database,
        *(
            report(period_end=t, country="BR", region=regions[n % 3], sent=n)
            for n, t in enumerate(times)
        ),
        report(period_end=times[0], country="DE", region="BE", sent=50),
    )
    totals = []
    for _ in range(2):  # before and after the roll-up
        with snapshot(database) as connection:
            engine = Engine(connection)
            plan = engine.plan(REGIONS_OF_BRAZIL)
            arrays = engine.arrays(plan.over_range())
        totals.append(
            {
                each["region"]: sent
                for each, (sent,) in zip(arrays.labels, arrays.sums["sent"], strict=True)
            }
        )
        assert "sessions" in plan.not_counted
        assert "sessions" not in arrays.sums
        roll_up(database)
    assert totals[0] == totals[1] == {"SP": 9, "RJ": 12, "unknown": 7}
    assert plan.resolution.cells == "pair"
    assert np.isfinite(arrays.histograms["latency"].n).all()


def test_regions_of_a_rare_country_are_not_counted_rather_than_read_row_by_row(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair_aggregates, "MOST_VALUES", 1)
    times = [NOON - timedelta(hours=10 * n) for n in range(1, 9)]
    store(
        database,
        *(report(period_end=t, country="DE", region="BE") for t in times * 2),
        *(report(period_end=t, country="BR", region="SP") for t in times),
    )
    roll_up(database)
    with snapshot(database) as connection:
        engine = Engine(connection)
        plan = engine.plan(REGIONS_OF_BRAZIL)
        arrays = engine.arrays(plan.over_range())
    geographic = Reports(database).geographic(DAYS, Filters(country="BR"))
    assert plan.not_counted["regions"] is not_counted.REGIONS_BEYOND_TOP
    assert not plan.pieces.raw
    assert not arrays.labels
    assert not geographic.regions
    assert geographic.world.reports == len(times)
    assert geographic.not_counted["regions"] == str(not_counted.REGIONS_BEYOND_TOP)


def test_regions_under_a_second_filter_are_counted_for_two_days(database: Database) -> None:
    filters, reports = Filters(country="BR", browser="Chrome 141"), Reports(database)
    long = reports.geographic(DAYS, filters)
    short = reports.geographic(TimeRange(NOON - timedelta(days=2), NOON), filters)
    assert long.not_counted["regions"] == str(not_counted.REGIONS_BY_SEVERAL)
    assert "regions" not in short.not_counted


def test_a_region_without_its_country_is_refused() -> None:
    with pytest.raises(ValueError, match="within their country"):
        Query(source=SeriesSource.CLIENT, metrics=(), window=DAYS, group_by=("region",))
