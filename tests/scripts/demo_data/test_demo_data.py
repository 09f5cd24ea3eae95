"""The demo data is realistic, the same for the same seed, and contains the planted incidents."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np
import pytest

from models.metrics.histogram import BUCKETS, bucket_of
from models.raw.client_reports import ClientReport
from scripts.demo_data import server_side, server_workers, world
from scripts.demo_data.histograms import histogram
from scripts.demo_data.incidents import incidents
from scripts.demo_data.reports import DrawnReports
from tests.support.store.any_country import any_country

END = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY, MONTH = timedelta(days=1), timedelta(days=world.DAYS)


@pytest.fixture(scope="module")
def month() -> list[ClientReport]:
    return list(DrawnReports(END, 30_000, 7, any_country).between(END - MONTH, END))


def during(month: list[ClientReport], name: str) -> list[ClientReport]:
    begin = END - timedelta(days=world.DAYS)
    incident = incidents(begin, END)[name]
    start, end = (begin + timedelta(seconds=s) for s in (incident.start, incident.end))
    return [report for report in month if start <= report.period_end < end]


def share_of(reports: list[ClientReport], part: str, total: str) -> float:
    return float(sum(getattr(r, part) for r in reports) / sum(getattr(r, total) for r in reports))


def mean_trip_ms(reports: list[ClientReport]) -> float:
    samples = sum(sum(r.latency_counts) for r in reports)
    return sum(r.latency_sum_us for r in reports) / samples / 1000


def test_about_the_requested_number_of_reports_spans_thirty_days(month: list[ClientReport]) -> None:
    assert len(month) == pytest.approx(30_000, rel=0.05)
    assert END - MONTH <= month[0].period_end <= month[-1].period_end < END
    assert month == sorted(month, key=lambda report: report.period_end)


def test_the_same_seed_gives_the_same_reports() -> None:
    first, second, other = (
        [*DrawnReports(END, 5000, seed, any_country).between(END - DAY, END)] for seed in (3, 3, 4)
    )
    assert first == second != other


def test_all_apps_releases_and_forty_countries_are_there(month: list[ClientReport]) -> None:
    assert {r.app for r in month} == {"portal", "kiosk", "mobile"}
    assert {r.release for r in month} == {"2.4.0", "2.4.1"}
    assert len({r.country for r in month}) == 40


def test_weekends_are_quiet(month: list[ClientReport]) -> None:
    by_day = [sum(r.period_end.weekday() == day for r in month) for day in range(7)]
    assert max(by_day[5:]) < 0.6 * min(by_day[:5])


def test_brazil_is_slow_for_an_afternoon(month: list[ClientReport]) -> None:
    brazil = [r for r in month if r.country == "BR"]
    slow = [r for r in during(month, "slow") if r.country == "BR"]
    assert mean_trip_ms(slow) > 2.5 * mean_trip_ms(brazil)


def test_kiosk_is_silent_for_a_morning(month: list[ClientReport]) -> None:
    assert not [r for r in during(month, "silent") if r.app == "kiosk"]


def test_everybody_drops_when_the_server_restarts() -> None:
    begin = END - MONTH
    restart = incidents(begin, END)["restart"]
    start, end = (begin + timedelta(seconds=s) for s in (restart.start, restart.end))
    restarted = [*DrawnReports(END, world.REPORTS, 7, any_country).between(start, end)]
    assert restarted
    assert all(
        ("1006" if "Safari" in str(r.browser) else "1012") in r.close_codes for r in restarted
    )


def test_portal_rejects_messages_for_a_while(month: list[ClientReport]) -> None:
    portal = [r for r in during(month, "rejected") if r.app == "portal"]
    assert share_of(portal, "errors", "sent") > 10 * share_of(month, "errors", "sent")


def test_counts_of_a_report_agree(month: list[ClientReport]) -> None:
    for report in month:
        assert report.attempts == report.opened + report.failed + (report.abandoned or 0)
        assert report.drops == (report.lost or 0) + (report.ended_by_server or 0)
        back = report.drops - (report.never_back or 0)
        assert report.reconnect_successes == len(report.recovery_ms) == back
        accounted = report.open_ms + report.downtime_ms + (report.suspended_ms or 0)
        assert accounted == (report.period_end - report.period_start) / timedelta(milliseconds=1)
        assert sum(report.setup_counts) == report.opened


def test_the_servers_side_is_the_same_for_the_same_seed() -> None:
    first, second, other = (
        list(islice(server_side.samples(END - MONTH, END, END, seed), 60)) for seed in (3, 3, 4)
    )
    assert first == second != other


def test_each_worker_tells_of_itself_every_quarter_of_an_hour() -> None:
    quarter = list(islice(server_side.samples(END - MONTH, END, END, 3), 3 * len(world.APPS) + 3))
    worker_samples = [sample for sample in quarter if sample.app is None]
    assert {sample.period_end - sample.period_start for sample in worker_samples} == {
        timedelta(minutes=15)
    }
    assert [sample.instance for sample in worker_samples] == list(server_workers.WORKERS)
    assert all(
        s.loop_lag.counts and s.cpu_ms and s.memory_bytes and s.descriptors for s in worker_samples
    )


def test_the_longest_connections_of_the_demo_count_in_the_last_bucket() -> None:
    demo_histogram = histogram(np.array([0.01, 100.0, 9e9]), 2)
    assert set(demo_histogram.counts) == {0, bucket_of(100.0), BUCKETS - 1}
