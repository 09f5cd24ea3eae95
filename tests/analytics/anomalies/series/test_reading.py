"""Series are listed and read through the engine, without data where there is none."""

from datetime import timedelta
from uuid import UUID

import numpy as np

from analytics.anomalies.detection.kinds import SeriesKind, Worse
from analytics.anomalies.series import catalogue, listing, reading
from analytics.anomalies.series.catalogue import JUDGED, VALUE_METRICS, metrics_of
from analytics.query.query import SeriesSource
from models.database.engine import Database
from models.metrics.anomalies.series_key import SeriesKey
from models.metrics.client_catalogue import METRICS
from models.metrics.server_catalogue import SERVER_METRICS
from models.queries.snapshot import snapshot
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import store
from tests.support.store.sample_factory import sample

STEP = timedelta(minutes=5)


def test_every_metric_of_both_catalogues_is_judged() -> None:
    by_label = {"sent_by_type", "received_by_type"}
    assert {key for of, key in JUDGED if of == "client"} == {*METRICS, "reports", "sessions"}
    assert {key for of, key in JUDGED if of == "server"} - {"abnormal_closes"} == (
        {*SERVER_METRICS} - by_label
    )
    latency = JUDGED["client", "latency_ms"]
    assert (latency.kind, latency.worse) == (SeriesKind.LATENCY, Worse.UP)
    assert JUDGED["client", "rtt_ms"].kind is SeriesKind.LATENCY
    assert JUDGED["server", "active"].kind is SeriesKind.GAUGE
    assert JUDGED["client", "stability"].worse is Worse.DOWN
    assert tuple(metric.key for metric in metrics_of("client", "country")) == VALUE_METRICS


def test_series_are_read_with_n_and_sessions(database: Database) -> None:
    store(
        database,
        *(
            report(
                (40.0, 80.0), app=app, session_id=UUID(int=number), country=country,
                period_end=NOON - STEP * (number % 3) - timedelta(minutes=1), attempts=10,
                opened=9, failed=1, drops=number,
            )
            for number, (app, country) in enumerate(
                [("portal", "BR"), ("portal", "DE"), ("kiosk", "BR"), ("portal", "BR")]
            )
        ),
        report(app="portal", automated="Pingdom"),
    )  # fmt: skip
    ServerSamples(database).insert([sample(opened=3)])
    with snapshot(database) as connection:
        keys = listing.listed(connection, NOON)
        grid = reading.grid_between(NOON - STEP * 4, NOON, 300)
        arrays = reading.read_all(connection, SeriesSource.CLIENT, grid, is_of_app=True)
        hours = reading.grid_between(NOON - timedelta(hours=2), NOON, 3600)
        values = reading.read_all(
            connection, SeriesSource.CLIENT, hours, is_of_app=False, app="portal"
        )
    drops, reports = (SeriesKey("client", "portal", metric) for metric in ("drops", "reports"))
    unread = [SeriesKey("client", "unread", metric) for metric in ("reports", "drops")]
    own = arrays.select([drops, reports, *unread])
    np.testing.assert_array_equal(own.values[0], [np.nan, np.nan, 1, 3])
    np.testing.assert_array_equal(own.values[1:3], [[0, 0, 1, 2], [0, 0, 0, 0]])
    assert np.isnan(own.values[3]).all()
    assert own.n[0].tolist() == [0, 0, 1, 2]
    assert (
        arrays.select([SeriesKey("client", "portal", "stability")]).n[0, -1] == 2
    )  # sessions are the trials
    of_brazil = values.select([SeriesKey("client", "portal", "drops", "country", "BR")])
    assert (of_brazil.values[0, 1], of_brazil.sessions[0, 1]) == (3, 2)
    assert {key.app for key in keys if key.is_of_app} == {"portal", "kiosk", ""}
    assert SeriesKey("server", "portal", "opened") in keys
    assert {key.value for key in keys if key.app == "portal" and key.dimension == "country"} == {
        "BR", "DE",
    }  # fmt: skip


def test_what_processes_have_is_judged_once(database: Database) -> None:
    ServerSamples(database).insert(
        [
            sample(app="portal", opened=3), sample(app="kiosk", opened=2),
            sample(app=None, memory_bytes=100),
        ]
    )  # fmt: skip
    grid = reading.grid_between(NOON - STEP * 2, NOON, 300)
    with snapshot(database) as connection:
        keys = listing.listed(connection, NOON)
        every, of_processes, of_portal = (
            reading.read_all(connection, SeriesSource.SERVER, grid, is_of_app=True, app=app)
            for app in (None, "", "portal")
        )
    memory = SeriesKey("server", "", "memory_bytes")
    assert [key for key in keys if key.metric == "memory_bytes"] == [memory]
    assert SeriesKey("server", "kiosk", "opened") in keys
    for arrays in (every, of_processes):
        assert [key for key in arrays.keys if key.metric == "memory_bytes"] == [memory]
        assert arrays.select([memory]).values[0, -1] == 100
    assert "memory_bytes" not in {key.metric for key in of_portal.keys}
    assert every.select([SeriesKey("server", "kiosk", "opened")]).values[0, -1] == 2


def test_a_portion_begins_with_the_first_day_of_data() -> None:
    day = 20_000 * 86_400
    arrays = reading.SeriesArrays(
        [SeriesKey("client", "portal", "drops")], day + np.arange(72) * 3600,
        np.array([[np.nan] * 30 + [1.0] * 42]), np.zeros((1, 72)), np.zeros((1, 72)),
    )  # fmt: skip
    assert arrays.from_first_day().timestamps[0] == day + 86_400
    assert len(arrays.since(arrays.timestamps[70]).timestamps) == 2


def test_values_that_fall_behind_by_few_places_stay() -> None:
    sessions = {f"v{number}": float(100 - number) for number in range(40)} | {"other": 999.0}
    judged = {SeriesKey("client", "portal", "drops", "release", f"v{n}") for n in (22, 30)}
    keys = {*listing._of_values("portal", "release", sessions, judged)}
    assert {key.value for key in keys} == {f"v{n}" for n in range(20)} | {"v22"}
    assert len(listing.top_apps({(f"a{n}",): float(n) for n in range(30)})) == catalogue.MOST_APPS
    assert len(listing.by_portion(keys)) == 1
