"""The address of the pages, and what they read of a real store."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.client.anomalies import page, reading
from dashboard.client.anomalies.core import severity, values
from dashboard.client.anomalies.core.url_state import AnomaliesView
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from settings import Settings
from tests.support.anomalies.judged_series import JudgedSeries, Plant, explain, store_series
from tests.support.clock import NOON, Clock
from tests.support.services import services_on
from tests.support.store.report_factory import report

HOUR = timedelta(hours=1)
TAB, SERVER_TAB = page.PAGE.tab, page.SERVER_PAGE.tab


@given(
    st.sampled_from(["", "drops", "latency_ms"]), st.sampled_from(["", *severity.STYLES]),
    st.none() | st.integers(0, 10**12), st.sampled_from(["7d", "24h"]),
)  # fmt: skip
def test_an_address_read_back_is_the_same_view(
    metric: str, level: str, incident: int | None, preset: str
) -> None:
    view = AnomaliesView(preset=preset, default_preset="7d", filters={"country": "BR"},
                         metric=metric, severity=level, incident=incident)  # fmt: skip
    assert TAB.view(view.search()) == view


@pytest.mark.parametrize(
    "search",
    ["?metric=shoes", "?severity=huge", "?incident=-1", "?incident=1e3", "?page=/a", "?service=x"],
)
def test_an_invalid_parameter_counts_as_absent(search: str) -> None:
    assert TAB.view(search) == TAB.view("")


def test_servers_have_metrics_of_their_own_and_apps_alone() -> None:
    view = SERVER_TAB.view("?metric=active&country=BR&app=portal")
    assert (view.metric, view.filters, view.choice.source) == (
        "active",
        {"app": "portal"},
        "server",
    )
    assert SERVER_TAB.view("?metric=stability").metric == ""


def test_values_are_in_the_unit_of_their_metric() -> None:
    texts = {
        ("client", "stability"): "2.1 %", ("server", "latency"): "0.021 ms",
        ("client", "drops"): "0.021", ("server", "outbox_bytes"): "0.021 B",
        ("client", "downlink_mbps"): "0.021 Mbit/s",
    }  # fmt: skip
    for (source, key), text in texts.items():
        metric = values.MetricText(source, key)
        assert metric.text(0.021).replace("\u202f", " ") == text
        assert metric.text(None) == "–"


def test_a_page_reads_an_incident_and_its_slice_in_time(
    database: Database, settings: Settings, clock: Clock
) -> None:
    surge = Plant(before=10 * HOUR, length=HOUR, factor=3.0)
    with database.transaction() as connection:
        _, (incident,) = store_series(connection, JudgedSeries(plants=[surge]), NOON, 8)
    explain(database, incident)
    ClientReports(database).insert([
        report((50.0,), period_end=NOON - timedelta(hours=hour, minutes=minute), drops=drops,
               release=release)
        for hour in range(7, 13)
        for minute in (5, 25)
        for release, drops in (("4.18.1", 30 if hour == 9 else 2), ("4.17.0", 5))
    ])  # fmt: skip
    services = services_on(database, settings, clock)
    data = reading.read(services, TAB.view(""), None)
    assert data.incident is not None
    assert (data.incident.id, data.is_admin) == (incident, True)
    assert data.ahead_until - data.window.end == 24 * HOUR
    assert data.points.seconds == 1800
    assert {each.severity for each in data.points.points} == {None, "high"}
    lines = data.slice_lines
    assert lines is not None
    assert (lines.title, lines.others) == ("release 4.18.1", "all others")
    assert sum(value or 0 for value in lines.of_slice) == sum((30 if h == 9 else 2) * 2
                                                              for h in range(7, 13))  # fmt: skip
    assert sum(value or 0 for value in lines.of_others) == 12 * 5
    closed = reading.read(services, TAB.view("?incident=0&range=1h"), None)
    assert (closed.incident, closed.slice_lines) == (None, None)
    assert closed.ahead_until - closed.window.end == timedelta(minutes=20)
    fixed = "?start=2026-02-27T00:00:00Z&end=2026-02-28T00:00:00Z"
    past = reading.read(services, TAB.view(fixed), None)
    assert past.ahead_until == past.window.end
    assert reading.read(services, SERVER_TAB.view(""), None).selected is None
