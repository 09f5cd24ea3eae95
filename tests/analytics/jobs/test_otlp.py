"""The OTLP export: what is received equals the store, each minute once, and later if need be."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from analytics.jobs import configuration, otlp
from analytics.jobs.configuration import Misconfigured
from analytics.jobs.job import Job, JobContext
from analytics.jobs.runner import Runner
from analytics.jobs.schedule import SCHEDULE
from analytics.otlp import sdk_loading
from analytics.otlp.sdk_loading import SdkMissing
from models.database.engine import Database
from models.database.leases import Lease
from models.metrics.client_columns import COUNTS
from models.operations import otlp_exports
from models.operations.job_runs import JobRun, JobRuns
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.receivers.otlp_receiver import OtlpReceiver, ReceivedPoint, otlp_receiver
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import roll_up
from tests.support.store.sample_factory import sample

MINUTE = timedelta(minutes=1)
FIRST = NOON - 3 * MINUTE  # the minute that is sent at 11:59:30
(JOB,) = (job for job in SCHEDULE if job.step is otlp.step)
SUM = "SELECT sum({}) FROM {} WHERE t = '{}' AND dimension = '' AND value = '' AND app = 'portal'"


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    with otlp_receiver() as started:
        yield started


class Exports:
    """The job in a runner that leads, on the test's clock, and reports and samples of minutes."""

    def __init__(self, database: Database, clock: Clock, folder: Path, url: str) -> None:
        self.database, self.clock = database, clock
        settings = Settings(
            data_dir=folder, otel_exporter_otlp_endpoint=url,
            otel_exporter_otlp_headers=(("Authorization", "Bearer secret"),),
        )  # fmt: skip
        self.runner = Runner(database, settings, clock, schedule=(JOB,))
        self.runner.renew()

    def store(self, minute: datetime, *latency_ms: float, **fields: Any) -> None:
        end = minute + timedelta(seconds=40)
        ClientReports(self.database).insert(
            [report(latency_ms, period_end=end, received_at=end, **fields)]
        )

    def run(self) -> JobRun:
        assert self.runner.run(JOB)
        (run,) = JobRuns(self.database).latest()
        return run


@pytest.fixture
def exports(database: Database, clock: Clock, tmp_path: Path, receiver: OtlpReceiver) -> Exports:
    clock.advance(seconds=-30)
    return Exports(database, clock, tmp_path, receiver.url)


def nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 10**9


def only(points: list[ReceivedPoint]) -> ReceivedPoint:
    (point,) = points
    return point


def test_browsers_are_received_as_the_store_has_them(
    exports: Exports, receiver: OtlpReceiver, database: Database
) -> None:
    exports.store(FIRST, 3.0, 40.0, 41.0, drops=2, attempts=5, opened=4, failed=1, rtt_ms=50)
    exports.store(FIRST, 90_000.0, drops=1, sent=7, open_ms=4000, sample_rate=0.5, rtt_ms=80)
    exports.store(FIRST, 5.0, app="kiosk")
    roll_up(database, exports.clock())
    run = exports.run()
    assert (run.outcome, receiver.headers[0]["Authorization"]) == ("done", "Bearer secret")
    assert run.detail is not None
    assert run.detail.endswith(f"until {(FIRST + MINUTE).isoformat()}")
    for column in ("drops", "attempts", "sent", "failed"):
        assert column in COUNTS
        stored = rows(database, SUM.format(column, "client_minutes", FIRST))[0][0]
        point = only(of(receiver.points(f"wsmon.client.{column}"), "portal"))
        assert point.point.as_double == stored
        assert point.metric.sum.is_monotonic
        assert point.metric.sum.aggregation_temporality == 1  # delta
        assert point.point.start_time_unix_nano == nanoseconds(FIRST)
        assert point.point.time_unix_nano == nanoseconds(FIRST + MINUTE)
    assert only(of(receiver.points("wsmon.client.open_time"), "portal")).point.as_double == 8.0
    rtt = only(of(receiver.points("wsmon.client.rtt"), "portal"))
    assert (rtt.metric.unit, rtt.point.as_double) == ("s", pytest.approx(0.07))
    assert len(of(receiver.points("wsmon.client.latency"), "kiosk")) == 1


def of(points: list[ReceivedPoint], service: str) -> list[ReceivedPoint]:
    return [point for point in points if point.resource["service.name"] == service]


def test_a_histogram_has_every_duration_between_its_bounds_and_n(
    exports: Exports, receiver: OtlpReceiver, database: Database
) -> None:
    exports.store(FIRST, 0.05, 3.0, 40.0, 41.0)
    exports.store(FIRST, 90_000.0, sample_rate=0.5)
    exports.run()
    latency = only(receiver.points("wsmon.client.latency"))
    counts, bounds = latency.point.bucket_counts, [0.0, *latency.point.explicit_bounds, 1e9]
    filled = [(edges, n) for edges, n in zip(pairwise(bounds), counts, strict=True) if n]
    for duration, weight in ((0.00005, 1), (0.003, 1), (0.04, 2), (90.0, 2)):
        assert [n for (low, high), n in filled if low <= duration < high] == [weight]
    assert (latency.point.count, sum(counts), latency.metric.unit) == (6, 6, "s")
    assert latency.point.sum == pytest.approx(0.08405 + 180)
    assert only(receiver.points("wsmon.client.latency.n")).point.as_double == 5


def test_servers_are_received_by_service_app_label_and_process(
    exports: Exports, receiver: OtlpReceiver, database: Database
) -> None:
    end = FIRST + timedelta(seconds=30)
    ServerSamples(database).insert([
        sample(period_end=end, service="chat", opened=4,
               closed={"1006/nobody": 2, "1000/client": 1},
               rejected={"403": 3}, active=9, latency=(5.0, 7.0), by_type={"move": (6, 2)}),
        sample(period_end=end, service="chat", app=None, memory_bytes=5_000, descriptors=7,
               cpu_ms=10, loop_lag=(2.0,)),
    ])  # fmt: skip
    exports.run()

    def of_server(name: str) -> list[tuple[Any, Any]]:
        return [
            (sorted({**each.resource, **each.attributes}.items()), each.point.as_double)
            for each in receiver.points(f"wsmon.server.{name}")
        ]

    of_app = [("service.name", "chat"), ("wsmon.app", "portal")]
    assert of_server("opened") == [(of_app, 4)]
    assert of_server("active") == [(of_app, 9)]
    assert of_server("rejected") == [([("http.response.status_code", 403), *of_app], 3)]
    codes = [(dict(labels)["wsmon.close_code"], n) for labels, n in of_server("closed")]
    assert sorted(codes) == [("1000", 1), ("1006", 2)]
    assert of_server("sent_by_type") == [
        ([of_app[0], of_app[1], ("wsmon.message_type", "move")], 6)
    ]
    of_worker = [("service.instance.id", "host:1"), ("service.name", "chat")]
    assert of_server("memory") == [(of_worker, 5_000)]
    assert only(receiver.points("wsmon.server.loop_lag")).resource == dict(of_worker)
    assert only(receiver.points("wsmon.server.latency")).point.count == 2


def test_every_minute_is_sent_once_and_those_of_a_receiver_that_was_away_later(
    exports: Exports, receiver: OtlpReceiver, clock: Clock
) -> None:
    for minute in range(12):
        exports.store(FIRST + minute * MINUTE, drops=1)
    assert exports.run().outcome == "done"
    assert exports.runner.run(JOB) is None  # its slot is taken
    receiver.status = 503
    for _ in range(6):
        clock.advance(minutes=1)
        run = exports.run()
        assert run.outcome == "failed"
        assert run.detail == f"NotExported: {receiver.url}/v1/metrics: 503 Service Unavailable"
    receiver.status = 200
    for _ in range(5):
        clock.advance(minutes=1)
        assert exports.run().outcome == "done"
    times = [each.point.start_time_unix_nano for each in receiver.points("wsmon.client.drops")]
    assert times == [nanoseconds(FIRST + minute * MINUTE) for minute in range(12)]


def test_minutes_of_more_than_an_hour_ago_are_left_out(
    exports: Exports, receiver: OtlpReceiver, clock: Clock
) -> None:
    exports.store(FIRST, drops=1)
    receiver.status = 503
    exports.run()
    clock.advance(minutes=70)
    receiver.status = 200
    run = exports.run()
    assert run.detail is not None
    assert "left out 11 minutes of more than an hour ago" in run.detail
    assert receiver.points() == []


def test_without_a_receiver_nothing_is_read() -> None:
    nowhere = Database("postgresql+psycopg2://nobody@/nothing?host=/nowhere")
    context = JobContext(nowhere, Settings(), Clock(), Lease("scheduler", 1))
    assert otlp.step(context) == "no receiver is set"


def test_a_receiver_that_is_set_without_the_sdk_is_reported_by_the_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nowhere = Database("postgresql+psycopg2://nobody@/nothing?host=/nowhere")
    settings = Settings(otel_exporter_otlp_endpoint="http://127.0.0.1:4318")
    context = JobContext(nowhere, settings, Clock(), Lease("scheduler", 1))
    assert "can be used" in configuration.step(context)

    def is_missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    sdk_loading.sdk.cache_clear()
    monkeypatch.setattr(sdk_loading, "import_module", is_missing)
    with pytest.raises(SdkMissing):
        sdk_loading.sdk()
    with pytest.raises(Misconfigured, match="OTLP: OTEL_EXPORTER_OTLP_ENDPOINT is set, but"):
        configuration.step(context)
    assert otlp.step(context).startswith("nothing is sent without the OpenTelemetry SDK")


def test_the_job_is_that_whose_runs_are_read() -> None:
    assert Job(otlp_exports.JOB, 60, otlp.step) == JOB
