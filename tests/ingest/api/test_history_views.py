"""`GET /api/ws/metrics/historical`: shape, errors, figures that agree with the reports."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from analytics.query.series import SERIES
from analytics.ranges.timerange import TimeRange
from analytics.reports.client_answers import counted
from analytics.reports.history_reports import HistoryReports
from analytics.reports.reports import Reports
from models.database.engine import Database
from models.metrics.client_catalogue import CATALOG
from models.metrics.metric import Kind, Metric
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON
from tests.support.servers.api_client import new_token
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample

HOUR = TimeRange(NOON - timedelta(hours=1), NOON)
Ask = Callable[..., Any]


def before_noon(seconds: float) -> datetime:
    return NOON - timedelta(seconds=seconds)


@pytest.fixture
def stored(database: Database) -> Database:
    """Two workers of a server and three browsers, within the hour before noon."""
    ServerSamples(database).insert(
        [
            sample(period_end=before_noon(120), active=4, opened=5, latency=[20, 30, 400]),
            sample(period_end=before_noon(115), active=6, opened=1, sent=8, errors={"late": 2}),
            sample(period_end=before_noon(115), instance="host:2", active=2, rejected={"403": 3}),
            *(
                sample(period_end=before_noon(115), instance=f"host:{worker}", app=None,
                       loop_lag=[1.0] * 9, cpu_ms=500, memory_bytes=1000, descriptors=7)
                for worker in (1, 2)
            ),
        ]
    )  # fmt: skip
    ClientReports(database).insert(
        [
            report((40, 50), attempts=2, opened=1, failed=1, country="BR", rtt_ms=100,
                   close_codes={"1000": 1, "1006": 1}, custom={"cart": 3.0}),
            report((60,), attempts=2, opened=2, drops=1, sample_rate=0.5, rtt_ms=40),
            report(app="kiosk", drops=9, period_end=NOON - timedelta(minutes=30)),
        ]
    )  # fmt: skip
    return database


@pytest.fixture
def ask(client: FlaskClient, stored: Database) -> Ask:
    bearer = {"Authorization": f"Bearer {new_token(stored, 'analyst')}"}
    hour = {"start": "2026-03-02T11:00:00Z", "end": "2026-03-02T12:00:00Z"}
    return lambda **query: client.get(
        "/api/ws/metrics/historical", query_string={**hour, **query}, headers=bearer
    )


def test_the_response_has_the_shape_of_the_contract(ask: Ask) -> None:
    body = ask(series="active_connections,client_drops", app="portal").json
    assert (
        body["series"]
        == {
            "active_connections": [["2026-03-02T11:58:00Z", 6.0]],
            "client_drops": [["2026-03-02T11:59:00Z", 2.0]],
        }
        or body["series"]
    )
    assert (body["start"], body["end"]) == ("2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z")
    assert (body["resolution"], body["step_seconds"]) == ("minute", 60)
    assert body["data_as_of"].endswith("Z")
    assert body["units"] == {"active_connections": "number", "client_drops": "count"}
    assert (body["filters"], body["n"]["client_drops"]) == ({"app": "portal"}, [2])


def test_a_filter_applies_where_its_source_has_the_dimension(ask: Ask) -> None:
    body = ask(series="opened,client_opened", country="BR").json
    assert body["filtered"] == {"opened": [], "client_opened": ["country"]}
    assert [value for _, value in body["series"]["client_opened"]] == [1]
    assert sum(value for _, value in body["series"]["opened"]) == 6


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "series"),
        ({"series": ""}, "series"),
        ({"series": "opened,"}, "series"),
        ({"series": "opened,opened"}, "series"),
        ({"series": "shoe_size"}, "series"),
        ({"series": ",".join(list(SERIES)[:21])}, "series"),
        ({"series": "opened", "points": "1"}, "points"),
        ({"series": "opened", "points": "1001"}, "points"),
        ({"series": "opened", "points": "1e3"}, "points"),
        ({"series": "opened", "points": "٣٣"}, "points"),
        ({"series": "opened", "country": "BR"}, "country"),
        ({"series": "client_opened", "service": "chat"}, "service"),
        ({"series": "opened", "app": "\0"}, "app"),
        ({"series": "opened", "format": "xml"}, "format"),
        ({"series": "opened", "start": "2026-03-02T13:00:00Z"}, "start"),
        ({"series": "opened", "colour": "red"}, "colour"),
    ],
)
def test_a_bad_query_names_the_parameter(ask: Ask, query: dict[str, str], field: str) -> None:
    response = ask(**query)
    assert (response.status_code, response.content_type) == (422, "application/problem+json")
    assert response.json["field"] == field


def test_the_series_as_csv(ask: Ask) -> None:
    response = ask(series="client_drops,client_latency_p95_ms", format="csv")
    assert response.text == (
        "t,client_drops,client_drops_n,client_latency_p95_ms,client_latency_p95_ms_n\r\n"
        "2026-03-02T11:30:00Z,9.0,1,,\r\n"
        "2026-03-02T11:59:00Z,2.0,2,60.95,3\r\n"
    )
    assert "history_20260302T1100Z_20260302T1200Z.csv" in response.headers["Content-Disposition"]


def test_at_most_the_requested_number_of_points_come_back(ask: Ask, stored: Database) -> None:
    ClientReports(stored).insert(
        [report(period_end=NOON - timedelta(minutes=minute + 1)) for minute in range(59)]
    )
    body = ask(series="client_reports", points="13").json
    assert (body["resolution"], len(body["series"]["client_reports"])) == ("5 minutes", 12)


def test_it_agrees_with_the_reports_of_the_range(stored: Database) -> None:
    history, reports = HistoryReports(stored), Reports(stored)
    metrics, summary = reports.metrics(HOUR), reports.summary(HOUR)
    drawn = history.history(HOUR, list(SERIES)).series
    totals = {name: series.over_range.value for name, series in drawn.items()}
    assert totals["opened"] == metrics.connections.opened
    assert totals["latency_p95_ms"] == metrics.performance.message_latency_ms.p95
    assert totals["rejected"] == 3
    assert totals["client_drops"] == summary.connection.drops
    assert totals["client_sessions"] == summary.sessions
    assert totals["client_stability"] == counted(summary.stability).value
    assert totals["client_connect_success"] == summary.connect_success.value
    assert totals["client_latency_p95_ms"] == counted(summary.latency_ms).p95
    assert totals["client_close_codes"] == sum(counted(summary.connection.close_codes).values())


def test_gauges_are_means_weighted_by_time_and_by_sample_rate(stored: Database) -> None:
    drawn = HistoryReports(stored).history(HOUR, list(SERIES)).series
    assert drawn["client_rtt_ms"].over_range.value == 60  # one of 100, two of 40
    assert drawn["client_rtt_ms"].over_range.n == 2
    assert drawn["memory_bytes"].over_range.value == 2000  # two workers at once
    assert drawn["loop_lag_p95_ms"].over_range.n == 18


def test_a_custom_metric_is_charted_by_its_entry_alone(stored: Database) -> None:
    cart = Metric(key="cart", label="Cart", help="Items.", kind=Kind.GAUGE, fields=("custom.cart",))
    drawn = HistoryReports(stored, [*CATALOG, cart]).history(HOUR, ["client_cart"]).series
    assert drawn["client_cart"].over_range.value == 3


def test_anonymous_callers_get_401(client: FlaskClient) -> None:
    assert client.get("/api/ws/metrics/historical?series=opened").status_code == 401
