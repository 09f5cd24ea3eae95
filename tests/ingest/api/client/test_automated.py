"""Crawlers, headless checks and probes: counted apart, in no figure of people unless asked for."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient

from models.database.engine import Database
from tests.support.servers.api_client import new_token
from tests.support.store.csv_exports import api_get, csv_rows

PEOPLE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"
PROBE = "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)"
SUMMARY, HISTORY = "/api/ws/client-metrics/summary", "/api/ws/metrics/historical"


def post(client: FlaskClient, program: str, **fields: Any) -> None:
    at = datetime.now(UTC).isoformat()
    report = {
        "report_id": str(uuid4()), "session_id": str(uuid4()), "app": "portal",
        "period_start": at, "period_end": at, **fields,
    }  # fmt: skip
    response = client.post("/api/ws/client-metrics", json=report, headers={"User-Agent": program})
    assert response.status_code == 201


def test_probes_are_counted_apart_on_every_way_out(client: FlaskClient, database: Database) -> None:
    post(client, PEOPLE, messages={"sent": 3})
    for _ in range(2):
        post(client, PROBE, messages={"sent": 100})
    bearer = {"Authorization": f"Bearer {new_token(database, 'analyst')}"}
    for query, sessions, sent in ({}, 1, 3), ({"automated": "only"}, 2, 200):
        summary = api_get(client, bearer, SUMMARY, **query).get_json()
        assert (summary["sessions"], summary["messages"]["sent"]) == (sessions, sent)
        assert summary["automated_sessions"] == {"UptimeRobot": 2}
        series = api_get(client, bearer, HISTORY, series="client_sent", **query).get_json()
        assert sum(value for _, value in series["series"]["client_sent"]) == sent
        assert series["automated_sessions"] == {"UptimeRobot": 2}
        for dataset in ("client-reports", "sessions"):
            export = api_get(client, bearer, f"/api/ws/export/{dataset}.csv", **query)
            names = [row["automated"] for row in csv_rows(export.text)]
            assert names == ["UptimeRobot" if query else ""] * sessions
    wrong = {SUMMARY: {}, HISTORY: {"series": "client_sent"}, "/api/ws/export/sessions.csv": {}}
    for path, query in wrong.items():
        refused = api_get(client, bearer, path, automated="yes", **query)
        assert (refused.status_code, refused.get_json()["field"]) == (422, "automated")
