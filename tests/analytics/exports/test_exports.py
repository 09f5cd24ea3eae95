"""CSV exports: complete or an error, and equal when read back."""

import gzip
import io
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from analytics.exports import cells, spool
from analytics.exports.datasets import DATASETS, Dataset
from analytics.jobs import rollups
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from analytics.permission.actor import Actor
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.database.leases import Leases
from models.metrics import histogram, histogram_codec
from models.raw import export_rows
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from models.raw.server_samples import Histogram, ServerSample
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.percentiles import percentile_ms
from tests.support.servers.api_client import new_token
from tests.support.store.csv_exports import RANGE, REPORTS, api_get, csv_rows, store_reports
from tests.support.store.postgres import autocommit_cursor
from tests.support.store.report_factory import report

DAY = TimeRange(NOON - timedelta(hours=12), NOON + timedelta(hours=12))
ANALYST = Actor("m@example.com", "analyst")


@pytest.fixture
def context(database: Database, settings: Settings, clock: Clock) -> JobContext:
    lease = Leases(database).take(LEASE, "test", 60)
    assert lease is not None
    return JobContext(database, settings, clock, lease)


@pytest.fixture
def bearer(database: Database) -> dict[str, str]:
    return {"Authorization": f"Bearer {new_token(database, 'analyst')}"}


def test_rows_come_with_their_units_and_their_length(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    store_reports(database)
    response = api_get(client, bearer, REPORTS, **RANGE)
    rows = sorted(csv_rows(response.text), key=lambda row: row["period_end"])
    assert response.content_length == len(response.data)
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="client-reports_20260302T0000Z_20260303T0000Z.csv"'
    )
    assert len(rows) == 5
    first = rows[0]
    assert (first["period_end"], first["page"]) == ("2026-03-02T12:00:00Z", '/a,"b"\n0')
    assert (first["close_codes"], first["recovery_ms"]) == ("1006:2", "7 8")
    assert (first["latency_n"], first["latency_sum_ms"]) == ("3", "180.0")
    assert first["latency_buckets"].count(":") == 3
    assert rows[1]["app"] == "'=portal"
    local = api_get(client, bearer, REPORTS, times="local", tz="Asia/Kathmandu", **RANGE)
    in_zone = [row["period_end (Asia/Kathmandu)"] for row in csv_rows(local.text)]
    assert min(in_zone) == "2026-03-02 17:45:00"


def test_the_numbers_of_an_export_are_those_of_the_page(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    """Also of a session that began before the range and reported in it."""
    carried_over = uuid4()
    ClientReports(database).insert([
        report(app="x", attempts=3, opened=2, failed=1, drops=number % 2, session_id=session,
               period_end=NOON + timedelta(minutes=number - 3))
        for number, session in enumerate((carried_over, carried_over, *(uuid4() for _ in range(6))))
    ])  # fmt: skip
    page = {"start": "2026-03-02T11:58:00Z", "end": "2026-03-02T12:03:00Z", "app": "x"}
    summary = api_get(client, bearer, "/api/ws/client-metrics/summary", **page).get_json()
    reports = csv_rows(api_get(client, bearer, REPORTS, **page).text)
    sessions = csv_rows(api_get(client, bearer, "/api/ws/export/sessions.csv", **page).text)
    assert len(reports) == summary["reports"] == 5
    assert len(sessions) == summary["sessions"] == 5
    assert str(carried_over) in {row["session_id"] for row in sessions}
    for name in ("attempts", "opened", "failed", "drops"):
        assert sum(int(row[name]) for row in reports) == summary["connection"][name]


def test_filters_are_applied(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    store_reports(database)
    response = api_get(client, bearer, REPORTS, app="kiosk", country="unknown", **RANGE)
    assert {row["app"] for row in csv_rows(response.text)} == {"kiosk"}
    assert api_get(client, bearer, REPORTS, service="x").status_code == 422


def test_gzip_is_sent_when_accepted(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    store_reports(database)
    plain = api_get(client, bearer, REPORTS, **RANGE)
    packed = api_get(client, bearer | {"Accept-Encoding": "gzip"}, REPORTS, **RANGE)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content_length == len(packed.data)
    assert gzip.decompress(packed.data) == plain.data


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_has_a_header_and_no_row_of_another_day(
    client: FlaskClient, database: Database, bearer: dict[str, str], name: str
) -> None:
    store_reports(database)
    response = api_get(client, bearer, f"/api/ws/export/{name}.csv", end="2026-03-02T00:00:00Z")
    assert response.text == ",".join(DATASETS[name].header) + "\r\n"


def test_sessions_and_samples_are_rows_too(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    store_reports(database)
    sample = ServerSample(
        sample_id=uuid4(), period_start=NOON, period_end=NOON, received_at=NOON, service="chat",
        instance="i", app="portal", user_keys=bytes(24), errors={"a b": 1},
        latency=Histogram({35: 2}, 900),
    )  # fmt: skip
    ServerSamples(database).insert([sample])
    samples = csv_rows(api_get(client, bearer, "/api/ws/export/server-samples.csv", **RANGE).text)
    assert [(r["named_users"], r["latency_buckets"], r["errors"]) for r in samples] == [
        ("3", "35:2", '{"a b": 1}')
    ]
    assert len(csv_rows(api_get(client, bearer, "/api/ws/export/sessions.csv", **RANGE).text)) == 5


def test_pandas_reads_the_same_values(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    store_reports(database, 40)
    frame = pd.read_csv(io.BytesIO(api_get(client, bearer, REPORTS, **RANGE).data))
    ends = pd.to_datetime(frame["period_end"], format="ISO8601")
    assert list(ends.sort_values()) == [NOON + timedelta(minutes=n) for n in range(40)]
    assert frame["latency_n"].sum() == 120
    assert frame["cls"].unique().tolist() == [0.1]


def test_a_failure_midway_sends_no_partial_file(
    app: Flask, database: Database, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app.testing = False
    store_reports(database)
    monkeypatch.setattr(spool, "BATCH", 2)
    real, batches_read = export_rows.read_rows, []

    def breaking(*question: object) -> Iterator[list[export_rows.Row]]:
        with real(*question) as batches:  # type: ignore[arg-type]  # passed on as given
            batches_read.append(next(batches))
            yield batches_read[0]
            raise OSError("the disk is gone")

    class Broken:
        def __init__(self, *question: object) -> None:
            self.batches = breaking(*question)

        def __enter__(self) -> Iterator[list[export_rows.Row]]:
            return self.batches

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(export_rows, "read_rows", Broken)
    response = api_get(app.test_client(), bearer, REPORTS, **RANGE)
    assert len(batches_read[0]) == 2
    assert response.status_code == 500
    assert b"session_id" not in response.data


def test_a_full_disk_is_reported_before_anything_is_written(
    client: FlaskClient, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "SPARE_BYTES", 2**60)
    response = api_get(client, bearer, REPORTS)
    assert response.status_code == 503
    assert "MiB are free" in response.get_json()["detail"]


@given(st.dictionaries(st.integers(0, 524), st.integers(1, 1000), min_size=1, max_size=20))
def test_percentiles_are_those_of_the_shared_histogram(counts: dict[int, int]) -> None:
    packed = histogram_codec.packed(tuple(counts), tuple(counts.values()))
    ((n,), _, *percentiles, _) = cells.histogram([packed], [0])
    dense = histogram.dense(counts)
    expected = [percentile_ms(dense, quantile) for quantile in (0.5, 0.95, 0.99)]
    assert n == sum(counts.values())
    assert [value[0] for value in percentiles] == pytest.approx(expected, abs=0.001)


def test_rolled_up_hours_are_rows_too(
    client: FlaskClient, database: Database, bearer: dict[str, str], context: JobContext,
    clock: Clock,
) -> None:  # fmt: skip
    store_reports(database)
    clock.advance(hours=2)
    rollups.reports(context)
    path = "/api/ws/export/client-rollups.csv"
    rows = csv_rows(api_get(client, bearer, path, app="kiosk", **RANGE).text)
    (total,) = [row for row in rows if not row["dimension"]]
    assert (total["t"], total["reports"]) == ("2026-03-02T12:00:00Z", "3")
    assert (total["latency_n"], total["latency_weighted_n"]) == ("9", "9")
    by_country = api_get(client, bearer, path, dimension="country", value="unknown", **RANGE)
    assert {row["dimension"] for row in csv_rows(by_country.text)} == {"country"}


def test_a_database_that_goes_away_in_the_middle_is_reported(
    app: Flask, database: Database, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store_reports(database)
    monkeypatch.setattr(spool, "BATCH", 1)
    real = Dataset.lines

    def cutting(dataset: Dataset, rows: list[export_rows.Row]) -> str:
        with autocommit_cursor(database.url) as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'wsmon-export'"
            )
        return real(dataset, rows)

    monkeypatch.setattr(Dataset, "lines", cutting)
    response = api_get(app.test_client(), bearer, REPORTS, **RANGE)
    assert response.status_code == 503
    assert response.mimetype == "application/problem+json"
