"""Reports on a real store: edges, weights, filters, and agreement with a count by hand."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.client_answers import Summary, counted
from analytics.reports.reports import Reports
from models.database.engine import Database
from models.metrics.histogram import bucket_counts, dense
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.percentiles import percentile_ms
from tests.support.store.postgres import truncate_tables
from tests.support.store.report_factory import report

HOUR = TimeRange(NOON - timedelta(hours=1), NOON)


@pytest.fixture
def reports(database: Database) -> Reports:
    """The reader of an empty store."""
    return Reports(database)


def store(database: Database, *rows: ClientReport) -> None:
    ClientReports(database).insert(rows)


def test_a_range_without_reports_has_no_figures(reports: Reports) -> None:
    summary = reports.summary(HOUR)
    assert (summary.reports, summary.sessions, summary.latest_report) == (0, 0, None)
    assert summary.connect_success.value is None
    assert counted(summary.latency_ms).p95 is None
    assert summary.series == []


def test_a_range_holds_its_start_and_not_its_end(reports: Reports, database: Database) -> None:
    moments = (HOUR.start - timedelta(microseconds=1), HOUR.start, HOUR.end)
    store(database, *(report(period_end=moment) for moment in moments))
    summary = reports.summary(HOUR)
    assert (summary.reports, summary.latest_report) == (1, HOUR.start)


def test_two_ranges_side_by_side_count_every_report_once(
    reports: Reports, database: Database
) -> None:
    store(database, *(report(period_end=NOON - timedelta(minutes=m)) for m in range(0, 120, 7)))
    both = TimeRange(HOUR.start - timedelta(hours=1), HOUR.end)
    halves = reports.summary(HOUR).reports + reports.summary(HOUR.previous()).reports
    assert reports.summary(both).reports == halves


def test_counts_are_weighted_and_n_is_not(reports: Reports, database: Database) -> None:
    store(
        database,
        report(latency_ms=(10, 20), sample_rate=0.1, attempts=4, opened=3, failed=1, sent=7),
    )
    summary = reports.summary(HOUR)
    assert (summary.connection.attempts, summary.messages.sent) == (40, 70)
    assert (summary.connect_success.value, summary.connect_success.n) == (0.75, 4)
    assert (summary.reports, summary.sessions, counted(summary.latency_ms).n) == (1, 1, 2)


def test_sampled_latencies_weigh_as_much_as_those_they_stand_for(
    reports: Reports, database: Database
) -> None:
    store(database, report(latency_ms=(400,), sample_rate=0.01), report(latency_ms=(10,) * 90))
    latency = counted(reports.summary(HOUR).latency_ms)
    assert latency.p50 == pytest.approx(400, rel=0.02)
    assert latency.mean == pytest.approx((400 * 100 + 10 * 90) / 190, rel=0.001)


def test_fractions_are_rounded_once_at_the_end(reports: Reports, database: Database) -> None:
    store(database, *(report(sample_rate=0.3, drops=1) for _ in range(3)))
    assert reports.summary(HOUR).connection.drops == 10


def test_a_session_counts_once_and_is_unstable_after_a_single_abnormal_close(
    reports: Reports, database: Database
) -> None:
    shaky = uuid4()
    times = [NOON - timedelta(minutes=minute) for minute in (30, 20, 10)]
    store(database, *(report(session_id=shaky, period_end=time) for time in times[:2]))
    store(database, report(session_id=shaky, period_end=times[2], abnormal_closes=2), report())
    summary = reports.summary(HOUR)
    assert (summary.sessions, summary.abnormal_sessions, counted(summary.stability).value) == (
        2,
        1,
        0.5,
    )
    assert [point.sessions for point in summary.series] == [1, 0, 0, 1]
    assert [point.abnormal_sessions for point in summary.series] == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("filters", "reports_expected"),
    [
        (Filters(app="portal"), 2),
        (Filters(app="portal", country="BR"), 1),
        (Filters(country="unknown"), 1),
        (Filters(effective_type="unknown"), 3),
        (Filters(page="/'; DROP TABLE client_reports; --"), 0),
    ],
)
def test_filters_narrow_everything(
    reports: Reports, database: Database, filters: Filters, reports_expected: int
) -> None:
    store(
        database,
        report(country="BR", effective_type="unknown"),
        report(country="DE"),
        report(app="kiosk"),
    )
    summary = reports.summary(HOUR, filters)
    assert (summary.reports, summary.sessions, sum(counted(summary.network).values())) == (
        reports_expected,
    ) * 3


def test_recoveries_after_a_drop_are_reported(reports: Reports, database: Database) -> None:
    recovered = report(
        drops=3, reconnect_attempts=4, reconnect_successes=2, recovery_ms=(5000, 5001)
    )
    store(database, recovered)
    summary = reports.summary(HOUR)
    assert summary.connection.recovered_within_5_s == 1
    assert counted(summary.recovery_ms).n == 2
    assert summary.series[0].recovery_p95 == pytest.approx(5001, rel=0.02)


def test_close_codes_and_networks_are_added_up(reports: Reports, database: Database) -> None:
    store(
        database,
        report(close_codes={"1000": 2, "1006": 1}, effective_type="4g"),
        report(close_codes={"1006": 4}, sample_rate=0.5, effective_type="4g"),
        report(),
    )
    summary = reports.summary(HOUR)
    assert summary.connection.close_codes == {"1006": 9, "1000": 2}
    assert summary.network == {"4g": 2, "unknown": 1}


def test_choices_come_most_frequent_first_despite_their_own_filter(
    reports: Reports, database: Database
) -> None:
    store(database, report(country="DE"), report(country="BR"), report(country="BR"), report())
    countries = reports.choices("country", HOUR, Filters(country="DE"))
    assert countries[0] == "BR"
    assert set(countries) == {"BR", "DE", "unknown"}


def test_only_dimensions_have_choices(reports: Reports) -> None:
    with pytest.raises(ValueError, match="is not one of app"):
        reports.choices("session_id", HOUR)


def test_a_month_has_no_more_points_than_a_chart_shows(
    reports: Reports, database: Database
) -> None:
    store(database, *(report(period_end=NOON - timedelta(hours=1 + 30 * n)) for n in range(10)))
    summary = reports.summary(TimeRange(NOON - timedelta(days=30), NOON))
    assert (summary.resolution, summary.step_seconds) == ("3 hours", 10800)
    assert [point.t.minute for point in summary.series] == [0] * 10


def test_a_summary_is_as_of_the_databases_present(reports: Reports) -> None:
    before = reports.data_as_of()
    assert before <= reports.summary(HOUR).data_as_of <= reports.data_as_of()


rows = st.fixed_dictionaries(
    {
        "session_id": st.integers(1, 3).map(lambda n: UUID(int=n)),
        "period_end": st.integers(1, 3599).map(lambda s: NOON - timedelta(seconds=s)),
        "latency_ms": st.lists(st.integers(1, 90_000), max_size=4).map(tuple),
        "recovery_ms": st.lists(st.integers(0, 90_000), max_size=2).map(tuple),
        "page_load_ms": st.none() | st.integers(0, 9000),
        "abnormal_closes": st.integers(0, 1),
        "sample_rate": st.sampled_from([1.0, 0.5, 0.01]),
        "attempts": st.integers(0, 10**9),
        "bytes_sent": st.integers(0, 10**9),
    }
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(rows, max_size=12))
def test_the_summary_agrees_with_a_count_by_hand(
    database: Database, database_url: str, report_fields: list[dict[str, Any]]
) -> None:
    truncate_tables(database_url)
    store(database, *(report(**row) for row in report_fields))
    summary = Reports(database).summary(HOUR)
    assert summary.connection.attempts == weighted(report_fields, "attempts")
    assert summary.messages.bytes_sent == weighted(report_fields, "bytes_sent")
    assert summary.sessions == len({row["session_id"] for row in report_fields})
    shaky = {row["session_id"] for row in report_fields if row["abnormal_closes"]}
    assert summary.abnormal_sessions == len(shaky)
    assert counted(summary.latency_ms).n == sum(len(row["latency_ms"]) for row in report_fields)
    assert counted(summary.latency_ms).p95 == percentile_of(report_fields, "latency_ms")
    assert counted(summary.recovery_ms).p95 == percentile_of(report_fields, "recovery_ms")
    assert points_add_up(summary)


def weighted(report_fields: list[dict[str, Any]], name: str) -> int:
    total: float = sum(row[name] / row["sample_rate"] for row in report_fields)
    return round(total)


def percentile_of(report_fields: list[dict[str, Any]], name: str) -> float | None:
    counts = sum(
        (dense(bucket_counts(row[name])) * round(1 / row["sample_rate"]) for row in report_fields),
        np.zeros_like(dense({})),
    )
    percentile = percentile_ms(counts, 0.95)
    return None if percentile is None else round(percentile, 2)


def points_add_up(summary: Summary) -> bool:
    moments: list[datetime] = [point.t for point in summary.series]
    return (
        sum(point.reports for point in summary.series) == summary.reports
        and sum(point.n or 0 for point in summary.series) == counted(summary.latency_ms).n
        and moments == sorted(set(moments))
    )
