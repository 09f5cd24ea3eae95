"""Requests to the alerts API as an admin."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.database.engine import Database
from tests.support.servers.api_client import new_token

SendRequest = Callable[..., TestResponse]
RULES, SILENCES = "/api/ws/alert-rules", "/api/ws/silences"


def request_sender(client: FlaskClient, database: Database) -> SendRequest:
    """A function that sends a request: method, path, JSON body, query."""
    token = new_token(database, "admin")

    def send(method: str, path: str, body: Any = None, **query: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"}
        return client.open(path, method=method, json=body, query_string=query, headers=headers)

    return send
