"""The API of connection tests: a stream of lines, a list, and who may what."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from ingest.api.connection_tests.connection_test_routes import CONNECTION_TESTS
from ingest.routing.bodies import LINES
from models.database.engine import Database
from tests.support.servers.api_client import new_token
from tests.support.store.csv_exports import csv_rows

BASIC = {"kind": "basic", "target": "own"}


@pytest.fixture
def admin(database: Database) -> dict[str, str]:
    return {"Authorization": f"Bearer {new_token(database, 'admin')}"}


def test_a_test_is_a_stream_of_lines_and_stored(client: FlaskClient, admin: dict[str, str]) -> None:
    response = client.post(CONNECTION_TESTS, json=BASIC, headers=admin)
    assert (response.status_code, response.content_type) == (200, LINES)
    lines: list[dict[str, Any]] = [json.loads(line) for line in response.text.splitlines()]
    test = lines[-1]["result"]
    assert (test["kind"], test["basic"]["code"]) == ("basic", "refused")
    listed = client.get(CONNECTION_TESTS, headers=admin).get_json()
    assert (listed["tests"], listed["may_run"]) == ([test], True)
    assert [target["name"] for target in listed["targets"]] == ["own"]
    (row,) = csv_rows(client.get(f"{CONNECTION_TESTS}?format=csv", headers=admin).text)
    assert (row["id"], row["outcome"], row["p95_ms"]) == (test["id"], "failed", "")
    path = f"{CONNECTION_TESTS}/{test['id']}"
    statuses = [client.delete(path, headers=admin).status_code for _ in range(2)]
    assert statuses == [204, 404]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (BASIC | {"target": "http://169.254.169.254/"}, "target"),
        (BASIC | {"target": "x" * 33}, "target"),
        ({"kind": "pool", "target": "own", "connections": 201}, "connections"),
        ({"kind": "echo", "target": "own", "rate": 101}, "rate"),
        ({"kind": "echo", "target": "own", "size": 16_385}, "size"),
        ({"kind": "echo", "target": "own", "seconds": 121}, "seconds"),
        ({"kind": "flood", "target": "own"}, "kind"),
    ],
)  # fmt: skip
def test_what_is_beyond_the_limits_is_refused(
    client: FlaskClient, admin: dict[str, str], body: dict[str, Any], field: str
) -> None:
    response = client.post(CONNECTION_TESTS, json=body, headers=admin)
    assert (response.status_code, response.get_json()["field"]) == (422, field)


def test_only_admins_run_and_delete(client: FlaskClient, database: Database) -> None:
    bearer = {"Authorization": f"Bearer {new_token(database, 'analyst')}"}
    assert client.post(CONNECTION_TESTS, json=BASIC, headers=bearer).status_code == 403
    assert client.get(CONNECTION_TESTS, headers=bearer).get_json()["may_run"] is False
    assert client.get(CONNECTION_TESTS).status_code == 401
