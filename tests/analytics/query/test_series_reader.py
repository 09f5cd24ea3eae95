"""Readers of series query what their series need, and read the same figures as the reports."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from analytics.query.series import SERIES, Series, SeriesSource
from analytics.query.series_reader import ClientSeriesReader, ServerSeriesReader
from analytics.query.series_sums import SeriesValue, compute_series
from analytics.ranges.steps import HISTORY_LADDER, Step
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.metrics.client_catalogue import METRICS
from models.queries.report_queries import snapshot
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample

HOUR = TimeRange(NOON - timedelta(hours=1), NOON)
MINUTE: Step = next(step for step in HISTORY_LADDER if step.seconds == 60)
CLIENT = [series for series in SERIES.values() if series.source is SeriesSource.CLIENT]
SERVER = [series for series in SERIES.values() if series.source is SeriesSource.SERVER]


@pytest.fixture
def stored(database: Database) -> Database:
    """Two browsers and two workers in the minutes before noon."""
    ClientReports(database).insert(
        [
            report((40, 50), attempts=2, opened=1, failed=1, drops=1, country="BR", rtt_ms=100,
                   close_codes={"1000": 1, "1006": 1}, abnormal_closes=1, sent=5),
            report((60,), attempts=2, opened=2, drops=2, sample_rate=0.5, rtt_ms=40,
                   period_end=NOON - timedelta(minutes=30)),
        ]
    )  # fmt: skip
    ServerSamples(database).insert(
        [
            sample(active=4, opened=5, latency=[20.0, 30.0], rejected={"403": 3}),
            sample(active=2, opened=1, instance="host:2", period_end=NOON - timedelta(minutes=30)),
            sample(app=None, loop_lag=[1.0] * 9, memory_bytes=1000, descriptors=7),
        ]
    )
    return database


def client_values(
    database: Database, series_list: Sequence[Series], **filters: str
) -> dict[str, SeriesValue]:
    with snapshot(database) as connection:
        reader = ClientSeriesReader(connection, HOUR, filters, METRICS, 60)
        sums = reader.sums(series_list, MINUTE)
    return {s.name: compute_series(s, sums).over_range for s in series_list}


def server_values(
    database: Database, series_list: Sequence[Series], **filters: str
) -> dict[str, SeriesValue]:
    with snapshot(database) as connection:
        reader = ServerSeriesReader(connection, HOUR, filters, 60)
        sums = reader.sums(series_list, MINUTE)
    return {s.name: compute_series(s, sums).over_range for s in series_list}


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    """The SQL that runs within the block."""
    statements: list[str] = []

    def listener(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(database.engine, "before_cursor_execute", listener)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", listener)


def test_every_series_by_itself_has_the_value_it_has_among_all(stored: Database) -> None:
    together = client_values(stored, CLIENT)
    for series in CLIENT[::4]:
        assert client_values(stored, [series]) == {series.name: together[series.name]}
    together = server_values(stored, SERVER)
    for series in SERVER[::4]:
        assert server_values(stored, [series]) == {series.name: together[series.name]}


def test_browsers_are_weighted_by_their_sample_rate(stored: Database) -> None:
    names = ("client_drops", "client_connect_success", "client_sessions")
    values = client_values(stored, [SERIES[name] for name in names])
    assert values["client_drops"] == SeriesValue(5, 2)
    assert values["client_connect_success"].value == pytest.approx(5 / 6, abs=1e-6)
    assert values["client_connect_success"].n == 4


def test_a_filter_of_browsers_is_applied_to_every_query(stored: Database) -> None:
    names = ("client_drops", "client_sessions", "client_close_codes", "client_rtt_ms")
    values = client_values(stored, [SERIES[name] for name in names], country="BR")
    assert [values[name].value for name in names] == [1, 1, 2, 100]
    unknown = client_values(stored, [SERIES["client_drops"]], country="unknown")
    assert unknown["client_drops"].value == 4
    nobody = client_values(stored, [SERIES["client_drops"]], country="' OR true --")
    assert nobody["client_drops"].value is None


def test_workers_are_read_with_their_processes(stored: Database) -> None:
    names = ("opened", "rejected", "memory_bytes", "loop_lag_p95_ms")
    values = server_values(stored, [SERIES[name] for name in names])
    assert [values[name].value for name in names[:3]] == [6, 3, 1000]
    assert values["loop_lag_p95_ms"].n == 9
    elsewhere = server_values(stored, [SERIES["opened"]], app="kiosk")
    assert elsewhere["opened"].value is None


def test_what_is_not_needed_is_not_queried(stored: Database) -> None:
    with counted_statements(stored) as few:
        client_values(stored, [SERIES["client_drops"]])
        server_values(stored, [SERIES["opened"]])
    with counted_statements(stored) as many:
        client_values(stored, CLIENT)
        server_values(stored, SERVER)
    assert len(few) < len(many)


def test_without_rows_every_series_is_without_value(database: Database) -> None:
    values = client_values(database, CLIENT) | server_values(database, SERVER)
    assert {value.value for value in values.values()} == {None}
    assert values.keys() == SERIES.keys()
