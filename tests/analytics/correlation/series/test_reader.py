"""Hourly series equal what pandas makes of the raw rows, for random ranges and filters."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.correlation.measures import EXPOSURES, OUTCOMES
from analytics.correlation.series.reader import FORMULAS, read_hourly
from analytics.query.query import FilterValues
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from tests.analytics.correlation.series.hourly_truth import GAUGES, expected_hour
from tests.models.queries.rolled_up import roll_up
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.session_truth import COLUMNS, random_reports

HOUR = timedelta(hours=1)
GAUGE_PART = 1 / 65536
FILTERS: tuple[FilterValues, ...] = (
    {}, {"app": ("portal",)}, {"country": ("BR",)}, {"app": ("kiosk",), "browser": ("unknown",)},
)  # fmt: skip


@pytest.fixture
def stored(database: Database) -> Database:
    """Reports of three days, rolled up."""
    ClientReports(database).insert(random_reports(5, sessions=40))
    roll_up(database, NOON)
    return database


def test_every_measure_has_a_formula() -> None:
    assert {*FORMULAS} == {each.key for each in (*EXPOSURES, *OUTCOMES)}


def test_hours_equal_those_of_raw_rows(stored: Database) -> None:
    frame = pd.DataFrame(
        rows(stored, f"SELECT {', '.join(COLUMNS)} FROM client_reports"), columns=list(COLUMNS)
    )
    rng = np.random.default_rng(3)
    for filters in FILTERS:
        start = NOON - timedelta(hours=float(rng.uniform(20, 40)))
        series = read_hourly(stored, filters, TimeRange(start, NOON), zone="Europe/Berlin")
        assert series.reason is None
        assert (np.diff(series.hours) == 3600).all()
        assert start <= datetime.fromtimestamp(int(series.hours[0]), UTC) < start + HOUR
        own = frame
        for name, values in filters.items():
            own = own[own[name].fillna("unknown").isin(values)]
        for number, second in enumerate(series.hours):
            begin = pd.Timestamp(int(second), unit="s", tz="UTC")
            hour = own[(own.period_end >= begin) & (own.period_end < begin + HOUR)]
            assert series.reports[number] == len(hour)
            for key, expected in expected_hour(hour).items():
                np.testing.assert_allclose(
                    series.values[key][number], expected, rtol=1e-9,
                    atol=GAUGE_PART if key in GAUGES else 0.0, err_msg=f"{key} {filters}",
                )  # fmt: skip


def test_several_dimensions_have_no_hours_beyond_two_days(database: Database) -> None:
    ClientReports(database).insert(random_reports(5, sessions=40))
    filters = {"country": ("BR",), "browser": ("Chrome 141",)}
    series = read_hourly(database, filters, TimeRange(NOON - timedelta(days=3), NOON))
    assert series.reason is not None
    assert np.isnan(series.values["drops_per_hour"]).all()
    short = read_hourly(database, filters, TimeRange(NOON - timedelta(hours=40), NOON))
    assert (short.reason, short.hours.size) == (None, 40)
    assert short.reports.sum() > 0


def test_an_hour_that_is_not_over_is_not_there(database: Database) -> None:
    now = datetime.now(UTC)
    series = read_hourly(database, {}, TimeRange(now - timedelta(minutes=50), now + HOUR))
    assert series.hours.size == 0
    assert all(each.size == 0 for each in series.values.values())
