"""With workers and database crashing: acknowledged reports are stored exactly once, no others."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from models.database import migrate
from models.embedded import Postmaster, database_url, supervised
from settings import Settings
from tests.support.servers.running_server import RunningServer, open_folder, running_server
from tests.support.store.postgres import autocommit_cursor

WRITERS = 20
TIMES_EACH = 5
PATIENCE_SECONDS = 60


class ReportPoster(threading.Thread):
    """Posts each report until it is acknowledged five times."""

    def __init__(self, url: str, reports: int) -> None:
        super().__init__(daemon=True)
        self._url = url + "/api/ws/client-metrics"
        self._reports = reports
        self._session = str(uuid4())
        self.acknowledged: set[str] = set()
        self.accepted = 0

    def run(self) -> None:
        """All reports, one after the other."""
        for _ in range(self._reports):
            self._deliver(str(uuid4()))
            time.sleep(0.02)

    def _deliver(self, report_id: str) -> None:
        end = datetime.now(UTC)
        body = {
            "report_id": report_id,
            "session_id": self._session,
            "period_start": (end - timedelta(seconds=15)).isoformat(),
            "period_end": end.isoformat(),
        }
        sent, deadline = 0, time.monotonic() + PATIENCE_SECONDS
        while sent < TIMES_EACH and time.monotonic() < deadline:
            sent += self._post(report_id, body)

    def _post(self, report_id: str, body: dict[str, str]) -> bool:
        with suppress(requests.RequestException):
            response = requests.post(self._url, json=body, timeout=5)
            if response.status_code == 201:
                self.acknowledged.add(report_id)
                self.accepted += response.json()["accepted"]
                return True
            assert response.status_code == 503, response.text
        time.sleep(0.1)
        return False


@pytest.fixture
def installation() -> Iterator[tuple[RunningServer, Postmaster]]:
    with open_folder() as folder:
        settings = Settings(data_dir=folder / "data")
        with supervised(settings) as postmaster:
            url = database_url(settings)
            migrate.upgrade(url)
            with running_server(url, Path(folder) / "server", workers=2) as server:
                yield server, postmaster


def stored(url: str) -> tuple[int, set[str]]:
    with autocommit_cursor(url) as cursor:
        cursor.execute("SELECT report_id::text FROM client_reports")
        rows = [row[0] for row in cursor.fetchall()]
    return len(rows), set(rows)


def crash_the_database(postmaster: Postmaster) -> None:
    """An immediate shutdown: no checkpoint, everybody cut off; then it comes back."""
    assert postmaster.pid is not None
    os.kill(postmaster.pid, signal.SIGQUIT)
    while postmaster.exit_code is None:
        time.sleep(0.01)
    time.sleep(0.5)
    postmaster.start()


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "reports", [12, pytest.param(200, marks=pytest.mark.deep)], ids=["short", "long"]
)
def test_acknowledged_reports_are_stored_exactly_once(
    installation: tuple[RunningServer, Postmaster], reports: int
) -> None:
    server, postmaster = installation
    writers = [ReportPoster(server.url, reports) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for _ in range(2):
        time.sleep(0.7)
        os.kill(server.worker_pids()[0], signal.SIGKILL)
        time.sleep(0.7)
        crash_the_database(postmaster)
    for writer in writers:
        writer.join(PATIENCE_SECONDS * 2)
    count, ids = stored(server.database_url)
    acknowledged = set().union(*(writer.acknowledged for writer in writers))
    assert len(acknowledged) == WRITERS * reports
    assert acknowledged == ids
    assert count == len(ids)
