"""A client of a running server's API, with tokens of its own."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import requests

from analytics.people import credentials
from models.database.engine import Database
from models.people.api_tokens import ApiTokens
from tests.support.servers.running_server import RunningServer

JsonObject = dict[str, Any]
WAIT_SECONDS = 20


def new_token(database: Database, role: str) -> str:
    """A bearer token with this role."""
    bearer = credentials.new_token()
    name, now = f"{role} {bearer[-8:]}", datetime.now(UTC)
    ApiTokens(database).add(name, role, credentials.hashed_token(bearer), "a test", now)
    return bearer


class ApiClient:
    """Reads the API with an analyst's token."""

    def __init__(self, server: RunningServer) -> None:
        self.url = server.url
        self._database = Database(server.database_url)
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {self.token('analyst')}"

    def token(self, role: str) -> str:
        """A new token with this role."""
        return new_token(self._database, role)

    def close(self) -> None:
        """Close HTTP and database connections."""
        self._session.close()
        self._database.dispose()

    def get(self, path: str, **parameters: str) -> requests.Response:
        """The response to a GET, which must be 200."""
        response = self._session.get(self.url + path, params=parameters, timeout=10)
        assert response.status_code == 200, response.text
        return response

    def metrics(self, **parameters: str) -> JsonObject:
        """`/api/ws/metrics`."""
        body: JsonObject = self.get("/api/ws/metrics", **parameters).json()
        return body

    def metrics_when(
        self, condition: Callable[[JsonObject], bool], **parameters: str
    ) -> JsonObject:
        """Poll `/api/ws/metrics` until `condition` holds, for at most 20 s; the last body."""
        deadline = time.monotonic() + WAIT_SECONDS
        metrics = self.metrics(**parameters)
        while not condition(metrics) and time.monotonic() < deadline:
            time.sleep(0.2)
            metrics = self.metrics(**parameters)
        return metrics
