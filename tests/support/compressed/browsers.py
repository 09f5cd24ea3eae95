"""Browsers that report once a minute, and send again what was not acknowledged."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import requests

from tests.support.alerts.installation import ADDRESSES, CHROME

ROUND_TRIPS, USUAL_MS = 10, 40.0
PERIOD = timedelta(seconds=60)
SESSIONS_EACH, SESSION_HOURS = 3, 6
TIMEOUT_SECONDS = 10
Body = dict[str, Any]


class Browsers:
    """Those of two countries. `acknowledged` has the ends of all periods that the server took."""

    def __init__(self, url: str) -> None:
        self._url = url + "/api/ws/client-metrics"
        self._http = requests.Session()
        self._waiting: dict[str, list[Body]] = {country: [] for country in ADDRESSES}
        self._sessions: dict[str, list[str]] = {}
        self._renewed_at: datetime | None = None
        self.acknowledged: list[datetime] = []

    def report(self, end: datetime, slow_ms: float | None) -> None:
        """Each reports the minute up to `end`; round trips from Brazil take `slow_ms`."""
        self._renew_sessions(end)
        for country, waiting in self._waiting.items():
            ms = slow_ms if slow_ms and country == "BR" else USUAL_MS
            waiting.extend(_body(session, end, ms) for session in self._sessions[country])
            self._send(country, waiting)

    def _renew_sessions(self, now: datetime) -> None:
        if self._renewed_at is None or now - self._renewed_at >= timedelta(hours=SESSION_HOURS):
            self._sessions = {
                country: [str(uuid4()) for _ in range(SESSIONS_EACH)] for country in ADDRESSES
            }
            self._renewed_at = now

    def _send(self, country: str, waiting: list[Body]) -> None:
        """In the order of time, a hundred at once; what is refused waits for the next minute."""
        sender = {"X-Forwarded-For": ADDRESSES[country], "User-Agent": CHROME}
        while waiting:
            reports = waiting[:100]
            try:
                response = self._http.post(
                    self._url, json={"reports": reports}, headers=sender, timeout=TIMEOUT_SECONDS
                )
            except requests.RequestException:
                return
            if response.status_code == requests.codes.service_unavailable:
                return
            assert response.status_code == requests.codes.created, response.text
            assert response.json()["accepted"] + response.json().get("duplicates", 0) == len(
                reports
            ), response.text
            self.acknowledged += [datetime.fromisoformat(each["period_end"]) for each in reports]
            del waiting[:100]


def _body(session: str, end: datetime, ms: float) -> Body:
    return {
        "report_id": str(uuid4()),
        "session_id": session,
        "period_start": (end - PERIOD).isoformat(),
        "period_end": end.isoformat(),
        "latency": {"samples_ms": [ms] * ROUND_TRIPS},
    }
