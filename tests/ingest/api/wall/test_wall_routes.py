"""The routes of wall links: admins make, list and revoke them."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from ingest.api.wall.wall_routes import WALL_LINKS
from models.database.engine import Database
from models.people import wall_links
from tests.support.servers.api_client import new_token


def bearer(database: Database, role: str = "admin") -> dict[str, str]:
    return {"Authorization": f"Bearer {new_token(database, role)}"}


def test_a_link_is_made_listed_and_revoked(client: FlaskClient, database: Database) -> None:
    admin = bearer(database)
    made = client.post(WALL_LINKS, headers=admin, json={"name": "hall", "days": 7})
    assert made.status_code == 201
    link: dict[str, Any] = made.get_json()
    assert link["path"].startswith("/wall?token=")
    listed = client.get(WALL_LINKS, headers=admin).get_json()["wall_links"]
    assert [(each["id"], each["path"]) for each in listed] == [(link["id"], None)]
    path = f"{WALL_LINKS}/{link['id']}"
    assert [client.delete(path, headers=admin).status_code for _ in range(2)] == [204, 404]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x", "tabs": ["people"]}, "tabs[0]"),
        ({"name": "x", "tab_seconds": 1}, "tab_seconds"),
        ({"name": "x", "days": 401}, "days"),
        ({"name": "x", "role": "admin"}, "role"),
    ],
)
def test_a_body_at_fault_is_named(
    client: FlaskClient, database: Database, body: dict[str, Any], field: str
) -> None:
    refused = client.post(WALL_LINKS, headers=bearer(database), json=body)
    assert (refused.status_code, refused.get_json()["field"]) == (422, field)


def test_analysts_and_strangers_make_none(client: FlaskClient, database: Database) -> None:
    analyst = bearer(database, "analyst")
    assert client.post(WALL_LINKS, headers=analyst, json={"name": "x"}).status_code == 403
    assert client.get(WALL_LINKS, headers=analyst).status_code == 403
    assert client.get(WALL_LINKS).status_code == 401


def test_there_are_as_many_as_there_may_be(
    client: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall_links, "MOST_WALL_LINKS", 0)
    refused = client.post(WALL_LINKS, headers=bearer(database), json={"name": "x"})
    assert refused.status_code == 409
