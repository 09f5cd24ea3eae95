"""The API of the server under test: its own count of a run, and the runs stored there."""

import http.client
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from analytics.formatting.instants import iso8601
from analytics.load_tests.report import LoadTestReport, Plan, ServerSide
from models.metrics.server_catalogue import OWN_SERVICE

TIMEOUT_SECONDS = 15
LOAD_TESTS = "/api/ws/load-tests"
STORED_HOURS = "/api/ws/export/server-rollups.csv"


class ApiFault(Exception):
    """The API did not answer as it should. The text says what it said."""


class Api:
    """With a token of a person or program. Every method raises `ApiFault`."""

    def __init__(self, origin: str, token: str) -> None:
        self._origin = urlsplit(origin.rstrip("/"))
        self._token = token

    def server_side(self, app: str, since: datetime) -> ServerSide:
        """What the server counted for an app since an instant."""
        query = urlencode({"app": app, "start": iso8601(since)})
        metrics = self._request("GET", f"/api/ws/metrics?{query}")
        connections, messages = metrics["connections"], metrics["messages"]
        performance = metrics["performance"]
        return ServerSide(
            opened=connections["opened"], closed=connections["closed"],
            received=messages["received"], sent=messages["sent"],
            active=connections["active"] or 0,
            loop_lag_p99=performance["loop_lag_ms"]["p99"],
            message_latency_p95=performance["message_latency_ms"]["p95"],
        )  # fmt: skip

    def workers(self) -> int:
        """How many worker processes of ours serve there now."""
        workers = self._request("GET", "/api/ws/metrics")["workers"]
        return sum(worker["service"] == OWN_SERVICE for worker in workers)

    def stored_hours(self, start: datetime) -> str:
        """The stored hours of servers of a day from `start` on, as CSV."""
        ends = {"start": iso8601(start), "end": iso8601(start + timedelta(days=1))}
        return self._body("GET", f"{STORED_HOURS}?{urlencode(ends)}").decode()

    def stored(self, run: str) -> LoadTestReport:
        """A run that was stored there."""
        document = self._request("GET", f"{LOAD_TESTS}/{run}")
        try:
            return msgspec.convert(document, LoadTestReport, strict=False)
        except msgspec.ValidationError as fault:
            raise ApiFault(f"The stored run {run} cannot be read: {fault}") from None

    def baseline(self, plan: Plan) -> LoadTestReport:
        """The run that is marked as the baseline of such a test."""
        rows = self._request("GET", f"{LOAD_TESTS}?baseline=only")["load_tests"]
        test = (plan.url, plan.profile, plan.scenario)
        for row in rows:
            if (row["target"], row["profile"], row["scenario"]) == test:
                return self.stored(row["id"])
        raise ApiFault(
            f"no baseline of {plan.profile}, {plan.scenario} against {plan.url} is marked: run "
            "one with --baseline"
        )

    def mark_baseline(self, report: LoadTestReport) -> None:
        """Mark a stored run as the baseline of tests like it."""
        self._request("POST", f"{LOAD_TESTS}/{report.id}/baseline")

    def store(self, report: LoadTestReport) -> None:
        """Store a run, so that its pages show it."""
        self._request("POST", LOAD_TESTS, msgspec.json.encode(report))

    def _request(self, method: str, path: str, body: bytes | None = None) -> Any:
        text = self._body(method, path, body)
        try:
            return json.loads(text) if text else None
        except ValueError:
            raise ApiFault(f"the API answered {path} without JSON") from None

    def _body(self, method: str, path: str, body: bytes | None = None) -> bytes:
        kind = (
            http.client.HTTPSConnection
            if self._origin.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = kind(self._origin.netloc, timeout=TIMEOUT_SECONDS)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            connection.request(method, self._origin.path + path, body, headers)
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as fault:
            raise ApiFault(f"{self._origin.geturl()}{path}: {fault}") from None
        finally:
            connection.close()
        _check(response.status, text)
        return text


def _check(status: int, text: bytes) -> None:
    if status < http.client.BAD_REQUEST:
        return
    try:
        document = json.loads(text)
    except ValueError:
        raise ApiFault(f"the API answered {status} without JSON") from None
    detail = document.get("detail") if isinstance(document, dict) else None
    raise ApiFault(f"the API answered {status}: {detail or 'no reason given'}")
