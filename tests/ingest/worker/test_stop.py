"""A worker stopped while reports come: acknowledged means stored, and nothing is left behind."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests

from models.database.engine import Database
from settings import CHECKOUT
from tests.support.servers.running_server import RunningServer, open_folder, running_server
from tests.support.servers.socket_clients import RoomClient
from tests.support.store.postgres import rows

POSTERS = 6
UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}  # fmt: skip
LEFT_OVER = """

import gc
import gevent
_finish = worker_exit


def worker_exit(server, worker):
    _finish(server, worker)
    print("what the start made is not searched:", gc.get_freeze_count() > 50_000)
    gc.unfreeze()
    left = [g for g in gc.get_objects() if isinstance(g, gevent.Greenlet) and not g.dead]
    print("left:", [g for g in left if g is not gevent.getcurrent()], flush=True)
"""


class ReportPoster(threading.Thread):
    """Posts a new report on and on over one connection; `accepted` are those answered by 201."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url + "/api/ws/client-metrics"
        self._client = requests.Session()
        self.accepted: list[str] = []
        self.statuses: set[int] = set()
        self.ended = threading.Event()

    def run(self) -> None:
        """Post until `ended`."""
        while not self.ended.wait(0.002):
            with suppress(requests.RequestException):
                self._post()

    def _post(self) -> None:
        report_id, end = str(uuid4()), datetime.now(UTC)
        start = end - timedelta(seconds=15)
        times = {"period_start": start.isoformat(), "period_end": end.isoformat()}
        ids = {"report_id": report_id, "session_id": str(uuid4())}
        response = self._client.post(self._url, json={**ids, **times}, timeout=5)
        self.statuses.add(response.status_code)
        if response.status_code == 201:
            self.accepted.append(report_id)


@pytest.fixture
def server(database: Database) -> Iterator[RunningServer]:
    with open_folder() as folder:
        configuration = folder / "gunicorn.conf.py"
        configuration.write_text((CHECKOUT / "gunicorn.conf.py").read_text() + LEFT_OVER)
        options = f"--config {configuration}"
        with running_server(database.url, folder / "server", GUNICORN_CMD_ARGS=options) as server:
            yield server


def await_output(server: RunningServer, text: str) -> str:
    deadline = time.monotonic() + 10
    while text not in (output := server.log.read_text()):
        assert time.monotonic() < deadline, output
        time.sleep(0.02)
    return output


def test_a_page_that_retries_at_once_is_not_closed_twice(server: RunningServer) -> None:
    with RoomClient(server) as client:
        os.kill(server.worker_pids()[0], signal.SIGTERM)
        assert client.close_code() == 1001
        response = requests.get(server.url + "/ws?app=portal", headers=UPGRADE, timeout=5)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert response.json()["detail"] == "Try again: the server is stopping."


def test_a_stop_amid_reports_loses_nothing(server: RunningServer, database: Database) -> None:
    posters = [ReportPoster(server.url) for _ in range(POSTERS)]
    with RoomClient(server) as client:
        client.join("hall")
        for poster in posters:
            poster.start()
        time.sleep(0.5)
        os.kill(server.worker_pids()[0], signal.SIGTERM)
        output = await_output(server, "left:")
    assert "left: []" in output
    assert "what the start made is not searched: True" in output
    server.wait_until_answering()  # a new worker
    with requests.Session() as idle:  # a kept connection, so that `worker_exit` is not called
        idle.get(server.url + "/api/ws/health/live", timeout=5)
        time.sleep(0.5)
        server.stop()
    for poster in posters:
        poster.ended.set()
        poster.join(10)
    accepted = {report_id for poster in posters for report_id in poster.accepted}
    assert set().union(*(poster.statuses for poster in posters)) <= {201, 503}
    stored = {str(row[0]) for row in rows(database, "SELECT report_id FROM client_reports")}
    assert len(accepted) > POSTERS
    assert accepted <= stored
    counted = "SELECT sum(count) FROM ingest_outcomes WHERE outcome = 'accepted'"
    assert rows(database, counted) == [(len(stored),)]
    assert rows(database, "SELECT * FROM server_workers") == []
    assert "Traceback" not in server.log.read_text()
