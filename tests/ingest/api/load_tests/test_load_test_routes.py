"""The routes of load tests: stored and removed by admins, read and compared by viewers."""

from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from analytics.load_tests.report import LoadTestReport
from ingest.api.load_tests.load_test_routes import LOAD_TESTS
from models.database.engine import Database
from tests.support.load_reports import RUN, report
from tests.support.servers.api_client import new_token
from tests.support.store.csv_exports import api_get, csv_rows

SECOND = "5b6f7a0e-0000-4000-8000-000000000002"


def body(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(report()))
    return {**made, **changes}


def bearer(database: Database, role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {new_token(database, role)}"}


def test_runs_are_stored_listed_compared_and_removed(
    client: FlaskClient, database: Database
) -> None:
    viewer, admin = (bearer(database, role) for role in ("analyst", "admin"))
    assert client.post(LOAD_TESTS, json=body(), headers=viewer).status_code == 403
    first, again = (client.post(LOAD_TESTS, json=body(), headers=admin) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.get_json() == again.get_json()
    other = client.post(LOAD_TESTS, json=body(note="other"), headers=admin)
    assert other.status_code == 409
    client.post(LOAD_TESTS, json=body(id=SECOND), headers=admin)
    listed = api_get(client, viewer, LOAD_TESTS).get_json()["load_tests"]
    assert {row["id"] for row in listed} == {str(RUN), SECOND}
    assert len(csv_rows(api_get(client, viewer, LOAD_TESTS, format="csv").text)) == 2
    before = {"start": "2026-11-19T00:00:00Z", "end": "2026-11-20T00:00:00Z"}
    assert api_get(client, viewer, LOAD_TESTS, **before).get_json()["load_tests"] == []
    path = f"{LOAD_TESTS}/{RUN}"
    stored = api_get(client, viewer, path).get_json()
    assert msgspec.convert(stored, LoadTestReport, strict=True, str_keys=True) == report()
    compared = api_get(client, viewer, f"{path}/against/{SECOND}").get_json()
    assert compared["differences"][0]["name"] == "Round trip p95"
    assert client.delete(path, headers=viewer).status_code == 403
    assert client.delete(path, headers=admin).status_code == 204
    assert api_get(client, viewer, path).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "7"}, "id"),
        ({"started_at": "2026-11-20"}, "started_at"),
        ({"ended_at": "2026-11-19T00:00:00Z"}, "ended_at"),
        ({"note": "x" * 257}, "note"),
        ({"recovery": -1}, "recovery"),
        ({"recovery": 1e13}, "recovery"),
        ({"round_trip": {"histogram": {"9999": 1}}}, "round_trip.histogram"),
        ({"verdict": {"outcome": "fine", "sentence": ""}}, "verdict.outcome"),
        ({"windows": [body()["windows"][0]] * 401}, "windows"),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_its_field(
    client: FlaskClient, database: Database, change: dict[str, Any], field: str
) -> None:
    admin = bearer(database, "admin")
    refused = client.post(LOAD_TESTS, json=body(**change), headers=admin)
    assert refused.status_code == 422
    assert refused.get_json()["field"].startswith(field)


def test_runs_of_other_plans_are_not_compared(client: FlaskClient, database: Database) -> None:
    admin, viewer = bearer(database, "admin"), bearer(database, "analyst")
    plan = {**body()["plan"], "rate": 9.0}
    for sent in (body(), body(id=SECOND, plan=plan)):
        client.post(LOAD_TESTS, json=sent, headers=admin)
    refused = api_get(client, viewer, f"{LOAD_TESTS}/{RUN}/against/{SECOND}")
    assert refused.status_code == 422
    assert "did not do the same" in refused.get_json()["detail"]


def test_a_run_is_marked_compared_with_and_unmarked_as_the_baseline(
    client: FlaskClient, database: Database
) -> None:
    admin, viewer = bearer(database, "admin"), bearer(database, "analyst")
    for sent in (body(), body(id=SECOND)):
        client.post(LOAD_TESTS, json=sent, headers=admin)
    path = f"{LOAD_TESTS}/{RUN}/baseline"
    assert api_get(client, viewer, path).status_code == 404
    assert client.post(path, headers=viewer).status_code == 403
    assert client.post(path, headers=admin).get_json()["is_baseline"]
    (row,) = api_get(client, viewer, LOAD_TESTS, baseline="only").get_json()["load_tests"]
    assert (row["id"], row["target"]) == (str(RUN), "ws://127.0.0.1:8050")
    assert api_get(client, viewer, LOAD_TESTS, baseline="all").status_code == 422
    compared = api_get(client, viewer, f"{LOAD_TESTS}/{SECOND}/baseline").get_json()
    assert compared["before"]["id"] == str(RUN)
    assert client.delete(path, headers=admin).status_code == 204
    assert api_get(client, viewer, LOAD_TESTS, baseline="only").get_json()["load_tests"] == []
