"""The routes of baselines: who may, the contract's fields, CSV, and what is refused."""

from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from ingest.api.baselines.baseline_routes import BASELINES
from ingest.api.baselines.comparison_table import HEADER
from models.database.engine import Database
from tests.support.servers.api_client import new_token
from tests.support.store.csv_exports import api_get, csv_rows
from tests.support.store.hourly_reports import hourly_reports, store_hours

FIELDS = {
    *("id", "name", "note", "source", "filters", "start", "end", "zone", "hours"),
    *("created_at", "created_by"),
}


def test_a_baseline_is_saved_listed_compared_and_removed(
    client: FlaskClient, database: Database
) -> None:
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    store_hours(database, hourly_reports(end, 8, of_hour=4))
    analyst, admin = (
        {"Authorization": f"Bearer {new_token(database, role)}"} for role in ("analyst", "admin")
    )
    start = end - timedelta(hours=8)
    body = {"name": "June", "start": start.isoformat(), "end": end.isoformat(), "note": "calm"}
    assert client.post(BASELINES, json=body, headers=analyst).status_code == 403
    saved = client.post(BASELINES, json=body, headers=admin)
    assert saved.status_code == 201
    june = saved.get_json()
    assert june.keys() == FIELDS
    again = client.post(BASELINES, json=body, headers=admin)
    assert (again.status_code, again.get_json()["field"]) == (409, "name")
    for changes, field in (
        ({"name": ""}, "name"), ({"name": "a\u0007b"}, "name"), ({"name": "x" * 81}, "name"),
        ({"source": "sea"}, "source"), ({"start": "2026-01-01T00:00:00"}, "start"),
        ({"end": start.isoformat()}, "start"), ({"filters": {"sea": "a"}}, "filters"),
        ({"filters": {"country": ""}}, "filters"), ({"note": "x" * 501}, "note"),
        ({"start": "1999-01-01T00:00:00Z"}, "start"), ({"hours": 5}, "hours"),
    ):  # fmt: skip
        refused = client.post(BASELINES, json={**body, **changes}, headers=admin)
        assert refused.status_code == 422
        assert refused.get_json()["field"].startswith(field)
    assert api_get(client, analyst, BASELINES).get_json()["baselines"] == [june]
    path = f"{BASELINES}/{june['id']}"
    assert api_get(client, analyst, path).get_json() == june
    window = {"start": start.isoformat(), "end": end.isoformat()}
    compared = api_get(client, analyst, f"{path}/comparison", **window).get_json()
    assert compared["baseline"] == june
    by_name = {f"{each['metric']} {each['aggregation']}": each for each in compared["measures"]}
    same = by_name["latency_ms p95"]
    assert (same["difference"], same["is_real"], same["method"]) == (0.0, False, "hours")
    assert (same["low"], same["high"], same["p"]) == (0.0, 0.0, 1.0)
    assert by_name["stability ratio"]["method"] == "sessions"
    rows = csv_rows(api_get(client, analyst, f"{path}/comparison", format="csv", **window).text)
    assert tuple(rows[0]) == HEADER
    assert len(rows) == len(compared["measures"])
    assert api_get(client, analyst, f"{path}/comparison", range="40d").status_code == 422
    assert client.delete(path, headers=analyst).status_code == 403
    assert client.delete(path, headers=admin).status_code == 204
    assert client.delete(path, headers=admin).status_code == 404
