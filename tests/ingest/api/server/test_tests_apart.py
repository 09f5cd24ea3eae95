"""Load tests and probes are in no figure by default, and in all of those that name their app."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient

from analytics.ranges.timerange import TimeRange
from analytics.reports.reports import Reports
from models.database.engine import Database
from models.raw.sample_insert import ServerSamples
from tests.support.servers.api_client import new_token
from tests.support.store.csv_exports import api_get, csv_rows
from tests.support.store.sample_factory import a_sample

METRICS, HISTORY = "/api/ws/metrics", "/api/ws/metrics/historical"
SUMMARY, REPORTS = "/api/ws/client-metrics/summary", "/api/ws/client-metrics"


def stored(database: Database) -> dict[str, str]:
    now = datetime.now(UTC)
    ServerSamples(database).insert([
        a_sample(now - timedelta(seconds=second), app=app, active=n, opened=n, sent=n,
                 service="chat", top_rooms=[(app, n, n)])
        for app, n in (("portal", 2), ("load-test", 500), ("probe", 30))
        for second in (1, 6)
    ])  # fmt: skip
    return {"Authorization": f"Bearer {new_token(database, 'analyst')}"}


def test_servers_are_counted_without_load_tests_and_probes(
    client: FlaskClient, database: Database
) -> None:
    bearer = stored(database)
    for query, n in (({}, 2), ({"app": "load-test"}, 500), ({"app": "probe"}, 30)):
        metrics = api_get(client, bearer, METRICS, **query).get_json()
        assert metrics["connections"]["active"] == n
        assert metrics["connections"]["opened"] == 2 * n
        assert metrics["connections"]["rate_per_minute"] == 2 * n
        assert [room["members"] for room in metrics["rooms"]["top"]] == [n]
        history = api_get(client, bearer, HISTORY, series="opened", **query).get_json()
        assert sum(value for _, value in history["series"]["opened"]) == 2 * n
    reports, now = Reports(database), datetime.now(UTC)
    assert [reports.pulse().active, reports.pulse("load-test").active] == [2, 500]
    window = TimeRange(now - timedelta(hours=1), now + timedelta(minutes=1))
    assert reports.server_choices("app", window) == ["load-test", "portal", "probe"]
    assert {source.app for source in reports.metrics(window).sources} == {"portal"}


def test_reports_of_tests_are_automated(client: FlaskClient, database: Database) -> None:
    for app in ("portal", "load-test"):
        at = datetime.now(UTC).isoformat()
        report: dict[str, Any] = {
            "report_id": str(uuid4()), "session_id": str(uuid4()), "app": app,
            "period_start": at, "period_end": at,
        }  # fmt: skip
        assert client.post(REPORTS, json=report).status_code == 201
    bearer = {"Authorization": f"Bearer {new_token(database, 'analyst')}"}
    for query in {}, {"app": "load-test"}:
        summary = api_get(client, bearer, SUMMARY, **query).get_json()
        assert (summary["reports"], summary["automated_sessions"]) == (1, {"load-test": 1})
        export = api_get(client, bearer, "/api/ws/export/client-reports.csv", **query)
        assert [row["app"] for row in csv_rows(export.text)] == [query.get("app", "portal")]
