"""Rows as files: whole or not at all, the same when read back."""

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
from models.metrics import histogram
from models.raw import client_reports, export_rows
from models.raw.sample_insert import ServerSamples
from models.raw.server_samples import Histogram, ServerSample
from settings import Settings
from tests.conftest import NOON, Clock, connected
from tests.support.api_client import new_token
from tests.support.csv_exports import RANGE, REPORTS, ask, read, store

DAY = TimeRange(NOON - timedelta(hours=12), NOON + timedelta(hours=12))
ANALYST = Actor("m@example.com", "analyst")


@pytest.fixture
def around(database: Database, settings: Settings, clock: Clock) -> JobContext:
    lease = Leases(database).take(LEASE, "test", 60)
    assert lease is not None
    return JobContext(database, settings, clock, lease)


@pytest.fixture
def bearer(database: Database) -> dict[str, str]:
    return {"Authorization": f"Bearer {new_token(database, 'analyst')}"}


def test_rows_come_with_their_units_and_their_length(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    store(database)
    answer = ask(client, bearer, REPORTS, **RANGE)
    rows = sorted(read(answer.text), key=lambda row: row["period_end"])
    assert answer.content_length == len(answer.data)
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="client-reports_20260302T0000Z_20260303T0000Z.csv"'
    )
    assert len(rows) == 5
    first = rows[0]
    assert (first["period_end"], first["page"]) == ("2026-03-02T12:00:00Z", '/a,"b"\n0')
    assert (first["close_codes"], first["recovery_ms"]) == ("1006:2", "7 8")
    assert (first["latency_n"], first["latency_sum_ms"]) == ("3", "180.0")
    assert first["latency_buckets"].count(":") == 3
    assert rows[1]["app"] == "'=portal"


def test_the_page_s_filters_hold(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    store(database)
    answer = ask(client, bearer, REPORTS, app="kiosk", country="unknown", **RANGE)
    assert {row["app"] for row in read(answer.text)} == {"kiosk"}
    assert ask(client, bearer, REPORTS, service="x").status_code == 422


def test_gzip_goes_to_who_reads_it(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    store(database)
    plain = ask(client, bearer, REPORTS, **RANGE)
    packed = ask(client, bearer | {"Accept-Encoding": "gzip"}, REPORTS, **RANGE)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content_length == len(packed.data)
    assert gzip.decompress(packed.data) == plain.data


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_has_a_header_and_no_row_of_another_day(
    client: FlaskClient, database: Database, bearer: dict[str, str], name: str
) -> None:
    store(database)
    answer = ask(client, bearer, f"/api/ws/export/{name}.csv", end="2026-03-02T00:00:00Z")
    assert answer.text == ",".join(DATASETS[name].header) + "\r\n"


def test_sessions_and_samples_are_rows_too(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    store(database)
    sample = ServerSample(
        sample_id=uuid4(), period_start=NOON, period_end=NOON, received_at=NOON, service="chat",
        instance="i", app="portal", user_keys=bytes(24), errors={"a b": 1},
        latency=Histogram({35: 2}, 900),
    )  # fmt: skip
    ServerSamples(database).insert([sample])
    found = read(ask(client, bearer, "/api/ws/export/server-samples.csv", **RANGE).text)
    assert [(r["named_users"], r["latency_buckets"], r["errors"]) for r in found] == [
        ("3", "35:2", '{"a b": 1}')
    ]
    assert len(read(ask(client, bearer, "/api/ws/export/sessions.csv", **RANGE).text)) == 5


def test_pandas_reads_the_same_values(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    store(database, 40)
    frame = pd.read_csv(io.BytesIO(ask(client, bearer, REPORTS, **RANGE).data))
    ends = pd.to_datetime(frame["period_end"], format="ISO8601")
    assert list(ends.sort_values()) == [NOON + timedelta(minutes=n) for n in range(40)]
    assert frame["latency_n"].sum() == 120
    assert frame["cls"].unique().tolist() == [0.1]


def test_a_fault_in_the_middle_is_never_half_a_file(
    app: Flask, database: Database, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app.testing = False
    store(database)
    monkeypatch.setattr(spool, "BATCH", 2)
    real, seen = export_rows.reading, []

    def breaking(*question: object) -> Iterator[list[export_rows.Row]]:
        with real(*question) as batches:  # type: ignore[arg-type]  # passed on as given
            seen.append(next(batches))
            yield seen[0]
            raise OSError("the disk is gone")

    class Broken:
        def __init__(self, *question: object) -> None:
            self.batches = breaking(*question)

        def __enter__(self) -> Iterator[list[export_rows.Row]]:
            return self.batches

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(export_rows, "reading", Broken)
    answer = ask(app.test_client(), bearer, REPORTS, **RANGE)
    assert len(seen[0]) == 2
    assert answer.status_code == 500
    assert b"session_id" not in answer.data


def test_a_full_disk_is_said_before_anything_is_written(
    client: FlaskClient, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "SPARE_BYTES", 2**60)
    answer = ask(client, bearer, REPORTS)
    assert answer.status_code == 503
    assert "MiB are free" in answer.get_json()["detail"]


@given(st.dictionaries(st.integers(0, 524), st.integers(1, 1000), min_size=1, max_size=20))
def test_percentiles_are_those_of_the_shared_histogram(counts: dict[int, int]) -> None:
    packed = client_reports.packed(tuple(counts), tuple(counts.values()))
    ((n,), _, *found, _) = cells.histogram([packed], [0])
    dense = histogram.dense(counts)
    wanted = [histogram.percentile_ms(dense, share) for share in (0.5, 0.95, 0.99)]
    assert n == sum(counts.values())
    assert [value[0] for value in found] == pytest.approx(wanted, abs=0.001)


def test_rolled_up_hours_are_rows_too(
    client: FlaskClient, database: Database, bearer: dict[str, str], around: JobContext,
    clock: Clock,
) -> None:  # fmt: skip
    store(database)
    clock.advance(hours=2)
    rollups.reports(around)
    path = "/api/ws/export/client-rollups.csv"
    rows = read(ask(client, bearer, path, app="kiosk", **RANGE).text)
    (whole,) = [row for row in rows if not row["dimension"]]
    assert (whole["t"], whole["reports"]) == ("2026-03-02T12:00:00Z", "3")
    assert (whole["latency_n"], whole["latency_weighted_n"]) == ("9", "9")
    chosen = ask(client, bearer, path, dimension="country", value="unknown", **RANGE)
    assert {row["dimension"] for row in read(chosen.text)} == {"country"}


def test_a_database_that_goes_away_in_the_middle_is_said(
    app: Flask, database: Database, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store(database)
    monkeypatch.setattr(spool, "BATCH", 1)
    real = Dataset.lines

    def cutting(dataset: Dataset, rows: list[export_rows.Row]) -> str:
        with connected(database.url) as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'wsmon-export'"
            )
        return real(dataset, rows)

    monkeypatch.setattr(Dataset, "lines", cutting)
    answer = ask(app.test_client(), bearer, REPORTS, **RANGE)
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
