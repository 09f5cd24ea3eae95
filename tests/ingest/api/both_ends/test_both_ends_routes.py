"""`/api/ws/connections`: who may read it, what it refuses, JSON and CSV."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from ingest.api.both_ends.both_ends_routes import COUNTS, STORIES
from models.database.engine import Database
from tests.support.servers.api_client import new_token
from tests.support.store.csv_exports import api_get, csv_rows
from tests.support.store.ends import store_ends


@pytest.fixture
def viewer(database: Database) -> dict[str, str]:
    return {"Authorization": f"Bearer {new_token(database, 'analyst')}"}


def test_counts_and_connections_are_read(
    client: FlaskClient, database: Database, viewer: dict[str, str]
) -> None:
    assert client.get(COUNTS).status_code == 401
    ended = [("1000/client", "1006/nobody"), ("1000/client", "1000/page"), ("1006/nobody", "none")]
    ids = store_ends(database, datetime.now(UTC), ended)
    counts = api_get(client, viewer, COUNTS, app="portal").get_json()
    assert (counts["met"], counts["agree"]["value"]) == (2, 0.5)
    assert len(csv_rows(api_get(client, viewer, COUNTS, format="csv").text)) == 3
    stories = api_get(client, viewer, STORIES, range="1h").get_json()["connections"]
    assert {story["id"] for story in stories} == {str(each) for each in ids}
    filtered = {"server": "1000/client", "browser": "1006/nobody", "id": str(ids[0])}
    (story,) = api_get(client, viewer, STORIES, **filtered).get_json()["connections"]
    assert "did not come back" in story["sentence"]
    rows = csv_rows(api_get(client, viewer, STORIES, format="csv", limit="2").text)
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server", "'; DROP TABLE x"), ("browser", "99/page"), ("browser", "1000/me"),
        ("id", "x" * 200), ("id", "1"), ("limit", "0"), ("limit", "5000"), ("app", "a\x00"),
        ("other", "1"), ("start", "yesterday"),
    ],
)  # fmt: skip
def test_what_is_no_ending_is_refused_by_name(
    client: FlaskClient, viewer: dict[str, str], name: str, value: str
) -> None:
    refused = api_get(client, viewer, STORIES, **{name: value})
    assert (refused.status_code, refused.get_json()["field"]) == (422, name)
