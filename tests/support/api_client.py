"""A program that reads the API of a running server, with tokens of its own."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import requests

from analytics.people import credentials
from models.database.engine import Database
from models.people.api_tokens import ApiTokens
from tests.support.running_server import RunningServer

Answer = dict[str, Any]
WAIT_SECONDS = 20


def new_token(database: Database, role: str) -> str:
    """A bearer token with this role."""
    bearer = credentials.new_token()
    name, now = f"{role} {bearer[-8:]}", datetime.now(UTC)
    ApiTokens(database).add(name, role, credentials.hashed_token(bearer), "a test", now)
    return bearer


class ApiClient:
    """Reads as an analyst."""

    def __init__(self, server: RunningServer) -> None:
        self.url = server.url
        self._database = Database(server.database_url)
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {self.token('analyst')}"

    def token(self, role: str) -> str:
        """A new token with this role."""
        return new_token(self._database, role)

    def close(self) -> None:
        """Let the connections go."""
        self._session.close()
        self._database.dispose()

    def get(self, path: str, **parameters: str) -> requests.Response:
        """The answer to a GET, which must be 200."""
        answer = self._session.get(self.url + path, params=parameters, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer

    def metrics(self, **parameters: str) -> Answer:
        """`/api/ws/metrics`."""
        found: Answer = self.get("/api/ws/metrics", **parameters).json()
        return found

    def metrics_when(self, is_so: Callable[[Answer], bool], **parameters: str) -> Answer:
        """`/api/ws/metrics` as soon as it is so; the last answer when that takes too long."""
        deadline = time.monotonic() + WAIT_SECONDS
        found = self.metrics(**parameters)
        while not is_so(found) and time.monotonic() < deadline:
            time.sleep(0.2)
            found = self.metrics(**parameters)
        return found
